"""Charts as ECharts options: signals under one another on one time axis, in colours that suit light and dark."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from api.console.visit import Visit
from plant.escaped import escaped
from storage.views.overview import SeriesPoint

_COLOURS = ("#2f7ed8", "#1f9e89", "#b5761f", "#8a63c9")
GREY, GRID_LINE = "var(--muted)", "var(--line)"
"""The page's own colours of text and lines: a chart is drawn as SVG."""
_ALARM = "var(--alarm)"
_TONES = {"alarm": "rgba(216, 67, 74, 0.12)", "scored": "rgba(181, 118, 31, 0.14)"}
_HEIGHT, _GAP, _TOP, _BOTTOM = 118, 40, 30, 26
_NEAR = 2.0  # a limit is kept in view where it is no farther off than so many times what the values span
_ROOM = 0.06
_DAYS_BEYOND, _MONTHS_BEYOND = timedelta(days=2), timedelta(days=200)

Names = tuple[str, str, str]
"""How mean, least and greatest are called."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Trace:
    """One signal's curve; limits in `unit`. `beside` is the same signal of another machine, to compare with."""

    name: str
    unit: str
    points: Sequence[SeriesPoint]
    low: float | None = None
    high: float | None = None
    beside: Sequence[SeriesPoint] = ()
    beside_name: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class ChartWindow:
    """A stretch of time that is shaded, and the onset that is marked."""

    time_from: datetime
    time_to: datetime
    onset: datetime | None = None
    tone: str = "alarm"


def band_names(visit: Visit) -> Names:
    """Return how mean, least and greatest are called."""
    return visit.t("band_mean"), visit.t("band_least"), visit.t("band_greatest")


def height(traces: Sequence[Trace]) -> int:
    """Return how high the stack is, in pixels.

    >>> height([]), height([Trace(name="Flow", unit="m³/h", points=[])])
    (56, 174)
    """
    return _TOP + _BOTTOM + len(traces) * _HEIGHT + max(0, len(traces) - 1) * _GAP


def stack(
    traces: Sequence[Trace],
    *,
    windows: Sequence[ChartWindow] = (),
    onset_name: str = "",
    span: tuple[datetime, datetime] | None = None,
    names: Names | None = None,
) -> dict[str, Any]:
    """Draw traces under one another, their time axes joined; times are shown in the zone of the page's site.

    The band from least to greatest lies behind each curve. With `span` the axes reach over all of it, and a person may
    zoom with the wheel or two fingers and pan by dragging.
    """
    places = range(len(traces))
    last = len(traces) - 1
    curves = [
        _curve(trace, place, windows, onset_name if place == 0 else "", names) for place, trace in enumerate(traces)
    ]
    behind = [one for place, trace in enumerate(traces) for one in (*_band(trace, place), *_beside(trace, place))]
    return {
        "animation": False,
        "textStyle": {"fontFamily": "inherit"},
        "axisPointer": {"link": [{"xAxisIndex": "all"}], "lineStyle": {"color": GREY}},
        "tooltip": {"trigger": "axis", "confine": True},
        "grid": [{"left": 52, "right": 14, "top": _top(place), "height": _HEIGHT} for place in places],
        "title": [_title(trace, place) for place, trace in enumerate(traces)],
        "xAxis": [_time_axis(place, span, labelled=place == last) for place in places],
        "yAxis": [_value_axis(trace, place) for place, trace in enumerate(traces)],
        "series": [*curves, *behind],
        **({"dataZoom": [_zoom(list(places))]} if span else {}),
    }


def _zoom(axes: list[int]) -> dict[str, Any]:
    whole = {"start": 0, "end": 100}
    return {"type": "inside", "xAxisIndex": axes, "filterMode": "none", "zoomOnMouseWheel": "shift", **whole}


def _top(place: int) -> int:
    return _TOP + place * (_HEIGHT + _GAP)


def _title(trace: Trace, place: int) -> dict[str, Any]:
    beside = f" · {trace.beside_name}" if trace.beside_name else ""
    return {
        "text": f"{named(trace)}{escaped(beside)}",
        "left": 0,
        "top": _top(place) - 28,
        "textStyle": {"fontSize": 12, "fontWeight": 600, "color": GREY, "width": 420, "overflow": "truncate"},
    }


def named(trace: Trace) -> str:
    """Write a signal's name with its unit.

    >>> named(Trace(name="Flow", unit="m³/h", points=[])), named(Trace(name="Count", unit="", points=[]))
    ('Flow (m³/h)', 'Count')
    """
    return escaped(f"{trace.name} ({trace.unit})" if trace.unit else trace.name)


def _tick(span: tuple[datetime, datetime] | None) -> str:
    """Return what writes the marks of a time axis: times, over days their dates, over months those.

    >>> _tick((datetime(2026, 1, 1), datetime(2026, 1, 8)))
    'window.zoneDay'
    """
    reach = span[1] - span[0] if span else timedelta(0)
    if reach <= _DAYS_BEYOND:
        return "window.zoneTick"
    return "window.zoneDay" if reach <= _MONTHS_BEYOND else "window.zoneMonth"


def _time_axis(place: int, span: tuple[datetime, datetime] | None, *, labelled: bool) -> dict[str, Any]:
    return {
        "type": "time",
        "gridIndex": place,
        "axisLabel": {
            "show": labelled,
            "color": GREY,
            "fontSize": 11,
            "hideOverlap": True,
            ":formatter": _tick(span),
        },
        "axisPointer": {"label": {":formatter": "(one) => window.zoneText(one.value)"}},
        "axisLine": {"lineStyle": {"color": GRID_LINE}},
        "axisTick": {"show": False},
        "splitLine": {"show": False},
        **({"min": milliseconds(span[0]), "max": milliseconds(span[1])} if span else {}),
    }


