"""What a person takes out of view of the register, and brings back."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from plant.errors import Rejected
from service.commands.common import Data, Json, answer, site_and_tag, surroundings, table
from service.commands.who import who
from service.runtime.counted import counted

Asset = Annotated[str, typer.Argument(help="The asset, as SITE/TAG.")]


def register_retire(
    asset: Asset,
    signal: Annotated[
        list[str] | None, typer.Option(help="Not the asset but this signal of it; may be given again.")
    ] = None,
    unused: Annotated[
        bool,
        typer.Option("--unused", help="Not the asset but its signals that registered themselves and stored nothing."),
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take an asset or signals that were made by mistake out of view. The record keeps them and what they say."""
    from lifecycle.register import retiring

    if signal and unused:
        raise Rejected("bad_options", "give --signal or --unused, not both")
    around = surroundings(data)
    site, tag = site_and_tag(asset)
    at = around.clock.now()
    signals: list[str] = []
    with around.database(actor=who()) as database, database.transaction() as tx:
        if unused:
            signals = retiring.retire_unused_signals(tx, site=site, asset=tag, at=at, actor=who())
        elif signal:
            signals = retiring.retire_signals(tx, site=site, asset=tag, keys=signal, at=at, actor=who())
        else:
            retiring.retire_asset(tx, site=site, asset=tag, at=at, actor=who())
    what = f"{counted(len(signals), 'signals')} of {asset}" if signal or unused else asset
    answer({"asset": asset, "signals": signals}, as_json=json, line=lambda: f"out of view: {what}")


def register_restore(
    asset: Asset,
    signal: Annotated[
        list[str] | None, typer.Option(help="Not the asset but this signal of it; may be given again.")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Bring a retired asset, or retired signals of one, back into view."""
    from lifecycle.register import retiring

    around = surroundings(data)
    site, tag = site_and_tag(asset)
    at = around.clock.now()
    signals: list[str] = []
    with around.database(actor=who()) as database, database.transaction() as tx:
        if signal:
            signals = retiring.restore_signals(tx, site=site, asset=tag, keys=signal, at=at, actor=who())
        else:
            retiring.restore_asset(tx, site=site, asset=tag, at=at, actor=who())
    what = f"{counted(len(signals), 'signals')} of {asset}" if signal else asset
    answer({"asset": asset, "signals": signals}, as_json=json, line=lambda: f"in view again: {what}")


def register_merge(
    asset: Asset,
    into: Annotated[
        str, typer.Argument(help="The asset that it becomes part of, as SITE/TAG; with --signal: another signal's key.")
    ],
    signal: Annotated[str, typer.Option(help="Not the asset but this signal of it.", show_default="the asset")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Merge an asset into another, or a signal into another of its asset: what it said and says becomes the other's."""
    from lifecycle.register import retiring

    around = surroundings(data)
    site, tag = site_and_tag(asset)
    at = around.clock.now()
    with around.database(actor=who()) as database, database.transaction() as tx:
        if signal:
            retiring.merge_signal(tx, site=site, asset=tag, key=signal, into_key=into, at=at, actor=who())
            signals = [signal]
        else:
            into_site, into_tag = site_and_tag(into)
            signals = retiring.merge_asset(
                tx, site=site, asset=tag, into_site=into_site, into_asset=into_tag, at=at, actor=who()
            )
    what = f"signal {signal} of {asset}" if signal else asset
    answer(
        {"asset": asset, "into": into, "signals": signals},
        as_json=json,
        line=lambda: f"{what} is merged into {into}; what was stored before is copied within minutes",
    )


def register_retired(data: Data = None, json: Json = False) -> None:
    """List the assets and signals that are out of view, since when and by whom."""
    from storage.register import retired

    with surroundings(data).database() as database, database.transaction() as tx:
        found = retired.every(tx)

    def line() -> str:
        rows = [(f"{one.site}/{one.asset}", one.key or "", f"{one.at:%Y-%m-%d %H:%MZ}", one.by) for one in found]
        return table(("ASSET", "SIGNAL", "SINCE", "BY"), rows) if rows else "nothing is out of view"

    answer({"retired": [dataclasses.asdict(one) for one in found]}, as_json=json, line=line)
