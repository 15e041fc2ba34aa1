"""The benches: what the product does in a second, against a yardstick in the same run."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, surroundings


def train(
    assets: Annotated[int, typer.Option(help="Machines to be trained.", min=1)] = 1000,
    signals: Annotated[int, typer.Option(help="Signals of each machine.", min=1)] = 10,
    period: Annotated[float, typer.Option(help="Seconds between two readings of a signal.", min=0.1)] = 10.0,
    hours: Annotated[float, typer.Option(help="How much of readings each machine has.", min=0.1)] = 24.0,
    jobs: Annotated[
        int | None, typer.Option(help="Processes that train at once.", show_default="one a core", min=1)
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Train a fleet from its rows to the catalogue, and say where the time goes."""
    from service.bench.train import TrainBench, bench_train
    from service.screen import Screen

    what = TrainBench(assets=assets, signals=signals, period_s=period, hours=hours, jobs=jobs)
    figures = bench_train(surroundings(data), what, Screen())
    answer(
        figures,
        as_json=json,
        line=lambda: "\n".join(f"{name}: {value}" for name, value in dataclasses.asdict(figures).items()),
    )
