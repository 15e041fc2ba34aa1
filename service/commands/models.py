"""The commands about models: train them."""

from __future__ import annotations

from typing import Annotated

import typer

from service.commands.common import Data, Json, answer, surroundings


def train(
    asset: Annotated[list[str] | None, typer.Option(help="SITE/TAG; may be given again. Default: every asset.")] = None,
    asset_class: Annotated[
        list[str] | None, typer.Option("--class", help="Every asset of a class of equipment; may be given again.")
    ] = None,
    since: Annotated[
        str | None, typer.Option("--from", help="Declare them healthy from here: ISO 8601, with --to.")
    ] = None,
    until: Annotated[str | None, typer.Option("--to", help="Declare them healthy up to here: ISO 8601.")] = None,
    promote: Annotated[
        bool, typer.Option("--promote", help="Put the new models in charge; else they challenge those that are.")
    ] = False,
    jobs: Annotated[
        int | None, typer.Option(help="Processes that train at once.", show_default="one a core", min=1)
    ] = None,
    scheduler: Annotated[
        str | None, typer.Option(help="Train on the Dask cluster at this address, tcp://HOST:PORT.", metavar="ADDRESS")
    ] = None,
    queue: Annotated[
        bool, typer.Option("--queue", help="Let `assetloop work` do it, here or on other machines.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="With --queue: until all is done.")] = True,
    data: Data = None,
    json: Json = False,
) -> None:
    """Train a model for each machine on its declared healthy time, known faults left out."""
    from service.screen import Screen
    from service.training import TrainOptions, told
    from service.training import train as run_train

    options = TrainOptions(
        assets=tuple(asset or ()),
        classes=tuple(asset_class or ()),
        since=since,
        until=until,
        promote=promote,
        jobs=jobs,
        scheduler=scheduler,
        queue=queue,
        wait=wait,
    )
    around = surroundings(data)
    with Screen().bar("training", "models") as bar:
        outcome = run_train(around, options, bar)
    answer(outcome, as_json=json, line=lambda: told(outcome))
    if outcome["refused"]:
        raise typer.Exit(1)
