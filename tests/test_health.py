"""Health is one judgement: of every combination console, API, Grafana and twin say what docs/health.md says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import psycopg
import pytest

from api.schemas.assets import AssetShape
from grafana.chinese import CHINESE
from grafana.words import HEALTH
from plant.health import ALARM_LINE, WATCH_LINE, Health
from plant.severity import Severity
from storage.core.database import Database, Role
from storage.views import counts, liveness, overview
from tests.plant_rows import PlantRows

DOCUMENT = Path(__file__).parents[1] / "docs" / "health.md"
STATES = ("commissioning", "in_service", "standby", "out_of_service")
ALERTS = (
    "none",
    *(severity.value for severity in Severity),
    *("CRITICAL ended", "CRITICAL suppressed", "CRITICAL out of service", "CRITICAL shelved"),
    "WARNING and MAJOR",
)
DATA = ("heard", "silent", "never", "dead")
SCORES = ("none", "good", "watch", "alarm", "shadow", "unseen", "old")


@dataclass(frozen=True, kw_only=True, slots=True)
class Case:
    """One asset, and what is true of it."""

    state: str
    alert: str
    data: str
    relearning: bool
    model: bool
    score: str

    @property
    def columns(self) -> tuple[str, ...]:
        """What the document's columns say of it."""
        counts_not = self.alert.endswith(("ended", "suppressed", "out of service"))
        worst = "none" if counts_not else {"WARNING and MAJOR": "major"}.get(self.alert, self.alert.split()[0].lower())
        return (
            self.state.replace("_", " "),
            worst,
            "heard" if self.data == "heard" else "silent",
            "yes" if self.relearning else "no",
            "yes" if self.model else "no",
            "none" if self.score in {"shadow", "unseen", "old"} else self.score,
        )


CASES = [
    Case(state=state, alert=alert, data=data, relearning=relearning, model=model, score=score)
    for state, alert, data, relearning, model, score in product(
        STATES, ALERTS, DATA, (False, True), (False, True), SCORES
    )
]


@pytest.fixture(scope="module")
def every_case(server_url: str, migrated_template: str) -> Iterator[str]:
    """A database with an asset for every case, all by the database's clock."""
    with psycopg.connect(server_url, autocommit=True) as administrator:
        administrator.execute(f'CREATE DATABASE every_case TEMPLATE "{migrated_template}"'.encode())
    url = psycopg.conninfo.make_conninfo(server_url, dbname="every_case")
    with psycopg.connect(url) as connection:
        build(connection)
    yield url
    with psycopg.connect(server_url, autocommit=True) as administrator:
        administrator.execute("DROP DATABASE every_case WITH (FORCE)")


def build(connection: psycopg.Connection[Any]) -> None:
    connection.execute("CREATE TEMP TABLE c (n int, state text, alert text, data text, re bool, model bool, s text)")
    with connection.cursor() as cursor, cursor.copy("COPY c FROM STDIN") as copy:
        for n, case in enumerate(CASES):
            copy.write_row((n, case.state, case.alert, case.data, case.relearning, case.model, case.score))
    connection.execute(
        """
        INSERT INTO site (tag, name) VALUES ('s', 'S');
        INSERT INTO asset_class (tag, name, silent_after_s) VALUES ('a', '', 60), ('b', '', 3600);
        INSERT INTO asset (site_id, class_id, tag, name, state) SELECT 1, 1 + n % 2, n, n, state FROM c ORDER BY n;
        INSERT INTO installation (asset_id) SELECT asset_id FROM asset ORDER BY asset_id;
        INSERT INTO signal (asset_id, key) SELECT asset_id, 'flow' FROM asset ORDER BY asset_id;
        CREATE TEMP TABLE e AS SELECT c.*, asset_id, class_id, installation_id, signal_id
            FROM c JOIN asset ON tag = n::text JOIN installation USING (asset_id) JOIN signal USING (asset_id);
        INSERT INTO latest SELECT signal_id, now() - interval '1 hour', 1, 0,
            now() - CASE WHEN data = 'silent' THEN 1.2 ELSE 0.5 END
                * CASE class_id WHEN 1 THEN interval '1 minute' ELSE interval '1 hour' END
            FROM e WHERE data <> 'never';
        INSERT INTO device_session SELECT asset_id, 'sparkplug', 'node', data <> 'dead', now(), now() FROM e;
        INSERT INTO relearning (installation_id, asset_id, reason, began, opened_by)
            SELECT installation_id, asset_id, 'action', now(), 'a test' FROM e WHERE re;
        INSERT INTO model (installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows,
                data_sha256, libraries, artifact, trained_by, trained_at)
            SELECT installation_id, 'condition', 1, CASE WHEN model THEN 'champion' ELSE 'challenger' END, '{}',
                now(), now(), 1, '', '{}', '', 'a test', now() FROM e;
        INSERT INTO score SELECT asset_id, now() - interval '1 hour' - (s = 'old')::integer * interval '11 min', 1, 1,
            CASE s WHEN 'alarm' THEN 0.5 WHEN 'watch' THEN 0.35 WHEN 'good' THEN 0.34 ELSE 0.9 END,
            CASE s WHEN 'shadow' THEN 2 WHEN 'unseen' THEN 4 ELSE 0 END
            FROM e WHERE s <> 'none';
        INSERT INTO alert (alert_id, asset_id, kind, severity, active, suppressed, out_of_service, shelved_until,
                onset, raised_at)
            SELECT gen_random_uuid(), asset_id, kind, severity, alert NOT LIKE '% ended', alert LIKE '% suppressed',
                alert LIKE '% out of service',
                CASE WHEN alert LIKE '% shelved' THEN now() + interval '1 hour' END, now(), now()
            FROM e, LATERAL (
                SELECT 'one', split_part(alert, ' ', 1) UNION ALL SELECT 'two', 'MAJOR' WHERE alert LIKE '% and MAJOR'
            ) AS found (kind, severity)
            WHERE alert <> 'none'
        """
    )


