"""Readings as a Parquet file: out of the record by asset and time, and in again to the same bits.

A row is a reading: `site`, `asset` and `signal` are its tags, `unit` the register's, `time` microseconds in UTC,
`value` and `flags` as stored (`plant.reading.Flag`). Rows are ordered by signal and time within a piece of time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from plant.errors import Misconfigured, NotFound, Rejected
from storage.binary.columns import ReadingColumns
from storage.binary.copy_format import EPOCH_US, arrays_of
from storage.core.database import Database, Transaction
from storage.core.disk import make_private
from storage.telemetry import devices, latest, readings

Progress = Callable[[int, int], object]

SCHEMA = pa.schema(
    [
        ("site", pa.dictionary(pa.int32(), pa.string())),
        ("asset", pa.dictionary(pa.int32(), pa.string())),
        ("signal", pa.dictionary(pa.int32(), pa.string())),
        ("unit", pa.dictionary(pa.int32(), pa.string())),
        ("time", pa.timestamp("us", tz="UTC")),
        ("value", pa.float64()),
        ("flags", pa.int16()),
    ],
    metadata={"assetloop": "readings 1"},
)
_PIECE = timedelta(hours=6)
_SIGNALS_A_PIECE = 200
_BATCH = 50_000
_MOST_NAMED = 3


@dataclass(frozen=True, kw_only=True, slots=True)
class Signal:
    """A signal as it is named outside of this record."""

    site: str
    asset: str
    signal_id: int
    key: str
    unit: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Imported:
    """What became of the readings of a file."""

    readings: int
    stored: int
    duplicate: int
    conflicting: int
    sites: tuple[str, ...] = field(default=(), compare=False)


def export(
    database: Database,
    file: Path,
    *,
    assets: Sequence[str] | None = None,
    time_from: datetime | None = None,
    time_to: datetime | None = None,
    progress: Progress = lambda _done, _total: None,
) -> int:
    """Write the readings of `assets` (SITE/TAG; None: of all) in [`time_from`, `time_to`) and return how many.

    The file is there only when it is whole, and only its owner may read it. Pieces of time are read one after another:
    what is stored meanwhile may be in it or not.

    Raises:
        NotFound: an asset is not registered.
        Misconfigured: the file cannot be written.
    """
    with database.transaction() as tx:
        signals = _signals(tx, assets)
        since, until = _span(tx, signals, time_from, time_to)
    pieces = list(_pieces(signals, since, until))
    draft = file.with_name(f"{file.name}.part")
    written = 0
    try:
        make_private(draft)
        with pq.ParquetWriter(draft, SCHEMA, compression="zstd") as writer:
            for done, (some, begin, end) in enumerate(pieces, 1):
                with database.transaction() as tx:
                    rows = tx.arrays(
                        "parquet.read_whole", signal_ids=[one.signal_id for one in some], time_from=begin, time_to=end
                    )
                written += _write(writer, {one.signal_id: one for one in some}, rows)
                progress(done, len(pieces))
        draft.replace(file)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror or error}; name another with -o") from error
    finally:
        draft.unlink(missing_ok=True)
    return written


def bring_in(database: Database, file: Path, *, now: datetime, progress: Progress = lambda _d, _t: None) -> Imported:
    """Store the readings of an exported file, each once; `database` speaks as ingest.

    Signals that an asset lacks are registered; what differs from a stored value is kept beside it, as in ingest.

    Raises:
        Rejected: the file is not one that `export` wrote.
        NotFound: assets in it are not registered here.
    """
    source = _opened(file)
    keys = _keys_in(source)
    with database.transaction() as tx:
        numbers = _numbers(tx, keys)
    stored = duplicate = conflicting = done = 0
    for batch in source.iter_batches(batch_size=_BATCH):
        columns = _columns(batch, numbers)
        with database.transaction() as tx:
            appended = readings.append(tx, columns, received_at=now)
        with database.transaction() as tx:
            latest.upsert(tx, appended.newest, stored_at=now)
        stored += appended.stored
        duplicate += appended.duplicate
        conflicting += appended.conflicting
        done += len(columns)
        progress(done, source.metadata.num_rows)
    sites = tuple(sorted({site for site, _, _ in keys}))
    return Imported(readings=done, stored=stored, duplicate=duplicate, conflicting=conflicting, sites=sites)


def _signals(tx: Transaction, assets: Sequence[str] | None) -> list[Signal]:
    if assets is not None:
        known = {row["asset"] for row in tx.all("parquet.known_assets")}
        unknown = [asset for asset in assets if asset not in known]
        if unknown:
            raise NotFound(f"no asset {', '.join(unknown)}; name it SITE/TAG, as in demo/P-101")
    return [Signal(**row) for row in tx.all("parquet.signals", assets=None if assets is None else list(assets))]


def _span(
    tx: Transaction, signals: list[Signal], time_from: datetime | None, time_to: datetime | None
) -> tuple[datetime, datetime]:
    row = tx.one("parquet.span", signal_ids=[signal.signal_id for signal in signals])
    if row["first"] is None:
        nothing = time_from or datetime(2000, 1, 1, tzinfo=UTC)
        return nothing, nothing
    after_last = row["last"] + timedelta(microseconds=1)
    return max(filter(None, (time_from, row["first"]))), min(filter(None, (time_to, after_last)))


def _pieces(
    signals: list[Signal], since: datetime, until: datetime
) -> Iterator[tuple[list[Signal], datetime, datetime]]:
    begin = since
    while begin < until:
        end = min(begin + _PIECE, until)
        for at in range(0, len(signals), _SIGNALS_A_PIECE):
            yield signals[at : at + _SIGNALS_A_PIECE], begin, end
        begin = end


def _write(writer: pq.ParquetWriter, signals: dict[int, Signal], rows: list[list[bytes]]) -> int:
    """Write one row group of what some signals hold; return how many readings that is."""
    if not rows:
        return 0
    of_row = [signals[int.from_bytes(row[0], signed=True)] for row in rows]
    columns = [arrays_of(row[1:], (">i8", ">f8", ">i2")) for row in rows]
    lengths = [len(times) for times, _, _ in columns]
    times_us = np.concatenate([times.astype(np.int64) + EPOCH_US for times, _, _ in columns])
    table = pa.table(
        [
            _tags([one.site for one in of_row], lengths),
            _tags([one.asset for one in of_row], lengths),
            _tags([one.key for one in of_row], lengths),
            _tags([one.unit for one in of_row], lengths),
            pa.array(times_us).cast(pa.timestamp("us", tz="UTC")),
            pa.array(np.concatenate([values.astype(np.float64) for _, values, _ in columns])),
            pa.array(np.concatenate([flags.astype(np.int16) for _, _, flags in columns])),
        ],
        schema=SCHEMA,
    )
    writer.write_table(table)
    return len(times_us)


def _tags(tags: list[str], lengths: list[int]) -> pa.DictionaryArray:
    distinct = list(dict.fromkeys(tags))
    number = {tag: n for n, tag in enumerate(distinct)}
    indices = np.repeat(np.array([number[tag] for tag in tags], np.int32), lengths)
    return pa.DictionaryArray.from_arrays(pa.array(indices), pa.array(distinct, pa.string()))


def _opened(file: Path) -> pq.ParquetFile:
    try:
        source = pq.ParquetFile(file, memory_map=True)
    except FileNotFoundError as error:
        raise Rejected("no_file", f"there is no file {file}") from error
    except (pa.ArrowInvalid, OSError) as error:
        raise Rejected("not_parquet", f"{file} is no Parquet file that can be read: {error}") from error
    found = source.schema_arrow
    if (found.metadata or {}).get(b"assetloop") != b"readings 1":
        raise Rejected("other_parquet", f"{file} was not written by `assetloop export`; its columns are {found.names}")
    return source


Key = tuple[str, str, str]


def _keys_in(source: pq.ParquetFile) -> set[Key]:
    keys: set[Key] = set()
    for batch in source.iter_batches(batch_size=_BATCH, columns=["site", "asset", "signal"]):
        distinct = pa.Table.from_batches([batch]).group_by(["site", "asset", "signal"]).aggregate([])
        keys.update(zip(*(column.to_pylist() for column in distinct.columns), strict=True))
    return keys


def _numbers(tx: Transaction, keys: set[Key]) -> dict[Key, int]:
    """Number the signals of a file in this record; those that an asset lacks are registered."""
    numbers: dict[Key, int] = {}
    missing = []
    names = sorted({key[:2] for key in keys})
    registered = devices.find(tx, names)
    for site, asset in names:
        known = registered.get((site, asset))
        if known is None:
            missing.append(f"{site}/{asset}")
            continue
        wanted = sorted(key[2] for key in keys if key[:2] == (site, asset))
        new = [key for key in wanted if key not in known.signals]
        given = {**known.signals, **devices.register_signals(tx, known.asset_id, new, most=10_000)}
        numbers |= {(site, asset, key): number for key in wanted if (number := given[key]) is not None}
    if missing:
        more = f" and {len(missing) - _MOST_NAMED} more" if len(missing) > _MOST_NAMED else ""
        raise NotFound(
            f"the file holds assets that are not registered here: {', '.join(missing[:_MOST_NAMED])}{more}; "
            "import their register first (assetloop register import)"
        )
    return numbers


def _columns(batch: pa.RecordBatch, numbers: dict[Key, int]) -> ReadingColumns:
    tags = [
        batch.column(n).dictionary_encode() if not _is_dictionary(batch.column(n)) else batch.column(n)
        for n in range(3)
    ]
    codes = [np.asarray(tag.indices, np.int64) for tag in tags]
    names = [tag.dictionary.to_pylist() for tag in tags]
    size = [max(1, len(part)) for part in names]
    combined = (codes[0] * size[1] + codes[1]) * size[2] + codes[2]
    distinct, of_row = np.unique(combined, return_inverse=True)
    ids = [
        numbers[names[0][code // size[2] // size[1]], names[1][code // size[2] % size[1]], names[2][code % size[2]]]
        for code in distinct.tolist()
    ]
    return ReadingColumns(
        signal_ids=np.array(ids, np.int32)[of_row],
        times_us=np.asarray(batch.column(4).cast(pa.int64()), np.int64),
        values=np.asarray(batch.column(5), np.float64),
        flags=np.asarray(batch.column(6), np.int16),
    )


def _is_dictionary(column: pa.Array) -> bool:
    return bool(pa.types.is_dictionary(column.type))
