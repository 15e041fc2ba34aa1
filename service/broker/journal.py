"""The journal: telemetry on disk from before it is acknowledged to a device until ingest has stored it.

A folder holds segments, each a sequence of records: length, CRC-32, number of the first message and how many there
are, then the messages as MQTT PUBLISH packets of QoS 1. Messages are numbered through, and the packet id of each
follows from its number, so that a record goes to ingest as it stands on disk. `stored_to` says up to which number
ingest has stored them; a segment is removed once that has passed it.
"""

from __future__ import annotations

import contextlib
import fcntl
import logging
import os
import struct
import zlib
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from plant.errors import Conflict, Misconfigured, Unavailable
from service.broker.packets import whole_packets

_log = logging.getLogger(__name__)
_HEAD = struct.Struct(">IIQI")  # bytes of the messages, CRC-32 of all that follows it, first number, messages
_UNCHECKED = 8
_CURSOR = struct.Struct(">Q")
_ENDING = ".journal"
_SEGMENT_BYTES = 8 * 2**20
_MOST_OF_A_RECORD = 8192
_PACKET_IDS = 65_535
_IDS = [number.to_bytes(2, "big") for number in range(1, _PACKET_IDS + 1)]


@dataclass(slots=True, eq=False)
class _Segment:
    """One file: the number of its first message, that after its last, and how much of it was written."""

    path: Path
    descriptor: int
    first: int
    end: int
    size: int = 0


