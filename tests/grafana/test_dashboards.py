"""Every dashboard holds together, in both languages: what its panels ask gives what they show."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from grafana.chinese import CHINESE
from grafana.links import UIDS
from tests.grafana.conftest import sick
from tests.grafana.panels import Answer, dashboards, panels, run_panels

NUMBERS = {"int2", "int4", "int8", "float4", "float8", "numeric"}
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LATIN = re.compile(r"[A-Za-z]{3,}")
# Names that are the same in every language.
_NAMES = {"EEMUA", "kWh", "Prometheus", "assetloop", "register", "import", "plant", "toml", "unit", "JSON", "values"}


def test_every_panel_shows_rows_in_both_languages(answers: list[Answer]) -> None:
    assert [one.title for one in answers if not one.rows] == []
    english, chinese = (
        [one for one in answers if bool(_HAN.search(one.dashboard)) is is_chinese] for is_chinese in (False, True)
    )
    assert len({one.dashboard for one in english}) == len({one.dashboard for one in chinese}) == 8
    assert len(english) == len(chinese) >= 70


def test_every_panel_answers_at_once(answers: list[Answer]) -> None:
    slow = [f"{one.title}: {one.took_s:.2f} s" for one in answers if one.took_s > 2.0]
    assert slow == []


def test_a_site_and_an_area_may_be_chosen_and_nothing_but_a_name_gets_into_the_sql(looked_at: str, built: Path) -> None:
    chosen = {"asset": sick(looked_at), "site": "demo", "area": "Pump house", "project": "fans-2027"}
    narrow = run_panels(looked_at, built, variables=chosen)
    assert [one.title for one in narrow if not one.rows and one.panel["type"] != "marks"] == []
    hostile = run_panels(looked_at, built, variables={**chosen, "site": "x' OR '1'='1", "area": "'); --"})
    assert any(not one.rows for one in hostile)


def test_series_have_a_time_and_numbers(answers: list[Answer]) -> None:
    wrong = []
    for one in answers:
        if one.shape != "time_series":
            continue
        figures = {name: kind for name, kind in one.columns.items() if name not in ("time", "metric")}
        is_time = one.columns.get("time") in {"timestamptz", *NUMBERS}
        if not is_time or not figures or not set(figures.values()) <= NUMBERS:
            wrong.append(f"{one.title}: {one.columns}")
    assert wrong == []


def test_what_a_panel_names_its_query_gives(answers: list[Answer]) -> None:
    """Overrides, bars' names, links and a Canvas' elements speak of columns, or of a series."""
    wrong = []
    for one in answers:
        if one.panel["type"] == "marks":
            continue
        there = set(one.columns) | {str(row["metric"]) for row in one.rows if "metric" in row}
        targets = sum("rawSql" in target for target in one.panel["targets"])
        wrong += [f"{one.title}: {name}" for name in _named(one.panel) - there if targets == 1]
    assert wrong == []


def test_columns_of_a_query_have_names_of_their_own(answers: list[Answer]) -> None:
    for one in answers:
        aliases = re.findall(r'AS "([^"]+)"', one.sql)
        assert len(set(aliases)) == len(aliases), one.title


@pytest.fixture(scope="module")
def every(built: Path) -> dict[str, dict[str, Any]]:
    """Every dashboard, by its uid."""
    return {one["uid"]: one for one in (json.loads(path.read_text()) for path in dashboards(built))}


def test_uids_are_those_that_links_were_made_with(every: dict[str, dict[str, Any]]) -> None:
    assert set(every) == {*UIDS, *(f"{uid}-zh" for uid in UIDS)}


def test_links_lead_to_dashboards_of_the_same_language(every: dict[str, dict[str, Any]]) -> None:
    for uid, dashboard in every.items():
        text = json.dumps(dashboard)
        for target in re.findall(r"/d/([\w-]+)", text):
            assert target in every, (uid, target)
            assert target.endswith("-zh") == uid.endswith("-zh"), (uid, target)
        (others,) = dashboard["links"]
        assert others["tags"] == dashboard["tags"]
        assert others["includeVars"]
        assert others["keepTime"]
        assert "console.assetloop" not in text


def test_an_asset_a_project_and_an_order_lead_back_to_the_console(every: dict[str, dict[str, Any]]) -> None:
    for suffix in ("", "-zh"):
        leads = {
            uid: set(re.findall(r"http://localhost:8080(/[\w-]+/)", json.dumps(every[f"{uid}{suffix}"])))
            for uid in ("assetloop-asset", "assetloop-plant", "assetloop-handover")
        }
        assert leads == {
            "assetloop-asset": {"/assets/", "/work-orders/"},
            "assetloop-plant": {"/work-orders/"},
            "assetloop-handover": {"/handover/"},
        }


def test_panels_have_ids_of_their_own_and_do_not_overlap(every: dict[str, dict[str, Any]]) -> None:
    for uid, dashboard in every.items():
        found = list(panels(dashboard))
        assert len({panel["id"] for panel in found}) == len(found), uid
        cells = [cell for panel in found for cell in _cells(panel["gridPos"])]
        assert len(set(cells)) == len(cells), uid
        assert all(x < 24 for x, _ in cells), uid


def test_a_table_is_no_wider_than_its_panel_on_a_laptop(answers: list[Answer]) -> None:
    wide = {}
    for one in answers:
        if one.panel["type"] == "table" and (needed := _needed_px(one)) > (room := _room_px(one.panel)):
            wide[one.title] = f"{needed} px in {room}"
    assert wide == {}


def _room_px(panel: dict[str, Any]) -> int:
    """What a panel leaves to its table where the page is 1366 px wide, 16 px of it margins."""
    column_px, border_px = (1366 - 32 + 8) / 24, 26
    return int(panel["gridPos"]["w"] * column_px - border_px)


def _needed_px(answer: Answer) -> int:
    """What the columns in sight have as their width, or at the least; Grafana's own least is 150."""
    looks: dict[str, dict[str, Any]] = {}
    for override in answer.panel["fieldConfig"]["overrides"]:
        settings = {one["id"]: one.get("value") for one in override["properties"]}
        looks.setdefault(override["matcher"]["options"], {}).update(settings)
    seen = [looks.get(name, {}) for name in answer.columns if not looks.get(name, {}).get("custom.hidden")]
    return sum(look.get("custom.width", look.get("custom.minWidth", 150)) for look in seen)


