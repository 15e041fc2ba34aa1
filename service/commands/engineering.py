"""`assetloop engineering`: what fails too often, requests for a change of design, and their BCF files."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured
from service.commands.common import Data, Json, answer, bytes_of, surroundings, table, write_file
from service.commands.who import who

if TYPE_CHECKING:
    from storage.notices.design import DesignRequest

engineering_app = typer.Typer(help="Requests for a change of design.", no_args_is_help=True)
Number = Annotated[int, typer.Argument(help="Number of the request.", metavar="REQUEST")]
Reason = Annotated[str, typer.Option(help="Why.")]


@engineering_app.command(epilog="Example: assetloop engineering look --json")
def look(data: Data = None, json: Json = False) -> None:
    """Look now at what failed, and open the requests there should be; the worker does so every hour."""
    from lifecycle.feedback import looking
    from service.runtime.roles import console_url

    around = surroundings(data)
    with around.database() as database:
        opened = looking.look(database, around.clock, console_url=console_url(around))
    answer({"opened": opened}, as_json=json, line=lambda: f"opened: {', '.join(map(str, opened)) or 'none'}")


@engineering_app.command("list", epilog="Example: assetloop engineering list")
def list_requests(data: Data = None, json: Json = False) -> None:
    """List requests, the newest first."""
    from lifecycle.feedback.exchange import title_of
    from storage.notices import design

    with surroundings(data).database() as database, database.transaction() as tx:
        found = design.list_requests(tx)
    rows = [(one.request_id, one.state, title_of(one), one.decided_by or "-") for one in found]
    plain = {"requests": [dataclasses.asdict(one) for one in found]}
    answer(plain, as_json=json, line=lambda: table(("REQUEST", "STATE", "WHAT", "DECIDED BY"), rows))


@engineering_app.command(epilog="Example: assetloop engineering accept 3 --reason 'runs hot' --limit temperature=:80")
def accept(
    request: Number,
    reason: Reason,
    limit: Annotated[list[str] | None, typer.Option(help="SIGNAL=LOW:HIGH, either may be empty; again.")] = None,
    changes: Annotated[
        Path | None, typer.Option(help="A TOML file: limits, job plans, spares, requirements.", metavar="FILE")
    ] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Accept a request and make its changes, all or none."""
    from lifecycle.feedback import deciding
    from lifecycle.feedback.change_file import read_design_changes
    from lifecycle.feedback.changing import LimitChange

    wishes = read_design_changes(changes) if changes else []
    for one in limit or ():
        signal, span = _pair(one)
        low, _, high = span.partition(":")
        wishes.append(LimitChange(signal=signal, low=_number(low), high=_number(high)))
    around = surroundings(data)
    with around.database() as database:
        done = deciding.accept(database, request, wishes, reason=reason, actor=who(), clock=around.clock)
    _said(done, as_json=json)


@engineering_app.command(epilog="Example: assetloop engineering reject 3 --reason 'wrong oil'")
def reject(request: Number, reason: Reason, data: Data = None, json: Json = False) -> None:
    """Reject a request with a reason."""
    from lifecycle.feedback import deciding

    around = surroundings(data)
    with around.database() as database:
        done = deciding.reject(database, request, reason=reason, actor=who(), clock=around.clock)
    _said(done, as_json=json)


@engineering_app.command("export", epilog="Example: assetloop engineering export 3 -o DR-3.bcf")
def export_bcf(
    request: Number,
    out: Annotated[Path, typer.Option("-o", "--out", help="The file.", metavar="FILE")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write a request as a BCF 2.1 file, for the engineer's BIM tool."""
    from lifecycle.feedback import exchange
    from storage.notices import design

    with surroundings(data).database() as database, database.transaction() as tx:
        file = exchange.export_bcf(tx, design.get_request(tx, request), link=None)
    write_file(out, file)
    answer({"file": str(out), "bytes": len(file)}, as_json=json, line=lambda: f"{out}: {len(file):,} bytes")


@engineering_app.command("import", epilog="Example: assetloop engineering import back.bcf")
def import_bcf(
    file: Annotated[Path, typer.Argument(help="A BCF file that came back.", metavar="FILE")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Read the status of requests back from a BCF file."""
    from lifecycle.feedback import exchange

    content = bytes_of(file)
    with surroundings(data).database() as database:
        taken = exchange.take_back(database, content, actor=who())
    rows = [(one.request_id, one.bcf_status) for one in taken]
    plain = {"requests": [dataclasses.asdict(one) for one in taken]}
    answer(plain, as_json=json, line=lambda: table(("REQUEST", "STATUS THERE"), rows))


def _said(done: DesignRequest, *, as_json: bool) -> None:
    answer(dataclasses.asdict(done), as_json=as_json, line=lambda: f"request {done.request_id} is {done.state}")


def _pair(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise Misconfigured(f"{text!r} is no NAME=VALUE")
    return name, value


def _number(text: str) -> float | None:
    try:
        return float(text) if text.strip() else None
    except ValueError as error:
        raise Misconfigured(f"{text!r} is no number") from error
