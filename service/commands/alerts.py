"""`assetloop alert`: what stands, taking note of it, putting it aside, and what was thought through before."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from plant.errors import Misconfigured
from service.commands.common import Data, Json, answer, enter_file, site_and_tag, surroundings, table
from service.commands.who import who

if TYPE_CHECKING:
    from plant.alert import Alert
    from plant.clock import Clock
    from storage.core.database import Database

alert_app = typer.Typer(help="Alerts: list, acknowledge, shelve, suppress.", no_args_is_help=True)
rationalisation_app = typer.Typer(help="What was thought through about alarms.", no_args_is_help=True)
alert_app.add_typer(rationalisation_app, name="rationalisation")
AlertId = Annotated[str, typer.Argument(help="The alert's id, as `alert list` prints it.", metavar="ALERT")]
AssetName = Annotated[str, typer.Argument(help="The asset.", metavar="SITE/TAG")]
By = Annotated[str | None, typer.Option("--by", help="Your name; the user of this machine unless told.")]
ReasonText = Annotated[str, typer.Option("--reason", help="Why.")]


@alert_app.command("list", epilog="Example: assetloop alert list --json")
def list_alerts(
    every: Annotated[bool, typer.Option("--all", help="Those too that are over.")] = False,
    most: Annotated[int, typer.Option(help="How many at most.", min=1, max=1000)] = 200,
    data: Data = None,
    json: Json = False,
) -> None:
    """List alerts that are active or not acknowledged, the newest first."""
    from storage.work import alerts

    around = surroundings(data)
    now = around.clock.now()
    with around.database() as database, database.transaction() as tx:
        found = alerts.list_alerts(tx, open_only=not every, most=most)
    rows = [
        (
            str(one.alert_id),
            f"{one.site}/{one.asset}",
            one.kind,
            one.severity.value,
            one.flags.state(now).value,
            one.count,
        )
        for one in found
    ]
    head = ("ALERT", "ASSET", "KIND", "SEVERITY", "STATE", "COUNT")
    answer({"alerts": [_said(one, now) for one in found]}, as_json=json, line=lambda: table(head, rows))


@alert_app.command(epilog='Example: assetloop alert ack 3f0c… --comment "on my way"')
def ack(
    alert: AlertId,
    comment: Annotated[str, typer.Option(help="What there is to say.")] = "",
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Take note of an alert."""
    from alerts.alarms.acknowledgement import acknowledge_alert

    _act(data, json, lambda on, clock: acknowledge_alert(on, _id(alert), actor=who(by), clock=clock, comment=comment))


@alert_app.command(epilog='Example: assetloop alert shelve 3f0c… --hours 2 --reason "part is on its way"')
def shelve(
    alert: AlertId,
    reason: ReasonText,
    hours: Annotated[float, typer.Option(help="For how long.")] = 1.0,
    by: By = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Put an alert aside for some hours; what still stands then is told once."""
    from alerts.alarms.shelving import shelve_alert

    _act(
        data,
        json,
        lambda on, clock: shelve_alert(on, _id(alert), hours=hours, reason=reason, actor=who(by), clock=clock),
    )


@alert_app.command(epilog="Example: assetloop alert unshelve 3f0c…")
def unshelve(alert: AlertId, by: By = None, data: Data = None, json: Json = False) -> None:
    """Take an alert up again before its time."""
    from alerts.alarms.shelving import unshelve_alert

    _act(data, json, lambda on, clock: unshelve_alert(on, _id(alert), actor=who(by), clock=clock))


@alert_app.command(epilog='Example: assetloop alert suppress demo/P-101 --reason "line is stopped"')
def suppress(asset: AssetName, reason: ReasonText, by: By = None, data: Data = None, json: Json = False) -> None:
    """Suppress by design what is found at an asset, until `unsuppress`."""
    from alerts.alarms.suppression import suppress_by_design

    site, tag = site_and_tag(asset)
    around = surroundings(data)
    with around.database() as database:
        suppress_by_design(database, site, tag, reason=reason, actor=who(by), clock=around.clock)
    answer({"asset": asset, "suppressed": True}, as_json=json, line=lambda: f"{asset} is suppressed by design")


@alert_app.command(epilog="Example: assetloop alert unsuppress demo/P-101")
def unsuppress(asset: AssetName, by: By = None, data: Data = None, json: Json = False) -> None:
    """End the suppression of an asset; what still stands is told within seconds."""
    from alerts.alarms.suppression import end_suppression

    site, tag = site_and_tag(asset)
    around = surroundings(data)
    with around.database() as database:
        end_suppression(database, site, tag, actor=who(by), clock=around.clock)
    answer({"asset": asset, "suppressed": False}, as_json=json, line=lambda: f"{asset} is suppressed no more")


@alert_app.command(epilog="Example: assetloop alert figures")
def figures(data: Data = None, json: Json = False) -> None:
    """Say how the alarm system did in the last 30 days (EEMUA 191): how it is spread, no means."""
    from storage.views.alarm_figures import alarm_figures

    with surroundings(data).database() as database, database.transaction() as tx:
        found = alarm_figures(tx)

    def lines() -> str:
        parts = []
        for name, rows in found.items():
            parts.append(name.upper())
            parts.append(
                table([*rows[0]], [[_cell(one) for one in row.values()] for row in rows]) if rows else "nothing"
            )
        return "\n".join(parts)

    answer(found, as_json=json, line=lines)


@rationalisation_app.command("import", epilog="Example: assetloop alert rationalisation import alarms.toml")
def import_file(
    file: Annotated[Path, typer.Argument(help="A TOML file of [[alarm]] tables.", metavar="FILE")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Make the register say what a file says; what it does not mention stays."""
    from lifecycle.register.alarm_file import import_rationalisations, read_alarm_file

    said, around, actor = read_alarm_file(file), surroundings(data), who()
    with around.database(actor=actor) as database, database.transaction() as tx:
        outcomes = dict(import_rationalisations(tx, said))
        counts = {how: outcomes.get(how, 0) for how in ("added", "changed")}
        enter_file(tx, "rationalisations", file, counts, actor=actor, at=around.clock.now())
    words = ", ".join(f"{count} {how}" for how, count in sorted(outcomes.items())) or "nothing in it"
    answer(outcomes, as_json=json, line=lambda: words)


@rationalisation_app.command("export", epilog="Example: assetloop alert rationalisation export > alarms.toml")
def export_file(data: Data = None) -> None:
    """Print what the register says, as the file that `import` reads."""
    from lifecycle.register.alarm_file import as_toml
    from storage.register.rationalisations import list_rationalisations

    with surroundings(data).database() as database, database.transaction() as tx:
        print(as_toml(list_rationalisations(tx)), end="")


def _act(data: Path | None, json: bool, act: Callable[[Database, Clock], Alert]) -> None:
    around = surroundings(data)
    with around.database() as database:
        alert = act(database, around.clock)
    now = around.clock.now()
    state = alert.flags.state(now).value
    answer(_said(alert, now), as_json=json, line=lambda: f"{alert.site}/{alert.asset}, {alert.kind}: {state}")


def _said(alert: Alert, now: Any) -> dict[str, Any]:
    from alerts.alarms.document import alert_document

    left_out = {"event", "actor", "at", "note"}
    said = alert_document(alert, event="", actor="", at=now)
    return {name: value for name, value in said.items() if name not in left_out}


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise Misconfigured(f"{text} is no alert's id; `assetloop alert list` prints them") from error


def _cell(value: object) -> object:
    return f"{value:.3g}" if isinstance(value, float) else "" if value is None else value
