"""The commands of who runs the product: up, migrate, doctor."""

from __future__ import annotations

import dataclasses
from typing import Annotated

import typer

from service.commands.common import Data, Host, Json, Port, answer, refuse_open_house, say, show, surroundings


def up(
    data: Data = None,
    port: Port = None,
    host: Host = None,
    seconds: Annotated[
        float | None, typer.Option("--for", help="Run that many seconds, then say what came of it.", min=1)
    ] = None,
    demo: Annotated[
        bool | None, typer.Option("--demo/--no-demo", help="A simulated plant (default: on an empty register).")
    ] = None,
    json: Json = False,
) -> None:
    """Start database, broker, every role, API and console; Ctrl-C stops them all."""
    from service.runtime.screen import Screen
    from service.runtime.stack import UpOptions
    from service.runtime.stack import up as run_up

    around = surroundings(data)
    options = UpOptions(
        port=port or around.settings.port, host=host or around.settings.host, demo=demo, seconds=seconds
    )
    refuse_open_house(around, options.host)
    summary = run_up(around, options, Screen())
    if seconds is not None or json:
        deaths = summary.deaths
        public = {key: value for key, value in dataclasses.asdict(summary).items() if key != "deaths"}
        answer(public, as_json=json, line=lambda: "\n".join(_figure(key, value) for key, value in public.items()))
        if deaths:
            dead = ", ".join(f"{name} ({count}×)" for name, count in deaths.items())
            say(f"what died on the way and was started again: {dead}; see {around.folder.logs}")
            raise typer.Exit(1)


def _figure(key: str, value: object) -> str:
    return f"{key.replace('_', ' ')}: {'none' if value is None else value}"


def migrate(
    data: Data = None,
    plan: Annotated[bool, typer.Option("--plan", help="Show what would run, and run nothing.")] = False,
) -> None:
    """Bring the database to this version's schema: forward only, safe to run again."""
    from storage.schema import migrate as migrations

    around = surroundings(data)
    url, unsupported = around.database_url(), around.settings.allow_unsupported
    if plan:
        planned = migrations.plan(url, allow_unsupported=unsupported)
        print(f"PostgreSQL {planned.server.version}, {planned.server.grade} grade; {len(planned.names)} to apply")
        for name in planned.names:
            print(name)
        return
    done = migrations.migrate(url, rules=around.settings.rules(), allow_unsupported=unsupported, say=say)
    print(f"{done.grade} grade, PostgreSQL {done.server.version}; applied: {', '.join(done.applied) or 'nothing'}")


def doctor(data: Data = None, json: Json = False) -> None:
    """Check settings, database, broker, clock and disk, and say the mend of each fault."""
    from service.commands.doctor import examine

    checks = examine(data)
    if json:
        answer({"checks": [dataclasses.asdict(check) for check in checks]}, as_json=True, line=str)
    else:
        for check in checks:
            show(
                f"{'ok   ' if check.ok else 'FAULT'} {check.name}: {check.says}"
                + (f"\n      mend: {check.mend}" if check.mend else "")
            )
    if not all(check.ok for check in checks):
        raise typer.Exit(1)
