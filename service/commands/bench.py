"""The benches: what the product does in a second, against a yardstick in the same run."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, surroundings


def score(
    assets: Annotated[int, typer.Option(help="Machines, each with a model of its own.", min=1, max=99_999)] = 10_000,
    signals: Annotated[int, typer.Option(help="Signals of each machine.", min=1, max=500)] = 10,
    seconds: Annotated[
        int, typer.Option(help="Seconds of data in one round; every signal speaks at 1 Hz.", min=1)
    ] = 10,
    rounds: Annotated[int, typer.Option(help="Rounds that are measured, after two that are not.", min=1)] = 5,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure a round of scoring of a whole plant on one core, against a bare COPY of its readings."""
    from service.bench.score import ScoreBench, run
    from service.screen import Screen

    what = ScoreBench(assets=assets, signals=signals, seconds=seconds, rounds=rounds)
    with Screen().bar("scoring", "rounds") as advance:
        figures = run(surroundings(data), what, advance)
    answer(figures, as_json=json, line=figures.lines)
