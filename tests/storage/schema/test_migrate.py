"""Migrations are forward-only, checksummed, idempotent, and give every role its rights and no more."""

from __future__ import annotations

import ast
import hashlib
import inspect
import io
import tokenize
from pathlib import Path

import psycopg
import pytest
from procrastinate.schema import SchemaManager

from plant.errors import Conflict, Misconfigured
from storage.core.database import Database, Role
from storage.schema.migrate import migrate, plan

QUEUE_SCHEMA = "c70ec4b400a60ad9592787653aae5ae77ae41bf801d56b5bd2712751a07f2009"


def test_a_new_database_is_migrated_once(empty_database_url: str) -> None:
    planned = plan(empty_database_url, allow_unsupported=True)
    first = migrate(empty_database_url, allow_unsupported=True)
    second = migrate(empty_database_url, allow_unsupported=True)
    assert first.applied == planned.names
    assert second.applied == ()
    assert second.installation == first.installation


def test_a_changed_migration_is_refused(database_url: str, superuser: psycopg.Connection[tuple[object, ...]]) -> None:
    superuser.execute("UPDATE schema_migration SET sha256 = 'other' WHERE name = '0001_house'")
    with pytest.raises(Conflict, match="0001_house was changed"):
        plan(database_url, allow_unsupported=True)


def test_a_database_of_a_newer_program_is_refused(
    database_url: str, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    superuser.execute("INSERT INTO schema_migration (name, sha256) VALUES ('9999_later', 'x')")
    with pytest.raises(Conflict, match="newer than this program"):
        migrate(database_url, allow_unsupported=True)


@pytest.mark.parametrize(
    ("create", "says"),
    [
        ("CREATE VIEW mine AS SELECT asset FROM watch.health", "view mine depends on view watch.health"),
        ("CREATE MATERIALIZED VIEW mine AS SELECT asset FROM watch.asset", "materialized view mine depends on view"),
        ("CREATE VIEW watch.mine AS SELECT 1 AS one", "view watch.mine depends on schema watch"),
    ],
)
def test_what_others_built_on_our_views_is_named_and_stays_and_nothing_is_changed(
    database_url: str, superuser: psycopg.Connection[tuple[object, ...]], create: str, says: str
) -> None:
    superuser.execute(create.encode())
    applied = "SELECT name FROM schema_migration ORDER BY name"
    superuser.execute("DELETE FROM schema_migration WHERE name = '0001_house'")  # as if it were still to be applied
    before = superuser.execute(applied).fetchall()
    with pytest.raises(Conflict, match=f"{says}.*; keep its definition, drop it, migrate") as caught:
        migrate(database_url, allow_unsupported=True)
    assert "\n" not in str(caught.value)
    assert superuser.execute("SELECT count(*) FROM pg_class WHERE relname = 'mine'").fetchone() == (1,)
    assert superuser.execute("SELECT count(*) FROM watch.health").fetchone() == (0,)
    assert superuser.execute(applied).fetchall() == before


def test_a_view_of_ours_with_an_odd_name_is_dropped_too(
    database_url: str, superuser: psycopg.Connection[tuple[object, ...]]
) -> None:
    superuser.execute('SET ROLE assetloop_owner; CREATE VIEW watch."Odd ""name; %%" AS SELECT asset FROM watch.health')
    migrate(database_url, allow_unsupported=True)
    assert superuser.execute("SELECT 1 FROM pg_views WHERE viewname LIKE 'Odd%'").fetchall() == []


def test_ingest_may_not_change_a_reading(database_url: str) -> None:
    with (
        Database(database_url, role=Role.INGEST) as database,
        pytest.raises(Misconfigured, match="permission denied for table reading"),
        database.transaction() as tx,
    ):
        tx.connection.execute("UPDATE reading SET value = 0")


def test_grafana_sees_views_only_and_changes_nothing(database_url: str) -> None:
    with Database(database_url, role=Role.GRAFANA) as database:
        with database.transaction() as tx:
            assert tx.connection.execute("SELECT * FROM watch.asset").fetchall() == []
        with pytest.raises(Misconfigured, match="permission denied for table asset"), database.transaction() as tx:
            tx.connection.execute("SELECT * FROM public.asset")
        with pytest.raises(psycopg.errors.ReadOnlySqlTransaction), database.transaction() as tx:
            tx.connection.execute("CREATE TEMPORARY TABLE t (x integer)")


def test_the_queues_schema_is_the_one_our_migrations_were_written_for() -> None:
    """When this fails, procrastinate's schema has changed: bring its change as a migration, then this digest."""
    digest = hashlib.sha256(SchemaManager.get_schema().encode()).hexdigest()
    assert digest == QUEUE_SCHEMA


def test_the_runner_stays_small_enough_to_be_our_own() -> None:
    """A library would be taken where ours needs more than 150 lines of code (docs/decisions/0003)."""
    source = Path(inspect.getfile(migrate)).read_text(encoding="utf-8")
    code = {
        line
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type not in {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
        for line in range(token.start[0], token.end[0] + 1)
    }
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and ast.get_docstring(node):
            code -= set(range(node.body[0].lineno, (node.body[0].end_lineno or 0) + 1))
    assert len(code) <= 150
