"""`assetloop grafana`: dashboards as files, or put into a Grafana through its API."""

from __future__ import annotations

import dataclasses
from collections import Counter
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured
from service.commands.common import Data, Json, answer, surroundings

if TYPE_CHECKING:
    from grafana.build import Wanted
    from grafana.publishing.server import GrafanaServer
    from service.runtime.surroundings import Surroundings

grafana_app = typer.Typer(help="Grafana dashboards as code.", no_args_is_help=True)


class LanguageChoice(StrEnum):
    """The languages that dashboards come in."""

    EN = "en"
    ZH = "zh"


Languages = Annotated[
    list[LanguageChoice] | None,
    typer.Option("--lang", help="Language of the dashboards; may be given again.", show_default="both"),
]


@grafana_app.command(epilog="Example: assetloop grafana build --lang zh -o /etc/grafana")
def build(
    output: Annotated[Path, typer.Option("-o", "--output", help="Folder to write into.", metavar="DIR")],
    lang: Languages = None,
    data: Data = None,
) -> None:
    """Write the dashboards, the data source and the alert rule as files, from the register."""
    from grafana.build import build as write_files

    around = surroundings(data)
    try:
        with around.database() as database:
            for path in write_files(database, output, _wanted(around, lang)):
                print(path)
    except OSError as error:
        raise Misconfigured(f"{output} cannot be written: {error.strerror}; name another folder with -o") from error


@grafana_app.command(epilog="Example: assetloop grafana push --url https://grafana.example --dry-run")
def push(
    url: Annotated[str | None, typer.Option(help="Where Grafana is.", show_default="ASSETLOOP_GRAFANA_URL")] = None,
    lang: Languages = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    copy: Annotated[bool, typer.Option("--copy", help="Put ours beside a dashboard that a person changed.")] = False,
    service_account: Annotated[
        bool, typer.Option("--service-account", help="Make the service account `assetloop` and print its token, once.")
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Put data source, folders and dashboards into a Grafana; what a person changed there is left."""
    from grafana.publishing.push import PushHow, PushStep
    from grafana.publishing.push import push as put
    from service.dashboards import grafana_server, source_url

    around = surroundings(data)
    how = PushHow(wanted=_wanted(around, lang), source_url=source_url(around), dry_run=dry_run, copies=copy)
    with grafana_server(around, url) as server, around.database() as database:
        if service_account:
            _service_account(server, dry_run=dry_run)
        done = put(database, around.clock, server, how)
        version = server.check()
    counts = Counter(one.step.value for one in done)
    lines = [
        f"{one.step.value}: {one.what} {one.uid} {one.title}".rstrip() for one in done if one.step is not PushStep.SAME
    ]
    left = any(one.step is PushStep.CHANGED_BY_A_PERSON for one in done) and not copy
    lines += ["what a person changed was left; --copy puts ours beside it"] * left
    summary = ", ".join(f"{count} {step}" for step, count in counts.items())
    plain = {"version": version, "done": [dataclasses.asdict(one) for one in done]}
    answer(plain, as_json=json, line=lambda: "\n".join([*lines, f"{'would be: ' if dry_run else ''}{summary}"]))


def _service_account(server: GrafanaServer, *, dry_run: bool) -> None:
    if server.service_account() is not None:
        print("same: service account assetloop")
    elif dry_run:
        print("make: service account assetloop")
    else:
        print(f"make: service account assetloop; ASSETLOOP_GRAFANA_TOKEN={server.make_service_account()}")


def _wanted(around: Surroundings, lang: list[LanguageChoice] | None) -> Wanted:
    from grafana.languages import DashboardLanguage
    from service.dashboards import wanted

    return wanted(around, [DashboardLanguage(one.value) for one in dict.fromkeys(lang or LanguageChoice)])
