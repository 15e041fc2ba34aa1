"""What a person asks and decides about telemetry: quarantine, device tokens, liveness."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import NotFound
from service.commands.common import Data, Json, answer, site_and_tag, surroundings, table
from service.commands.telemetry import logins
from service.commands.who import who
from service.runtime.counted import counted

if TYPE_CHECKING:
    from storage.telemetry.quarantine import Stranger

quarantine_app = typer.Typer(
    help="What could not be stored, and the assets that wait to be approved.", no_args_is_help=True
)
device_app = typer.Typer(
    help="Who may send telemetry: logins at the broker (add, logins, remove), tokens over HTTP (issue, list, revoke).",
    no_args_is_help=True,
)
device_app.command(epilog="Example: assetloop device add pump-101 --asset demo/P-101")(logins.add)
device_app.command(epilog="Example: assetloop device logins --json")(logins.logins)
device_app.command(epilog="Example: assetloop device remove pump-101")(logins.remove)


@quarantine_app.command("list", epilog="Example: assetloop quarantine list --json")
def list_quarantine(data: Data = None, json: Json = False) -> None:
    """List the assets that wait to be approved, how much is held for which reason, and how much has expired.

    What unknown assets said is kept for ASSETLOOP_STRANGER_RETENTION_DAYS (30).
    """
    from storage.telemetry import quarantine

    with surroundings(data).database() as database, database.transaction() as tx:
        strangers, dismissed = quarantine.strangers(tx), quarantine.dismissed(tx)
        totals, expired = quarantine.totals(tx), quarantine.expired(tx)

    def line() -> str:
        waiting = table(
            ("ASSET", "MESSAGES", "READINGS", "LAST SEEN", "WHICH"),
            [(s.name, s.messages, s.readings, f"{s.last_seen:%Y-%m-%d %H:%M:%SZ}", _which(s)) for s in strangers],
        )
        held = table(
            ("REASON", "PAYLOADS", "TIMES", "READINGS"),
            [(one.reason, one.payloads, one.times, one.readings) for one in totals.values()],
        )
        gone = table(
            ("EXPIRED", "MESSAGES", "READINGS", "LAST"),
            [(one.reason, one.messages, one.readings, f"{one.last_at:%Y-%m-%d %H:%M:%SZ}") for one in expired],
        )
        ignored = table(
            ("DISMISSED", "MESSAGES", "READINGS", "BY", "AT"),
            [(d.name, d.messages, d.readings, d.by, f"{d.at:%Y-%m-%d %H:%M:%SZ}") for d in dismissed],
        )
        shown = (
            [waiting] * bool(strangers)
            + [ignored] * bool(dismissed)
            + [held if totals else "nothing is held"]
            + [gone] * bool(expired)
        )
        return "\n\n".join(shown)

    document = {
        "assets": [dataclasses.asdict(one) for one in strangers],
        "dismissed": [dataclasses.asdict(one) for one in dismissed],
        "reasons": [dataclasses.asdict(one) for one in totals.values()],
        "expired": [dataclasses.asdict(one) for one in expired],
    }
    answer(document, as_json=json, line=line)


def _which(stranger: Stranger) -> str:
    """Say what is to be known of an asset that waits."""
    if stranger.meant == 1:
        return "approved: it is being stored"
    if stranger.site:
        return ""
    if stranger.meant:
        return f"names no site, and {stranger.meant} assets are called so: let it call itself SITE/TAG"
    return "" if "/" in stranger.asset else f"names no site: approve it as SITE/{stranger.asset}"


@quarantine_app.command(epilog="Example: assetloop quarantine approve demo/P-103 --class centrifugal_pump")
def approve(
    asset: Annotated[
        str,
        typer.Argument(
            help="SITE/TAG as `assetloop quarantine list` names it; of one that names no site you choose the site."
        ),
    ],
    asset_class: Annotated[str, typer.Option("--class", help="Its class of equipment, one of the register.")],
    new_class: Annotated[bool, typer.Option("--new-class", help="Make the class where it is missing.")] = False,
    name: Annotated[str, typer.Option(help="Its name for people.", show_default="its tag")] = "",
    name_zh: Annotated[str, typer.Option(help="Its name in Chinese.", show_default="nothing")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Take an asset into the register; `assetloop ingest` then stores what was held of it, in order and once."""
    from lifecycle.register import approval

    around = surroundings(data)
    site, tag = site_and_tag(asset)
    with around.database(actor=who()) as database, database.transaction() as tx:
        approved = approval.approve(
            tx,
            site=site,
            asset=tag,
            asset_class=asset_class,
            at=around.clock.now(),
            actor=who(),
            name=name,
            name_zh=name_zh,
            new_class=new_class,
        )
    document = {"site": site, "asset": tag, "class": asset_class, "name": approved.name, "messages": approved.messages}

    def line() -> str:
        held = (
            f"stored now of it: {counted(approved.messages, 'messages')}" if approved.messages else "nothing was held"
        )
        return f"{asset} is registered as {asset_class}; {held}"

    answer(document, as_json=json, line=line)


