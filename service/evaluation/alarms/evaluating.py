"""`assetloop evaluate alarms`: make up a year, let the desk live through it, and say what operators got."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from service.bench.ground import scratch
from service.evaluation.alarms.figures import AlarmYearFigures, figures_of
from service.evaluation.alarms.living import LivedYear
from service.evaluation.alarms.made_up_year import make_up
from service.evaluation.pictures import BLUE, GREY, refuse_no_format, save
from service.runtime.surroundings import Surroundings
from storage.bench import alarm_year
from storage.core.database import Database, Role


@dataclass(frozen=True, kw_only=True, slots=True)
class AlarmYearQuestion:
    """How many assets, for how long, and all chance; `plot` is where a picture is drawn, if at all."""

    assets: int = 1000
    days: float = 365.0
    seed: int = 0
    plot: Path | None = None


def live_alarms(
    around: Surroundings, question: AlarmYearQuestion, progress: Callable[[int, int], None]
) -> AlarmYearFigures:
    """Live through it in a database that is thrown away, which need not survive a crash.

    Raises:
        Misconfigured: the database cannot be used, or the picture cannot be drawn.
    """
    if question.plot is not None:
        refuse_no_format(question.plot)
    chance = np.random.default_rng(question.seed)
    year = make_up(chance, assets=question.assets, days=question.days)
    with scratch(around, durable=False) as url, Database(url, role=Role.APP) as database:
        lived = LivedYear(database, year, chance, assets=question.assets)
        lived.live(progress)
        with database.transaction() as tx:
            fates = alarm_year.fates(tx)
    figures = figures_of(year, lived.told, fates, seed=question.seed, assets=question.assets, days=question.days)
    if question.plot is not None:
        _draw(lived, question.plot)
    return figures


def _draw(lived: LivedYear, path: Path) -> None:
    """Draw how often all operators were told, by day: as notices, and as it would be for each alert."""
    figure = Figure(figsize=(10, 4), layout="constrained")
    axes = figure.subplots()
    days = [[at_s / 86_400 for _, at_s in one] for one in (lived.told.alerts, lived.told.notices)]
    last = max((max(one, default=0.0) for one in days), default=0.0)
    bins = np.arange(0, last + 2, max(1.0, last // 100)).tolist()
    axes.hist(days[0], bins=bins, color=GREY, label="each alert by itself")
    axes.hist(days[1], bins=bins, color=BLUE, label="incidents and flood control")
    axes.set(xlabel="day", ylabel="times people were told", yscale="symlog")
    axes.legend()
    save(figure, path)
