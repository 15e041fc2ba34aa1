"""The command line: one process per role, and the few commands a person needs."""

from __future__ import annotations

import functools
import logging
import os
import sys
from collections.abc import Callable
from importlib.metadata import version
from typing import Annotated

import typer
from typer.exceptions import TyperException
from typer.main import get_command

from plant.errors import AssetloopError, Misconfigured, Rejected
from service.commands import bench, evaluate, figures, knowledge, roles, stack
from service.commands.alerts import alert_app
from service.commands.common import say
from service.commands.demo import demo_app
from service.commands.engineering import engineering_app
from service.commands.grafana import grafana_app
from service.commands.identity.people import person_app
from service.commands.identity.tokens import token_app
from service.commands.models import commands as models
from service.commands.notices import notify_app
from service.commands.orders import maintenance as order_maintenance
from service.commands.record import commands as record
from service.commands.record import exchange, mappings, registering, retiring
from service.commands.record.costs import project_app
from service.commands.record.ledger import ledger_app
from service.commands.record.reviews import review_app
from service.commands.record.warranties import warranty_app
from service.commands.telemetry import commands as telemetry
from service.commands.telemetry import ingest
from service.runtime.waiting import ended_as_by_ctrl_c

app = typer.Typer(
    name="assetloop",
    help="Predictive maintenance that closes the loop between the people who build plants and those who run them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
register_app = typer.Typer(help="The register of sites, classes, assets and signals.", no_args_is_help=True)
evaluate_app = typer.Typer(
    help="Judge the shipped models on recorded data, and the alarm system.", no_args_is_help=True
)
model_app = typer.Typer(help="The models: who is in charge, and what is proposed.", no_args_is_help=True)
bench_app = typer.Typer(help="Measure what this machine does, each against a yardstick.", no_args_is_help=True)


@bench_app.callback()
@evaluate_app.callback()
def _ends_with_what_it_started(context: typer.Context) -> None:
    context.with_resource(ended_as_by_ctrl_c())


def _tell_version(*, is_wanted: bool) -> None:
    if is_wanted:
        print(version("assetloop"))  # noqa: T201 - that is what was asked for
        raise typer.Exit


@app.callback()
def _about(
    show_version: Annotated[
        bool,
        typer.Option(
            "--version",
            help="Show the version.",
            is_eager=True,
            callback=lambda is_wanted: _tell_version(is_wanted=is_wanted),
        ),
    ] = False,
) -> None:
    pass


app.command(epilog="Example: assetloop up --for 120 --data /var/lib/assetloop --json")(stack.up)
app.command(epilog="Example: ASSETLOOP_DATABASE_URL=postgresql://me@db/plant assetloop migrate --plan")(stack.migrate)
app.command(epilog="Example: assetloop doctor --json")(stack.doctor)
app.add_typer(ingest.app, name="ingest")
app.add_typer(telemetry.quarantine_app, name="quarantine")
app.add_typer(telemetry.device_app, name="device")
app.command(epilog="Example: assetloop liveness demo/P-101 --json")(telemetry.liveness)
app.command(epilog="Example: assetloop figures --by class --bucket month --csv")(figures.figures)
app.command(epilog="Example: assetloop search 'bearing hot, no grease' --class pump")(knowledge.search)
app.command(epilog="Example: assetloop score --data /var/lib/assetloop")(roles.score)
app.command(epilog="Example: assetloop desk --data /var/lib/assetloop")(roles.desk)
app.command(epilog="Example: assetloop work --data /var/lib/assetloop")(roles.work)
app.command(epilog="Example: assetloop serve --port 8080")(roles.serve)
app.command(epilog="Example: assetloop simulate --fault P-101:bearing_wear:1767225600:600")(roles.simulate)
app.command(epilog="Example: assetloop replay pump.csv --site north --asset P-7 --healthy 400 --drop anomaly")(
    record.replay
)
app.command(epilog="Example: assetloop train --class centrifugal_pump --jobs 8")(models.train)
app.command(epilog="Example: assetloop export --asset demo/P-101 --from 2026-01-31T00:00Z -o p101.parquet")(
    exchange.export
)
app.command("import", epilog="Example: assetloop import p101.parquet")(exchange.import_)
app.command(epilog="Example: assetloop backup -o plant.backup")(exchange.backup)
app.command(epilog="Example: ASSETLOOP_DATABASE_URL=postgresql://me@db/empty assetloop restore plant.backup")(
    exchange.restore
)
register_app.command("import", epilog="Example: assetloop register import plant.toml")(registering.register_import)
register_app.command("export", epilog="Example: assetloop register export north -o north.xlsx")(
    registering.register_export
)
register_app.command("show", epilog="Example: assetloop register show north --on 2026-03-01")(registering.register_show)
register_app.command("compare", epilog="Example: assetloop register compare north 2026-03-01 2026-04-01")(
    registering.register_compare
)
register_app.add_typer(mappings.mapping_app, name="mapping")
register_app.command("retire", epilog="Example: assetloop register retire demo/P-103 --unused")(
    retiring.register_retire
)
register_app.command("restore", epilog="Example: assetloop register restore demo/P-103")(retiring.register_restore)
register_app.command("merge", epilog="Example: assetloop register merge demo/P-1O1 demo/P-101")(retiring.register_merge)
register_app.command("retired", epilog="Example: assetloop register retired --json")(retiring.register_retired)
register_app.command("demo", epilog="Example: assetloop register demo > plant.toml")(registering.register_demo)
bench_app.command("ingest", epilog="Example: assetloop bench ingest --payload batch --seconds 20 --json")(bench.ingest)
for name, example, command in (
    ("list", "--asset demo/P-101 --all", models.list_models),
    ("show", "demo/P-101 --version 2", models.show_model),
    ("promote", "demo/P-101 --by Ada", models.promote),
    ("rollback", "demo/P-101 --by Ada", models.rollback),
    ("proposals", "--json", models.list_proposals),
    ("accept", "7 --by Ada", models.accept),
    ("dismiss", "7 --by Ada --note 'a cold week'", models.dismiss),
    ("figures", "--from 2026-01-01T00:00Z --json", models.figures),
):
    model_app.command(name, epilog=f"Example: assetloop model {name} {example}")(command)
bench_app.command("console", epilog="Example: assetloop bench console --sessions 10 --seconds 30")(bench.console)
bench_app.command("api", epilog="Example: assetloop bench api --assets 1000 --json")(bench.api)
bench_app.command("desk", epilog="Example: assetloop bench desk --desks 2 --json")(bench.desk)
bench_app.command("train", epilog="Example: assetloop bench train --assets 1000 --jobs 2 --json")(bench.train)
bench_app.command("score", epilog="Example: assetloop bench score --assets 1000 --json")(bench.score)
bench_app.command("latency", epilog="Example: assetloop bench latency --assets 500 --json")(bench.latency)
evaluate_app.command("skab", epilog="Example: assetloop evaluate skab data/skab --out flags.csv --plot skab.png")(
    evaluate.skab
)
evaluate_app.command("rigs", epilog="Example: assetloop evaluate rigs data/rigs --out flags.csv --plot pictures")(
    evaluate.rigs
)
evaluate_app.command(
    "cmapss", epilog="Example: assetloop evaluate cmapss data/cmapss --subset FD003 --out rul.csv --plot rul.png"
)(evaluate.cmapss)
evaluate_app.command("year", epilog="Example: assetloop evaluate year --days 90 --out faults.csv")(evaluate.year)
evaluate_app.command("alarms", epilog="Example: assetloop evaluate alarms --days 30 --seed 1 --plot told.png")(
    evaluate.alarms
)
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(ledger_app, name="ledger")
app.add_typer(project_app, name="project")
app.add_typer(review_app, name="review")
app.add_typer(warranty_app, name="warranty")
app.add_typer(demo_app, name="demo")
app.add_typer(register_app, name="register")
app.add_typer(model_app, name="model")
app.add_typer(order_maintenance.order_app, name="order")
app.add_typer(person_app, name="person")
app.add_typer(token_app, name="token")
app.add_typer(alert_app, name="alert")
app.add_typer(notify_app, name="notify")
app.add_typer(engineering_app, name="engineering")
app.add_typer(grafana_app, name="grafana")
bench_app.command("storage", epilog="Example: assetloop bench storage --rows 100000000 --json")(bench.storage)
bench_app.command("panels", epilog="Example: assetloop bench panels --rows 100000000 --json")(bench.panels)
app.add_typer(bench_app, name="bench")


@functools.cache
def command_line() -> Callable[..., object]:
    """Put all commands with their options together: a process needs that once, and it takes an eighth of a second."""
    return get_command(app)


def main() -> None:
    """Run the command line and exit: 2 for what the caller must mend, 1 for what failed, 70 for our own fault."""
    sys.exit(_run())


def _run() -> int:
    try:
        code = command_line()(standalone_mode=False)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except TyperException as error:
        return _failed(error.format_message(), 2)
    except (Misconfigured, Rejected) as error:
        return _failed(str(error), 2)
    except AssetloopError as error:
        return _failed(str(error), 1)
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        return _our_fault(error)
    return code if isinstance(code, int) else 0


def _failed(line: str, code: int) -> int:
    if line.startswith("Usage:"):
        print(line, file=sys.stderr)  # noqa: T201 - no command was named, so this is the help
    else:
        say(line)
    return code


def _our_fault(error: Exception) -> int:
    if os.environ.get("ASSETLOOP_LOG_LEVEL") == "DEBUG":
        logging.getLogger("assetloop").error("internal fault", exc_info=error)
    said = str(error).strip().partition("\n")[0]
    return _failed(
        f"internal fault: {type(error).__name__}: {said} (ASSETLOOP_LOG_LEVEL=DEBUG shows where; please report it)", 70
    )
