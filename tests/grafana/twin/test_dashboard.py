"""The twin is drawn from the register, and nothing in the register can get into its SQL."""

from __future__ import annotations

import json
from typing import Any

import pytest

from grafana.languages import DashboardLanguage
from grafana.twin.areas import MOST_IN_A_DRAWING, MOST_ON_A_SITE
from grafana.twin.dashboard import twin_dashboards, wide_row
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
    return drawn(*assets)["digital-twin"]["panels"]


def drawn(*assets: TwinAsset, language: DashboardLanguage = DashboardLanguage.ENGLISH) -> Any:
    return twin_dashboards(Twin(grade=Grade.PLAIN, assets=assets), language)


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
    override = next(one for one in panel["fieldConfig"]["overrides"] if one["matcher"]["options"] == "/ rank$/")
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
    parts = elements(asset(7))
    assert [parts[f"asset 7 value {n}"]["config"]["text"]["field"] for n in (1, 2)] == ["s70 value", "s71 value"]
    (panel,) = canvas(asset(7))
    units = {
        one["matcher"]["options"]: prop["value"]
        for one in panel["fieldConfig"]["overrides"]
        for prop in one["properties"]
        if prop["id"] == "unit"
    }
    assert units == {
        "/ health$/": "percent",
        "/ life$/": "suffix: d",
        "s70 value": "suffix: m³/h",
        "s71 value": "suffix: mm/s",
    }


def test_a_value_beyond_its_limits_is_red() -> None:
    signal = KeySignal(signal_id=70, name="Flow", unit="m³/h", low=40.0, high=130.0)
    (panel,) = canvas(asset(7, key_signals=(signal,)))
    override = next(one for one in panel["fieldConfig"]["overrides"] if one["matcher"]["options"] == "s70 value")
    steps = next(one["value"] for one in override["properties"] if one["id"] == "thresholds")["steps"]
    assert [(one["value"], one["color"]) for one in steps] == [
        (None, "semi-dark-red"),
        (40.0, "text"),
        (130.0, "semi-dark-red"),
    ]
    assert elements(asset(7, key_signals=(signal,)))["asset 7 value 1"]["config"]["color"]["field"] == "s70 value"


def test_a_click_anywhere_on_the_card_leads_to_the_assets_series() -> None:
    parts = elements(asset(7))
    cover, card = parts["P-7 · Pump 7"], parts["asset 7"]
    assert list(parts)[-2:] == ["P-7 · Pump 7", "legend"]
    assert cover["placement"] == card["placement"]
    assert cover["links"][0]["oneClick"] is True
    assert cover["links"][0]["url"].startswith("/d/assetloop-asset?var-asset=7&")


def test_lines_run_along_feeds_between_the_sides_that_face_each_other() -> None:
    parts = elements(asset(1, feeds=(2, 3)), asset(2, x=0.6), asset(3, y=0.8))
    to_right, _, down, _ = parts["asset 1"]["connections"]
    assert (to_right["targetName"], to_right["source"]["x"], to_right["target"]["x"]) == ("asset 2", 1, -1)
    assert (down["targetName"], down["source"]["y"], down["target"]["y"]) == ("asset 3", -1, 1)


def test_a_line_runs_while_it_flows_and_stands_dashed_or_grey_else() -> None:
    """Data colour a line, but do not stop it: of two lines one at a time is seen."""
    parts = elements(asset(1, feeds=(2,)), asset(2, x=0.6))
    runs, stands = parts["asset 1"]["connections"]
    assert runs["lineStyle"] == {"style": "dashed", "animate": True}
    assert stands["lineStyle"] == {"style": "dashed", "animate": False}
    (panel,) = canvas(asset(1, feeds=(2,)), asset(2, x=0.6))
    colours = {
        one["matcher"]["options"]: one["properties"][1]["value"]
        for one in panel["fieldConfig"]["overrides"]
        if "flow" in one["matcher"]["options"]
    }
    assert (runs["color"]["field"], stands["color"]["field"]) == ("a1 flow runs", "a1 flow stands")
    assert [step["color"] for step in colours["/ flow runs$/"]["steps"]] == ["transparent", "semi-dark-blue"]
    assert [(step["value"], step["color"]) for step in colours["/ flow stands$/"]["steps"]] == [
        (None, "#6E7681"),
        (1.0, "dark-orange"),
        (2.0, "transparent"),
    ]


