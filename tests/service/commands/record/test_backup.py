"""A backup is restored into an empty database to the same digests, or nothing is."""

from __future__ import annotations

import json
import subprocess
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pytest

from plant.errors import Misconfigured
from service.commands.record import backup
from service.runtime.postgres import PostgresServer
from storage.bench.scratch_database import scratch_database
from storage.core.database import Database, Role
from storage.schema import upkeep
from storage.schema.migrate import migrate
from storage.telemetry import readings
from tests.commands import run_text_command, without_settings
from tests.plant_rows import PlantRows
from tests.storage import readings as telemetry
from tests.timescaledb import apache

START = datetime(2026, 3, 1, 20, 0, tzinfo=UTC)
ROLLED = "SELECT * FROM reading_1h ORDER BY signal_id, time"


def run(url: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    named = {"ASSETLOOP_DATABASE_URL": url} if url else {}
    return run_text_command(*arguments, environment=without_settings(**named, ASSETLOOP_ALLOW_UNSUPPORTED="1"))


def look(url: str, statement: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def fill(url: str) -> None:
    with psycopg.connect(url) as connection:
        plant = PlantRows(connection)
        plant.signals(plant.asset("P-1", name="泵"), "a", "b")
        learnt = {"title": "泵", "body": "", "at": START, "words": "'bearing' 'it''s'", "length": 2, "stamp": ""}
        plant.add("knowledge_entry", kind="lesson", key="1", **learnt)
        connection.execute("INSERT INTO ledger VALUES ('p', 1, now(), '{\"n\": 0.1}', '\\x00', '\\xff')")
    said = telemetry.stretch(np.random.default_rng(3), [1, 2], START, timedelta(days=20), 3_000)
    with Database(url, role=Role.INGEST) as database, database.transaction() as tx:
        readings.append(tx, said, received_at=START)
    with Database(url, role=Role.APP) as database:
        upkeep.roll_up(database)


@contextmanager
def server(grade: str, server_url: str) -> Iterator[str]:
    if grade == "apache":
        with apache.server() as url:
            yield url
    else:
        yield server_url


@pytest.mark.parametrize(
    "grade", ["plain", pytest.param("apache", marks=[pytest.mark.needs("apache"), pytest.mark.long])]
)
def test_a_backup_is_restored_into_an_empty_database_as_it_was(server_url: str, tmp_path: Path, grade: str) -> None:
    file = tmp_path / "plant.backup"
    with (
        server(grade, server_url) as where,
        scratch_database(where) as url,
        scratch_database(where) as empty,
    ):
        migrate(url, allow_unsupported=True)
        fill(url)
        backed_up = run(url, "backup", "-o", str(file), "--json")
        assert backed_up.returncode == 0, backed_up.stderr
        restored = run(empty, "restore", str(file), "--json")
        assert restored.returncode == 0, restored.stderr
        done, manifest = json.loads(backed_up.stdout.splitlines()[-1]), manifest_of(file)
        assert json.loads(restored.stdout.splitlines()[-1]) == {"tables": done["tables"], "rows": done["rows"]}
        assert manifest["tables"]["reading"]["rows"] > 2_000
        for statement in ("SELECT * FROM reading ORDER BY signal_id, time", ROLLED, "SELECT * FROM ledger"):
            assert look(empty, statement) == look(url, statement)
        assert run(empty, "migrate").stdout.endswith("applied: nothing\n")
        again = run(empty, "restore", str(file))
        assert (again.returncode, again.stderr.count("\n")) == (1, 1)
        assert "this one is not: create another one" in again.stderr
        with Database(empty, role=Role.INGEST) as database, database.transaction() as tx:
            late = telemetry.stretch(np.random.default_rng(4), [1], START, timedelta(days=90), 50)
            assert readings.append(tx, late, received_at=START).stored > 40


def manifest_of(file: Path) -> dict[str, dict[str, dict[str, int]]]:
    with zipfile.ZipFile(file) as archive:
        found: dict[str, dict[str, dict[str, int]]] = json.loads(archive.read("manifest.json"))
    return found


def damage(good: Path, bad: Path) -> None:
    """Write a backup whose dump ends in the middle."""
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(bad, "w") as damaged:
        whole = archive.read("record.dump")
        damaged.writestr("record.dump", whole[: len(whole) // 2])
        damaged.writestr("manifest.json", archive.read("manifest.json"))


def test_a_damaged_backup_restores_nothing(database_url: str, empty_database_url: str, tmp_path: Path) -> None:
    fill(database_url)
    good, bad = tmp_path / "good", tmp_path / "bad"
    assert run(database_url, "backup", "-o", str(good)).returncode == 0
    damage(good, bad)
    done = run(empty_database_url, "restore", str(bad))
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1].startswith("assetloop: the backup could not be restored, and nothing was: ")
    assert look(empty_database_url, "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") == [(0,)]
    (tmp_path / "good.txt").write_text("no backup")
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(tmp_path / "no_dump", "w") as without:
        without.writestr("manifest.json", archive.read("manifest.json"))
    for name in ("nothing", "good.txt", "no_dump"):
        done = run(empty_database_url, "restore", str(tmp_path / name))
        assert (done.returncode, done.stderr.count("\n")) == (2, 1)


def test_a_backup_of_the_default_is_restored_into_a_new_folder_for_up_to_go_on_with(
    database_url: str, tmp_path: Path
) -> None:
    fill(database_url)
    good, bad, folder = tmp_path / "good", tmp_path / "bad", tmp_path / "new" / "folder"
    assert run(database_url, "backup", "-o", str(good)).returncode == 0
    assert good.stat().st_mode & 0o777 == 0o600
    damage(good, bad)
    assert run("", "restore", str(bad), "--data", str(folder)).returncode == 2
    assert not (folder / "postgres").exists()
    restored = run("", "restore", str(good), "--data", str(folder), "--json")
    assert restored.returncode == 0, restored.stderr
    with PostgresServer(folder / "postgres", durable=False) as server:
        assert migrate(server.url, allow_unsupported=True).applied == ()
        for statement in ("SELECT * FROM reading ORDER BY signal_id, time", "SELECT * FROM ledger"):
            assert look(server.url, statement) == look(database_url, statement)
    again = run("", "restore", str(good), "--data", str(folder))
    assert (again.returncode, "name a new folder with --data NEWDIR" in again.stderr) == (1, True)
    assert (folder / "postgres" / "PG_VERSION").exists()


def test_a_difference_is_found(database_url: str, empty_database_url: str, tmp_path: Path) -> None:
    fill(database_url)
    good, other = tmp_path / "good", tmp_path / "other"
    assert run(database_url, "backup", "-o", str(good)).returncode == 0
    with zipfile.ZipFile(good) as archive, zipfile.ZipFile(other, "w") as changed:
        manifest = json.loads(archive.read("manifest.json"))
        manifest["tables"]["reading"]["digest"] += "1"
        changed.writestr("record.dump", archive.read("record.dump"))
        changed.writestr("manifest.json", json.dumps(manifest))
    done = run(empty_database_url, "restore", str(other))
    assert done.returncode == 1
    assert "restored, but not as backed up: reading; do not use this database" in done.stderr


def test_the_newest_client_that_is_too_old_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backup, "_folders", lambda: [Path("/pg15"), Path("/pg16")])
    monkeypatch.setattr(backup, "_major", lambda folder: int(folder.name[2:]))
    assert backup.client_programs(15) == Path("/pg15")
    with pytest.raises(Misconfigured, match=r"pg_dump and pg_restore 17 or newer .* only 16 is here: install .*-17\)"):
        backup.client_programs(17)


def test_no_password_is_seen_among_the_processes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "pg_dump"
    program.write_text('#!/bin/sh\necho "$@"; echo "$PGPASSWORD"\n')
    program.chmod(0o755)
    monkeypatch.setenv("ASSETLOOP_TOKEN", "secret")
    with (tmp_path / "out").open("wb") as target:
        backup._dump(tmp_path, "postgresql://me:hidden@db/plant", "1-1", target)
    arguments, password = (tmp_path / "out").read_text().splitlines()
    assert ("hidden" in arguments, password) == (False, "hidden")
