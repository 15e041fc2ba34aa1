"""A notice goes to the next people until somebody takes note; nights hold it, and a killed process loses no step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from plant.notices.notice import NoticeSubject
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.identity import people
from storage.notices import contacts, dispatches, escalations, notices
from storage.notices.contacts import NoticePreference
from storage.schema import upkeep
from tests.alerts.dispatch.conftest import Dispatching
from tests.plant_rows import NOON

Make = Callable[..., Dispatching]
Look = psycopg.Connection[tuple[object, ...]]
STEPS = """
[way.mail]
kind = "mail"

[way.mqtt]
kind = "mqtt"

[[plan]]
name = "operations"
steps = [
    { ways = ["mail", "mqtt"], people = ["ann"] },
    { after_min = 15, ways = ["mail"], people = ["team"] },
    { after_min = 30, ways = ["mail"], people = ["cy"] },
]
"""
pytestmark = pytest.mark.usefixtures("crew")


def test_who_does_not_take_note_is_followed_by_the_next(dispatching: Make) -> None:
    plant = dispatching(STEPS)
    plant.post()
    assert plant.after(0) == ["ann"]
    assert plant.after(14.9) == []
    assert plant.after(0.1) == ["ann", "bo"]
    assert plant.after(29.9) == []
    assert plant.after(0.1) == ["cy"]
    assert plant.after(600) == []


def test_a_mail_says_in_a_persons_language_what_it_is(dispatching: Make) -> None:
    plant = dispatching(STEPS)
    plant.post()
    plant.after(0)
    assert plant.mailbox.mails == [
        ("ann@plant.example", "[MAJOR] P-1 leaks", "seal worn\nhttp://console.example/alerts")
    ]


def test_escalation_stops_when_somebody_takes_note(dispatching: Make) -> None:
    plant = dispatching(STEPS)
    plant.post()
    plant.after(0)
    plant.acknowledge()
    assert plant.after(120) == []


def test_what_got_worse_begins_anew(dispatching: Make) -> None:
    plant = dispatching(STEPS)
    plant.post()
    plant.after(0)
    plant.acknowledge()
    plant.after(5)
    plant.post(severity=Severity.CRITICAL)
    assert plant.after(0) == ["ann"]
    assert plant.after(15) == ["ann", "bo"]


AREAS = """
[way.mail]
kind = "mail"

[[plan]]
name = "north"
areas = ["north"]
steps = [{ ways = ["mail"], people = ["ann", "bo"] }, { after_min = 15, ways = ["mail"], people = ["cy"] }]

