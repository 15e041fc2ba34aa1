"""The commands that judge the shipped models on recorded data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, surroundings

Directory = Annotated[Path, typer.Argument(help="Folder that holds the benchmark's files.", metavar="DIR")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write what was said of each as CSV.", metavar="FILE", show_default=False)
]
Plot = Annotated[
    Path | None, typer.Option("--plot", help="Draw it as a picture.", metavar="FILE.png", show_default=False)
]


class CmapssSubset(StrEnum):
    """The four subsets of C-MAPSS: one or six conditions, one or two ways to fail."""

    FD001 = "FD001"
    FD002 = "FD002"
    FD003 = "FD003"
    FD004 = "FD004"


def cmapss(
    directory: Directory,
    subset: Annotated[CmapssSubset, typer.Option(help="Which of the four.")] = CmapssSubset.FD001,
    out: Out = None,
    plot: Plot = None,
    cross_validate: Annotated[
        bool,
        typer.Option("--cross-validate", help="Hold training engines out in turn, even where there are test files."),
    ] = False,
    seed: Annotated[int, typer.Option(help="All chance comes from it.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Judge remaining life on the C-MAPSS turbofans: error at the last cycle of each test engine, capped at 125.

    Without test files in the folder it is a cross-validation over the training engines, each cut at a random cycle.
    """
    from service.evaluation.evaluating import CmapssQuestion, judge_turbofans
    from service.runtime.screen import Screen

    question = CmapssQuestion(
        directory=directory, subset=subset.value, out=out, plot=plot, cross_validate=cross_validate, seed=seed
    )
    with Screen().bar(f"learning {subset.value}", "models") as advance:
        figures, said = judge_turbofans(question, advance)
    answer(said, as_json=json, line=figures.summary)


def year(
    days: Annotated[float, typer.Option(help="How long.", min=5.0)] = 365.0,
    period: Annotated[float, typer.Option(help="Seconds between two readings of a signal.", min=1.0)] = 60.0,
    out: Out = None,
    seed: Annotated[int, typer.Option(help="All chance comes from it.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Let the demo plant live through a simulated year: how many faults are found, how early, and at what false alarms.

    Each machine is learnt over a day, fails in a way it knows, is repaired and learnt again. Nothing is stored.
    """
    import tomllib

    from service.demo.demonstration import plant_file
    from service.evaluation.evaluating import refuse_unwritable, write_rows
    from service.evaluation.simulated_year import YearQuestion, live_a_year
    from service.runtime.screen import Screen

    refuse_unwritable(out)
    question = YearQuestion(days=days, period_s=period, seed=seed)
    register = tomllib.loads(plant_file().read_text(encoding="utf-8"))
    with Screen().bar("living through a year", "lives") as advance:
        advance(0, 1)
        figures = live_a_year(register, question, progress=advance)
    if out is not None:
        write_rows(out, figures.rows())
    answer(figures.public(), as_json=json, line=figures.summary)


def alarms(
    assets: Annotated[int, typer.Option(help="How many assets, 50 an operator's area.", min=50, max=99_999)] = 1000,
    days: Annotated[float, typer.Option(help="How long.", min=1.0)] = 365.0,
    seed: Annotated[int, typer.Option(help="All chance comes from it.", min=0)] = 0,
    plot: Plot = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Let the desk live through a simulated year of faults, chatter and upsets: what are operators told, and how often?

    Which faults they are told of, how many notices come in ten minutes, and whether the cause is shown first; beside
    it the same as if each alert were told by itself. The clock is moved, the desk is the real one.
    """
    from service.evaluation.alarms.evaluating import AlarmYearQuestion, live_alarms
    from service.runtime.screen import Screen

    question = AlarmYearQuestion(assets=assets, days=days, seed=seed, plot=plot)
    with Screen().bar("living through a year of alarms", "ticks") as advance:
        figures = live_alarms(surroundings(data), question, advance)
    answer(figures.public(), as_json=json, line=figures.lines)


def skab(
    directory: Directory,
    out: Out = None,
    plot: Plot = None,
    instead: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="Judge another constant of the detector than the shipped one.",
            metavar="NAME=VALUE",
            show_default=False,
        ),
    ] = None,
    skip: Annotated[int, typer.Option(help="Let training begin so many rows later in every file.", min=0)] = 0,
    json: Json = False,
) -> None:
    """Judge the detector on the SKAB pump: trained on the first 400 rows of each file, streamed over the rest.

    Counts are summed over all labelled files. A file without labels trains on its first 2,000 rows, and its alarms are
    counted. With --set and --skip it is seen what a constant is worth and what the figures hang on.
    """
    from service.evaluation.skab import SkabQuestion, judge_pump
    from service.runtime.screen import Screen

    question = SkabQuestion(directory=directory, out=out, plot=plot, instead=tuple(instead or ()), skip=skip)
    with Screen().bar("judging", "files") as advance:
        figures, said = judge_pump(question, advance)
    answer(said, as_json=json, line=figures.summary)


def rigs(
    directory: Directory,
    out: Out = None,
    plot: Annotated[
        Path | None,
        typer.Option("--plot", help="Draw a picture of each rig into this folder.", metavar="DIR", show_default=False),
    ] = None,
    json: Json = False,
) -> None:
    """Judge the detector on every rig of a folder, beside four plain detectors: what is the complexity worth?

    A rig is a folder with `meta.json`, `labels.csv` and a `.csv.gz` for each recording. Per rig and detector: the part
    of the faulty rows that is detected, the part of the healthy ones in alarm, J, which is the one less the other, the
    faults found and after how long, and VUS-PR. The last lines are the means over the rigs.
    """
    from service.evaluation.rigs import RigsQuestion, judge_folder
    from service.runtime.screen import Screen

    with Screen().bar("judging", "recordings") as advance:
        text, said = judge_folder(RigsQuestion(directory=directory, out=out, plot=plot), advance)
    answer(said, as_json=json, line=lambda: text)
