"""A file that belongs to an order, and which types of file may."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePosixPath
from uuid import UUID

from plant.errors import Rejected

MEDIA_TYPES = {
    "jpg": "image/jpeg",
    "jpeg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "heic": "image/heic",
    "heif": "image/heif",
    "pdf": "application/pdf",
    "mp4": "video/mp4",
    "wav": "audio/wav",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "txt": "text/plain; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
}
"""What is kept, by the ending of its name. Nothing that a browser would run."""

SHOWN = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""What a page shows as a picture."""
_MOST_NAME = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Attachment:
    """A file of an order; `words` is what its bringer said of it, `place` the object that holds it, if any."""

    attachment_id: UUID
    name: str
    media_type: str
    bytes: int
    sha256: str
    added_at: datetime
    added_by: str
    words: str = ""
    place: str = ""


def file_name(given: str) -> str:
    r"""Return a file's own name, without the folders before it.

    Raises:
        Rejected: there is none, it is too long, or it holds a control character.

    >>> file_name("C:\\photos\\bearing.jpg")
    'bearing.jpg'
    """
    name = given.replace("\\", "/").rpartition("/")[2].strip()
    if not name.strip(".") or len(name) > _MOST_NAME or not name.isprintable():
        raise Rejected("bad_file_name", f"a file's name has 1 to {_MOST_NAME} characters, which can be seen")
    return name


def ending_of(name: str) -> str:
    """Return the ending of a file's name, where files of that kind are kept.

    Raises:
        Rejected: they are not.

    >>> ending_of("Bearing.JPG")
    'jpg'
    """
    ending = PurePosixPath(name).suffix.lower().removeprefix(".")
    if ending not in MEDIA_TYPES:
        raise Rejected("type_not_kept", f"{name}: files of these types are kept: {', '.join(MEDIA_TYPES)}")
    return ending
