"""What the charts of an asset show, read in one transaction: signals as bands, scores, alerts, and another machine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from api.console.components.charts.charts import ChartWindow, Trace
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import NotFound
from storage.core.database import Transaction
from storage.views import asset_course, overview
from storage.views.overview import AssetView, SeriesPoint, SignalView

_POINTS = 500
_LINE = 0.5
_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class TrendsWanted:
    """Which signals of an asset, from when to when, and with which other machine they are compared."""

    asset: AssetView
    keys: tuple[str, ...]
    time_from: datetime
    time_to: datetime
    compare: tuple[str, str] | None


@dataclass(frozen=True, kw_only=True, slots=True)
class TrendCourse:
    """The curves, and what is shaded behind them."""

    traces: Sequence[Trace]
    windows: Sequence[ChartWindow]


def read_course(parts: Parts, wanted: TrendsWanted, visit: Visit) -> TrendCourse:
    """Read what the charts show.

    Raises:
        Unavailable: the database is away.
    """
    asset_id = wanted.asset.asset_id
    until = wanted.time_to + _INSTANT
    with parts.database.transaction() as tx:
        found = asset_course.scores(tx, asset_id, time_from=wanted.time_from, time_to=until, most=_POINTS)
        stretches = asset_course.alerted(tx, asset_id, time_from=wanted.time_from, time_to=until)
        other = _other(tx, wanted, parts)
        signals = {one.key: one for one in wanted.asset.signals}
        traces = [_trace(tx, signals[key], wanted, other, visit) for key in wanted.keys]
    if found:
        traces.insert(0, Trace(name=visit.t("score"), unit="", points=found, high=_LINE))
    alerts = [
        ChartWindow(
            time_from=max(one.onset, wanted.time_from), time_to=min(one.cleared or wanted.time_to, wanted.time_to)
        )
        for one in stretches
    ]
    return TrendCourse(traces=traces, windows=[*_scored(found), *alerts])


def _scored(found: Sequence[SeriesPoint]) -> list[ChartWindow]:
    """Shade where the score was at the alarm line or above it: from each such point to the one after it."""
    windows: list[ChartWindow] = []
    for one, following in pairwise(found):
        if one.greatest < _LINE:
            continue
        if windows and windows[-1].time_to == one.time:
            windows[-1] = ChartWindow(time_from=windows[-1].time_from, time_to=following.time, tone="scored")
        else:
            windows.append(ChartWindow(time_from=one.time, time_to=following.time, tone="scored"))
    return windows


def _other(tx: Transaction, wanted: TrendsWanted, parts: Parts) -> AssetView | None:
    if wanted.compare is None:
        return None
    try:
        return overview.get_asset(tx, *wanted.compare, now=parts.clock.now())
    except NotFound:
        return None


def _trace(tx: Transaction, signal: SignalView, wanted: TrendsWanted, other: AssetView | None, visit: Visit) -> Trace:
    same = next((one for one in other.signals if one.key == signal.key), None) if other else None
    return Trace(
        name=visit.signal_name(signal),
        unit=signal.unit,
        points=_points(tx, signal.signal_id, wanted),
        low=signal.low,
        high=signal.high,
        beside=_points(tx, same.signal_id, wanted) if same else (),
        beside_name=other.asset if other and same else "",
    )


def _points(tx: Transaction, signal_id: int, wanted: TrendsWanted) -> list[SeriesPoint]:
    return overview.get_series(
        tx,
        signal_id,
        time_from=wanted.time_from,
        time_to=wanted.time_to + _INSTANT,
        most=_POINTS,
        whole_steps=True,
    )
