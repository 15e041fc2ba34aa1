"""The benches: what the product does in a second, against a yardstick in the same run."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, surroundings


class PayloadShape(StrEnum):
    """What a published message looks like."""

    JSON = "json"
    BATCH = "batch"


def ingest(
    assets: Annotated[int, typer.Option(help="Assets that publish, in turn.", min=1, max=100_000)] = 1000,
    signals: Annotated[int, typer.Option(help="Signals of each asset; one value of each a message.", min=1)] = 10,
    seconds: Annotated[float, typer.Option(help="How long to publish, in seconds.", min=1)] = 30.0,
    workers: Annotated[int, typer.Option(help="Ingest processes, in one shared subscription.", min=1, max=64)] = 1,
    qos: Annotated[int, typer.Option(help="MQTT quality of service of the telemetry.", min=0, max=1)] = 1,
    payload: Annotated[PayloadShape, typer.Option(help="json: one instant a message; batch: 100.")] = PayloadShape.JSON,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure ingest from the wire to the committed row, against a bare COPY of the same rows."""
    from service.bench.ingest import IngestBench, run
    from service.screen import Screen

    what = IngestBench(assets=assets, signals=signals, seconds=seconds, workers=workers, qos=qos, payload=payload.value)
    with Screen().stages() as stages:
        figures = run(surroundings(data), what, stages)
    answer(figures, as_json=json, line=figures.lines)
