"""What the settings say of Grafana: where it is, in which languages, and whether a worker keeps it up to date."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from grafana.build import CONSOLE_URL, Wanted
from grafana.languages import DashboardLanguage
from grafana.publishing.job import NAMESPACE, PushTarget, grafana_blueprint
from grafana.publishing.push import PushHow
from grafana.publishing.server import GrafanaServer
from plant.errors import Misconfigured
from service.runtime.roles import console_url

if TYPE_CHECKING:
    import procrastinate

    from service.runtime.surroundings import Surroundings
    from storage.core.database import Database


def grafana_server(around: Surroundings, url: str | None = None) -> GrafanaServer:
    """Return the Grafana that is named, or the one of the settings.

    Raises:
        Misconfigured: neither is, or it is no address.
    """
    named = around.settings.grafana_url
    address = url or (named.get_secret_value() if named else "")
    if not address:
        raise Misconfigured("nobody said where Grafana is: set ASSETLOOP_GRAFANA_URL, or give --url")
    token = around.settings.grafana_token
    return GrafanaServer(address, token.get_secret_value() if token else "")


def source_url(around: Surroundings) -> str:
    """Return where Grafana reaches the database; empty where nobody said."""
    named = around.settings.grafana_database_url
    return named.get_secret_value() if named else ""


def wanted(around: Surroundings, languages: Sequence[DashboardLanguage]) -> Wanted:
    """Return what is to be built."""
    return Wanted(languages=languages, console_url=console_url(around) or CONSOLE_URL)


def keep_grafana_up_to_date(app: procrastinate.App, around: Surroundings, database: Database) -> None:
    """Let a worker push the dashboards whenever the register changes, where a Grafana is set.

    Raises:
        Misconfigured: a language is none of ours, or the address is none.
    """
    if around.settings.grafana_url is None:
        return
    how = PushHow(wanted=wanted(around, _languages(around.settings.grafana_languages)), source_url=source_url(around))
    target = PushTarget(server=grafana_server(around), how=how)
    app.add_tasks_from(grafana_blueprint(database, around.clock, target), namespace=NAMESPACE)


def _languages(named: str) -> list[DashboardLanguage]:
    known = {one.value: one for one in DashboardLanguage}
    found = [known.get(name.strip()) for name in named.split(",") if name.strip()]
    if not found or None in found:
        raise Misconfigured(f"ASSETLOOP_GRAFANA_LANGUAGES is {named!r}: write en, zh, or en,zh")
    return [one for one in found if one is not None]