@quarantine_app.command(epilog="Example: assetloop quarantine dismiss demo/P-103")
def dismiss(
    asset: Annotated[str, typer.Argument(help="SITE/TAG, or the name alone, as `assetloop quarantine list` has it.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Dismiss an unknown asset: what it says is counted and no longer kept, until it is approved."""
    from lifecycle.register import approval
    from storage.telemetry import quarantine

    around = surroundings(data)
    with around.database(actor=who()) as database, database.transaction() as tx:
        named = next((one for one in quarantine.strangers(tx) if one.name == asset), None)
        if named is None:
            raise NotFound(f"nothing is held of {asset}; `assetloop quarantine list` names who waits")
        held = approval.dismiss(tx, site=named.site, asset=named.asset, at=around.clock.now(), actor=who())
    answer(
        {"asset": asset, "messages": held.messages, "readings": held.readings},
        as_json=json,
        line=lambda: f"{asset} is dismissed; dropped of it, and counted: {counted(held.messages, 'messages')}",
    )


@device_app.command(epilog="Example: assetloop device issue --site demo --name 'gateway in hall 3'")
def issue(
    site: Annotated[str, typer.Option(help="Tag of the site that the token opens.")],
    name: Annotated[str, typer.Option(help="Who holds it, for people.")],
    asset: Annotated[str | None, typer.Option(help="Tag of the one asset it opens. Default: every asset.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Issue a token. It is shown this once: what is kept of it cannot be turned back."""
    from lifecycle.register import device_tokens

    around = surroundings(data)
    with around.database(actor=who()) as database, database.transaction() as tx:
        issued = device_tokens.issue(tx, site=site, asset=asset, name=name, at=around.clock.now(), actor=who())
    answer(issued, as_json=json, line=lambda: issued.token)


@device_app.command("list", epilog="Example: assetloop device list --json")
def list_tokens(data: Data = None, json: Json = False) -> None:
    """List every token, revoked ones too, without its secret."""
    from storage.register import device_tokens

    with surroundings(data).database() as database, database.transaction() as tx:
        found = device_tokens.every(tx)
    answer(
        {"tokens": [dataclasses.asdict(one) for one in found]},
        as_json=json,
        line=lambda: table(
            ("TOKEN", "OPENS", "NAME", "USED", "STATE"),
            [
                (
                    one.token_id,
                    f"{one.site}/{one.asset or '*'}",
                    one.name,
                    f"{one.used_at:%Y-%m-%d %H:%MZ}" if one.used_at else "never",
                    "revoked" if one.revoked_at else "valid",
                )
                for one in found
            ],
        ),
    )


@device_app.command(epilog="Example: assetloop device revoke 3f9c0a1b2d4e")
def revoke(
    token_id: Annotated[str, typer.Argument(help="As `assetloop device list` names it.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Let a token open nothing any more, at once."""
    from storage.register import device_tokens

    around = surroundings(data)
    with around.database(actor=who()) as database, database.transaction() as tx:
        device_tokens.revoke(tx, token_id, at=around.clock.now(), by=who().name)
    answer({"revoked": token_id}, as_json=json, line=lambda: f"{token_id} opens nothing any more")


def liveness(
    asset: Annotated[list[str] | None, typer.Argument(help="SITE/TAG. Default: every asset.", metavar="ASSET")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say of each asset its health, whether it can be heard (session), its device speaks, and its sensors measure."""
    from storage.views import liveness as store

    with surroundings(data).database() as database, database.transaction() as tx:
        found = [store.of_asset(tx, *site_and_tag(one)) for one in asset] if asset else store.of_all(tx)
    answer(
        {"assets": [dataclasses.asdict(one) for one in found]},
        as_json=json,
        line=lambda: table(
            ("ASSET", "HEALTH", "SESSION", "DEVICE", "SENSORS", "WHICH"),
            [
                (f"{s.site}/{s.asset}", s.health, s.session, s.device, s.sensors, ", ".join(s.stale or s.bad))
                for s in found
            ],
        ),
    )
