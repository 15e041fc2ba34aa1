"""`assetloop ingest`: the role, and what a person does with it."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, surroundings

app = typer.Typer(
    help="Write telemetry from the broker into the record; acknowledges after commit. Without a command: run.",
    invoke_without_command=True,
    epilog="Example: ASSETLOOP_MQTT_URL=mqtt://localhost assetloop ingest",
)


@app.callback()
def run(context: typer.Context, data: Data = None) -> None:
    """Write telemetry from the broker into the record; acknowledges after commit. Without a command: run."""
    if context.invoked_subcommand is None:
        from service.runtime import roles

        roles.ingest(surroundings(data))


@app.command(epilog="Example: assetloop ingest drain --keep 2")
def drain(
    keep: Annotated[
        int | None,
        typer.Option(help="How many slots stay.", min=1, show_default="one for each process that is alive"),
    ] = None,
    wait: Annotated[float, typer.Option(help="How long to wait for their end, in seconds.", min=0)] = 60.0,
    data: Data = None,
    json: Json = False,
) -> None:
    """End surplus slots: their sessions get nothing new, what waits in them is stored, then the broker forgets them.

    The ingest processes do that, so at least one must be running.
    """
    from service.commands.telemetry import draining
    from service.runtime.screen import Screen

    with Screen().bar("draining", "slots") as bar:
        outcome = draining.drain(surroundings(data), keep=keep, wait_s=wait, advance=bar)
    answer(dataclasses.asdict(outcome), as_json=json, line=outcome.line)
    if outcome.left:
        raise typer.Exit(1)


@app.command(epilog="Example: assetloop ingest status --since 15m --device demo/P-101")
def status(
    since: Annotated[str, typer.Option(help="From here on: ISO 8601, or a stretch back from now: 15m, 2h, 3d.")] = "1h",
    device: Annotated[str | None, typer.Option(help="Site and asset as the topic names them. Default: all.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say what became of what devices sent, device by device, and how the ingest processes are.

    received is the sum of all others but late, which are among those stored, duplicate or conflicting. Whole minutes.
    """
    from service.commands.instants import read_since
    from service.commands.telemetry import flow_status

    around = surroundings(data)
    flow = flow_status.read(around, since=read_since(since, around.clock.now()), device=device)
    answer(flow_status.told(flow), as_json=json, line=lambda: flow_status.lines(flow))


@app.command("try", epilog="Example: assetloop ingest try --topic plant/line1/pump7/temperature payload.txt")
def try_(
    file: Annotated[Path, typer.Argument(help="The payload as it comes; - is standard input.", metavar="FILE")],
    topic: Annotated[str, typer.Option(help="The topic on which it would come.")],
    mapping: Annotated[
        Path | None,
        typer.Option(help="A mapping file to try.", metavar="FILE", show_default="that of ASSETLOOP_MAPPING"),
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what ingest would make of a payload that came now, of a device that the register knows; nothing is stored.

    Exit code 1 where nothing of it would be in the record.
    """
    from service.commands.telemetry.trial import lines_of, try_file

    outcome = try_file(surroundings(data), topic, file, mapping)
    answer(outcome, as_json=json, line=lambda: lines_of(outcome))
    if outcome.refused and not outcome.stored:
        raise typer.Exit(1)


@app.command(epilog="Example: assetloop ingest learn 'plant/#' --seconds 60 > mapping.toml")
def learn(
    wanted: Annotated[str, typer.Argument(help="An MQTT topic filter.", metavar="FILTER")],
    seconds: Annotated[float, typer.Option(help="How long to listen, in seconds.", min=1)] = 60.0,
    data: Data = None,
    json: Json = False,
) -> None:
    """Listen to a plant's own topics and propose a mapping of them, to be looked at and finished."""
    from service.commands.telemetry.trial import learn as listen_and_learn
    from service.runtime.screen import Screen

    with Screen().bar("listening", "seconds") as bar:
        outcome = listen_and_learn(surroundings(data), wanted, seconds, bar)
    answer(outcome, as_json=json, line=outcome.mapping.rstrip)
