"""A feed's line runs over no card but those that it joins."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.twin.layout import CardLayout, lay_out
from grafana.twin.ways import ways_of
from storage.views.twin import TwinAsset


def laid_out(feeds: dict[int, list[int]]) -> CardLayout:
    return lay_out(
        [
            TwinAsset(asset_id=one, site="s", site_name="S", tag=str(one), name="", x=None, y=None, feeds=tuple(to))
            for one, to in feeds.items()
        ]
    )


CHAIN = {one: [one + 1] for one in range(24)} | {24: []}
THREE_CHAINS = {8 * row + one: [8 * row + one + 1] if one < 7 else [] for row in range(3) for one in range(8)}
LOOP = {one: [(one + 1) % 10] for one in range(10)}
TREE = {one: [to for to in (2 * one + 1, 2 * one + 2) if to < 31] for one in range(31)}
SKIPS = {0: [1, 2, 3], 1: [2], 2: [3], 3: []}


@pytest.mark.parametrize("feeds", [CHAIN, THREE_CHAINS, LOOP, TREE, SKIPS])
def test_a_plant_that_is_folded_has_no_line_over_a_card(feeds: dict[int, list[int]]) -> None:
    cards = laid_out(feeds).cards
    ways = ways_of(cards)
    assert len(ways) == sum(map(len, feeds.values()))
    assert any(way.bends for way in ways)
    assert sum(way.crossed(cards) for way in ways) == 0


def test_a_line_that_is_free_is_straight() -> None:
    assert not any(way.bends for way in ways_of(laid_out({0: [1], 1: [2], 2: [3], 3: []}).cards))


def test_lines_in_one_gap_run_beside_one_another() -> None:
    ways = [way for way in ways_of(laid_out(THREE_CHAINS).cards) if way.bends]
    assert len({way.bends[1] for way in ways}) == len(ways) == 3


@given(st.dictionaries(st.integers(0, 15), st.lists(st.integers(0, 15), max_size=3, unique=True), max_size=16))
def test_whatever_feeds_whatever_a_line_stays_in_the_drawing_and_off_the_cards(feeds: dict[int, list[int]]) -> None:
    layout = laid_out({one: feeds.get(one, []) for one in range(16)})
    for way in ways_of(layout.cards):
        assert way.crossed(layout.cards) == 0
        assert all(0 <= x <= 1 and 0 <= y <= layout.height_px for x, y in way.points)