[[plan]]
name = "south"
areas = ["south"]
steps = [{ ways = ["mail"], people = ["bo", "cy"] }, { after_min = 30, ways = ["mail"], people = ["ann"] }]
"""


def test_what_is_about_several_areas_reaches_the_receivers_of_each_once(dispatching: Make) -> None:
    plant = dispatching(AREAS)
    plant.post(area="north", areas=("south", "west"))
    assert plant.after(0) == ["ann", "bo", "cy"]
    assert plant.after(15) == ["cy"], "each area's plan goes on by itself"
    assert plant.after(15) == ["ann"]
    plant.acknowledge()
    assert plant.after(600) == []


def test_what_comes_to_another_area_is_told_to_who_does_not_know_it_yet(dispatching: Make) -> None:
    plant = dispatching(AREAS)
    plant.post(area="north")
    assert plant.after(0) == ["ann", "bo"]
    plant.post(tell=False, area="north", areas=("south",))
    assert plant.after(1) == ["cy"]
    plant.post(tell=False, area="north", areas=("south",))
    assert plant.after(1) == []
    plant.acknowledge()
    assert plant.after(600) == []


def test_programs_are_kept_up_to_date_and_people_are_left_in_peace(dispatching: Make) -> None:
    plant = dispatching(STEPS)
    plant.post()
    plant.after(0)
    plant.post(tell=False, evidence={"alerts": 2})
    assert plant.after(1) == []
    plant.acknowledge()
    assert plant.after(1) == []
    assert [topic for topic, _ in plant.published] == ["assetloop/v1/demo/operations/notice"] * 3
    assert b'"notice.acknowledged"' in plant.published[-1][1]


def test_nobody_is_told_of_a_site_that_is_not_theirs(dispatching: Make) -> None:
    plant = dispatching(STEPS.replace('["ann"]', '["eve"]'))
    plant.post()
    assert plant.after(0) == []


def test_a_teams_notice_is_its_members(dispatching: Make) -> None:
    plant = dispatching(STEPS)
    plant.post(team="seals")
    plant.after(0)
    assert plant.after(15) == ["cy"]


NIGHT = STEPS.replace('name = "operations"', 'name = "operations"\nzone = "Europe/Berlin"\nquiet = "22:00-06:00"')


def test_quiet_hours_hold_and_then_deliver_also_after_a_restart(dispatching: Make) -> None:
    """NOON is 13:00 in Berlin; nine hours later the night begins."""
    evening = dispatching(NIGHT)
    evening.clock.sleep(10 * 3600)
    evening.post()
    assert evening.after(0) == []
    assert evening.after(60) == []
    assert len(evening.published) == 1, "programs do not sleep"
    morning = dispatching(NIGHT)
    morning.clock.sleep(17 * 3600 - 1)
    assert morning.after(0) == []
    assert morning.after(0.1) == ["ann"]
    assert morning.after(15) == ["ann", "bo"]


def test_an_escalation_that_a_night_interrupts_goes_on_in_the_morning(dispatching: Make) -> None:
    evening = dispatching(NIGHT)
    evening.clock.sleep(9 * 3600 - 300)
    evening.post()
    assert evening.after(0) == ["ann"]
    assert evening.after(20) == []
    morning = dispatching(NIGHT)
    morning.clock.sleep(17 * 3600)
    assert morning.after(0) == ["ann", "bo"]
    assert morning.after(30) == ["cy"]


def test_what_is_critical_wakes_people(dispatching: Make) -> None:
    evening = dispatching(NIGHT)
    evening.clock.sleep(10 * 3600)
    evening.post(critical=True)
    assert evening.after(0) == ["ann"]


def test_what_was_taken_note_of_in_the_night_wakes_nobody_in_the_morning(dispatching: Make) -> None:
    plant = dispatching(NIGHT)
    plant.clock.sleep(10 * 3600)
    plant.post()
    plant.after(0)
    plant.acknowledge()
    assert plant.after(9 * 60) == []


def test_what_ended_in_the_night_is_told_as_over(dispatching: Make) -> None:
    plant = dispatching(NIGHT)
    plant.clock.sleep(10 * 3600)
    plant.post()
    plant.after(0)
    with plant.database.transaction() as tx:
        notices.end(tx, NoticeSubject.INCIDENT, "i-1", at=plant.clock.now())
    plant.after(60)
    assert plant.after(8 * 60) == ["ann"]
    assert plant.mailbox.mails[-1][1] == "[MAJOR, over] P-1 leaks"


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        (NoticePreference(), True),
        (NoticePreference(at_least=Severity.CRITICAL), False),
        (NoticePreference(areas=("mill",)), False),
        (NoticePreference(areas=("mill", "pump hall")), True),
        (NoticePreference(hours="Mon-Fri 07:00-19:00"), False),  # NOON is a Sunday
    ],
)
def test_a_person_narrows_what_reaches_them(
    dispatching: Make, crew: dict[str, str], wanted: NoticePreference, told: bool
) -> None:
    plant = dispatching(STEPS)
    with plant.database.transaction() as tx:
        contacts.prefer(tx, crew["ann"], wanted, at=NOON)
        assert contacts.preference(tx, crew["ann"]) == wanted
    plant.post(area="pump hall")
    assert plant.after(0) == (["ann"] if told else [])


def test_own_hours_are_by_the_persons_clock_and_hold_until_they_begin(
    dispatching: Make, crew: dict[str, str], superuser: Look
) -> None:
    superuser.execute("UPDATE person SET time_zone = 'Asia/Shanghai' WHERE sign_in = 'ann'")
    plant = dispatching(STEPS)
    with plant.database.transaction() as tx:
        contacts.prefer(tx, crew["ann"], NoticePreference(hours="07:00-19:00"), at=NOON)
    plant.post()
    plant.after(0)
    (held, _) = sorted(dispatch_rows(plant.database), key=lambda one: one.way)
    assert (held.person, held.held, held.next_at) == ("ann", "own_hours", NOON + timedelta(hours=11))


def dispatch_rows(database: Database) -> list[dispatches.DispatchRecord]:
    with database.transaction() as tx:
        return dispatches.list_dispatches(tx)


ON_CALL = """
[way.mail]
kind = "mail"

[[plan]]
name = "duty"
subjects = ["incident"]
{roster}
steps = [{{ ways = ["mail"], people = ["on-call"] }}]

