"""Guarding checks the rows of every asset, with or without a model: limits of the register, rates, and silence."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.detector.arrays import Flags, Floats
from models.scoring import limits as rules
from models.scoring import state_codec
from models.scoring.episodes import Episode, Track, follow
from models.scoring.findings import finding_of, of_register
from models.scoring.limits import Limits, RuleViolations
from models.scoring.worker import LeasingWorker, RoundReport
from plant.clock import Clock
from plant.finding import FindingKind
from storage.core.database import Database, Transaction
from storage.core.leases import Lease
from storage.models import findings, guard
from storage.models.guard import AssetToGuard, GuardedAsset, GuardProgress, LeasedToGuard
from storage.telemetry.windows import Window, Windows, to_us

_READ_LISTS_EVERY = timedelta(seconds=60)
_PLAIN = 0.5
_ON_THE_LINE = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class CheckedWindow:
    """What one window of an asset showed, not yet written; `episodes` are those that changed, in the order of time."""

    watched: GuardedAsset
    advance: GuardProgress
    rows: int
    behind: bool
    episodes: Sequence[tuple[FindingKind, Episode]]


class Guard(LeasingWorker[AssetToGuard, LeasedToGuard, CheckedWindow]):
    """Checks every asset against the limits of the register, from its first minute on."""

    def __init__(self, database: Database, clock: Clock, holder: str, **how: Any) -> None:
        super().__init__(database, clock, holder, **how)
        self._since = clock.now()
        self._assets: dict[int, GuardedAsset] = {}
        self._read_at = clock.now()

    def _find_due(self, tx: Transaction, now: datetime, skip_assets: Iterable[int]) -> list[AssetToGuard]:
        guard.enrol(tx)
        return guard.due(tx, holder=self._holder, now=now, since=self._since, skip_assets=list(skip_assets))

    def _take_leases(self, tx: Transaction, wanted: Sequence[AssetToGuard], now: datetime) -> list[Lease[AssetToGuard]]:
        return guard.lease(tx, wanted, holder=self._holder, now=now, lease_s=self._lease_s)

    def _read_leased(self, tx: Transaction, taken: Sequence[Lease[AssetToGuard]]) -> list[LeasedToGuard]:
        return guard.leased_assets(tx, taken)

    def _give_back(self, tx: Transaction) -> None:
        guard.release(tx, holder=self._holder)

    def _groups(self, leased: Sequence[LeasedToGuard]) -> Iterator[list[LeasedToGuard]]:
        """Read the limits of leased assets, and group those that have equally many signals."""
        self._read_limits([one.asset_id for one in leased])
        of_count: dict[int, list[LeasedToGuard]] = {}
        for one in leased:
            of_count.setdefault(len(self._assets[one.asset_id].signals), []).append(one)
        yield from of_count.values()

    def _read_limits(self, asset_ids: Sequence[int]) -> None:
        """Read the limits of assets that are not known yet; once a minute all again, since people change them."""
        if self._clock.now() - self._read_at >= _READ_LISTS_EVERY:
            self._assets, self._read_at = {}, self._clock.now()
        missing = [asset_id for asset_id in asset_ids if asset_id not in self._assets]
        if missing:
            with self._database.transaction() as tx:
                self._assets |= guard.guarded_assets(tx, missing)

    def _signal_ids(self, leased: Sequence[LeasedToGuard]) -> NDArray[np.int32]:
        assets = [self._assets[one.asset_id] for one in leased]
        return np.array([[signal.signal_id for signal in one.signals] for one in assets], np.int32)

    def _judge(self, leased: Sequence[LeasedToGuard], read: Windows) -> list[CheckedWindow]:
        assets = [self._assets[one.asset_id] for one in leased]
        return check_windows(leased, assets, read, now_us=to_us(self._clock.now()))

    def _write(self, tx: Transaction, judged: Sequence[CheckedWindow]) -> RoundReport:
        return write(tx, judged)


def check_windows(
    leased: Sequence[LeasedToGuard], assets: Sequence[GuardedAsset], read: Windows, *, now_us: int
) -> list[CheckedWindow]:
    """Check one window of each leased asset; all have equally many signals.

    `now_us` is the clock's time: only by it can be said that an asset is silent.

    Raises:
        ValueError: a stored state cannot be read.
    """
    flat, still_open = _states_of(leased, assets)
    block = read.block()
    violations, after = rules.check(Limits.of(assets), flat, block.values, block.times_s)
    has_any = (violations.beyond | violations.too_fast | violations.silent).any(axis=(0, 2))
    open_episodes: list[dict[FindingKind, Episode]] = [dict(held) for held in still_open]
    changed: list[list[tuple[FindingKind, Episode]]] = [[] for _ in leased]
    for place in np.flatnonzero(has_any | np.array([bool(held) for held in still_open])).tolist():
        window = read.of(place)
        changed[place] += _follow_all(open_episodes[place], window, _tracks_of(violations, len(window), place))
    for place, one in enumerate(leased):
        changed[place] += _follow_silence(open_episodes[place], one, read.of(place), len(assets[place].signals), now_us)
    states = state_codec.pack_many(after, open_episodes)
    return [
        CheckedWindow(
            watched=assets[place],
            advance=GuardProgress(
                leased=one,
                watermark_us=_watermark(one, read, place),
                state=states[place],
                silent=FindingKind.SILENT in open_episodes[place],
            ),
            rows=int(read.lengths[place]),
            behind=not read.complete[place],
            episodes=changed[place],
        )
        for place, one in enumerate(leased)
    ]


def _states_of(
    leased: Sequence[LeasedToGuard], assets: Sequence[GuardedAsset]
) -> tuple[Floats, list[state_codec.Episodes]]:
    """Return the state of each asset for its signals of now (A, S), and its open episodes."""
    signals = len(assets[0].signals)
    width = rules.width(signals)
    flat, still_open = np.empty((len(leased), width)), list[state_codec.Episodes]()
    for place, (one, watched) in enumerate(zip(leased, assets, strict=True)):
        ids = [signal.signal_id for signal in watched.signals]
        state, episodes = _unpacked(one.state, width, signals) if one.state else (rules.fresh(ids), {})
        if state.shape != (width,) or state[:signals].tolist() != ids:
            state, episodes = rules.carried(state, ids), {}  # signals came or went: open episodes begin anew
        flat[place] = state
        still_open.append(episodes)
    return flat, still_open


def _unpacked(data: bytes, width: int, signals: int) -> tuple[Floats, state_codec.Episodes]:
    before = state_codec.width_of(data)
    if before == width:
        return state_codec.unpack(data, width, signals)
    return state_codec.state_of(data), {}


def _follow_all(
    still_open: dict[FindingKind, Episode], window: Window, tracks: Mapping[FindingKind, Track]
) -> list[tuple[FindingKind, Episode]]:
    """Take an asset's rows into its episodes of each kind; return those that changed, and keep the open ones."""
    changed: list[tuple[FindingKind, Episode]] = []
    for kind, track in tracks.items():
        before = still_open.get(kind)
        if before is None and not track.alarm.any():
            continue
        episodes, last = follow(before, window.times_us, track, window.values)
        changed += [(kind, episode) for episode in episodes]
        still_open.pop(kind, None)
        if last is not None:
            still_open[kind] = last
    return changed


