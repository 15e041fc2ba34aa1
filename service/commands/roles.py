"""One command per role; each runs until it is told to stop."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from service.commands.common import Data, Host, Port, refuse_open_house, surroundings


class Lane(StrEnum):
    """The lanes of the job queue."""

    DISPATCH = "dispatch"
    LEARNING = "learning"
    TRAINING = "training"
    UPKEEP = "upkeep"


def score(data: Data = None) -> None:
    """Score what was stored against each machine's model and keep findings."""
    from service.runtime import roles

    roles.score(surroundings(data))


def desk(data: Data = None) -> None:
    """Turn findings into alerts and work orders."""
    from service.runtime import roles

    roles.desk(surroundings(data))


def work(
    data: Data = None,
    only: Annotated[
        Lane | None, typer.Option(help="Run the jobs of one lane alone; a machine may share the fleet's training.")
    ] = None,
) -> None:
    """Run queued jobs, each lane beside the others: dispatch of work orders, learning, training of models, upkeep."""
    from service.runtime import roles

    roles.work(surroundings(data), only=only)


def serve(
    data: Data = None,
    host: Host = None,
    port: Port = None,
) -> None:
    """Serve the API and the console."""
    from service.runtime import roles

    around = surroundings(data)
    refuse_open_house(around, host or around.settings.host)
    roles.serve(around, host=host, port=port)


def simulate(
    data: Data = None,
    plant: Annotated[
        Path | None, typer.Option(help="Register file whose assets are simulated.", show_default="the demo's")
    ] = None,
    period: Annotated[float, typer.Option(help="Seconds between two values of a device.", min=0.01)] = 1.0,
    fault: Annotated[
        list[str] | None,
        typer.Option(
            help="ASSET:KIND:START:GROWTH, start in epoch seconds, growth in seconds; an unknown kind names the known."
        ),
    ] = None,
) -> None:
    """Stand in for the devices of a plant, with physics and faults."""
    from service.demo import demonstration
    from service.runtime import roles

    roles.simulate(surroundings(data), plant or demonstration.plant_file(), period_s=period, faults=tuple(fault or ()))