def test_variables_are_defined_and_one_set_is_carried_along(every: dict[str, dict[str, Any]]) -> None:
    for uid, dashboard in every.items():
        defined = [one["name"] for one in dashboard["templating"]["list"]]
        assert len(set(defined)) == len(defined)
        assert defined[:3] == ["site", "area", "asset"], uid
        used = set(re.findall(r"\$\{?([a-z]+)\b", json.dumps([*panels(dashboard), dashboard["annotations"]])))
        assert used <= {*defined, "prometheus"}, uid


def test_every_query_goes_to_the_one_data_source(every: dict[str, dict[str, Any]]) -> None:
    for dashboard in every.values():
        for panel in panels(dashboard):
            sources = [panel["datasource"], *(target["datasource"] for target in panel["targets"])]
            if panel["datasource"]["type"] != "prometheus":
                assert sources == [{"type": "grafana-postgresql-datasource", "uid": "assetloop"}] * len(sources)


def test_nothing_is_used_that_a_grafana_from_11_6_to_13_lacks(every: dict[str, dict[str, Any]]) -> None:
    """Panels of Angular went with 12; since then sources are named by uid alone, and a dashboard has no number."""
    known = {"barchart", "canvas", "stat", "state-timeline", "status-history", "table", "text", "timeseries"}
    for uid, dashboard in every.items():
        assert "id" not in dashboard
        assert len(uid) <= 40
        for panel in panels(dashboard):
            assert panel["type"] in known, panel["title"]
            assert not {"alert", "thresholds", "seriesOverrides", "styles", "aliasColors"} & set(panel)
            assert all(set(one["datasource"]) == {"type", "uid"} for one in [panel, *panel["targets"]])


def test_what_is_empty_says_so_in_words(every: dict[str, dict[str, Any]]) -> None:
    for dashboard in every.values():
        for panel in panels(dashboard):
            if panel["type"] not in ("canvas", "text"):
                assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]


def test_nothing_is_left_untranslated(every: dict[str, dict[str, Any]]) -> None:
    left = []
    for uid, dashboard in every.items():
        if not uid.endswith("-zh"):
            continue
        for text in _texts({**dashboard, "panels": [one for one in panels(dashboard) if one["type"] != "canvas"]}):
            left += [
                f"{uid}: {text}" for word in _LATIN.findall(re.sub(r"\{\{\w+\}\}", "", text)) if word not in _NAMES
            ]
    assert left == []
    assert [
        text for text, chinese in CHINESE.items() if not _HAN.search(chinese) and text not in ("Prometheus", "99 %")
    ] == []


def _texts(part: Any) -> list[str]:
    if isinstance(part, list):
        return [text for one in part for text in _texts(one)]
    if not isinstance(part, dict):
        return []
    keys = {"title", "description", "displayName", "noValue", "label", "text", "legendFormat", "content"}
    own = [value for key, value in part.items() if key in keys and isinstance(value, str)]
    aliases = re.findall(r'AS "([^"]+)"', part.get("rawSql", ""))
    return [
        *own,
        *(one for one in aliases if one != "time"),
        *(text for value in part.values() for text in _texts(value)),
    ]


def _named(panel: dict[str, Any]) -> set[str]:
    overrides = panel["fieldConfig"].get("overrides", [])
    found = {one["matcher"]["options"] for one in overrides if one["matcher"]["id"] == "byName"}
    if panel["options"].get("xField"):
        found.add(panel["options"]["xField"])
    found |= set(re.findall(r"__data\.fields\.(\w+)", json.dumps(panel)))
    if panel["type"] == "canvas":
        found |= set(re.findall(r'"field": "([^"]+)"', json.dumps(panel["options"]["root"])))
    return found


def _cells(grid: dict[str, int]) -> list[tuple[int, int]]:
    return [(grid["x"] + x, grid["y"] + y) for x in range(grid["w"]) for y in range(grid["h"])]
