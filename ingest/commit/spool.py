"""The spool: telemetry of QoS 0 that came while the database was away, on disk, to be stored in its order afterwards.

The broker keeps what is to be acknowledged and forgets the rest, so the rest is kept here. A folder holds segments,
each a sequence of records: length, CRC-32 and arrival (µs since 1970), then the messages as MQTT PUBLISH packets. A
segment is removed once all of it is stored. Only as much is kept as was agreed; what comes beyond that is counted as
lost.
"""

from __future__ import annotations

import fcntl
import logging
import struct
import zlib
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from ingest.mqtt.frames import Publish, cut, packet
from plant.errors import Misconfigured, Unavailable

_log = logging.getLogger(__name__)
_HEAD = struct.Struct(">IIQ")
_SEGMENT_BYTES = 4 * 2**20
_ENDING = ".spool"


@dataclass(slots=True, eq=False)
class SpoolRecord:
    """A record that was read back; acknowledged, it is stored, and the spool may forget it."""

    spool: Spool
    segment: _Segment
    arrival_us: int
    publishes: list[Publish]

    def acknowledge(self, _packet_ids: Sequence[int]) -> None:
        """Let the spool forget this record: its messages are stored."""
        self.spool.forget(self)


@dataclass(frozen=True, kw_only=True, slots=True)
class LostTelemetry:
    """Telemetry that found no room: messages (0 where they could not be counted), and their bytes."""

    messages: int
    size_bytes: int


@dataclass(slots=True, eq=False)
class _Segment:
    """One file: how much of it was written and read, and how many records are unstored."""

    path: Path
    size: int
    unstored: int
    oldest_us: int
    read_to: int = 0


