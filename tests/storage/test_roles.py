"""Every role can do its work and nothing else: what each may do with each table was decided here, and is tried."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from plant.errors import Misconfigured
from storage.core.database import Role, connect
from storage.schema.migrate import migrate
from tests.conftest import copied_database

Superuser = psycopg.Connection[tuple[object, ...]]

# s select, i insert, u update, d delete. Truncate, and changing a definition, are the owner's alone.
INGEST = {
    **dict.fromkeys(("reading", "reading_conflict", "delivery_batch", "ingest_loss"), "si"),
    **dict.fromkeys(("ingest_slot", "ingest_spool", "process_report"), "siud"),
    **dict.fromkeys(("latest", "wire_memory", "device_session", "device_clock"), "siu"),
    **dict.fromkeys(("deployment", "schema_migration", "site", "asset_class", "asset", "signal", "device_token"), "s"),
    **dict.fromkeys(("quarantine", "quarantine_arrival"), "s"),
    **dict.fromkeys(("delivery_minute", "delivery_total", "delivery_by_minute", "delivery_unfolded"), "s"),
    "asset_called": "s",
    "touched": "i",
}
APP = {
    **dict.fromkeys(("site", "asset_class", "asset", "equipment", "installation", "signal", "healthy_interval"), "siu"),
    **dict.fromkeys(("model", "scoring", "score", "finding", "finding_seen", "alert", "alert_finding"), "siu"),
    **dict.fromkeys(("work_order", "work_order_finding"), "siu"),
    **dict.fromkeys(
        ("guarding", "wear", "suppression", "shelving", "relearning", "label", "training", "proposal"), "siu"
    ),
    **dict.fromkeys(("remaining_life", "device_token", "upkeep_done", "notice"), "siu"),
    **dict.fromkeys(("person", "team", "person_session", "one_time_link", "api_token", "confirmation"), "siu"),
    **dict.fromkeys(("person_role", "team_member", "sign_in_delay"), "siud"),
    "sign_in_attempt": "siu",
    **dict.fromkeys(("dispatch", "escalation", "roster", "notice_preference"), "siu"),
    "control_room_request": "sid",
    **dict.fromkeys(("engineering_answer", "reply_listener", "design_request"), "siu"),
    "design_change": "si",
    "closed_way": "siud",
    "provider_sign_in": "sid",
    "idempotent_request": "siud",
    "plant_change": "s",  # the database itself notes what changed
    "person_secret": "",  # hashes of passwords: through secret_hash alone
    "life_model": "si",
    "finding_due": "sid",
    "grafana_push": "siud",
    "viewer_login": "s",
    **dict.fromkeys(("ledger_signed_head", "ledger_cosignature"), "si"),
    "rationalisation": "siud",
    **dict.fromkeys(("incident", "incident_alert", "alarm_flood"), "siu"),
    **dict.fromkeys(("project", "project_asset", "project_punch", "project_signature"), "siu"),
    **dict.fromkeys(("project_spare", "project_duty", "project_goal", "project_decision"), "siu"),
    **dict.fromkeys(("project_assumption", "project_recommendation", "project_check"), "siu"),
    **dict.fromkeys(
        ("project_milestone", "project_work", "project_document", "project_gate", "project_training"), "si"
    ),
    **dict.fromkeys(("project_requirements", "project_requirements_signature", "class_requirements"), "si"),
    "project_review": "si",
    **dict.fromkeys(("project_cost", "project_labour", "warranty", "warranty_claim"), "siu"),
    "warranty_claim_step": "si",
    **dict.fromkeys(("work_order_event", "alert_event"), "si"),  # published_at of an event may be updated
    **dict.fromkeys(("work_order_booking", "work_order_closing"), "si"),
    **dict.fromkeys(("model_event", "kept_window", "drift_check", "state_label"), "si"),
    **dict.fromkeys(("lesson", "knowledge_word"), "siu"),
    **dict.fromkeys(("lesson_revision", "asset_state"), "si"),
    "knowledge_entry": "siud",
    "class_signal": "siud",
    **dict.fromkeys(("class_order_rules", "trade", "part", "part_reservation", "labour_day", "downtime"), "siu"),
    "maintenance_plan": "siu",
    **dict.fromkeys(("maintenance_occurrence",), "si"),
    "part_movement": "si",
    **dict.fromkeys(("work_order_comment", "job_plan", "attachment", "attachment_piece"), "si"),
    **dict.fromkeys(("work_order_task", "work_order_task_answer", "work_order_task_follow_up"), "si"),
    "dismissed_stranger": "sd",
    "feed": "sid",
    **dict.fromkeys(("area", "plant_system"), "siu"),
    "global_id": "siud",
    "part_use": "siud",
    **dict.fromkeys(("plant_system_member", "register_import"), "si"),
    "register_upload": "siu",
    **dict.fromkeys(("parameter", "register_document"), "siud"),
    "column_mapping": "siud",
    "register_change": "s",  # the database itself notes what changed
    **dict.fromkeys(
        ("procrastinate_jobs", "procrastinate_events", "procrastinate_periodic_defers", "procrastinate_workers"), "siud"
    ),
}
ROUTINES = {
    Role.INGEST: {
        *("register_signal", "register_asset", "ensure_partition", "ingest_spread_s"),
        *("hold_in_quarantine", "release_from_quarantine", "quarantine_key", "quarantine_sample", "note_device_token"),
        "approved_strangers",
    },
    Role.APP: {
        *(
            "read_blocks",
            "read_whole",
            "rolled_series",
            "touched_hours",
            "fold_delivery",
            "thin_scores",
            "drop_expired",
        ),
        *(
            "drop_expired_conflicts",
            "drop_expired_remaining",
            "drop_expired_sign_ins",
            "drop_expired_messages",
            "prepare_partitions",
            "roll_up",
        ),
        "ingest_spread_s",
        *("reach", "suppression_of", "shelved_until", "is_relearning", "quarantine_key", "approved_strangers"),
        *("drop_expired_quarantine", "dismiss_stranger", "copy_merged", "is_silent", "health_of", "health_rank"),
        *(
            "append_to_ledger",
            "secret_hash",
            "keep_secret",
            "hold_in_quarantine",
            "similar_words",
            "knows_spelling",
            "figures",
        ),
        *("note_health", "keep_figures", "keep_goals", "kw_of", "count_register", "end_long_viewers"),
        *("in_english", "in_chinese"),
        *("project_actual", "project_goals", "day_or_null", "stretch_or_null", "warranty_of"),
        *("order_number", "is_overdue", "wanted_orders"),
    },
    Role.GRAFANA: {
        "figures",
        "is_silent",
        "health_of",
        "health_rank",
        "kw_of",
        "in_english",
        "in_chinese",
        "order_number",
        "is_overdue",
    },
}
VERBS = {
    "s": "SELECT FROM {}",
    "i": "INSERT INTO {} DEFAULT VALUES",
    "u": "UPDATE {} SET {} = {} WHERE false",
    "d": "DELETE FROM {} WHERE false",
    "t": "TRUNCATE {}",
}


@pytest.fixture(scope="module")
def database_url(server_url: str, administrator: Superuser, migrated_template: str) -> Iterator[str]:
    """One database for all: nothing that is tried here stays."""
    with copied_database(server_url, administrator, migrated_template) as url:
        yield url


def decided(role: Role, schema: str, table: str) -> str:
    """What a role may do with a table, in letters."""
    if schema == "watch":
        return "" if role is Role.INGEST else "s"
    return {Role.INGEST: INGEST.get(table, ""), Role.APP: APP.get(table, "s"), Role.GRAFANA: ""}[role]


def tables(superuser: Superuser) -> list[tuple[str, str, str, str]]:
    """Schema, name, kind and a column that may be written, of everything there is but partitions."""
    rows = superuser.execute(
        "SELECT n.nspname, c.relname, c.relkind::text, a.attname FROM pg_class AS c"
        " JOIN pg_namespace AS n ON n.oid = c.relnamespace"
        " JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum = ("
        "     SELECT min(attnum) FROM pg_attribute WHERE attrelid = c.oid AND attnum > 0 AND attidentity = '')"
        " WHERE n.nspname IN ('public', 'watch') AND c.relkind IN ('r', 'p', 'v', 'm') AND NOT c.relispartition"
        " AND c.relowner = 'assetloop_owner'::regrole"
        " ORDER BY 1, 2"
    ).fetchall()
    return [(str(schema), str(name), str(kind), str(column)) for schema, name, kind, column in rows]


@pytest.mark.parametrize("role", [Role.INGEST, Role.APP, Role.GRAFANA])
def test_a_role_may_do_what_was_decided_and_nothing_else(database_url: str, superuser: Superuser, role: Role) -> None:
    found = tables(superuser)
    assert {name for _, name, _, _ in found} >= set(INGEST) | set(APP)
    wrong = []
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {role.value}".encode())
        for schema, name, kind, column in found:
            for verb, statement in VERBS.items():
                if kind in "vm" and verb != "s":
                    continue
                table = f"{schema}.{name}"
                may = tried(connection, fill(statement, verb, table, column))
                if may != (verb in decided(role, schema, name)):
                    wrong.append(f"{role.value} {'may' if may else 'may not'} {verb} {table}")
    assert wrong == []


def fill(statement: str, verb: str, table: str, column: str) -> str:
    return statement.format(*{"u": (table, column, column)}.get(verb, (table,)))


def tried(connection: psycopg.Connection[tuple[object, ...]], statement: str) -> bool:
    try:
        with connection.transaction(force_rollback=True):
            connection.execute(statement.encode())
    except psycopg.errors.InsufficientPrivilege:
        return False
    except psycopg.Error:
        return True  # it got past the rights
    return True


@pytest.mark.parametrize("role", [Role.INGEST, Role.APP, Role.GRAFANA])
def test_a_role_executes_what_it_needs_of_the_owners_routines(superuser: Superuser, role: Role) -> None:
    rows = superuser.execute(
        "SELECT p.proname FROM pg_proc AS p WHERE p.pronamespace = 'public'::regnamespace"
        " AND p.proowner = 'assetloop_owner'::regrole AND p.proname NOT LIKE 'procrastinate%%'"
        " AND has_function_privilege(%s, p.oid, 'EXECUTE')",
        [role.value],
    ).fetchall()
    is_community = superuser.execute("SELECT grade FROM deployment").fetchone() == ("community",)
    assert {row[0] for row in rows} == ROUTINES[role] - ({"roll_up"} if is_community else set())


def test_whatever_runs_with_the_owners_rights_has_a_fixed_search_path(superuser: Superuser) -> None:
    rows = superuser.execute(
        "SELECT proname FROM pg_proc WHERE proowner = 'assetloop_owner'::regrole AND prosecdef"
        " AND NOT coalesce(array_to_string(proconfig, ','), '') LIKE '%search_path=public, pg_temp%'"
    )
    assert rows.fetchall() == []


def test_an_events_publication_is_all_that_may_be_changed_of_it(database_url: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("SET ROLE assetloop_app")
        assert tried(connection, "UPDATE work_order_event SET published_at = now() WHERE false")
        assert not tried(connection, "UPDATE work_order_event SET document = '{}' WHERE false")


@pytest.mark.parametrize("role", list(Role))
def test_nobody_can_log_in_as_a_role_itself(superuser: Superuser, role: Role) -> None:
    """TimescaleDB runs jobs of an owner who may log in; it is then left without password and connections."""
    row = superuser.execute(
        "SELECT NOT rolcanlogin OR (rolpassword IS NULL AND rolconnlimit = 0) FROM pg_authid WHERE rolname = %s",
        [role.value],
    ).fetchone()
    assert row == (True,)


@pytest.mark.parametrize("role", [Role.INGEST, Role.APP, Role.GRAFANA])
@pytest.mark.parametrize(
    "what", ["CREATE TABLE public.mine ()", "CREATE SCHEMA mine", "CREATE VIEW watch.mine AS SELECT 1"]
)
def test_only_the_owner_defines_anything(database_url: str, role: Role, what: str) -> None:
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute(f"SET ROLE {role.value}".encode())
        assert not tried(connection, what)


def test_grafana_reads_and_only_for_a_while(database_url: str) -> None:
    with connect(database_url, role=Role.GRAFANA) as connection:
        assert connection.execute("SHOW statement_timeout").fetchone() == {"statement_timeout": "15s"}
        assert connection.execute("SHOW default_transaction_read_only").fetchone() == {
            "default_transaction_read_only": "on"
        }
        with pytest.raises(psycopg.errors.QueryCanceled):
            connection.execute("SET LOCAL statement_timeout = '50ms'; SELECT pg_sleep(5)")


@pytest.mark.parametrize(
    "what",
    [
        *("SELECT * FROM public.asset", "SELECT * FROM public.person_secret", "SELECT * FROM public.api_token"),
        *("SELECT * FROM public.device_token", "SELECT * FROM public.upkeep", "SELECT * FROM public.grafana_push"),
        *("SELECT * FROM pg_authid", "SELECT * FROM pg_file_settings", "SELECT pg_read_file('postgresql.conf')"),
        *("SELECT pg_ls_dir('.')", "SELECT pg_reload_conf()", "SELECT lo_import('/etc/passwd')"),
        *("COPY (SELECT 1) TO PROGRAM 'true'", "SELECT public.secret_hash(gen_random_uuid(), 'password')"),
        *("SELECT public.note_health(now())", "SELECT * FROM public.time_elements(now(), now(), now(), 'day')"),
        *("SET ROLE assetloop_app", "SET ROLE assetloop_owner", "SET session_authorization = postgres"),
    ],
)
def test_a_stranger_in_grafana_gets_at_nothing_but_the_views(database_url: str, what: str) -> None:
    """A viewer can send any SQL: tables, other schemas, settings, tokens and other roles are out of its reach."""
    with psycopg.connect(database_url, autocommit=True) as connection:
        connection.execute("CREATE ROLE a_viewer LOGIN IN ROLE assetloop_grafana")
    try:
        with psycopg.connect(psycopg.conninfo.make_conninfo(database_url, user="a_viewer"), autocommit=True) as viewer:
            viewer.execute("SELECT count(*) FROM watch.asset")
            assert not tried(viewer, what), what
    finally:
        with psycopg.connect(database_url, autocommit=True) as connection:
            connection.execute("DROP ROLE a_viewer")


def test_without_the_right_to_make_roles_the_sql_for_an_administrator_is_told_and_enough(
    empty_database_url: str,
) -> None:
    with psycopg.connect(empty_database_url, autocommit=True) as connection:
        connection.execute("DROP ROLE IF EXISTS a_guest; CREATE ROLE a_guest LOGIN PASSWORD 'x'")
    guest = psycopg.conninfo.make_conninfo(empty_database_url, user="a_guest", password="x")
    try:
        with pytest.raises(Misconfigured, match="let an administrator run, in this database") as caught:
            migrate(guest, allow_unsupported=True)
        told = str(caught.value)
        with psycopg.connect(empty_database_url, autocommit=True) as administrator:
            administrator.execute(told.partition("\n")[2].encode())
            if "CREATE EXTENSION" in told:  # beside TimescaleDB the roles come second
                with pytest.raises(Misconfigured, match="CREATE ROLE %I NOLOGIN") as caught:
                    migrate(guest, allow_unsupported=True)
                administrator.execute(str(caught.value).partition("\n")[2].encode())
        assert migrate(guest, allow_unsupported=True).applied
    finally:
        with psycopg.connect(empty_database_url, autocommit=True) as connection:
            connection.execute("DROP OWNED BY a_guest; DROP ROLE a_guest")
