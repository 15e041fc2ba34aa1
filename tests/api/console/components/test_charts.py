"""Charts say what their traces hold."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from api.console.components.charts.charts import ChartWindow, Trace, stack
from api.console.order_evidence import around
from storage.views.overview import SeriesPoint

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
FLOW = Trace(name="Flow", unit="m³/h", points=[SeriesPoint(time=NOON, mean=1.23456789, least=1, greatest=2)], high=5)


def test_each_trace_has_an_axis_a_title_with_its_unit_and_its_points() -> None:
    options = stack([FLOW, Trace(name="Count", unit="", points=[])])
    assert [title["text"] for title in options["title"]] == ["Flow (m³/h)", "Count"]
    assert [one["yAxisIndex"] for one in options["series"]] == [0, 1, 0, 0]
    assert options["series"][0]["data"] == [[1772625600000, 1.23457, 1, 2]]


def test_the_band_from_least_to_greatest_lies_behind_the_curve_and_a_limit_that_is_near_is_in_view() -> None:
    options = stack([FLOW], names=("mean", "least", "greatest"))
    curve, lower, upper = options["series"]
    assert (lower["data"], upper["data"]) == ([[1772625600000, 1]], [[1772625600000, 1]])
    assert (lower["stack"], lower["stackStrategy"]) == (upper["stack"], "all")
    assert curve["encode"]["tooltip"] == [1, 2, 3]
    assert options["yAxis"][0]["max"] > 2


def test_the_window_is_shaded_and_the_onset_named_once() -> None:
    window = ChartWindow(time_from=NOON, time_to=NOON + timedelta(minutes=1), onset=NOON)
    options = stack([FLOW, FLOW], windows=[window], onset_name="onset")
    curves = options["series"][:2]
    shaded = [[[edge["xAxis"] for edge in area] for area in one["markArea"]["data"]] for one in curves]
    assert shaded == [[[1772625600000, 1772625660000]]] * 2
    told = [[mark["label"]["show"] for mark in one["markLine"]["data"] if "xAxis" in mark] for one in curves]
    assert told == [[True], [False]]


def test_what_is_shown_around_a_window_is_five_minutes_to_six_hours() -> None:
    def margin(lasted: timedelta) -> timedelta:
        window = ChartWindow(time_from=NOON, time_to=NOON + lasted)
        return NOON - around(window)[0]

    assert margin(timedelta()) == timedelta(minutes=5)
    assert margin(timedelta(hours=1)) == timedelta(hours=1)
    assert margin(timedelta(days=9)) == timedelta(hours=6)
