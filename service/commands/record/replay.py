"""`assetloop replay`: a recorded table comes in over the wire as an asset of its own, and is judged like any other."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from lifecycle.register.healthy_time import declare_healthy
from lifecycle.register.importing import put_units, register_asset
from plant.errors import Conflict, Misconfigured, Rejected
from service.demo.demonstration import Past, Progress, await_listening, await_stored
from service.runtime.surroundings import Surroundings
from simulators.replay import publish
from simulators.tables.instants import TimeRules
from simulators.tables.recording import RecordedTable
from simulators.wire import Wire
from storage.core.database import Database

_MOST_AT_ONCE = 16


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayOptions:
    """What `assetloop replay` was asked for; `healthy` counts rows, `speed` is at least 1."""

    file: Path
    site: str
    asset: str
    asset_class: str = "recorded"
    speed: float = 50.0
    healthy: int | None = None
    drop: tuple[str, ...] = ()
    wire_only: bool = False
    rows: int | None = None
    timezone: str | None = None
    date_format: str | None = None
    encoding: str | None = None
    only: str | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class ReplayReport:
    """What came of it; `shift_s` is what was added to the recording's times, in seconds.

    `notes` say where its units are not those of the register.
    """

    site: str
    asset: str
    rows: int
    readings: int
    shift_s: float
    model_version: int | None = None
    notes: tuple[str, ...] = ()


def each_asset(options: ReplayOptions, only: Sequence[str]) -> tuple[ReplayOptions, ...]:
    """Return what to replay of each asset of a table; without a tag of its own, one is called as its column says.

    >>> said = ReplayOptions(file=Path("hall.csv"), site="demo", asset="")
    >>> [(one.asset, one.only) for one in each_asset(said, ["machine=P7", "machine=P8"])]
    [('P7', 'machine=P7'), ('P8', 'machine=P8')]

    Raises:
        Misconfigured: an asset has no tag, several would have one, or they are too many at once.
    """
    if not options.asset and not only:
        raise Misconfigured("say which asset it is: --asset TAG")
    if len(only) <= 1:
        said = only[0] if only else None
        return (replace(options, only=said, asset=options.asset or _only(said or "")[1]),)
    if options.asset:
        raise Misconfigured("--asset names one asset; with several --only each is called as its column says")
    if len(set(only)) < len(only) or len(only) > _MOST_AT_ONCE:
        raise Misconfigured(f"--only takes up to {_MOST_AT_ONCE} assets at once, each once")
    return tuple(replace(options, only=one, asset=_only(one)[1]) for one in only)


def replay_each(
    around: Surroundings,
    prepared: Sequence[tuple[ReplayOptions, RecordedTable, float]],
    say: Callable[[str, int, int], None],
) -> list[ReplayReport]:
    """Replay several assets at the same time; `say` is told of each how many of its rows are through.

    Raises:
        AssetloopError: one of them failed; the others were replayed to their end.
    """
    with ThreadPoolExecutor(max_workers=len(prepared)) as pool:
        replays = [
            pool.submit(replay, around, options, recording, shift_s, partial(say, options.asset))
            for options, recording, shift_s in prepared
        ]
        return [one.result() for one in replays]


def prepare(around: Surroundings, options: ReplayOptions) -> tuple[RecordedTable, float]:
    """Read the recording and move its last row to the moment at which the replay will end.

    Returns the moved recording and the shift in seconds.

    Raises:
        Misconfigured: the speed is below 1, or `healthy` leaves nothing to judge; or the file is no table.
    """
    if not 1 <= options.speed < math.inf:
        raise Misconfigured(f"--speed {options.speed:g} would take rows from the future; it must be 1 or more")
    try:
        rules = TimeRules(zone=_zone(options.timezone), date_format=options.date_format)
        only = _only(options.only) if options.only else None
        recorded = RecordedTable.read(
            options.file, drop=options.drop, times=rules, encoding=options.encoding, only=only
        )
    except OSError as error:
        raise Rejected("no_recording", f"{options.file} cannot be read: {error.strerror}") from error
    if options.rows is not None:
        recorded = recorded.rows(0, options.rows)
    if options.healthy is not None and not 0 < options.healthy < len(recorded):
        raise Misconfigured(
            f"--healthy {options.healthy} must be between 1 and the {len(recorded)} rows of the file, less 1"
        )
    end_s = around.clock.now().timestamp() + recorded.span_s / options.speed
    moved = recorded.shifted_to(end_s)
    return moved, moved.start_s - recorded.start_s


def _only(said: str) -> tuple[str, str]:
    column, sign, value = said.rpartition("=")
    if not (sign and column):
        raise Misconfigured(f"--only {said} names no column; write it as in --only machine=P7")
    return column, value


def _zone(name: str | None) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise Misconfigured(f"--timezone {name} is no zone; write one as Asia/Shanghai or Europe/Berlin") from error


def replay(
    around: Surroundings, options: ReplayOptions, recording: RecordedTable, shift_s: float, progress: Progress
) -> ReplayReport:
    """Register, publish, wait until all is stored; with `healthy`, train on the first rows before the rest.

    Raises:
        Conflict: the asset has readings that are newer than the recording would be.
        Unavailable: the broker is away, or ingest does not store.
    """
    if options.wire_only:
        with around.wire() as wire:
            readings = _publish(around, options, recording, wire, progress)
        return _report(options, recording, readings, shift_s)
    with around.database() as database, around.wire() as wire:
        notes = _register(around, options, recording, database)
        opening = recording.rows(0, 1)
        await_listening(
            lambda: _publish(around, options, opening, wire, lambda *_: None),
            database,
            around.clock,
            options.site,
            options.asset,
            Past(start_s=opening.start_s, end_s=opening.start_s, readings=1),
        )
        healthy = options.healthy or 0
        version, readings = None, 0
        if healthy:
            first = _after(progress, 0, len(recording))
            readings += _publish_and_wait(around, options, recording.rows(0, healthy), wire, database, first)
            version = _train(around, options, recording.rows(0, healthy), database)
            progress = _after(progress, healthy, len(recording))
        readings += _publish_and_wait(around, options, recording.rows(healthy), wire, database, progress)
    return replace(_report(options, recording, readings, shift_s, version), notes=notes)


def _after(progress: Progress, done: int, total: int) -> Progress:
    """Count on from `done` rows of `total`."""
    return lambda more, _part: progress(done + more, total)


def _report(
    options: ReplayOptions, recording: RecordedTable, readings: int, shift_s: float, version: int | None = None
) -> ReplayReport:
    return ReplayReport(
        site=options.site,
        asset=options.asset,
        rows=len(recording),
        readings=readings,
        shift_s=shift_s,
        model_version=version,
    )


def _register(
    around: Surroundings, options: ReplayOptions, recording: RecordedTable, database: Database
) -> tuple[str, ...]:
    """Register the asset, its signals and, where the register has none, their units; return what is at odds."""
    with database.transaction() as tx:
        asset = register_asset(
            tx,
            site=options.site,
            asset=options.asset,
            asset_class=options.asset_class,
            keys=recording.keys,
            at=around.clock.now(),
        )
        if asset.newest is not None and asset.newest.timestamp() >= recording.start_s:
            raise Conflict(
                f"asset {options.site}/{options.asset} has readings up to {asset.newest:%Y-%m-%d %H:%M:%S} UTC, newer "
                "than this replay would begin; name another asset"
            )
        return put_units(tx, asset.asset_id, dict(zip(recording.keys, recording.units, strict=False)))


def _publish(around: Surroundings, options: ReplayOptions, rows: RecordedTable, wire: Wire, progress: Progress) -> int:
    return publish(rows, wire, options.site, options.asset, speed=options.speed, clock=around.clock, progress=progress)


def _publish_and_wait(
    around: Surroundings,
    options: ReplayOptions,
    rows: RecordedTable,
    wire: Wire,
    database: Database,
    progress: Progress,
) -> int:
    readings = _publish(around, options, rows, wire, progress)
    past = Past(start_s=rows.start_s, end_s=rows.end_s, readings=readings)
    await_stored(database, around.clock, options.site, options.asset, past)
    return readings


def _train(around: Surroundings, options: ReplayOptions, rows: RecordedTable, database: Database) -> int:
    from models.training.train import TrainingRefused, train
    from plant.model import Succession
    from storage.register import assets

    with database.transaction() as tx:
        asset = assets.get_asset(tx, options.site, options.asset)
        declare_healthy(
            tx,
            asset.asset_id,
            datetime.fromtimestamp(rows.start_s, tz=UTC),
            datetime.fromtimestamp(rows.end_s, tz=UTC),
            origin="commissioning",
            by="assetloop replay --healthy",
        )
    (outcome,) = train(
        database,
        clock=around.clock,
        trained_by="assetloop replay --healthy",
        asset_ids=[asset.asset_id],
        succession=Succession.PROMOTE,
    )
    if isinstance(outcome, TrainingRefused):
        raise Rejected("not_trained", f"{options.asset}: {outcome.reason}")
    return outcome.version