[[plan]]
name = "rest"
steps = [{{ ways = ["mail"], people = ["bo"] }}]
"""


def test_who_is_on_call_is_told_whatever_their_hours(dispatching: Make, crew: dict[str, str]) -> None:
    plant = dispatching(ON_CALL.format(roster=""))
    with plant.database.transaction() as tx:
        people.join_team(tx, crew["cy"], "seals", on_call=True)
        contacts.prefer(tx, crew["cy"], NoticePreference(hours="Mon 07:00-08:00"), at=NOON)
    plant.post(team="seals")
    assert plant.after(0) == ["cy"]


def test_that_nobody_is_on_call_is_told_itself_once_and_ends(
    dispatching: Make, tmp_path: Path, crew: dict[str, str]
) -> None:
    roster = tmp_path / "duty.ics"
    shift = "UID:1\r\nSUMMARY:Ann\r\nDTSTART:20260301T130000Z\r\nDURATION:PT8H"
    roster.write_text(
        f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:x\r\nBEGIN:VEVENT\r\n{shift}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"
    )
    plant = dispatching(ON_CALL.format(roster=f'roster = "{roster}"'))
    plant.post()
    plant.post(subject_id="i-2")
    assert sorted(plant.after(0)) == ["ann", "ann", "bo", "bo"], "the whole team instead"
    assert plant.after(0) == ["bo"]
    assert plant.mailbox.mails[-1][1] == "[MAJOR] Nobody is on call (plan duty)"
    plant.clock.sleep(3600)
    plant.post(subject_id="i-3")
    assert plant.after(0) == ["ann"]
    with plant.database.transaction() as tx:
        (nobody,) = notices.about(tx, NoticeSubject.SYSTEM, "on-call/duty")
    assert nobody.ended_at == plant.clock.now()
    assert len(crew) == 4


def test_a_question_holds_the_clock(dispatching: Make) -> None:
    plant = dispatching(STEPS)
    plant.post()
    plant.after(0)
    plant.clock.sleep(300)
    with plant.database.transaction() as tx:
        escalations.pause(tx, NoticeSubject.INCIDENT, "i-1", at=plant.clock.now())
    assert plant.after(24 * 60) == []
    with plant.database.transaction() as tx:
        escalations.resume(tx, NoticeSubject.INCIDENT, "i-1", at=plant.clock.now())
    assert plant.after(9.9) == []
    assert plant.after(0.1) == ["ann", "bo"]


class Killed(BaseException):
    """The process is gone."""


class Executioner:
    """Kills whoever ends the n-th transaction, before its commit or after it."""

    def __init__(self, place: int, *, before: bool) -> None:
        self.left = place
        self.before = before
        self.real = Database.transaction

    @contextmanager
    def transaction(self, database: Database) -> Iterator[Transaction]:
        with self.real(database) as tx:
            yield tx
            self.left -= 1
            is_now = self.left == 0
            if is_now and self.before:
                raise Killed
        if is_now:
            raise Killed


STEPS_TAKEN = {
    (0, "mail", "ann"): 1,
    (0, "mqtt", ""): 1,
    (1, "mail", "ann"): 1,
    (1, "mail", "bo"): 1,
    (2, "mail", "cy"): 1,
}


def go_on(plant: Dispatching, *, killed_at: Executioner, patched: pytest.MonkeyPatch) -> bool:
    """Take all steps; say whether the process was killed meanwhile."""
    with patched.context() as patch:
        patch.setattr(Database, "transaction", lambda self: killed_at.transaction(self))  # noqa: PLW0108 - it binds self
        for minutes in (0, 15, 30):
            plant.clock.sleep(60 * minutes)
            try:
                plant.dispatcher.round()
            except Killed:
                return True
    return False


@pytest.mark.parametrize("before", [True, False])
def test_a_process_that_is_killed_around_any_commit_loses_no_step_and_doubles_none(
    dispatching: Make, monkeypatch: pytest.MonkeyPatch, before: bool
) -> None:
    killed = 0
    for place in range(1, 12):
        plant = dispatching(STEPS)
        plant.post(subject_id=f"i-{place}")
        killed += go_on(plant, killed_at=Executioner(place, before=before), patched=monkeypatch)
        after = dispatching(STEPS)
        after.clock.sleep((plant.clock.now() - NOON).total_seconds() + 200)  # leases of the killed have run out
        for minutes in (0, 15, 30):
            after.after(minutes)
        with plant.database.transaction() as tx:
            rows = dispatches.list_dispatches(tx, subject_id=f"i-{place}")
        assert Counter((one.step, one.way, one.person) for one in rows) == STEPS_TAKEN, place
        assert {one.state for one in rows} == {"sent"}, (place, rows)
    assert killed >= 9


def test_messages_are_kept_for_half_a_year_after_their_notice_ended(dispatching: Make, superuser: Look) -> None:
    plant = dispatching(STEPS)
    for subject_id in ("i-1", "i-2"):
        plant.post(subject_id=subject_id)
    plant.after(0)
    with plant.database.transaction() as tx:
        notices.end(tx, NoticeSubject.INCIDENT, "i-1", at=plant.clock.now())
    (before,) = superuser.execute("SELECT count(*) FROM dispatch").fetchone() or (0,)
    now = plant.clock.now()
    assert upkeep.forget_messages(plant.database, now=now + timedelta(days=179)) == 0
    gone = upkeep.forget_messages(plant.database, now=now + timedelta(days=181))
    left = superuser.execute("SELECT DISTINCT subject_id FROM dispatch JOIN notice USING (notice_id)").fetchall()
    assert (gone > 0, gone < int(str(before)), left) == (True, True, [("i-2",)])
