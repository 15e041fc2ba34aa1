"""What the product asks of a disk: whether it has room, and files that only their owner may read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

_LEAST_BYTES = 2 * 2**30
_LEAST_PART = 0.1
_GIB = 2**30


def nearly_full(folder: Path) -> str | None:
    """Say how little is free where `folder` is, or will be, in a sentence; None where it is enough.

    Too little is less than 2 GiB, and less than a tenth of a disk that is small.

    Raises:
        OSError: the disk cannot be asked.
    """
    usage = shutil.disk_usage(_there(folder))
    if usage.free >= min(_LEAST_BYTES, _LEAST_PART * usage.total):
        return None
    return f"only {usage.free / _GIB:.2f} GiB are free on the disk of {folder}"


def free_gib(folder: Path) -> float:
    """Return how much is free where `folder` is, or will be, in GiB."""
    return shutil.disk_usage(_there(folder)).free / _GIB


def make_private(file: Path) -> None:
    """Make an empty file that only its owner may read and write, in place of one of that name.

    What leaves the record holds the whole plant.

    Raises:
        OSError: it cannot be made.
    """
    file.unlink(missing_ok=True)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))


def _there(folder: Path) -> Path:
    return next(one for one in (folder.absolute(), *folder.absolute().parents) if one.exists())
