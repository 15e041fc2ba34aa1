"""A request as a picture: the rate of a kind of machine beside the rest, and what its signals did before a failure."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

_BLUE, _GREY = "#2563eb", "#94a3b8"


def snapshot(evidence: dict[str, Any], traces: Sequence[tuple[str, Sequence[datetime], Sequence[float]]] = ()) -> bytes:
    """Draw a PNG: rates a machine-year with their intervals, and below it each signal over time."""
    figure = Figure(figsize=(8, 2.2 + 1.4 * len(traces)), layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.subplots(1 + len(traces), 1, squeeze=False)[:, 0]
    rates = [("rest", evidence["rest"], _GREY), ("this kind", evidence["rate"], _BLUE)]
    for place, (name, rate, colour) in enumerate(rates):
        if rate["a_year"] is None:
            continue
        span = [[rate["a_year"] - rate["low"]], [rate["high"] - rate["a_year"]]]
        axes[0].errorbar([rate["a_year"]], [place], xerr=span, fmt="o", color=colour, capsize=4, label=name)
    axes[0].set_yticks([0, 1], ["rest", "this kind"])
    axes[0].set_ylim(-0.6, 1.6)
    axes[0].set_xlim(left=0)
    axes[0].set_xlabel("failures a machine-year, 95 % interval")
    for axis, (name, times, values) in zip(axes[1:], traces, strict=True):
        axis.plot(times, values, color=_BLUE, linewidth=1)
        axis.set_ylabel(name.encode("ascii", "replace").decode(), fontsize=8)
        axis.tick_params(labelsize=7)
    target = io.BytesIO()
    figure.savefig(target, format="png", dpi=90, metadata={"Software": None})
    return target.getvalue()
