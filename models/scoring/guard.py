"""Guarding follows the rows of every asset, with or without a model: limits of the register, rates, and silence."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np

from models.detector.arrays import Flags, Floats
from models.scoring import limits as rules
from models.scoring import state_codec
from models.scoring.episodes import Episode, Track, follow
from models.scoring.findings import finding_of, of_register
from models.scoring.limits import Broken, Limits
from models.scoring.worker import Follower, RoundReport
from plant.clock import Clock
from plant.finding import FindingKind
from storage.core.database import Database, Transaction
from storage.core.leases import Lease
from storage.models import findings, guard
from storage.models.guard import DueGuard, GuardAdvance, Guarded, LeasedGuard
from storage.telemetry import windows
from storage.telemetry.windows import Window, Windows, to_us

_VALUES_A_READ = 4_000_000
_READ_LISTS_EVERY = timedelta(seconds=60)
_PLAIN = 0.5
_ON_THE_LINE = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """What a window says about an asset, not yet written."""

    watched: Guarded
    advance: GuardAdvance
    rows: int
    behind: bool
    episodes: Sequence[tuple[FindingKind, Episode]]


class Guard(Follower[DueGuard, LeasedGuard]):
    """Holds what every asset says against the limits that the register knows, from its first minute on."""

    def __init__(self, database: Database, clock: Clock, holder: str, **how: Any) -> None:
        super().__init__(database, clock, holder, **how)
        self._since = clock.now()
        self._lists: dict[int, Guarded] = {}
        self._read_at = clock.now()

    def _ask(self, tx: Transaction, now: datetime, skip_assets: Iterable[int]) -> list[DueGuard]:
        guard.enrol(tx)
        return guard.due(tx, holder=self._holder, now=now, since=self._since, skip_assets=list(skip_assets))

    def _take(self, tx: Transaction, wanted: Sequence[DueGuard], now: datetime) -> list[Lease[DueGuard]]:
        return guard.lease(tx, wanted, holder=self._holder, now=now, lease_s=self._lease_s)

    def _remember(self, tx: Transaction, taken: Sequence[Lease[DueGuard]]) -> list[LeasedGuard]:
        return guard.remembered(tx, taken)

    def _give_back(self, tx: Transaction) -> None:
        guard.release(tx, holder=self._holder)

    def _alike(self, leased: Sequence[LeasedGuard]) -> Iterator[list[LeasedGuard]]:
        """Read what is watched of leased assets and yield together those with equally many signals."""
        self._read_lists([one.asset_id for one in leased])
        of_count: dict[int, list[LeasedGuard]] = {}
        for one in leased:
            of_count.setdefault(len(self._lists[one.asset_id].signals), []).append(one)
        yield from of_count.values()

    def _read_lists(self, asset_ids: Sequence[int]) -> None:
        """Read the limits of assets that are not known yet, and once a minute all of them anew: people change them."""
        if self._clock.now() - self._read_at >= _READ_LISTS_EVERY:
            self._lists, self._read_at = {}, self._clock.now()
        missing = [asset_id for asset_id in asset_ids if asset_id not in self._lists]
        if missing:
            with self._database.transaction() as tx:
                self._lists |= guard.lists(tx, missing)

    def _together(self, leased: Sequence[LeasedGuard]) -> RoundReport:
        lists = [self._lists[one.asset_id] for one in leased]
        signal_ids = np.array([[signal.signal_id for signal in one.signals] for one in lists], np.int32)
        began = time.perf_counter()
        with self._database.transaction() as tx:
            read = windows.read_many(
                tx,
                signal_ids,
                after_us=np.array([one.watermark_us for one in leased]),
                until_us=np.array([max(one.horizon_us, one.watermark_us) for one in leased]),
                most=max(1, min(self._most_rows, _VALUES_A_READ // signal_ids.size)),
            )
        read_at = time.perf_counter()
        seen = look(leased, lists, read, now_us=to_us(self._clock.now()))
        judged_at = time.perf_counter()
        with self._database.transaction() as tx:
            report = write(tx, seen)
        written_at = time.perf_counter()
        return replace(report, read_s=read_at - began, judge_s=judged_at - read_at, write_s=written_at - judged_at)


def look(leased: Sequence[LeasedGuard], lists: Sequence[Guarded], read: Windows, *, now_us: int) -> list[Seen]:
    """Hold one window of each leased asset, all with equally many signals, against its limits.

    `now_us` is the clock's; by it alone a machine is silent that says nothing.

    Raises:
        ValueError: the state of an asset is none.
    """
    flat, standing = _remembered(leased, lists)
    block = read.block()
    broken, after = rules.hold(Limits.of(lists), flat, block.values, block.times_s)
    lively = (broken.over | broken.fast | broken.gone).any(axis=(0, 2))
    open_: list[dict[FindingKind, Episode]] = [dict(held) for held in standing]
    changed: list[list[tuple[FindingKind, Episode]]] = [[] for _ in leased]
    for place in np.flatnonzero(lively | np.array([bool(held) for held in standing])).tolist():
        window = read.of(place)
        changed[place] += _followed(open_[place], window, _of_asset(broken, len(window), place))
    for place, one in enumerate(leased):
        changed[place] += _silence(open_[place], one, read.of(place), len(lists[place].signals), now_us)
    states = state_codec.pack_many(after, open_)
    return [
        Seen(
            watched=lists[place],
            advance=GuardAdvance(
                leased=one,
                watermark_us=_reached(one, read, place),
                state=states[place],
                silent=FindingKind.SILENT in open_[place],
            ),
            rows=int(read.lengths[place]),
            behind=not read.complete[place],
            episodes=changed[place],
        )
        for place, one in enumerate(leased)
    ]


def _remembered(leased: Sequence[LeasedGuard], lists: Sequence[Guarded]) -> tuple[Floats, list[state_codec.Episodes]]:
    """Return the state of each asset for its signals of now (A, S), and its open episodes."""
    signals = len(lists[0].signals)
    width = rules.width(signals)
    flat, standing = np.empty((len(leased), width)), list[state_codec.Episodes]()
    for place, (one, watched) in enumerate(zip(leased, lists, strict=True)):
        ids = [signal.signal_id for signal in watched.signals]
        state, episodes = _as_it_was(one.state, width, signals) if one.state else (rules.fresh(ids), {})
        if state.shape != (width,) or state[:signals].tolist() != ids:
            state, episodes = rules.carried(state, ids), {}  # signals came or went: what stood open begins anew
        flat[place] = state
        standing.append(episodes)
    return flat, standing


def _as_it_was(data: bytes, width: int, signals: int) -> tuple[Floats, state_codec.Episodes]:
    before = state_codec.width_of(data)
    if before == width:
        return state_codec.unpack(data, width, signals)
    return state_codec.state_of(data), {}


def _followed(
    standing: dict[FindingKind, Episode], window: Window, tracks: Mapping[FindingKind, Track]
) -> list[tuple[FindingKind, Episode]]:
    """Take an asset's rows into its episodes of each kind; return those that changed, and keep those that stand."""
    changed: list[tuple[FindingKind, Episode]] = []
    for kind, track in tracks.items():
        before = standing.get(kind)
        if before is None and not track.alarm.any():
            continue
        episodes, last = follow(before, window.times_us, track, window.values)
        changed += [(kind, episode) for episode in episodes]
        standing.pop(kind, None)
        if last is not None:
            standing[kind] = last
    return changed


