"""A plant with people, plans for its notices, and a dispatcher whose messages are kept in a list."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any

import pytest

from alerts.dispatch.dispatcher import Dispatcher
from alerts.dispatch.notify_file import read_notify_text
from alerts.dispatch.planning import Planner
from alerts.dispatch.sending.ways_out import WaysOut
from alerts.dispatch.who_is_on_call import Rosters
from plant.clock import ManualClock
from plant.notices.notice import Bilingual, Notice, NoticeSubject
from plant.people.rights import PlantRole
from plant.severity import Severity
from storage.core.database import Database
from storage.identity import people
from storage.notices import notices
from tests.plant_rows import NOON, PlantRows


@dataclass
class Mailbox:
    """Stands in for the mail server: what was handed in, and what goes wrong."""

    mails: list[tuple[str, str, str]] = field(default_factory=list)
    failure: Exception | None = None

    def send(self, address: str, subject: str, text: str) -> None:
        if self.failure is not None:
            raise self.failure
        self.mails.append((address, subject, text))

    def addresses(self) -> list[str]:
        return [mail[0].partition("@")[0] for mail in self.mails]


@dataclass
class Dispatching:
    """A dispatcher at work, its clock, and what it sent."""

    database: Database
    clock: ManualClock
    dispatcher: Dispatcher
    mailbox: Mailbox
    published: list[tuple[str, bytes]]

    def post(self, *, tell: bool = True, **changes: Any) -> str:
        values: dict[str, Any] = {
            "subject": NoticeSubject.INCIDENT,
            "subject_id": "i-1",
            "severity": Severity.MAJOR,
            "title": Bilingual(en="P-1 leaks", zh="P-1 泄漏"),
            "site": "demo",
            "lines": (Bilingual(en="seal worn", zh="密封磨损"),),
            "link": "http://console.example/alerts",
        }
        with self.database.transaction() as tx:
            return notices.post(tx, Notice(**{**values, **changes}), tell=tell, at=self.clock.now()).notice_id

    def after(self, minutes: float) -> list[str]:
        """Let time pass, make a round, and return to whom mail went."""
        before = len(self.mailbox.mails)
        self.clock.sleep(60 * minutes)
        self.dispatcher.round()
        return sorted(self.mailbox.addresses()[before:])

    def acknowledge(self, by: str = "Ann") -> None:
        with self.database.transaction() as tx:
            notices.acknowledge(tx, NoticeSubject.INCIDENT, "i-1", at=self.clock.now(), by=by)


@pytest.fixture
def crew(app_database: Database, plant_rows: PlantRows) -> dict[str, str]:
    """Ann and Bo operate site demo, Cy is of the team seals, Eve sees another site alone; their ids."""
    for site in ("demo", "south"):
        plant_rows.site(site)
    ids = {}
    with app_database.transaction() as tx:
        people.put_team(tx, tag="seals", name="Seals")
        for name, site, role in (
            ("ann", "demo", PlantRole.OPERATIONS),
            ("bo", "demo", PlantRole.SUPERVISOR),
            ("cy", "demo", PlantRole.ENGINEERING),
            ("eve", "south", PlantRole.OPERATIONS),
        ):
            mail = f"{name}@plant.example"
            ids[name] = people.add(tx, sign_in=name, name=name.title(), mail=mail, language="en", at=NOON, by="a test")
            people.grant(tx, ids[name], role, site=site, at=NOON, by="a test")
        people.join_team(tx, ids["cy"], "seals")
    return ids


@pytest.fixture
def dispatching(app_database: Database) -> Iterator[Callable[..., Dispatching]]:
    """Make a dispatcher by what `notify.toml` says."""
    made: list[Dispatcher] = []

    def make(toml: str, **ways: Any) -> Dispatching:
        plans, mailbox, published = read_notify_text(toml), Mailbox(), []
        clock = ManualClock(NOON)
        rosters = Rosters(plans=plans)
        ways_out = WaysOut(
            plans=plans,
            publish=lambda topic, body: published.append((topic, body)),
            mail=mailbox,  # type: ignore[arg-type]
            **ways,
        )
        dispatcher = Dispatcher(app_database, clock, Planner(plans=plans, on_call=rosters.on_call), ways_out, rosters)
        made.append(dispatcher)
        return Dispatching(app_database, clock, dispatcher, mailbox, published)

    yield make
    for one in made:
        with closing(one):
            pass
