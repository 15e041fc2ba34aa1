"""Every card finds a place, and none covers another."""

from __future__ import annotations

from itertools import combinations, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from grafana.twin.layers import crossings, layers
from grafana.twin.layout import CARD_HEIGHT_PX, CardLayout, lay_out
from storage.views.twin import TwinAsset

Place = tuple[float | None, float | None]
SHARE = st.one_of(st.none(), st.floats(min_value=-0.5, max_value=1.5))


def laid_out(*places: Place) -> CardLayout:
    return lay_out(
        [
            TwinAsset(asset_id=number, site="s", site_name="S", tag=str(number), name="", x=x, y=y)
            for number, (x, y) in enumerate(places)
        ]
    )


def test_a_grid_of_twelve_stands_where_the_register_puts_it() -> None:
    drawing = laid_out(*product((0.04, 0.29, 0.54, 0.79), (0.08, 0.40, 0.72)))
    assert [card.left for card in drawing.cards] == pytest.approx(
        [x for x in (0.04, 0.29, 0.54, 0.79) for _ in range(3)]
    )
    assert len({card.top_px for card in drawing.cards}) == 3
    assert drawing.height_px < 700


def test_assets_without_a_place_get_rows_of_four() -> None:
    drawing = laid_out(*[(None, None)] * 12)
    assert len({card.left for card in drawing.cards}) == 4
    assert len({card.top_px for card in drawing.cards}) == 3


def test_assets_without_a_place_stand_below_those_that_have_one() -> None:
    placed, homeless = laid_out((0.1, 0.1), (None, 0.1)).cards
    assert homeless.top_px >= placed.top_px + CARD_HEIGHT_PX


def test_of_two_assets_at_one_place_the_later_moves() -> None:
    first, second = laid_out((0.1, 0.1), (0.1, 0.1)).cards
    assert second.top_px > first.top_px


def test_nothing_to_draw_is_an_empty_drawing() -> None:
    assert laid_out() == CardLayout(cards=(), height_px=0)


@given(st.lists(st.tuples(SHARE, SHARE), max_size=25))
def test_whatever_is_asked_for_no_card_covers_another_or_leaves_the_canvas(places: list[Place]) -> None:
    drawing = laid_out(*places)
    assert sorted(card.asset.asset_id for card in drawing.cards) == list(range(len(places)))
    for one, other in combinations(drawing.cards, 2):
        beside = abs(one.left - other.left) >= min(one.width, other.width) - 1e-9
        assert beside or abs(one.top_px - other.top_px) >= CARD_HEIGHT_PX
    for card in drawing.cards:
        assert 0 <= card.left <= card.left + card.width <= 1.0001
        assert 0 <= card.top_px <= drawing.height_px - CARD_HEIGHT_PX


CROSSED = {1: [5], 2: [4], 3: [6], 4: [8], 5: [7], 6: [9]}


def test_layers_follow_the_feeds_and_few_lines_cross() -> None:
    found = layers([1, 2, 3, 4, 5, 6, 7, 8, 9], CROSSED)
    assert [set(layer) for layer in found] == [{1, 2, 3}, {4, 5, 6}, {7, 8, 9}]
    assert crossings(found, CROSSED) == 0


def test_a_loop_ends_and_everything_in_it_has_a_place() -> None:
    assert layers([1, 2, 3], {1: [2], 2: [3], 3: [1]}) == [[1], [2], [3]]


@given(st.dictionaries(st.integers(0, 12), st.lists(st.integers(0, 12), max_size=4), max_size=12))
def test_every_asset_is_in_one_layer_and_ordering_never_adds_crossings(feeds: dict[int, list[int]]) -> None:
    numbers = list(range(13))
    found = layers(numbers, feeds)
    assert sorted(one for layer in found for one in layer) == numbers


def test_assets_without_a_place_stand_from_left_to_right_along_their_feeds() -> None:
    chain = [
        TwinAsset(asset_id=one, site="s", site_name="S", tag=str(one), name="", x=None, y=None, feeds=(one + 1,))
        for one in range(3)
    ]
    lefts = [card.left for card in sorted(lay_out(chain).cards, key=lambda card: card.asset.asset_id)]
    assert lefts == sorted(lefts)
    assert len(set(lefts)) == 3
