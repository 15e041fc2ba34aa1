"""`assetloop ingest`: the role, and what a person does with it."""

from __future__ import annotations

import dataclasses
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
        from service import roles

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
    from service import draining
    from service.screen import Screen

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
    from service import flowing
    from service.instants import read_since

    around = surroundings(data)
    flow = flowing.read(around, since=read_since(since, around.clock.now()), device=device)
    answer(flowing.told(flow), as_json=json, line=lambda: flowing.lines(flow))