class Journal:
    """The journal in a folder, of at most `most_bytes`; all methods but `sync` are for one thread.

    `in_flight` counts the messages that were taken and are not stored yet.

    Raises:
        Conflict: another process holds it.
        Misconfigured: the folder cannot be written.
    """

    def __init__(self, folder: Path, *, most_bytes: int) -> None:
        self._folder = folder
        self._most_bytes = most_bytes
        self._segments: deque[_Segment] = deque()
        self._delivered: deque[tuple[int, int]] = deque()
        self.in_flight = 0
        self._unsynced: set[int] = set()
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = (folder / "lock").open("wb")
            self._hold()
            self._cursor = os.open(folder / "stored_to", os.O_RDWR | os.O_CREAT, 0o600)
            for path in sorted(folder.glob(f"*{_ENDING}")):
                self._adopt(path)
        except OSError as error:
            raise Misconfigured(
                f"the journal {folder} cannot be used: {error.strerror}; name another data folder"
            ) from error
        written = os.pread(self._cursor, _CURSOR.size, 0)
        self.stored_to: int = _CURSOR.unpack(written)[0] if len(written) == _CURSOR.size else 0
        self.next_number = max([self.stored_to, *(segment.end for segment in self._segments)])
        self._ready_number = self._take_number = self.next_number
        self._taking, self._take_at = self._writing(), 0
        self.rewind()

    @property
    def size_bytes(self) -> int:
        """Return how much it takes on disk."""
        return sum(segment.size for segment in self._segments)

    @property
    def awaited_id(self) -> int:
        """Return the packet id of the first message that was taken and is not stored yet; 0 where there is none."""
        return self._delivered[0][0] % _PACKET_IDS + 1 if self._delivered else 0

    def append(self, messages: Sequence[tuple[bytes, bytes]]) -> None:
        """Write messages, all or none; `sync` makes them safe from a crash of the machine, `let_go` lets them be taken.

        Raises:
            Unavailable: there is no room.
        """
        body, number = [], self.next_number
        for place in range(0, len(messages), _MOST_OF_A_RECORD):
            some = messages[place : place + _MOST_OF_A_RECORD]
            body.append(_record(some, number))
            number += len(some)
        record = b"".join(body)
        if self.size_bytes + len(record) > self._most_bytes:
            raise Unavailable(f"the journal is full: {self._most_bytes} bytes wait for ingest")
        try:
            segment = self._writing()
            _write(segment, record)
        except OSError as error:
            raise Unavailable(f"the journal cannot be written: {error.strerror}") from error
        self._unsynced.add(segment.descriptor)
        self.next_number = segment.end = number

    def sync(self) -> None:
        """Have everything that was written kept by the disk; may run beside other methods, in another thread.

        Raises:
            OSError: the disk does not.
        """
        while self._unsynced:
            os.fdatasync(self._unsynced.pop())

    def let_go(self) -> None:
        """Let what has been written be taken."""
        self._ready_number = self.next_number

    def take(self) -> bytes | None:
        """Return the next messages as packets; None where all have been taken.

        Raises:
            Misconfigured: the disk gives back something else than was written.
        """
        if self._take_number >= self._ready_number:
            return None
        while self._take_at >= self._taking.size:
            self._taking, self._take_at = self._segments[self._segments.index(self._taking) + 1], 0
        head = os.pread(self._taking.descriptor, _HEAD.size, self._take_at)
        length, checksum, first, count = _HEAD.unpack(head)
        body = os.pread(self._taking.descriptor, length, self._take_at + _HEAD.size)
        if zlib.crc32(body, zlib.crc32(head[_UNCHECKED:])) != checksum:
            raise Misconfigured(f"{self._taking.path} changed under our hands; is the disk sound?")
        self._take_at += _HEAD.size + length
        left = first + count - max(first, self._take_number)
        if left < count:
            body = body[next(at for place, (at, _, _) in enumerate(whole_packets(body)) if place == count - left) :]
        self._delivered.append((first + count - left, left))
        self.in_flight += left
        self._take_number = first + count
        return body

    def acknowledge(self, messages: int) -> None:
        """Hear that so many of the messages that were taken are stored, in their order."""
        while messages and self._delivered:
            first, count = self._delivered.popleft()
            done = min(messages, count)
            messages -= done
            self.in_flight -= done
            self.stored_to = first + done
            if done < count:
                self._delivered.appendleft((first + done, count - done))
        os.pwrite(self._cursor, _CURSOR.pack(self.stored_to), 0)
        self._remove_stored()

    def rewind(self) -> None:
        """Begin to take again with the first message that is not stored."""
        self._delivered.clear()
        self.in_flight = 0
        self._take_number = self.stored_to
        self._taking, self._take_at = self._segments[0], 0
        while self._take_at < self._taking.size:
            head = os.pread(self._taking.descriptor, _HEAD.size, self._take_at)
            length, _, first, count = _HEAD.unpack(head)
            if first + count > self.stored_to:
                break
            self._take_at += _HEAD.size + length
        self._remove_stored()

    def close(self) -> None:
        """Leave what is not stored to a successor."""
        with contextlib.suppress(OSError):
            self.sync()
        for segment in self._segments:
            os.close(segment.descriptor)
        os.close(self._cursor)
        self._lock.close()

    def _hold(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise Conflict(f"another process holds {self._folder}") from error

    def _writing(self) -> _Segment:
        """Return the segment to write to."""
        if not self._segments or self._segments[-1].size >= _SEGMENT_BYTES:
            self.sync()
            path = self._folder / f"{self.next_number:020}{_ENDING}"
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
            self._segments.append(_Segment(path, descriptor, first=self.next_number, end=self.next_number))
            _sync_folder(self._folder)
        return self._segments[-1]

    def _remove_stored(self) -> None:
        """Remove the segments of which everything is stored, but for that which is being taken or written."""
        while self._segments[0].end <= self.stored_to and self._segments[0] not in {self._taking, self._segments[-1]}:
            segment = self._segments.popleft()
            self._unsynced.discard(segment.descriptor)
            os.close(segment.descriptor)
            segment.path.unlink(missing_ok=True)

    def _adopt(self, path: Path) -> None:
        """Take up a segment that was left behind, as far as it is whole; what is not was never acknowledged."""
        data = path.read_bytes()
        at, first, end = 0, int(path.name.removesuffix(_ENDING)), 0
        while at + _HEAD.size <= len(data):
            length, checksum, number, count = _HEAD.unpack_from(data, at)
            last = at + _HEAD.size + length
            if last > len(data) or zlib.crc32(data[at + _UNCHECKED : last]) != checksum:
                break
            at, end = last, number + count
        descriptor = os.open(path, os.O_RDWR)
        if at < len(data):
            _log.warning("the end of a journal was not whole", extra={"path": str(path), "bytes": len(data) - at})
            os.ftruncate(descriptor, at)
        self._segments.append(_Segment(path, descriptor, first=first, end=max(first, end), size=at))


def is_held(folder: Path) -> bool:
    """Say whether a process holds the journal in a folder."""
    try:
        with (folder / "lock").open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except OSError:
        return False
    return False


def waiting(folder: Path) -> int:
    """Count the messages in a journal's folder that ingest has not stored, also while a gate writes there."""
    newest = max(folder.glob(f"*{_ENDING}"), default=None)
    if newest is None:
        return 0
    end, at = int(newest.name.removesuffix(_ENDING)), 0
    with newest.open("rb") as file, (folder / "stored_to").open("rb") as cursor:
        stored = cursor.read(_CURSOR.size)
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            length, _, first, count = _HEAD.unpack(head)
            end, at = first + count, at + _HEAD.size + length
            file.seek(at)
    return max(0, end - (_CURSOR.unpack(stored)[0] if len(stored) == _CURSOR.size else 0))


def _record(messages: Sequence[tuple[bytes, bytes]], number: int) -> bytes:
    parts: list[bytes] = []
    for place, (head, payload) in enumerate(messages, number):
        parts += (head, _IDS[place % _PACKET_IDS], payload)
    body = b"".join(parts)
    rest = _HEAD.pack(0, 0, number, len(messages))[_UNCHECKED:]
    return _HEAD.pack(len(body), zlib.crc32(body, zlib.crc32(rest)), number, len(messages)) + body


def _write(segment: _Segment, record: bytes) -> None:
    """Write all of it at the end of a segment, or leave that as it was."""
    written = 0
    try:
        while written < len(record):
            written += os.pwrite(segment.descriptor, record[written:], segment.size + written)
    except OSError:
        os.ftruncate(segment.descriptor, segment.size)
        raise
    segment.size += len(record)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
