"""What the signals of a machine did around a failure, as one picture."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from itertools import groupby

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from storage.orders.warranty_claims import StoredReading

_BLUE, _RED, _GREY = "#2563eb", "#c62f37", "#94a3b8"
_MOST_POINTS = 3000


def draw_signals(readings: Sequence[StoredReading], failed_at: datetime, leading: Sequence[str] = ()) -> bytes:
    """Draw a PNG, one signal below the other, those of `leading` in front; a red line is where it failed.

    Of many readings some are left out of the picture, none of the file beside it; bad ones are grey points.
    """
    by_signal = {key: list(found) for key, found in groupby(readings, key=lambda one: one.key)}
    keys = sorted(by_signal, key=lambda key: (leading.index(key) if key in leading else len(leading), key))
    figure = Figure(figsize=(9, 0.6 + 1.3 * len(keys)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(len(keys), 1, squeeze=False, sharex=True)[:, 0]
    for axis, key in zip(axes, keys, strict=True):
        found = by_signal[key]
        shown = found[:: max(1, len(found) // _MOST_POINTS)]
        good = [one for one in shown if not one.is_bad]
        bad = [one for one in shown if one.is_bad]
        axis.plot([one.time for one in good], [one.value for one in good], color=_BLUE, linewidth=0.9)
        axis.plot([one.time for one in bad], [one.value for one in bad], ".", color=_GREY, markersize=3)
        axis.axvline(failed_at, color=_RED, linewidth=1)
        axis.set_title(_plain(f"{key} [{found[0].unit}]" if found[0].unit else key), fontsize=8, loc="left")
        axis.tick_params(labelsize=7)
    locator = AutoDateLocator()  # type: ignore[no-untyped-call]
    axes[-1].xaxis.set_major_locator(locator)
    axes[-1].xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=100, metadata={"Software": None})
    return target.getvalue()


def _plain(text: str) -> str:
    """Leave out what the picture's font has no letter for."""
    return text.encode("latin-1", "replace").decode("latin-1").replace("$", r"\$")