def _value_axis(trace: Trace, place: int) -> dict[str, Any]:
    reach = reach_of(trace)
    return {
        "type": "value",
        "gridIndex": place,
        "scale": True,
        "splitNumber": 3,
        "axisLabel": {"color": GREY, "fontSize": 11, "showMinLabel": not reach, "showMaxLabel": not reach},
        "splitLine": {"lineStyle": {"color": GRID_LINE}},
        **({"min": rounded(reach[0]), "max": rounded(reach[1])} if reach else {}),
    }


def reach_of(trace: Trace) -> tuple[float, float] | None:
    """Return from where to where the value axis goes: over the whole band, and a limit that is near; None for nothing.

    >>> from datetime import UTC
    >>> points = [SeriesPoint(time=datetime(2026, 1, 1, tzinfo=UTC), mean=5, least=4, greatest=6)]
    >>> [round(one, 2) for one in reach_of(Trace(name="Flow", unit="", points=points, low=-90, high=7))]
    [3.82, 7.18]
    """
    points = [*trace.points, *trace.beside]
    if not points:
        return None
    least, greatest = min(one.least for one in points), max(one.greatest for one in points)
    spans = greatest - least or abs(greatest) / 10 or 1.0
    for limit in (trace.low, trace.high):
        if limit is not None and least - _NEAR * spans <= limit <= greatest + _NEAR * spans:
            least, greatest = min(least, limit), max(greatest, limit)
    room = _ROOM * (greatest - least or spans)
    return least - room, greatest + room


def _curve(
    trace: Trace, place: int, windows: Sequence[ChartWindow], onset_name: str, names: Names | None
) -> dict[str, Any]:
    colour = _COLOURS[place % len(_COLOURS)]
    is_banded = names is not None and _has_band(trace)
    return {
        "type": "line",
        "name": named(trace),
        "xAxisIndex": place,
        "yAxisIndex": place,
        "showSymbol": len(trace.points) == 1,
        "symbolSize": 5,
        "lineStyle": {"width": 1.5, "color": colour},
        "itemStyle": {"color": colour},
        "data": [_point(point) for point in trace.points],
        "markLine": _marks(trace, windows, onset_name),
        **(
            {"dimensions": ["time", *(names or ())], "encode": {"x": 0, "y": 1, "tooltip": [1, 2, 3]}}
            if is_banded
            else {}
        ),
        **({"markArea": {"silent": True, "data": [_area(one) for one in windows]}} if windows else {}),
    }


def _point(point: SeriesPoint) -> list[float]:
    return [milliseconds(point.time), rounded(point.mean), rounded(point.least), rounded(point.greatest)]


def _has_band(trace: Trace) -> bool:
    return any(point.least < point.greatest for point in trace.points)


def _band(trace: Trace, place: int) -> list[dict[str, Any]]:
    """Draw the band from least to greatest: two lines without width, one standing on the other, filled between."""
    if not _has_band(trace):
        return []
    colour = _COLOURS[place % len(_COLOURS)]
    usual = {
        "type": "line",
        "xAxisIndex": place,
        "yAxisIndex": place,
        "stack": f"band-{place}",
        "stackStrategy": "all",
        "showSymbol": False,
        "silent": True,
        "lineStyle": {"width": 0},
        "tooltip": {"show": False},
        "z": 1,
    }
    lower = [[milliseconds(one.time), rounded(one.least)] for one in trace.points]
    upper = [[milliseconds(one.time), rounded(one.greatest - one.least)] for one in trace.points]
    return [
        {**usual, "data": lower, "itemStyle": {"color": colour}},
        {**usual, "data": upper, "itemStyle": {"color": colour}, "areaStyle": {"color": colour, "opacity": 0.2}},
    ]


def _beside(trace: Trace, place: int) -> list[dict[str, Any]]:
    if not trace.beside:
        return []
    return [
        {
            "type": "line",
            "name": escaped(trace.beside_name),
            "xAxisIndex": place,
            "yAxisIndex": place,
            "showSymbol": False,
            "lineStyle": {"width": 1.2, "color": GREY, "type": "dotted"},
            "itemStyle": {"color": GREY},
            "data": [[milliseconds(one.time), rounded(one.mean)] for one in trace.beside],
        }
    ]


def _marks(trace: Trace, windows: Sequence[ChartWindow], onset_name: str) -> dict[str, Any]:
    limits = [
        {"yAxis": limit, "lineStyle": {"color": GREY, "type": "dashed"}, "label": {"show": False}}
        for limit in (trace.low, trace.high)
        if limit is not None
    ]
    label = {"show": bool(onset_name), "formatter": onset_name, "color": _ALARM, "fontSize": 11, "position": "end"}
    onsets = [
        {"xAxis": milliseconds(one.onset), "lineStyle": {"color": _ALARM, "type": "solid"}, "label": label}
        for one in windows
        if one.onset
    ]
    return {"symbol": "none", "silent": True, "animation": False, "data": [*limits, *onsets]}


def _area(window: ChartWindow) -> list[dict[str, Any]]:
    shade = {"itemStyle": {"color": _TONES[window.tone]}}
    return [{"xAxis": milliseconds(window.time_from), **shade}, {"xAxis": milliseconds(window.time_to)}]


def milliseconds(time: datetime) -> int:
    """Write an instant as ECharts wants it, in milliseconds since 1970."""
    return round(time.timestamp() * 1000)


def rounded(value: float) -> float:
    """Keep six significant digits.

    >>> rounded(1234.56789), rounded(0.000123456789)
    (1234.57, 0.000123457)
    """
    return float(f"{value:.6g}")
