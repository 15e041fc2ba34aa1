"""Benches: each makes what it needs, measures against a yardstick, and leaves nothing behind."""

from __future__ import annotations

import dataclasses
from enum import StrEnum
from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, surroundings


class PayloadShape(StrEnum):
    """What a published message looks like."""

    JSON = "json"
    BATCH = "batch"
    SPARKPLUG = "sparkplug"


def ingest(
    assets: Annotated[int, typer.Option(help="Assets that publish, in turn.", min=1, max=100_000)] = 1000,
    signals: Annotated[int, typer.Option(help="Signals of each asset; one value of each a message.", min=1)] = 10,
    seconds: Annotated[float, typer.Option(help="How long to publish, in seconds.", min=1)] = 30.0,
    workers: Annotated[int, typer.Option(help="Ingest processes, in one shared subscription.", min=1, max=64)] = 1,
    qos: Annotated[int, typer.Option(help="MQTT quality of service of the telemetry.", min=0, max=1)] = 1,
    payload: Annotated[
        PayloadShape, typer.Option(help="json, sparkplug: one instant a message; batch: 100.")
    ] = PayloadShape.JSON,
    tls: Annotated[bool, typer.Option("--tls", help="Measure it once more with ingest speaking TLS.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure ingest from the wire to the committed row, against a bare COPY of the same rows."""
    from service.bench.ingest import IngestBench, run
    from service.runtime.screen import Screen

    what = IngestBench(
        assets=assets,
        signals=signals,
        seconds=seconds,
        workers=workers,
        qos=qos,
        payload=payload.value,
        tls=tls,
    )
    with Screen().stages() as stages:
        figures = run(surroundings(data), what, stages)
    answer(figures, as_json=json, line=figures.lines)


def storage(
    rows: Annotated[int, typer.Option(help="How many readings the history holds.", min=1)] = 5_000_000,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure the record: appending against a bare COPY, and reading beside a history.

    On the server of ASSETLOOP_DATABASE_URL, in a database of its own, or on an embedded one.
    """
    from service.bench.storage import bench_storage
    from service.runtime.screen import Screen

    figures = bench_storage(surroundings(data), rows, Screen())
    answer(
        figures.public(),
        as_json=json,
        line=lambda: "\n".join(
            (
                f"{figures.grade} grade, beside {figures.rows:,} readings",
                f"append: {figures.append_ratio:.2f} of a bare COPY, {figures.append_rows_per_second:,} readings/s",
                f"latest of 10,000 signals: {figures.latest_10k_ms:.1f} ms",
                f"a day of one signal thinned to 1,000 points: {figures.thinned_day_ms:.1f} ms",
                f"window of 1,000 assets × 10 signals × 60 s: {figures.window_s:.2f} s",
                f"a reading takes {figures.bytes_per_reading:.1f} bytes",
            )
        ),
    )


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
    from service.runtime.screen import Screen

    what = TrainBench(assets=assets, signals=signals, period_s=period, hours=hours, jobs=jobs)
    figures = bench_train(surroundings(data), what, Screen())
    answer(
        figures,
        as_json=json,
        line=lambda: "\n".join(f"{name}: {value}" for name, value in dataclasses.asdict(figures).items()),
    )


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
    from service.runtime.screen import Screen

    what = ScoreBench(assets=assets, signals=signals, seconds=seconds, rounds=rounds)
    with Screen().bar("scoring", "rounds") as advance:
        figures = run(surroundings(data), what, advance)
    answer(figures, as_json=json, line=figures.lines)


def latency(
    assets: Annotated[int, typer.Option(help="Machines, each of which falls ill once.", min=1, max=5_000)] = 200,
    seconds: Annotated[float, typer.Option(help="Within how many seconds they fall ill.", min=1)] = 60.0,
    round_s: Annotated[float, typer.Option(help="Seconds from one round of scoring to the next.", min=0.1)] = 2.0,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure the seconds from a published faulty sample to its finding, through every part as in production."""
    from service.bench.latency import LatencyBench, run
    from service.runtime.screen import Screen

    what = LatencyBench(assets=assets, seconds=seconds, round_s=round_s)
    with Screen().bar("falling ill", "findings") as advance:
        figures = run(surroundings(data), what, advance)
    answer(figures, as_json=json, line=figures.lines)


def api(
    assets: Annotated[int, typer.Option(help="Assets of the plant.", min=1, max=99_999)] = 10_000,
    rate: Annotated[int, typer.Option(help="Requests a second.", min=1)] = 200,
    seconds: Annotated[float, typer.Option(help="For how long.", min=1)] = 10.0,
    connections: Annotated[int, typer.Option(help="Connections over which they come.", min=1, max=500)] = 16,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure the twin of one asset over HTTP, in a plant of many, beside a route that answers nothing."""
    from service.bench.http.twin import ApiBench, bench_api
    from service.runtime.screen import Screen

    what = ApiBench(assets=assets, rate=rate, seconds=seconds, connections=connections)
    with Screen().stages() as stages:
        figures = bench_api(surroundings(data), what, stages)
    answer(figures, as_json=json, line=figures.lines)


def console(
    sessions: Annotated[int, typer.Option(help="Sessions that type.", min=1, max=1000)] = 50,
    reconnects: Annotated[int, typer.Option(help="How often one of them is cut.", min=0)] = 200,
    seconds: Annotated[float, typer.Option(help="For how long.", min=1)] = 120.0,
    opens: Annotated[int, typer.Option(help="Pages that are opened and left afterwards.", min=0)] = 1000,
    assets: Annotated[int, typer.Option(help="Assets of the plant.", min=1, max=99_999)] = 1000,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure whether pages of the console survive cut connections, what is lost, and what memory it takes."""
    from service.bench.http.console import ConsoleBench, bench_console
    from service.runtime.screen import Screen

    what = ConsoleBench(
        sessions=sessions, reconnects=reconnects, seconds=seconds, opens=opens, assets=max(assets, sessions)
    )
    with Screen().stages() as stages:
        figures = bench_console(surroundings(data), what, stages)
    answer(figures, as_json=json, line=figures.lines)


def desk(
    findings: Annotated[int, typer.Option(help="Findings that wait when the desks begin.", min=1)] = 10_000,
    assets: Annotated[int, typer.Option(help="Assets at which they are.", min=1)] = 1000,
    desks: Annotated[int, typer.Option(help="Desks at once.", min=1, max=64)] = 2,
    rate: Annotated[int, typer.Option(help="Findings a second afterwards.", min=1)] = 100,
    seconds: Annotated[float, typer.Option(help="For how long.", min=1)] = 10.0,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure how fast findings become alerts, orders and messages, and whether any is lost or comes twice."""
    from service.bench.desk import DeskBench, bench_desk
    from service.runtime.screen import Screen

    what = DeskBench(findings=findings, assets=assets, desks=desks, rate=rate, seconds=seconds)
    figures = bench_desk(surroundings(data), what, Screen())
    answer(figures, as_json=json, line=figures.lines)


def panels(
    rows: Annotated[int, typer.Option(help="How many readings there are.", min=1)] = 10_000_000,
    assets: Annotated[int, typer.Option(help="Assets of ten signals each.", min=1, max=10_000)] = 1000,
    data: Data = None,
    json: Json = False,
) -> None:
    """Measure every panel of every dashboard, as Grafana asks, beside a year of a large plant.

    On the server of ASSETLOOP_DATABASE_URL, in a database of its own, or on an embedded one.
    """
    from service.bench.panels import bench_panels
    from service.runtime.screen import Screen

    figures = bench_panels(surroundings(data), rows, assets, Screen())
    answer(figures, as_json=json, line=figures.lines)