def _of_asset(broken: Broken, length: int, column: int) -> dict[FindingKind, Track]:
    rows = (slice(length), column)
    return {
        FindingKind.LIMIT: _track(broken.over[rows], broken.level[rows]),
        FindingKind.RATE: _track(broken.fast[rows], broken.pace[rows]),
        FindingKind.SENSOR_DROPOUT: _track(broken.gone[rows], np.ones(broken.gone[rows].shape)),
    }


def _track(flags: Flags, level: Floats) -> Track:
    """Score rows (n, p) by the worst of what is broken; the others have no share."""
    worst = np.where(flags, np.maximum(level, _ON_THE_LINE), 0.0)
    top, total = worst.max(axis=1), worst.sum(axis=1)
    share = worst / np.where(total > 0, total, 1.0)[:, None]
    return Track(score=top / (1.0 + top), alarm=np.asarray(flags.any(axis=1)), share=share)


def _silence(
    standing: dict[FindingKind, Episode], one: LeasedGuard, window: Window, signals: int, now_us: int
) -> list[tuple[FindingKind, Episode]]:
    """Begin the silence of an asset that has said nothing for too long, and end it with its first new word."""
    was = standing.get(FindingKind.SILENT)
    if was is not None and len(window):
        ended = replace(standing.pop(FindingKind.SILENT), cleared_us=int(window.times_us[0]))
        return [(FindingKind.SILENT, ended)]
    if was is not None or not one.silent or len(window):
        return []
    standing[FindingKind.SILENT] = Episode(
        onset_us=one.watermark_us,
        last_us=max(now_us, one.watermark_us),
        peak=_PLAIN,
        samples=1,
        missing=signals,
        pull=np.zeros(signals),
    )
    return [(FindingKind.SILENT, standing[FindingKind.SILENT])]


def _reached(one: LeasedGuard, read: Windows, place: int) -> int:
    """Go to the horizon, or where more was there than was read, to the last row; never back."""
    if read.complete[place]:
        return max(one.horizon_us, one.watermark_us)
    return int(read.times_us[read.first[place + 1] - 1])


def write(tx: Transaction, seen: Sequence[Seen]) -> RoundReport:
    """Write all that the windows said, and nothing of an asset that another worker has taken over."""
    ours = guard.advance(tx, [one.advance for one in seen])
    kept = [one for one in seen if one.advance.leased.asset_id in ours]
    changed = [(of_register(one.watched, kind), kind, episode) for one in kept for kind, episode in one.episodes]
    opened = [findings.record(tx, finding_of(origin, kind, episode)) == 1 for origin, kind, episode in changed]
    return RoundReport(
        assets=len(kept),
        rows=sum(one.rows for one in kept),
        findings_opened=sum(opened),
        findings_cleared=sum(episode.cleared_us is not None for _, _, episode in changed),
        behind=sum(one.behind for one in kept),
        taken_over=len(seen) - len(kept),
    )
