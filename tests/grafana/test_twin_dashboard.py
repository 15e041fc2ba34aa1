"""The twin is drawn from the register, and nothing in the register can get into its SQL."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grafana.twin_dashboard import MOST_ASSETS, twin_dashboard, wide_row
from storage.core.grade import Grade
from storage.views.twin import KeySignal, Twin, TwinAsset

HOSTILE = [
    "'; DROP TABLE asset; --",
    '" FROM pg_authid --',
    "$__timeFilter(x)",
    "${asset}",
    "[[asset]]",
    "泵1 $1)",
    "%s\\",
]


def asset(number: int, **changes: Any) -> TwinAsset:
    values: dict[str, Any] = {
        "asset_id": number,
        "site": "demo",
        "site_name": "Demo plant",
        "tag": f"P-{number}",
        "name": f"Pump {number}",
        "x": 0.1,
        "y": 0.1,
        "key_signals": (
            KeySignal(signal_id=10 * number, name="Flow", unit="m³/h"),
            KeySignal(signal_id=10 * number + 1, name="Vibration", unit="mm/s"),
        ),
    }
    return TwinAsset(**{**values, **changes})


def canvas(*assets: TwinAsset) -> Any:
    return twin_dashboard(Twin(grade=Grade.PLAIN, assets=assets))["panels"]


def elements(*assets: TwinAsset) -> dict[str, Any]:
    (panel,) = canvas(*assets)
    found = {one["name"]: one for one in panel["options"]["root"]["elements"]}
    assert len(found) == len(panel["options"]["root"]["elements"]), "names of elements are unique"
    return found


@pytest.mark.parametrize("text", HOSTILE)
def test_no_tag_name_or_unit_gets_into_the_sql(text: str) -> None:
    evil = asset(
        7, tag=text, name=text, site=text, site_name=text, key_signals=(KeySignal(signal_id=8, name=text, unit=text),)
    )
    assert wide_row([evil]) == wide_row([asset(7, key_signals=(KeySignal(signal_id=8, name="", unit=""),))])
    assert "$" not in wide_row([evil])


@pytest.mark.parametrize("text", HOSTILE)
def test_a_strange_tag_is_shown_as_it_is(text: str) -> None:
    shown = elements(asset(7, tag=text, x=None))["asset 7 tag"]["config"]["text"]["fixed"]
    assert shown.replace("\N{NO-BREAK SPACE}", " ").removesuffix("…").strip() in text


def test_an_asset_is_coloured_by_its_health_and_grey_without_an_answer() -> None:
    (panel,) = canvas(asset(7))
    assert elements(asset(7))["asset 7 head"]["background"]["color"]["field"] == "a7 rank"
    override = next(one for one in panel["fieldConfig"]["overrides"] if one["matcher"]["options"] == "a7 rank")
    steps = next(one["value"] for one in override["properties"] if one["id"] == "thresholds")["steps"]
    assert [(step["value"], step["color"]) for step in steps] == [
        (None, "#6E7681"),
        (0.0, "#4B5159"),
        (1.0, "semi-dark-green"),
        (2.0, "semi-dark-blue"),
        (3.0, "#6E7681"),
        (4.0, "#6E7681"),
        (5.0, "semi-dark-purple"),
        (6.0, "semi-dark-orange"),
        (7.0, "semi-dark-red"),
    ]


def test_two_key_values_are_shown_with_their_units() -> None:
    drawn = elements(asset(7))
    assert [drawn[f"asset 7 value {n}"]["config"]["text"]["field"] for n in (1, 2)] == ["s70 value", "s71 value"]
    (panel,) = canvas(asset(7))
    units = {
        one["matcher"]["options"]: prop["value"]
        for one in panel["fieldConfig"]["overrides"]
        for prop in one["properties"]
        if prop["id"] == "unit"
    }
    assert units == {"a7 health": "percent", "s70 value": "suffix: m³/h", "s71 value": "suffix: mm/s"}


def test_a_click_anywhere_on_the_card_leads_to_the_assets_series() -> None:
    drawn = elements(asset(7))
    cover, card = drawn["P-7 · Pump 7"], drawn["asset 7"]
    assert list(drawn)[-1] == "P-7 · Pump 7"
    assert cover["placement"] == card["placement"]
    assert cover["links"][0]["oneClick"] is True
    assert cover["links"][0]["url"].startswith("/d/assetloop-asset?var-asset=7&")


def test_lines_run_along_feeds_between_the_sides_that_face_each_other() -> None:
    drawn = elements(asset(1, feeds=(2, 3)), asset(2, x=0.6), asset(3, y=0.8))
    to_right, down = drawn["asset 1"]["connections"]
    assert (to_right["targetName"], to_right["source"]["x"], to_right["target"]["x"]) == ("asset 2", 1, -1)
    assert (down["targetName"], down["source"]["y"], down["target"]["y"]) == ("asset 3", -1, 1)
    assert to_right["lineStyle"] == {"style": "dashed", "animate": True}


def test_every_site_has_a_canvas_of_its_own_below_the_one_before() -> None:
    one, two = canvas(asset(1, site="a", site_name="A"), asset(2, site="b", site_name="B", feeds=(1,)))
    assert (one["title"], two["title"]) == ("A", "B")
    assert two["gridPos"]["y"] == one["gridPos"]["h"]
    assert "asset_id = 2" not in one["targets"][0]["rawSql"]
    assert two["options"]["root"]["elements"][0]["connections"] == []


def test_a_huge_site_shows_what_one_row_can_hold_and_says_so() -> None:
    (panel,) = canvas(*(asset(number, x=None) for number in range(1, MOST_ASSETS + 13)))
    assert panel["title"] == f"Demo plant ({MOST_ASSETS} of {MOST_ASSETS + 12} assets)"
    assert panel["targets"][0]["rawSql"].count(" AS ") == 5 * MOST_ASSETS < 1664


def test_every_element_spells_out_what_grafana_wants() -> None:
    for one in elements(asset(1), asset(2, x=0.6)).values():
        assert {
            "name",
            "type",
            "config",
            "constraint",
            "placement",
            "background",
            "border",
            "connections",
            "links",
        } <= set(one)
    json.dumps(canvas(asset(1)))
