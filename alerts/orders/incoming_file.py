"""A file that somebody brings: bounded while it is read, and judged by what it holds, not by what it is called."""

from __future__ import annotations

import hashlib
import tempfile
import zipfile
from collections.abc import Iterator
from typing import IO, Self

import puremagic

from plant.errors import Rejected
from plant.orders.attachment import MEDIA_TYPES, ending_of, file_name

PIECE_BYTES = 2**18
_IN_MEMORY = 2**20
_HEAD_BYTES = 2**16
_ALIKE = ({"jpg", "jpeg", "jpe", "jfif"}, {"heic", "heif", "heix"}, {"wav", "wave"})
_TEXT = {"txt", "csv"}
_OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


class IncomingFile:
    """Takes a file in piece by piece, of at most `most_bytes`; what is too long is refused as soon as it is."""

    def __init__(self, name: str, *, most_bytes: int) -> None:
        self.name = file_name(name)
        self._ending = ending_of(self.name)
        self._most = most_bytes
        self._hash = hashlib.sha256()
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - closed by __exit__
        self.bytes = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def add(self, piece: bytes) -> None:
        """Take a piece in.

        Raises:
            Rejected: with it the file is too large.
        """
        self.bytes += len(piece)
        if self.bytes > self._most:
            raise too_large(self._most)
        self._hash.update(piece)
        self._file.write(piece)

    @property
    def sha256(self) -> str:
        """Return the SHA-256 of what came, in hexadecimal."""
        return self._hash.hexdigest()

    def media_type(self) -> str:
        """Return the type of the whole file.

        Raises:
            Rejected: it is empty, or holds something else than its name says.
        """
        if not self.bytes:
            raise Rejected("empty_file", f"{self.name} is empty")
        self._file.seek(0)
        if not self._is_what_it_is_called():
            raise Rejected("not_what_it_is_called", f"{self.name} does not hold what its name says; save it anew")
        return MEDIA_TYPES[self._ending]

    def pieces(self) -> Iterator[bytes]:
        """Return its bytes from the beginning, in pieces."""
        self._file.seek(0)
        while piece := self._file.read(PIECE_BYTES):
            yield piece

    def _is_what_it_is_called(self) -> bool:
        if self._ending in _TEXT:
            return all(_is_text(line) for line in self._file)
        if self._ending in _OFFICE:
            return self._is_office(_OFFICE[self._ending])
        try:
            found = puremagic.magic_string(self._file.read(_HEAD_BYTES))
        except (puremagic.PureError, ValueError):
            return False
        endings = {one.extension.lower().removeprefix(".") for one in found}
        wanted = next((one for one in _ALIKE if self._ending in one), {self._ending})
        return bool(endings & wanted)

    def _is_office(self, holds: str) -> bool:
        """Say whether it is a document of Office Open XML, without programs in it."""
        try:
            with zipfile.ZipFile(self._file) as archive:
                names = set(archive.namelist())
        except (zipfile.BadZipFile, ValueError, OSError):
            return False
        return holds in names and not any(name.endswith("vbaProject.bin") for name in names)


def too_large(most_bytes: int) -> Rejected:
    """Say how large a file may be."""
    return Rejected("file_too_large", f"a file has at most {most_bytes:,} bytes here; send a smaller one")


def _is_text(line: bytes) -> bool:
    try:
        said = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return all(one.isprintable() or one in "\r\n\t\ufeff" for one in said)
