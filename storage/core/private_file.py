"""A file that only its owner may read: what leaves the record holds the whole plant."""

from __future__ import annotations

import os
from pathlib import Path


def make_private(file: Path) -> None:
    """Make an empty file that only its owner may read and write, in place of one of that name.

    Raises:
        OSError: it cannot be made.
    """
    file.unlink(missing_ok=True)
    os.close(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
