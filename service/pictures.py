"""Pictures of what the models said, for a person to look at."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure

from plant.errors import Misconfigured

mpl.use("agg")
BLUE, GREY, RED = "#2563eb", "#94a3b8", "#dc2626"


def save(figure: Figure, path: Path) -> None:
    """Write a picture; its format is told by the name.

    Raises:
        Misconfigured: it cannot be written there, or the name ends in no format.
    """
    try:
        figure.savefig(path, dpi=110)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{path} cannot be written: {error}") from error
