"""`assetloop demo project`: a project played through in two minutes, on a data folder or the stack that runs there."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from service.commands.common import Data, Json, answer, surroundings

if TYPE_CHECKING:
    from service.runtime.screen import Screen
    from service.runtime.surroundings import Surroundings

demo_app = typer.Typer(help="Demonstrations, played through with real parts.", no_args_is_help=True)


@demo_app.callback()
def demonstrate() -> None:
    """Show the product at work."""


@demo_app.command(epilog="Example: assetloop demo project --data ./demo")
def project(data: Data = None, json: Json = False) -> None:
    """Play a project through: imports, gates, signatures, trial operation, a fault, its lesson, the ledger's witness.

    It is played on the stack that runs on the data folder, or on the folder's own database, which `assetloop up` shows
    afterwards. Fifty days of the project pass in it, up to now.
    """
    from datetime import UTC, datetime

    from lifecycle.attesting.signed_note import key_in
    from service.commands.record.ledger import signing_key
    from service.demo.project.playing import BEGAN, play
    from service.demo.project.stage import PROJECT, PlayedClock, staged
    from service.runtime.screen import Screen
    from storage.work import ledger

    around, screen = surroundings(data), Screen()
    with (
        _ground(around, screen) as url,
        staged(url, PlayedClock(datetime.now(UTC) - BEGAN), screen.say) as stage,
    ):
        with stage.database.transaction() as tx:
            installation = ledger.installation(tx)
        witness = key_in(around.folder.path / "demo-witness.key", "demo-witness", is_witness=True)
        played = play(stage, (signing_key(around, installation), witness))
        running = around.running()
    address = f"{running.console_url.rstrip('/')}/handover/{PROJECT}" if running else ""
    answer(
        dataclasses.asdict(played) | {"address": address},
        as_json=json,
        line=lambda: address or _later(around, PROJECT),
    )


def _later(around: Surroundings, tag: str) -> str:
    start = f"assetloop up --no-demo --data {around.folder.path}"
    return f"start `{start}`, then open http://127.0.0.1:{around.settings.port}/handover/{tag}"


@contextlib.contextmanager
def _ground(around: Surroundings, screen: Screen) -> Iterator[str]:
    """Have a database: the one that is named or runs, or the folder's own for as long as the play takes."""
    from service.runtime.postgres import PostgresServer
    from storage.schema.migrate import migrate

    if around.settings.database_url is not None or around.running() is not None:
        yield around.database_url()
        return
    with around.folder:
        with screen.step("database"):
            server = PostgresServer(around.folder.database).start()
        try:
            with screen.step("schema"):
                migrate(server.url, rules=around.settings.rules(), say=screen.say)
            yield server.url
        finally:
            server.stop()