def _tracks_of(violations: RuleViolations, length: int, column: int) -> dict[FindingKind, Track]:
    rows = (slice(length), column)
    return {
        FindingKind.LIMIT: _track(violations.beyond[rows], violations.level[rows]),
        FindingKind.RATE: _track(violations.too_fast[rows], violations.rate_level[rows]),
        FindingKind.SENSOR_DROPOUT: _track(violations.silent[rows], np.ones(violations.silent[rows].shape)),
    }


def _track(flags: Flags, level: Floats) -> Track:
    """Score rows (n, p) by the signal that is farthest beyond its rule; signals that keep theirs have no share."""
    worst = np.where(flags, np.maximum(level, _ON_THE_LINE), 0.0)
    top, total = worst.max(axis=1), worst.sum(axis=1)
    share = worst / np.where(total > 0, total, 1.0)[:, None]
    return Track(score=top / (1.0 + top), alarm=np.asarray(flags.any(axis=1)), share=share)


def _follow_silence(
    still_open: dict[FindingKind, Episode], one: LeasedToGuard, window: Window, signals: int, now_us: int
) -> list[tuple[FindingKind, Episode]]:
    """Begin an episode of an asset that has sent nothing for too long, and end it with its first new reading."""
    was = still_open.get(FindingKind.SILENT)
    if was is not None and len(window):
        ended = replace(still_open.pop(FindingKind.SILENT), cleared_us=int(window.times_us[0]))
        return [(FindingKind.SILENT, ended)]
    if was is not None or not one.silent or len(window):
        return []
    still_open[FindingKind.SILENT] = Episode(
        onset_us=one.watermark_us,
        last_us=max(now_us, one.watermark_us),
        peak=_PLAIN,
        samples=1,
        missing=signals,
        pull=np.zeros(signals),
    )
    return [(FindingKind.SILENT, still_open[FindingKind.SILENT])]


def _watermark(one: LeasedToGuard, read: Windows, place: int) -> int:
    """Return the next watermark: the horizon, or the last row where not all was read; never an earlier one."""
    if read.complete[place]:
        return max(one.horizon_us, one.watermark_us)
    return int(read.times_us[read.first[place + 1] - 1])


def write(tx: Transaction, seen: Sequence[CheckedWindow]) -> RoundReport:
    """Write what the windows showed, but nothing of an asset that another worker has taken over."""
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