@cache
def documented() -> list[tuple[tuple[set[str], ...], Health]]:
    """The table of docs/health.md: what each column of a line admits, and the word."""
    text = DOCUMENT.read_text(encoding="utf-8").partition("<!-- the table")[2].partition("\n## ")[0]
    lines = re.findall(r"^\|(.*)\|$", text, re.MULTILINE)[2:]
    rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [(tuple(set(cell.split(", ")) for cell in row[:-1]), Health(row[-1].strip("`"))) for row in rows]


def line_of(case: Case) -> int:
    """The first line of the table that fits."""
    return next(
        number
        for number, (admits, _) in enumerate(documented())
        if all(allowed == {"any"} or value in allowed for value, allowed in zip(case.columns, admits, strict=True))
    )


def expected(case: Case) -> Health:
    return documented()[line_of(case)][1]


def test_console_api_grafana_and_twin_say_what_the_document_says_of_every_combination(every_case: str) -> None:
    wanted = {str(n): expected(case) for n, case in enumerate(CASES)}
    with Database(every_case, role=Role.APP) as database, database.transaction() as tx:
        shown = overview.list_assets(tx, now=counts.server_clock(tx))
    with Database(every_case, role=Role.GRAFANA) as database, database.transaction() as tx:
        seen = tx.connection.execute("SELECT * FROM watch.health").fetchall()
        twin = tx.connection.execute("SELECT * FROM watch.twin WHERE signal_id IS NULL").fetchall()
    by_id = {row["asset_id"]: row for row in twin}
    wrong = [
        (CASES[int(asset.asset)], asset.health, wanted[asset.asset])
        for asset in shown
        if asset.health is not wanted[asset.asset]
    ]
    assert wrong == []
    assert {one.asset: AssetShape.model_validate(one).health for one in shown} == wanted
    assert {row["asset"]: row["word"] for row in seen} == wanted
    assert {row["asset"]: row["rank"] for row in seen} == {tag: health.rank for tag, health in wanted.items()}
    assert {row["asset"]: by_id[row["asset_id"]]["rank"] for row in seen} == {t: h.rank for t, h in wanted.items()}
    for row in seen:
        status, percent = by_id[row["asset_id"]]["status"], row["health_percent"]
        english = HEALTH[row["word"]][0]
        words = {english: CHINESE[english]} | ({"No data yet": "尚无数据"} if english == "Silent" else {})
        assert bare(status) in words, status
        assert words[bare(status)] == bare(by_id[row["asset_id"]]["status_zh"])
        assert percent is None or by_score(row["score"]) == row["word"], row


def bare(status: str) -> str:
    """A status as the twin says it, without for how long an asset has been silent."""
    return re.sub(r"( ✕)?( \d+ (s|min|h|d))?$", "", status)


def by_score(score: float) -> Health:
    return Health.ALARM if score >= ALARM_LINE else Health.WATCH if score >= WATCH_LINE else Health.GOOD


def test_every_word_and_every_line_of_the_document_is_needed() -> None:
    assert {expected(case) for case in CASES} == set(Health)
    assert {line_of(case) for case in CASES} == set(range(len(documented())))


def test_the_command_liveness_says_the_same_health_and_silence(every_case: str) -> None:
    with Database(every_case, role=Role.APP) as database, database.transaction() as tx:
        found = liveness.of_all(tx)
    assert {one.asset: one.health for one in found} == {str(n): expected(case) for n, case in enumerate(CASES)}
    alive = {one.asset: one.device == "alive" for one in found}
    assert alive == {str(n): case.data == "heard" for n, case in enumerate(CASES)}


def test_silence_is_told_by_the_clock_of_storing_not_by_what_the_device_claims(
    superuser: psycopg.Connection[tuple[object, ...]], app_database: Database
) -> None:
    plant = PlantRows(superuser)
    flow = plant.signal(plant.asset("A-1", site="s", asset_class="c", name=""), "flow")
    ((now,),) = superuser.execute("SELECT now()").fetchall()
    assert isinstance(now, datetime)
    plant.latest(flow, now - timedelta(hours=5), 1, stored_at=now)
    with app_database.transaction() as tx:
        now = counts.server_clock(tx)
        assert overview.get_asset(tx, "s", "A-1", now=now).health is Health.NO_MODEL
        assert overview.get_asset(tx, "s", "A-1", now=now + timedelta(seconds=61)).health is Health.SILENT
