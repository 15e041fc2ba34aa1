"""Engineering answers an order as a person, by a token or on MQTT: a token is good once, a question holds the clock."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest

from alerts.alarms.desk import Desk
from alerts.dispatch.answering.answers import (
    AnswerKind,
    GivenAnswer,
    answer_by_token,
    answer_order,
    look_by_token,
    settle_question,
)
from alerts.dispatch.answering.invitations import invitation
from alerts.dispatch.answering.replies import ReplyDesk, ReplyListener
from alerts.orders.editing import assign_order
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, Rejected, StaleRevision
from plant.finding import Finding
from plant.people.principal import Principal, Recognition, typed
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.identity import people
from storage.notices import answers
from storage.work import orders
from tests.patience import wait_for

Look = psycopg.Connection[tuple[object, ...]]
NUMBER = "WO-000001"
CY = Principal(
    name="Cy",
    recognition=Recognition.PASSWORD,
    roles={"demo": frozenset({PlantRole.ENGINEERING})},
    teams=frozenset({"seals"}),
)


@pytest.fixture
def sent_back(app_database: Database, clock: ManualClock, desk: Desk, found: Callable[..., Finding]) -> int:
    """An order that was given to the team `seals`, which answers for engineering; its revision."""
    found()
    desk.round()
    with app_database.transaction() as tx:
        people.put_team(tx, tag="seals", name="Seals", answers_for_engineering=True)
        people.put_team(tx, tag="fitters", name="Fitters")
    return assign_order(
        app_database, NUMBER, team="seals", person=None, revision=None, actor=typed("Ann"), clock=clock
    ).revision


def token(database: Database, clock: ManualClock, occasion: str = "1") -> str:
    with database.transaction() as tx:
        told = invitation(
            tx, number=NUMBER, team="seals", occasion=occasion, at=clock.now(), link=f"http://c/work-orders/{NUMBER}"
        )
    assert told is not None
    assert told["link"] == f"http://c/answer/{told['token']}"
    return str(told["token"])


def accepting(clock: ManualClock, revision: int) -> GivenAnswer:
    return GivenAnswer(kind=AnswerKind.ACCEPT, revision=revision, planned_on=clock.now().date() + timedelta(days=2))


def asking(revision: int, said: str = "which seal?") -> GivenAnswer:
    return GivenAnswer(kind=AnswerKind.ASK, revision=revision, said=said)


def journal(database: Database) -> list[tuple[str, str]]:
    with database.transaction() as tx:
        return [(event.event, event.actor) for event in orders.order_events(tx, 1)]


def test_a_person_of_the_team_accepts_with_a_day(app_database: Database, clock: ManualClock, sent_back: int) -> None:
    answer_order(app_database, NUMBER, accepting(clock, sent_back), team="seals", actor=CY, clock=clock)
    with app_database.transaction() as tx:
        (answer,) = answers.of_order(tx, 1)
    assert (answer.kind, answer.planned_on, answer.answered_by) == ("accept", date(2026, 3, 3), "Cy")
    assert journal(app_database)[-1] == ("engineering_accepted", "Cy")


@pytest.mark.parametrize(
    ("given", "error"),
    [
        (GivenAnswer(kind=AnswerKind.ACCEPT, revision=2), "date_needed"),
        (GivenAnswer(kind=AnswerKind.ACCEPT, revision=2, planned_on=date(2026, 2, 1)), "in_the_past"),
        (GivenAnswer(kind=AnswerKind.REJECT, revision=2), "no_reason"),
        (GivenAnswer(kind=AnswerKind.ASK, revision=2, said=" "), "no_question"),
        (GivenAnswer(kind=AnswerKind.ASK, revision=2, said="a\x00b"), "control_character"),
        (GivenAnswer(kind=AnswerKind.REJECT, revision=2, said="x", planned_on=date(2026, 4, 1)), "date_needed"),
    ],
)
def test_half_an_answer_is_refused(
    app_database: Database, clock: ManualClock, sent_back: int, given: GivenAnswer, error: str
) -> None:
    before = journal(app_database)
    with pytest.raises(Rejected) as caught:
        answer_order(app_database, NUMBER, given, team="seals", actor=CY, clock=clock)
    assert caught.value.reason == error
    assert journal(app_database) == before
    assert sent_back == 2


def test_nobody_else_answers_and_no_other_team(app_database: Database, clock: ManualClock, sent_back: int) -> None:
    with pytest.raises(Forbidden, match="not of the team"):
        answer_order(app_database, NUMBER, asking(sent_back), team="fitters", actor=CY, clock=clock)
    operator = Principal(
        name="Ann",
        recognition=Recognition.PASSWORD,
        roles={"demo": frozenset({PlantRole.OPERATIONS})},
        teams=frozenset({"seals"}),
    )
    with pytest.raises(Forbidden, match="may not answer"):
        answer_order(app_database, NUMBER, asking(sent_back), team="seals", actor=operator, clock=clock)


def test_a_stale_revision_is_refused(app_database: Database, clock: ManualClock, sent_back: int) -> None:
    with pytest.raises(StaleRevision):
        answer_order(app_database, NUMBER, asking(sent_back - 1), team="seals", actor=CY, clock=clock)


def test_a_link_is_good_for_one_answer(app_database: Database, clock: ManualClock, sent_back: int) -> None:
    link = token(app_database, clock)
    shown, order, name = look_by_token(app_database, link, clock=clock)
    assert (shown.team, order.number, name) == ("seals", NUMBER, "Feed pump A")
    answered = answer_by_token(app_database, link, accepting(clock, sent_back), way="link", clock=clock)
    assert journal(app_database)[-1] == ("engineering_accepted", "seals (link)")
    for again in (
        lambda: look_by_token(app_database, link, clock=clock),
        lambda: answer_by_token(app_database, link, asking(answered.revision), way="link", clock=clock),
    ):
        with pytest.raises(Conflict, match="used before"):
            again()


def test_a_link_is_over_after_a_fortnight_and_a_forged_one_never_good(
    app_database: Database, clock: ManualClock, sent_back: int
) -> None:
    link = token(app_database, clock)
    said, _, signature = link.partition(".")
    for forged in ("", "x", f"{said}.", f"{said}A.{signature}", f"{said}.{signature[:-2]}AA", "泵.泵", link * 9):
        with pytest.raises(Forbidden, match="no link or token of ours"):
            answer_by_token(app_database, forged, asking(sent_back), way="link", clock=clock)
    clock.sleep(14 * 86400)
    with pytest.raises(Forbidden, match="is over"):
        look_by_token(app_database, link, clock=clock)


def test_a_question_holds_the_clock_until_operations_answer(
    app_database: Database, clock: ManualClock, sent_back: int
) -> None:
    asked = answer_order(app_database, NUMBER, asking(sent_back), team="seals", actor=CY, clock=clock)
    with pytest.raises(Conflict, match="question is open"):
        answer_order(app_database, NUMBER, accepting(clock, asked.revision), team="seals", actor=CY, clock=clock)
    clock.sleep(3600)
    settled = settle_question(app_database, NUMBER, "the inner one", actor=typed("Ann"), clock=clock)
    assert settled.requested_finish == asked.requested_finish + timedelta(hours=1)
    assert journal(app_database)[-2:] == [("engineering_asked", "Cy"), ("question_answered", "Ann")]
    with pytest.raises(Conflict, match="no question"):
        settle_question(app_database, NUMBER, "the outer one", actor=typed("Ann"), clock=clock)
    answer_order(app_database, NUMBER, accepting(clock, settled.revision), team="seals", actor=CY, clock=clock)


TOPIC = f"assetloop/v1/engineering/seals/reply/{NUMBER}"


def reply(token: str, revision: int, **changes: Any) -> bytes:
    said = {"token": token, "revision": revision, "answer": "reject", "said": "as designed"}
    return json.dumps({**said, **changes}).encode()


def test_a_reply_that_comes_twice_counts_once(app_database: Database, clock: ManualClock, sent_back: int) -> None:
    desk, message = ReplyDesk(app_database, clock), reply(token(app_database, clock), sent_back)
    assert [desk.take(TOPIC, message) for _ in range(2)] == [NUMBER, NUMBER]
    assert [event for event, _ in journal(app_database)].count("engineering_rejected") == 1


def test_what_is_no_good_reply_is_held_with_its_reason_and_without_its_token(
    app_database: Database, clock: ManualClock, sent_back: int, superuser: Look
) -> None:
    desk, good = ReplyDesk(app_database, clock), token(app_database, clock)
    before = journal(app_database)
    held = [
        desk.take(TOPIC, b"{"),
        desk.take(TOPIC, reply("forged", sent_back)),
        desk.take(TOPIC, reply(good, sent_back, planned_on="2026-99-99")),
        desk.take(TOPIC, reply(good, sent_back, answer="maybe")),
        desk.take(TOPIC, reply(good, sent_back - 1)),
        desk.take(TOPIC.replace("seals", "fitters"), reply(good, sent_back)),
        desk.take(TOPIC.replace("01", "02"), reply(good, sent_back)),
        desk.take(TOPIC, b"x" * 70_000),
    ]
    bad, stranger = "bad_reply", "reply_forbidden"
    assert held == [bad, stranger, bad, bad, "reply_stale", stranger, stranger, "reply_too_large"]
    assert journal(app_database) == before
    rows = superuser.execute("SELECT payload::text, detail FROM quarantine").fetchall()
    assert rows
    assert good not in str(rows)


def test_a_reply_is_heard_on_the_broker(
    app_database: Database, clock: ManualClock, sent_back: int, broker: Any
) -> None:
    from paho.mqtt import publish

    stop = threading.Event()
    listener = ReplyListener(broker.url, ReplyDesk(app_database, clock), holder="test")
    thread = threading.Thread(target=listener.run, args=(stop,))
    thread.start()
    message = reply(token(app_database, clock), sent_back)
    try:

        def is_heard() -> bool:
            publish.single(TOPIC, message, qos=1, hostname=broker.host, port=broker.port)
            return ("engineering_rejected", "seals (mqtt)") in journal(app_database)

        wait_for(is_heard, what="answer")
    finally:
        stop.set()
        thread.join()


def test_one_process_listens_at_a_time(app_database: Database, clock: ManualClock) -> None:
    desk = ReplyDesk(app_database, clock)
    assert [desk.may_listen(holder) for holder in ("a", "b", "a")] == [True, False, True]
    clock.sleep(16)
    assert [desk.may_listen(holder) for holder in ("b", "a")] == [True, False]


def test_an_answer_to_an_order_that_has_ended_is_refused(
    app_database: Database, clock: ManualClock, sent_back: int, superuser: Look
) -> None:
    superuser.execute("UPDATE work_order SET state = 'CAN'")
    with pytest.raises(Conflict, match="needs no answer"):
        answer_by_token(app_database, token(app_database, clock), accepting(clock, sent_back), way="link", clock=clock)
