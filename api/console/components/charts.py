"""Charts as ECharts options: signals under one another on one time axis, in colours that suit light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from plant.escaped import escaped
from storage.views.overview import SeriesPoint

_COLOURS = ("#2f7ed8", "#1f9e89", "#b5761f", "#8a63c9")
_GREY = "#8391a2"
_GRID_LINE = "rgba(131, 145, 162, 0.22)"
_ALARM = "#d8434a"
_WINDOW = "rgba(216, 67, 74, 0.12)"
_HEIGHT, _GAP, _TOP, _BOTTOM = 118, 40, 30, 26


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """One signal's curve; limits in `unit`."""

    name: str
    unit: str
    points: Sequence[SeriesPoint]
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartWindow:
    """A stretch of time that is shaded, and the onset that is marked."""

    time_from: datetime
    time_to: datetime
    onset: datetime | None = None


def height(traces: Sequence[Trace]) -> int:
    """Return how high the stack is, in pixels.

    >>> height([]), height([Trace(name="Flow", unit="m³/h", points=[])])
    (56, 174)
    """
    return _TOP + _BOTTOM + len(traces) * _HEIGHT + max(0, len(traces) - 1) * _GAP


def stack(traces: Sequence[Trace], *, window: ChartWindow | None = None, onset_name: str = "") -> dict[str, Any]:
    """Draw traces under one another, their time axes joined; times are shown in the viewer's zone."""
    places = range(len(traces))
    last = len(traces) - 1
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}], "lineStyle": {"color": _GREY}},
        "tooltip": {"trigger": "axis", "confine": True},
        "grid": [{"left": 52, "right": 14, "top": _top(place), "height": _HEIGHT} for place in places],
        "title": [_title(trace, place) for place, trace in enumerate(traces)],
        "xAxis": [_time_axis(place, labelled=place == last) for place in places],
        "yAxis": [_value_axis(place) for place in places],
        "series": [
            _curve(trace, place, window, onset_name if place == 0 else "") for place, trace in enumerate(traces)
        ],
    }


def _top(place: int) -> int:
    return _TOP + place * (_HEIGHT + _GAP)


def _title(trace: Trace, place: int) -> dict[str, Any]:
    return {
        "text": named(trace),
        "left": 0,
        "top": _top(place) - 28,
        "textStyle": {"fontSize": 12, "fontWeight": 600, "color": _GREY},
    }


def named(trace: Trace) -> str:
    """Write a signal's name with its unit.

    >>> named(Trace(name="Flow", unit="m³/h", points=[])), named(Trace(name="Count", unit="", points=[]))
    ('Flow (m³/h)', 'Count')
    """
    return escaped(f"{trace.name} ({trace.unit})" if trace.unit else trace.name)


def _time_axis(place: int, *, labelled: bool) -> dict[str, Any]:
    return {
        "type": "time",
        "gridIndex": place,
        "axisLabel": {"show": labelled, "color": _GREY, "fontSize": 11, "hideOverlap": True},
        "axisLine": {"lineStyle": {"color": _GRID_LINE}},
        "axisTick": {"show": False},
        "splitLine": {"show": False},
    }


def _value_axis(place: int) -> dict[str, Any]:
    return {
        "type": "value",
        "gridIndex": place,
        "scale": True,
        "splitNumber": 3,
        "axisLabel": {"color": _GREY, "fontSize": 11},
        "splitLine": {"lineStyle": {"color": _GRID_LINE}},
    }


def _curve(trace: Trace, place: int, window: ChartWindow | None, onset_name: str) -> dict[str, Any]:
    colour = _COLOURS[place % len(_COLOURS)]
    return {
        "type": "line",
        "name": named(trace),
        "xAxisIndex": place,
        "yAxisIndex": place,
        "showSymbol": len(trace.points) == 1,
        "symbolSize": 5,
        "lineStyle": {"width": 1.5, "color": colour},
        "itemStyle": {"color": colour},
        "data": [[milliseconds(point.time), rounded(point.mean)] for point in trace.points],
        "markLine": _marks(trace, window, onset_name),
        **({"markArea": _area(window)} if window else {}),
    }


def _marks(trace: Trace, window: ChartWindow | None, onset_name: str) -> dict[str, Any]:
    limits = [
        {"yAxis": limit, "lineStyle": {"color": _GREY, "type": "dashed"}, "label": {"show": False}}
        for limit in (trace.low, trace.high)
        if limit is not None
    ]
    onset = []
    if window and window.onset:
        label = {"show": bool(onset_name), "formatter": onset_name, "color": _ALARM, "fontSize": 11, "position": "end"}
        onset = [{"xAxis": milliseconds(window.onset), "lineStyle": {"color": _ALARM, "type": "solid"}, "label": label}]
    return {"symbol": "none", "silent": True, "animation": False, "data": [*limits, *onset]}


def _area(window: ChartWindow) -> dict[str, Any]:
    span = [{"xAxis": milliseconds(window.time_from)}, {"xAxis": milliseconds(window.time_to)}]
    return {"silent": True, "itemStyle": {"color": _WINDOW}, "data": [span]}


def milliseconds(time: datetime) -> int:
    """Write an instant as ECharts wants it, in milliseconds since 1970."""
    return round(time.timestamp() * 1000)


def rounded(value: float) -> float:
    """Keep six significant digits.

    >>> rounded(1234.56789), rounded(0.000123456789)
    (1234.57, 0.000123457)
    """
    return float(f"{value:.6g}")