def test_every_site_has_a_canvas_of_its_own_below_the_one_before() -> None:
    one, two = canvas(asset(1, site="a", site_name="A"), asset(2, site="b", site_name="B", feeds=(1,)))
    assert (one["title"], two["title"]) == ("A", "B")
    assert two["gridPos"]["y"] == one["gridPos"]["h"]
    assert "asset_id = 2" not in one["targets"][0]["rawSql"]
    assert two["options"]["root"]["elements"][0]["connections"] == []


def large(count: int, areas: int) -> list[TwinAsset]:
    return [asset(number, x=None, area=f"Area {number % areas}") for number in range(1, count + 1)]


def test_a_large_site_is_a_map_of_areas_and_a_click_leads_to_each() -> None:
    found = drawn(*large(1000, 20))
    (panel,) = found["digital-twin"]["panels"]
    tiles = [one for one in panel["options"]["root"]["elements"] if one["links"]]
    assert len(tiles) == 20 == len(found) - 1
    assert {tile["links"][0]["url"].partition("?")[0] for tile in tiles} == {
        f"/d/{one['uid']}" for name, one in found.items() if name != "digital-twin"
    }
    assert len(panel["options"]["root"]["elements"]) == 3 * 20, (
        "few elements: a browser draws each as a text of its own"
    )
    assert found["digital-twin"]["tags"] == ["assetloop"]
    parts = [one for name, one in found.items() if name != "digital-twin"]
    assert {tuple(one["tags"]) for one in parts} == {("assetloop-part",)}
    assert sum(len([e for e in one["panels"][0]["options"]["root"]["elements"] if e["links"]]) for one in parts) == 1000


def test_an_area_too_large_for_a_drawing_is_cut_and_no_row_is_wider_than_postgresql_allows() -> None:
    found = drawn(*large(3 * MOST_IN_A_DRAWING + 5, 1))
    assert len(found) == 1 + 4
    for one in found.values():
        assert one["panels"][0]["targets"][0]["rawSql"].count(" AS ") < 1664


def test_a_drawing_keeps_its_address_when_others_come_and_go() -> None:
    before, after = drawn(*large(100, 2)), drawn(*large(150, 3))
    assert set(before) < set(after)
    assert all(len(f"{name}-zh") <= 40 for name in after)


def test_a_site_of_forty_is_one_drawing() -> None:
    assert len(drawn(*large(MOST_ON_A_SITE, 4))) == 1
    assert len(drawn(*large(MOST_ON_A_SITE + 1, 4))) == 5


def test_names_and_words_are_those_of_the_language() -> None:
    pump = asset(7, name="Pump", name_zh="水泵", site_name_zh="工厂")
    (panel,) = drawn(pump, language=DashboardLanguage.CHINESE)["digital-twin"]["panels"]
    names = [one["name"] for one in panel["options"]["root"]["elements"]]
    assert panel["title"] == "工厂"
    assert "P-7 · 水泵" in names
    assert 'max(status_zh) FILTER (WHERE asset_id = 7) AS "a7 status"' in panel["targets"][0]["rawSql"]


def test_everything_is_stretched_with_its_panel_and_stays_inside() -> None:
    for one in elements(asset(1), asset(2, x=0.6), asset(3, x=None)).values():
        assert one["constraint"] == {"horizontal": "scale", "vertical": "scale"}
        place = one["placement"]
        assert 0 <= place["left"] < 100 - place["right"] <= 100.001
        assert 0 <= place["top"] < 100 - place["bottom"] <= 100.001


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
