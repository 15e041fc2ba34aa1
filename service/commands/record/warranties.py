"""`assetloop warranty`: who answers for a machine until when, claims, and the evidence for one in one file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured
from plant.orders.spending import money
from plant.orders.warranty import ClaimState
from service.commands.common import Data, Json, answer, read_amount, site_and_tag, surroundings, table, write_file
from service.commands.instants import read_day
from service.commands.orders.commands import Number
from service.commands.who import who

if TYPE_CHECKING:
    from decimal import Decimal

    from plant.orders.warranty import StandingWarranty, WarrantyClaim
    from service.runtime.surroundings import Surroundings
    from storage.core.database import Database

warranty_app = typer.Typer(help="Warranties, and claims of them.", no_args_is_help=True)
Asset = Annotated[str, typer.Argument(help="The asset, as SITE/TAG.", metavar="SITE/TAG")]
Output = Annotated[Path | None, typer.Option("-o", "--output", help="ZIP file to write the evidence to.")]
Tongue = Annotated[str, typer.Option("--language", help="In which language its pages are: en, zh or both.")]
Note = Annotated[str, typer.Option(help="What else there is to say.")]
Amount = Annotated[str | None, typer.Option(help="In the currency of the site's stores.")]


@warranty_app.command("list", epilog="Example: assetloop warranty list --site north --on 2026-12-01")
def list_warranties(
    site: Annotated[str | None, typer.Option(help="Tag of a site.")] = None,
    on: Annotated[str | None, typer.Option(help="Only those that hold on this day, as 2026-12-01.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List the warranties of the machines that stand somewhere now, those that end first in front."""
    from storage.orders.warranties import standing_warranties

    day = read_day(on) if on else None
    with surroundings(data).database() as database, database.transaction() as tx:
        found = standing_warranties(tx, site=site, on_day=day)
    rows = [_row(one) for one in found]
    heads = ("ASSET", "FROM", "UNTIL", "GUARANTOR", "SERIAL", "BY")
    answer(
        {"warranties": [dict(zip(map(str.lower, heads), row, strict=True)) for row in rows]},
        as_json=json,
        line=lambda: table(heads, rows) if rows else "no machine is known to be in a warranty",
    )


def _row(one: StandingWarranty) -> tuple[str, ...]:
    days = (one.starts.isoformat(), one.ends.isoformat())
    return (f"{one.site}/{one.asset}", *days, one.guarantor, one.serial, one.source)


