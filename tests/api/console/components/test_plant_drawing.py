"""Machines stand where the register puts them."""

from __future__ import annotations

from typing import Any

import pytest

from api.console.components.plant_drawing import Pipe, place
from plant.health import Health
from storage.views.overview import AssetView


def asset(tag: str, x: float | None, y: float | None, *feeds: str) -> AssetView:
    values: dict[str, Any] = dict.fromkeys(
        ("site_name", "site_name_zh", "name", "name_zh", "asset_class", "class_name", "class_name_zh"), ""
    )
    values |= dict.fromkeys(("model", "model_trained_at", "scored_at", "score", "relearning_since", "newest", "worst"))
    return AssetView(
        asset_id=1,
        site="s",
        asset=tag,
        state="in_service",
        health=Health.GOOD,
        heard_at=None,
        x=x,
        y=y,
        feeds=feeds,
        signals=(),
        **values,
    )


def test_assets_fall_into_columns_and_rows() -> None:
    drawing = place([asset("M", 0.04, 0.1, "P"), asset("P", 0.3, 0.1), asset("Q", 0.31, 0.7)])
    assert drawing is not None
    assert drawing.cells == {"M": (0, 0), "P": (1, 0), "Q": (1, 1)}
    assert drawing.pipes == (Pipe(x1=25, y1=25, x2=75, y2=25),)


@pytest.mark.parametrize(
    "assets",
    [
        [],
        [asset("A", None, None)],
        [asset("A", 0.1, 0.1), asset("B", 0.11, 0.12)],
        [asset(str(n), n / 10, 0.1) for n in range(8)],
    ],
)
def test_assets_without_a_place_of_their_own_are_not_drawn(assets: list[AssetView]) -> None:
    assert place(assets) is None


def test_an_asset_without_a_place_takes_nobody_elses_away() -> None:
    drawing = place([asset("A", 0.1, 0.1, "B"), asset("B", 0.1, None), asset("C", None, None, "A")])
    assert drawing is not None
    assert (drawing.cells, drawing.pipes) == ({"A": (0, 0)}, ())


def test_a_pipe_to_a_machine_that_is_not_there_is_left_out() -> None:
    drawing = place([asset("A", 0.1, 0.1, "gone")])
    assert drawing is not None
    assert drawing.pipes == ()
