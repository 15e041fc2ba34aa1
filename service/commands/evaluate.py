"""The commands that judge the shipped models on recorded data."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from service.commands.common import Json, answer

Directory = Annotated[Path, typer.Argument(help="Folder that holds the benchmark's files.", metavar="DIR")]
Out = Annotated[
    Path | None, typer.Option("--out", help="Write what was said of each as CSV.", metavar="FILE", show_default=False)
]
Plot = Annotated[
    Path | None, typer.Option("--plot", help="Draw it as a picture.", metavar="FILE.png", show_default=False)
]


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
    from service.screen import Screen
    from service.skab import SkabQuestion, judge_pump

    question = SkabQuestion(directory=directory, out=out, plot=plot, instead=tuple(instead or ()), skip=skip)
    with Screen().bar("judging", "files") as advance:
        figures, said = judge_pump(question, advance)
    answer(said, as_json=json, line=figures.summary)
