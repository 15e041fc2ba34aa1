"""Real processes: what the desk finds reaches a webhook and a mailbox, and a worker that is killed loses no step."""

from __future__ import annotations

import base64
import json
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest
from standardwebhooks.webhooks import Webhook

from plant.mqtt.broker_address import BrokerAddress
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.severity import Severity
from storage.core.database import Database
from storage.notices import notices
from tests.alerts.dispatch.test_webhook import Receiver, answer, listening
from tests.commands import start_command, without_settings
from tests.copies import Copy
from tests.mail_server import TestedMailServer, serving
from tests.patience import wait_for
from tests.plant_rows import PlantRows

pytestmark = [pytest.mark.long, pytest.mark.usefixtures("crew")]

SECRET = "whsec_" + base64.b64encode(b"s" * 32).decode()
PLANS = """
[way.cmms]
kind = "webhook"
url = "http://127.0.0.1:{port}/hook"
secret = "env:CMMS_SECRET"
internal = ["127.0.0.0/8"]

[way.mail]
kind = "mail"

[[plan]]
name = "all"
steps = [
    {{ ways = ["cmms", "mail"], people = ["ann"] }},
    {{ after_min = 0.05, ways = ["cmms", "mail"], people = ["bo"] }},
]
"""
DIES = textwrap.dedent("""
    import itertools, os, signal, sys
    import psycopg
    at, when, commits, commit = int(sys.argv[1]), sys.argv[2], itertools.count(1), psycopg.Connection.commit

    def counted(self):
        place = next(commits)  # several threads commit
        if place == at and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self)
        if place == at:
            os.kill(os.getpid(), signal.SIGKILL)

    psycopg.Connection.commit = counted
    sys.argv = ["assetloop", "work", "--only", "dispatch", "--data", sys.argv[3]]
    from service.cli import main
    main()
""")
Run = Callable[..., Copy]


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with listening(answer(204)) as one:
        yield one


@pytest.fixture
def mailbox() -> Iterator[TestedMailServer]:
    with serving() as one:
        yield one


@pytest.fixture
def run(
    tmp_path: Path, database_url: str, broker: BrokerAddress, receiver: Receiver, mailbox: TestedMailServer
) -> Iterator[Run]:
    """Run a program of the product, with a broker, a receiver and a mail server."""
    plans = tmp_path / "notify.toml"
    plans.write_text(PLANS.format(port=receiver.port))
    named = {
        "DATABASE_URL": database_url,
        "MQTT_URL": f"mqtt://{broker.host}:{broker.port}",
        "NOTIFY": str(plans),
        "MAIL": mailbox.url,
        "CONSOLE_URL": "http://console.example",
    }
    environment = without_settings(**{f"ASSETLOOP_{name}": value for name, value in named.items()}, CMMS_SECRET=SECRET)
    started: list[Copy] = []

    def start(*command: str) -> Copy:
        started.append(start_command(*command, streams=tmp_path / f"run-{len(started)}", environment=environment))
        return started[-1]

    yield start
    for one in started:
        one.kill()
        one.wait()


@contextmanager
def worker(run: Run, tmp_path: Path) -> Iterator[None]:
    one = run("work", "--only", "dispatch", "--data", str(tmp_path))
    yield
    one.terminate()
    one.wait()


def test_what_the_desk_finds_reaches_a_webhook_and_a_mailbox(
    run: Run,
    tmp_path: Path,
    plant_rows: PlantRows,
    receiver: Receiver,
    mailbox: TestedMailServer,
    app_database: Database,
) -> None:
    asset_id, now = plant_rows.asset("P-1"), datetime.now(UTC)
    team_rules = (
        '[{"name": "all", "from_severity": "MAJOR", "lasting_s": 0, "life_within_s": null, "failure_mode": null,'
    )
    team_rules += (
        ' "work_type": "corrective", "priority": 2, "finish_within_s": null, "team": "seals", "job_plan": ""}]'
    )
    with app_database.transaction() as tx:
        tx.connection.execute(
            "INSERT INTO class_order_rules (class_id, rules) SELECT class_id, %s FROM asset WHERE asset_id = %s",
            [team_rules, asset_id],
        )
    plant_rows.finding(asset_id, onset=now - timedelta(seconds=30), updated=now, severity="MAJOR")
    run("desk", "--data", str(tmp_path))
    with worker(run, tmp_path):

        def heard() -> set[tuple[str, str | None]]:
            bodies = [Webhook(SECRET).verify(body, headers) for headers, body in list(receiver.received)]
            return {(one["data"]["subject"], one["data"]["team"]) for one in bodies}

        wait_for(lambda: heard() >= {("incident", None), ("order", "seals")}, what="an incident and an order")
        wait_for(lambda: any("P-1" in str(one.message["subject"]) for one in list(mailbox.taken)), what="mail")


def test_a_worker_that_is_killed_at_any_commit_loses_no_step_and_takes_none_twice(
    run: Run,
    tmp_path: Path,
    receiver: Receiver,
    mailbox: TestedMailServer,
    app_database: Database,
    superuser: psycopg.Connection[tuple[object, ...]],
) -> None:
    points = [(at, when) for at in (1, 2, 3, 5, 7, 30) for when in ("before", "after")]
    for number, (at, when) in enumerate(points):
        with app_database.transaction() as tx:
            notice = Notice(
                subject=NoticeSubject.INCIDENT,
                subject_id=f"i-{number}",
                severity=Severity.MAJOR,
                title=Bilingual(en=f"P-{number} leaks", zh="泄漏"),
                site="demo",
            )
            notices.post(tx, notice, tell=True, at=datetime.now(UTC))
        died = run("-c", DIES, str(at), when, str(tmp_path))
        assert died.wait(120) == -9
    superuser.execute(
        "UPDATE dispatch SET leased_until = now() WHERE leased_until IS NOT NULL"
    )  # the lease of the dead

    wanted = {(f"i-{number}", step) for number in range(len(points)) for step in (0, 1)}

    def planned() -> Counter[tuple[object, ...]]:
        rows = superuser.execute(
            "SELECT n.subject_id, d.step, d.way FROM dispatch AS d JOIN notice AS n USING (notice_id)"
            " WHERE n.subject = 'incident'"
        )
        return Counter(rows.fetchall())

    def told() -> Counter[str]:
        """The last step of each notice, by the keys under which the receiver has it."""
        keys = {headers["webhook-id"]: json.loads(body)["data"] for headers, body in list(receiver.received)}
        return Counter(one["subject_id"] for one in keys.values() if one["step"] == 1)

    def mailed() -> set[tuple[str, str]]:
        return {(to, str(one.message["subject"])) for one in list(mailbox.taken) for to in one.to}

    with worker(run, tmp_path):
        names = [f"i-{number}" for number in range(len(points))]
        wait_for(lambda: set(told()) >= set(names), what="the last step of every notice")
        wait_for(lambda: len(mailed()) >= 2 * len(points), what="every mail")
    assert planned() == Counter({(*one, way): 1 for one in wanted for way in ("cmms", "mail")}), (
        "each step planned once"
    )
    assert told() == Counter(names), "and sent under one key"
    assert len(mailed()) == 2 * len(points)
