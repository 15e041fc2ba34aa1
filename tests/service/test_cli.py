"""The command line speaks in single lines and never shows a traceback."""

from __future__ import annotations

import subprocess
from importlib.metadata import version
from pathlib import Path

import psycopg
import pytest

from tests.commands import run_here, run_text_command, without_settings

COMMANDS = (
    *(["up"], ["migrate"], ["ingest"], ["score"], ["desk"], ["work"], ["serve"], ["simulate"], ["replay"], ["train"]),
    *(["model", name] for name in ("list", "show", "promote", "rollback", "proposals", "accept", "dismiss", "figures")),
    *(["bench", name] for name in ("train", "storage", "score", "ingest", "latency")),
    *(["doctor"], ["register", "import"], ["register", "demo"], ["grafana", "build"]),
    *(["register", name] for name in ("retire", "restore", "retired", "merge")),
    *(["export"], ["import"], ["backup"], ["restore"]),
    *(["evaluate", name] for name in ("cmapss", "year", "skab")),
    *(["ingest", "status"], ["liveness"], ["quarantine", "list"], ["quarantine", "approve"]),
    ["quarantine", "dismiss"],
    *(["device", name] for name in ("issue", "list", "revoke")),
    *(["project", name] for name in ("add", "pass", "show", "train", "spare", "responsible")),
    *(["review", name] for name in ("show", "hold", "decide", "done", "goal", "assume", "recommend", "list")),
    ["demo", "project"],
    *(["ingest", "try"], ["ingest", "learn"], ["ingest", "drain"]),
)


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return run_text_command(*arguments, environment=without_settings(**environment))


def test_the_version_is_told_where_no_command_is_named() -> None:
    told = run_here("--version")
    assert (told.exit_code, told.stdout) == (0, f"{version('assetloop')}\n")


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(command: list[str]) -> None:
    done = run_here(*command, "--help")
    assert done.exit_code == 0
    assert f"assetloop {' '.join(command)}" in done.stdout.split("Example:")[1]


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("ASSETLOOP_PORT", "eighty", "ASSETLOOP_PORT: Input should be a valid integer"),
        ("ASSETLOOP_ROUND_S", "-1", "ASSETLOOP_ROUND_S: Input should be greater than 0"),
        ("ASSETLOOP_RAW_RETENTION_DAYS", "5000", "must not exceed ASSETLOOP_MINUTE_RETENTION_DAYS"),
        ("ASSETLOOP_RAW_RETENTION_DAYS", "8", "must exceed ASSETLOOP_LONGEST_OUTAGE_DAYS by 3"),
        ("ASSETLOOP_REMAINING_LIFE_RETENTION_DAYS", "0", "ASSETLOOP_REMAINING_LIFE_RETENTION_DAYS: Input should be"),
        ("ASSETLOOP_MTTQ_URL", "mqtt://x", "ASSETLOOP_MTTQ_URL is not a setting"),
        ("ASSETLOOP_DATABASE_URL", "no address", "ASSETLOOP_DATABASE_URL"),
    ],
)
def test_a_wrong_setting_is_one_line_and_exit_2(name: str, value: str, says: str) -> None:
    done = run("migrate", **{name: value})
    assert done.returncode == 2
    assert says in done.stderr
    assert done.stderr.count("\n") == 1


@pytest.mark.parametrize("command", [["up", "--port", "0"], ["nonsense"], ["replay"], ["up", "--for", "soon"]])
def test_a_wrong_call_is_one_line_and_exit_2(command: list[str]) -> None:
    done = run(*command)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_command_without_a_stack_says_what_to_start(tmp_path: Path) -> None:
    done = run("score", "--data", str(tmp_path))
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert f"nothing runs on {tmp_path}; start `assetloop up` there, or set ASSETLOOP_DATABASE_URL" in done.stderr


def test_an_unreachable_database_is_one_line_and_exit_1() -> None:
    done = run("migrate", ASSETLOOP_DATABASE_URL="postgresql://127.0.0.1:1/none")
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "the database is away" in done.stderr


def test_the_network_is_not_let_in_without_tls(tmp_path: Path) -> None:
    done = run("up", "--host", "0.0.0.0", "--data", str(tmp_path))  # noqa: S104 - that is what is refused
    assert done.returncode == 2
    assert "ASSETLOOP_TLS_PROXY" in done.stderr


def test_migrate_shows_its_plan_and_then_has_nothing_left_to_do(empty_database_url: str) -> None:
    environment = {"ASSETLOOP_DATABASE_URL": empty_database_url, "ASSETLOOP_ALLOW_UNSUPPORTED": "1"}
    plan = run("migrate", "--plan", **environment)
    first, second = run("migrate", **environment), run("migrate", **environment)
    assert "0001_house" in plan.stdout
    assert "0001_house" in first.stdout
    assert "applied: nothing" in second.stdout


def test_doctor_names_pending_migrations_and_a_broker_that_is_away(empty_database_url: str, tmp_path: Path) -> None:
    done = run(
        *("doctor", "--data", str(tmp_path)),
        ASSETLOOP_DATABASE_URL=empty_database_url,
        ASSETLOOP_MQTT_URL="mqtt://127.0.0.1:1",
        ASSETLOOP_ALLOW_UNSUPPORTED="1",
    )
    assert done.returncode == 1
    assert "not yet run: " in done.stdout
    assert "mend: run `assetloop migrate`" in done.stdout
    assert "FAULT broker" in done.stdout


def test_doctor_names_upkeep_that_fails_and_its_mend(database_url: str, tmp_path: Path) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, status, attempts)"
            " VALUES ('default', 'storage:keep', 'failed', 3)"
        )
    done = run(
        *("doctor", "--data", str(tmp_path)),
        ASSETLOOP_DATABASE_URL=database_url,
        ASSETLOOP_MQTT_URL="mqtt://127.0.0.1:1",
        ASSETLOOP_ALLOW_UNSUPPORTED="1",
    )
    assert "FAULT upkeep: jobs failed when they last ran: storage:keep" in done.stdout
    assert "mend: start `assetloop work` and see what it logs" in done.stdout


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--speed", "0.5"], "must be 1 or more"),
        (["--healthy", "9"], "--healthy 9 must be between 1"),
        (["--healthy", "1", "--wire-only"], "choose one"),
        (["--drop", "nothing"], "no column 'nothing' to drop"),
    ],
)
def test_a_replay_that_makes_no_sense_is_one_line(options: list[str], says: str, tmp_path: Path) -> None:
    file = tmp_path / "a.csv"
    file.write_text("time,x\n2020-01-01 00:00:00,1\n2020-01-01 00:00:01,2\n")
    done = run("replay", str(file), "--site", "s", "--asset", "a", "--data", str(tmp_path), *options)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert says in done.stderr
