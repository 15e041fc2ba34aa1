"""`assetloop grafana`: dashboards as files."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured
from service.commands.common import Data, surroundings

if TYPE_CHECKING:
    from grafana.build import Wanted
    from service.runtime.surroundings import Surroundings

grafana_app = typer.Typer(help="Grafana dashboards as code.", no_args_is_help=True)


class LanguageChoice(StrEnum):
    """The languages that dashboards come in."""

    EN = "en"
    ZH = "zh"


Languages = Annotated[
    list[LanguageChoice] | None,
    typer.Option("--lang", help="DashboardLanguage; may be given again.", show_default="both"),
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


def _wanted(around: Surroundings, lang: list[LanguageChoice] | None) -> Wanted:
    from grafana.build import CONSOLE_URL, Wanted
    from grafana.languages import DashboardLanguage
    from service.runtime.roles import console_url

    languages = [DashboardLanguage(one.value) for one in dict.fromkeys(lang or LanguageChoice)]
    return Wanted(languages=languages, console_url=console_url(around) or CONSOLE_URL)