class Spool:
    """One process's spool below `folder`, of at most `most_bytes`; used by one thread.

    What processes that are gone left behind is taken over at the start. `lost_messages` and `lost_bytes` count what
    found no room and no one has reported yet.

    Raises:
        Misconfigured: the folder cannot be written.
    """

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._segments: deque[_Segment] = deque()
        self._writing: BinaryIO | None = None
        self.lost_messages = 0
        self.lost_bytes = 0
        try:
            self._folder, self._lock = _own_folder(folder)
            _take_over(folder, self._folder)
            for path in sorted(self._folder.glob(f"*{_ENDING}")):
                self._adopt(path)
        except OSError as error:
            raise Misconfigured(
                f"the spool {folder} cannot be used: {error.strerror}; name another data folder"
            ) from error

    @property
    def is_empty(self) -> bool:
        """Say whether everything is stored."""
        return not self._segments

    @property
    def has_unread(self) -> bool:
        """Say whether there is something to read."""
        return any(segment.read_to < segment.size for segment in self._segments)

    @property
    def oldest_us(self) -> int | None:
        """Say when the oldest message came that is not stored; None where all are."""
        return self._segments[0].oldest_us if self._segments else None

    @property
    def size_bytes(self) -> int:
        """Return how much is kept."""
        return sum(segment.size for segment in self._segments)

    def append(self, arrival_us: int, publishes: Sequence[Publish]) -> None:
        """Keep messages, or count them as lost where there is no room."""
        body = b"".join([packet(topic, payload, retained) for topic, payload, _, retained in publishes])
        record = _HEAD.pack(len(body), zlib.crc32(body), arrival_us) + body
        try:
            if self.size_bytes + len(record) > self._most_bytes:
                raise Unavailable(f"{self._most_bytes} bytes are full")
            self._write(record, arrival_us)
        except (OSError, Unavailable) as error:
            if not self.lost_messages:
                _log.error("the spool takes nothing more: telemetry of QoS 0 is lost", extra={"why": str(error)})
            self.lost_messages += len(publishes)
            self.lost_bytes += len(body)

    def read_next(self) -> SpoolRecord | None:
        """Read the next record, in the order in which they came; None where all have been read."""
        segment = next((one for one in self._segments if one.read_to < one.size), None)
        if segment is None:
            return None
        with segment.path.open("rb") as file:
            file.seek(segment.read_to)
            length, checksum, arrival_us = _HEAD.unpack(file.read(_HEAD.size))
            body = file.read(length)
        segment.read_to += _HEAD.size + length
        if zlib.crc32(body) != checksum:
            raise Misconfigured(f"{segment.path} changed under our hands; is the disk sound?")
        return SpoolRecord(self, segment, arrival_us, cut(body).publishes)

    def forget(self, spooled: SpoolRecord) -> None:
        """Forget a record that is stored; records are stored in their order."""
        segment = spooled.segment
        segment.unstored -= 1
        segment.oldest_us = spooled.arrival_us
        if segment.unstored == 0 and segment.read_to == segment.size:
            if segment is self._segments[-1]:
                self._close()
            self._segments.remove(segment)
            segment.path.unlink(missing_ok=True)

    def take_lost(self) -> LostTelemetry | None:
        """Return what was lost since this was asked last, None where nothing was."""
        if not self.lost_bytes:
            return None
        lost = LostTelemetry(messages=self.lost_messages, size_bytes=self.lost_bytes)
        self.lost_messages = self.lost_bytes = 0
        return lost

    def close(self) -> None:
        """Leave what is not stored to a successor."""
        self._close()
        self._lock.close()

    def _write(self, record: bytes, arrival_us: int) -> None:
        if self._writing is None or self._segments[-1].size >= _SEGMENT_BYTES:
            self._close()
            path = self._folder / f"{arrival_us:020}{_ENDING}"
            self._writing = path.open("ab", buffering=0)
            self._segments.append(_Segment(path=path, size=0, unstored=0, oldest_us=arrival_us))
        segment = self._segments[-1]
        self._writing.write(record)
        segment.size += len(record)
        segment.unstored += 1

    def _close(self) -> None:
        if self._writing is not None:
            self._writing.close()
            self._writing = None

    def _adopt(self, path: Path) -> None:
        """Take up a segment that was left behind, as far as it is whole."""
        arrivals, size = [], 0
        for arrival_us, end in _whole_records(path):
            arrivals.append(arrival_us)
            size = end
        torn = path.stat().st_size - size
        if torn:
            _log.error("a spool segment is torn", extra={"path": str(path), "lost_bytes": torn})
            self.lost_bytes += torn
        if arrivals:
            self._segments.append(_Segment(path=path, size=size, unstored=len(arrivals), oldest_us=arrivals[0]))
        else:
            path.unlink()


def _whole_records(path: Path) -> Iterator[tuple[int, int]]:
    """Yield the arrival and the end of each record, up to the first that is not whole."""
    data = path.read_bytes()
    at = 0
    while at + _HEAD.size <= len(data):
        length, checksum, arrival_us = _HEAD.unpack_from(data, at)
        at += _HEAD.size + length
        if at > len(data) or zlib.crc32(data[at - length : at]) != checksum:
            return
        yield arrival_us, at


def _own_folder(folder: Path) -> tuple[Path, BinaryIO]:
    """Take the first folder that no other process holds."""
    for number in range(1000):
        own = folder / str(number)
        own.mkdir(parents=True, exist_ok=True, mode=0o700)
        lock = _locked(own)
        if lock is not None:
            return own, lock
    raise OSError(0, "a thousand processes hold one already")


def _locked(own: Path) -> BinaryIO | None:
    lock = (own / "lock").open("wb")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        return None
    return lock


def _take_over(folder: Path, own: Path) -> None:
    """Move the segments of processes that are gone into our folder."""
    for other in sorted(folder.iterdir()):
        if other == own or not other.is_dir() or not any(other.glob(f"*{_ENDING}")):
            continue
        lock = _locked(other)
        if lock is None:
            continue
        for path in other.glob(f"*{_ENDING}"):
            path.rename(own / path.name)
        lock.close()