@warranty_app.command("set", epilog="Example: assetloop warranty set north/P-101 --from 2026-06-01 --months 24")
def set_warranty(
    asset: Asset,
    begins: Annotated[str, typer.Option("--from", help="Its first day, as 2026-06-01.")],
    until: Annotated[str | None, typer.Option(help="Its last day.")] = None,
    months: Annotated[int | None, typer.Option(help="Or how long it lasts.", min=1, max=600)] = None,
    guarantor: Annotated[str, typer.Option(help="Who answers for it; else the machine's maker.")] = "",
    terms: Annotated[str, typer.Option(help="By which contract, and what it says.")] = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Say until when somebody answers for the machine at an asset; it goes before what the register says."""
    from lifecycle.warranty.setting import last_day, say_warranty
    from plant.orders.warranty import Warranty

    if (until is None) == (months is None):
        raise Misconfigured("say either --until or --months")
    site, tag = site_and_tag(asset)
    starts = read_day(begins)
    ends = read_day(until) if until else last_day(starts, months or 1)
    around = surroundings(data)
    said = Warranty(starts=starts, ends=ends, guarantor=guarantor, terms=terms)
    with around.database(actor=who()) as database:
        say_warranty(database, site, tag, said, actor=who(), clock=around.clock)
    answer(
        {"asset": asset, "from": starts.isoformat(), "until": ends.isoformat()},
        as_json=json,
        line=lambda: f"{asset}: {starts} to {ends}",
    )


@warranty_app.command("import", epilog="Example: assetloop warranty import warranties.toml --dry-run")
def import_(
    file: Annotated[Path, typer.Argument(help="TOML: site, and [[warranty]] with asset, from, until or months.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change, and write nothing.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take the warranties of many machines from a file; whole or not at all, and safe to repeat."""
    from lifecycle.warranty.setting import import_warranties

    around = surroundings(data)
    with around.database(actor=who()) as database:
        done = import_warranties(database, file, actor=who(), clock=around.clock, is_trial=dry_run)
    answer(done, as_json=json, line=lambda: ", ".join(f"{count} {how}" for how, count in done.items()))


@warranty_app.command("claim", epilog="Example: assetloop warranty claim WO-000017 -o claim.zip --language zh")
def claim(
    number: Number,
    output: Output = None,
    language: Tongue = "both",
    amount: Amount = None,
    note: Note = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Claim of the guarantor what an order is about, and write the evidence for it.

    It is made once, the evidence written as often as asked. Without --amount what was booked on the order is claimed.
    """
    from lifecycle.warranty.claiming import claim_warranty
    from storage.orders.warranty_claims import claims_of_orders
    from storage.work import orders

    wanted, around = _amount(amount), surroundings(data)
    with around.database(actor=who()) as database:
        with database.transaction() as tx:
            order = orders.get_order(tx, number)
            made = claims_of_orders(tx, [order.order_id]).get(number)
        if made is None or output is None:
            made = claim_warranty(database, number, amount=wanted, note=note, actor=who(), clock=around.clock)
        if output is not None:
            _write(database, around, order.site, number, output, language)
    _say(made, output, as_json=json)


@warranty_app.command("evidence", epilog="Example: assetloop warranty evidence WO-000017 -o claim.zip")
def evidence(
    number: Number,
    output: Annotated[Path, typer.Option("-o", "--output", help="ZIP file to write it to.")],
    language: Tongue = "both",
    data: Data = None,
    json: Json = False,
) -> None:
    """Write what speaks for a claim, made or still to be made, as one ZIP file with the SHA-256 of each file in it."""
    from storage.work import orders

    around = surroundings(data)
    with around.database() as database:
        with database.transaction() as tx:
            site = orders.get_order(tx, number).site
        _write(database, around, site, number, output, language)
    answer({"order": number, "file": str(output)}, as_json=json, line=lambda: str(output))


def _write(database: Database, around: Surroundings, site: str, number: str, output: Path, language: str) -> None:
    from alerts.orders.attachments import contents
    from lifecycle.attesting.heads import sign_head
    from lifecycle.warranty.claim_evidence import read_evidence
    from lifecycle.warranty.claim_file import claim_file
    from plant.orders.attachment import Attachment
    from service.commands.record.ledger import signing_key
    from storage.work import ledger as store

    if language not in {"en", "zh", "both"}:
        raise Misconfigured("--language is en, zh or both")
    found = read_evidence(database, number)
    if found.ledger.unsigned:
        with database.transaction() as tx:
            sign_head(tx, site, signing_key(around, store.installation(tx)), around.clock.now())
        found = read_evidence(database, number)

    def read_file(one: Attachment) -> bytes:
        return b"".join(contents(database, one, around.attachments()))

    write_file(output, claim_file(found, ("en", "zh") if language == "both" else (language,), read_file))


@warranty_app.command("answer", epilog="Example: assetloop warranty answer WO-000017 settled --amount 900")
def answer_(
    number: Number,
    state: Annotated[ClaimState, typer.Argument(help="What they say; open takes a rejected claim up again.")],
    amount: Amount = None,
    note: Note = "",
    data: Data = None,
    json: Json = False,
) -> None:
    """Write down what the guarantor says of a claim; a rejection wants their reason, a settlement its amount."""
    from lifecycle.warranty.claiming import answer_claim

    wanted, around = _amount(amount), surroundings(data)
    with around.database(actor=who()) as database:
        moved = answer_claim(database, number, state, amount=wanted, note=note, actor=who(), clock=around.clock)
    _say(moved, None, as_json=json)


@warranty_app.command("claims", epilog="Example: assetloop warranty claims --project cw-2026 --guarantor 'Pumpen AG'")
def list_claims(
    project: Annotated[str | None, typer.Option(help="Tag of the project that handed the machine over.")] = None,
    guarantor: Annotated[str | None, typer.Option(help="Who answers for the machine.")] = None,
    state: Annotated[ClaimState | None, typer.Option(help="Only those in this state.")] = None,
    site: Annotated[str | None, typer.Option(help="Tag of a site.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """List claims, the newest first."""
    from storage.orders import warranty_claims as rows

    wanted = rows.ClaimsWanted(project=project, guarantor=guarantor, state=state, site=site)
    with surroundings(data).database() as database, database.transaction() as tx:
        found = rows.list_claims(tx, wanted)
    lines = [
        (one.order, f"{one.site}/{one.asset}", one.project or "–", one.guarantor, one.state.value, _money(one))
        for one in found
    ]
    answer(
        {"claims": [_as_json(one) for one in found]},
        as_json=json,
        line=lambda: (
            table(("ORDER", "ASSET", "PROJECT", "GUARANTOR", "STATE", "AMOUNT"), lines)
            if lines
            else "there is no claim"
        ),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else read_amount(text)


def _money(one: WarrantyClaim) -> str:
    return money(one.amount, one.currency) or "–"


def _as_json(one: WarrantyClaim) -> dict[str, str | None]:
    amount = None if one.amount is None else str(one.amount)
    return {
        "order": one.order,
        "asset": f"{one.site}/{one.asset}",
        "project": one.project,
        "guarantor": one.guarantor,
        "state": one.state.value,
        "amount": amount,
        "currency": one.currency,
    }


def _say(one: WarrantyClaim, output: Path | None, *, as_json: bool) -> None:
    said = f"{one.order}: claimed of {one.guarantor or 'nobody named'}, {one.state.value}, {_money(one)}"
    result = _as_json(one) | ({"file": str(output)} if output else {})
    answer(result, as_json=as_json, line=lambda: f"{said}; {output}" if output else said)
