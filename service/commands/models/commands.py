"""The commands about models: train them, see who is in charge and why, decide about them."""

from __future__ import annotations

from typing import Annotated

import typer

from plant.escaped import escaped
from service.commands.common import Data, Json, answer, surroundings

Asset = Annotated[str, typer.Argument(help="SITE/TAG of the asset.")]
By = Annotated[
    str | None, typer.Option(help="Who decides; goes into the record.", show_default="the user of this machine")
]
Note = Annotated[str, typer.Option(help="Why.")]


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
    by: Annotated[
        str | None, typer.Option(help="Who asks; goes into the record.", show_default="the user of this machine")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Train a model for each machine on its declared healthy time, known faults left out."""
    from service.commands.models.training import TrainOptions, told
    from service.commands.models.training import train as run_train
    from service.runtime.screen import Screen

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
        by=by,
    )
    around = surroundings(data)
    with Screen().bar("training", "models") as bar:
        outcome = run_train(around, options, bar)
    answer(outcome, as_json=json, line=lambda: told(outcome))
    if outcome["refused"]:
        raise typer.Exit(1)


def list_models(
    asset: Annotated[str | None, typer.Option(help="SITE/TAG; default: every asset.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Retired versions too.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the models in charge and those that challenge them, with their back-tests."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.listed(surroundings(data), asset, every=every)
    said = "\n".join(escaped(words.model(one)) for one in found) or "there is no model yet"
    answer({"models": found}, as_json=json, line=lambda: said)


def show_model(
    asset: Asset,
    version: Annotated[int | None, typer.Option(help="Which version.", show_default="the one in charge")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show one version: data, libraries, back-test, alarm line, checks for drift, and all that happened to it."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.shown(surroundings(data), asset, version)
    answer(found, as_json=json, line=lambda: words.shown(found))


def promote(
    asset: Asset,
    version: Annotated[int | None, typer.Option(help="Which version.", show_default="the challenger")] = None,
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Put a challenger in charge."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.promoted(surroundings(data), asset, version, by)
    answer(found, as_json=json, line=lambda: f"in charge: {words.model(found)}")


def rollback(asset: Asset, by: By = None, data: Data = None, json: Json = False) -> None:
    """Let the model that was in charge before take over again."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.rolled_back(surroundings(data), asset, by)
    answer(found, as_json=json, line=lambda: f"in charge: {words.model(found)}")


def list_proposals(
    every: Annotated[bool, typer.Option("--all", help="Those that were decided too.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """List retraining that is proposed, with its evidence."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.proposed(surroundings(data), every=every)
    said = "\n".join(escaped(words.proposal(one)) for one in found) or "nothing is proposed"
    answer({"proposals": found}, as_json=json, line=lambda: said)


def accept(
    number: Annotated[int, typer.Argument(help="Number of the proposal.")],
    by: By = None,
    note: Note = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Accept a proposal: its span counts as healthy, and a challenger is trained by `assetloop work`."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.decided(surroundings(data), number, is_accepted=True, by=by, note=note)
    answer(found, as_json=json, line=lambda: words.proposal(found))


def dismiss(
    number: Annotated[int, typer.Argument(help="Number of the proposal.")],
    by: By = None,
    note: Note = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Dismiss a proposal: the models stay as they are."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.decided(surroundings(data), number, is_accepted=False, by=by, note=note)
    answer(found, as_json=json, line=lambda: words.proposal(found))


def figures(
    since: Annotated[str | None, typer.Option("--from", help="ISO 8601.", show_default="a year before --to")] = None,
    until: Annotated[str | None, typer.Option("--to", help="ISO 8601.", show_default="now")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say how well each class is watched: precision, recall, lead time, by the closing codes of its orders."""
    from service.commands.models import model_history
    from service.commands.models import wording as words

    found = model_history.figures(surroundings(data), since, until)
    answer(found, as_json=json, line=lambda: words.figures(found))
