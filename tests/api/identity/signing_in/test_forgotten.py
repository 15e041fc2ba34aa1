"""A forgotten password: a link by a real mail server, and an answer that says nothing about who is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from fastapi.testclient import TestClient

from alerts.dispatch.mail import MailServer
from api.app import create_app
from api.identity.access import Access
from api.identity.credentials import make_link, set_password
from api.identity.people import PersonReach, change_reach, disable_person
from api.identity.signing_in.forgotten import mail_link_to
from plant.clock import ManualClock
from plant.errors import Unavailable
from storage.core.database import Database
from storage.identity import sign_ins
from storage.identity.people import Person
from tests import people
from tests.mail_server import TestedMailServer, serving

Superuser = psycopg.Connection[tuple[object, ...]]
PASSWORD = "rain over the harbour"
CONSOLE = "https://plant.example"


@pytest.fixture
def server() -> Iterator[TestedMailServer]:
    with serving() as server:
        yield server


@pytest.fixture
def ada(app_database: Database, clock: ManualClock) -> Person:
    person = people.enter(app_database, clock)
    set_password(app_database, person.person_id, PASSWORD, actor=people.acting(person), clock=clock)
    reach = PersonReach(mail="ada@example.com", language="zh", time_zone="Asia/Shanghai")
    return change_reach(app_database, "ada", reach, actor=people.SETUP, clock=clock)


@pytest.fixture
def browser(app_database: Database, clock: ManualClock) -> Iterator[TestClient]:
    application = create_app(app_database, clock, access=Access(mails_links=True), console=False, version="1")
    with TestClient(application, base_url="http://127.0.0.1:8080", follow_redirects=False) as client:
        yield client


@pytest.fixture
def jobs_done(
    app_database: Database, clock: ManualClock, server: TestedMailServer, superuser: Superuser
) -> Callable[[], list[bool]]:
    def do() -> list[bool]:
        rows = superuser.execute(
            "DELETE FROM procrastinate_jobs WHERE task_name = 'identity:mail_link' RETURNING args ->> 'account'"
        ).fetchall()
        send = MailServer(url=server.url).send
        return [
            mail_link_to(app_database, str(account), send=send, console_url=CONSOLE, clock=clock) for (account,) in rows
        ]

    return do


def path_in(server: TestedMailServer) -> str:
    (link,) = re.findall(r"https://plant.example(/welcome/\S+)", server.taken[-1].text)
    return str(link)


@pytest.mark.usefixtures("ada")
def test_the_link_comes_by_mail_in_ones_language_is_good_once_and_for_an_hour(
    browser: TestClient, server: TestedMailServer, jobs_done: Callable[[], list[bool]], clock: ManualClock
) -> None:
    evil = {"Host": "evil.example", "Authorization": "Bearer x"}
    assert browser.post("/login/forgotten", data={"name": " ADA "}, headers=evil).status_code == 200
    assert jobs_done() == [True]
    (mail,) = server.taken
    assert (mail.to, mail.message["Subject"]) == (["ada@example.com"], "assetloop：重设密码")
    assert "evil" not in mail.text
    assert "CST" in mail.text
    path = path_in(server)
    assert browser.post(path, data={"password": "snow under the bridge"}).status_code == 303
    assert browser.post(path, data={"password": "snow under the bridge"}).status_code == 404
    clock.sleep(301)
    browser.post("/login/forgotten", data={"name": "ada"})
    assert jobs_done() == [True]
    clock.sleep(3600)
    assert browser.get(path_in(server)).status_code == 404


@pytest.mark.usefixtures("ada")
def test_the_answer_is_the_same_whoever_is_named_and_nothing_goes_to_who_has_no_password(
    browser: TestClient,
    server: TestedMailServer,
    jobs_done: Callable[[], list[bool]],
    app_database: Database,
    clock: ManualClock,
) -> None:
    for sign_in, mail in (("bo", "bo@example.com"), ("cy", "")):
        people.enter(app_database, clock, sign_in, name=sign_in)
        change_reach(app_database, sign_in, PersonReach(mail=mail), actor=people.SETUP, clock=clock)
    with app_database.transaction() as tx:
        cy = next(one for one in people.people.everybody(tx) if one.sign_in == "cy")
    set_password(app_database, cy.person_id, "snow under the bridge", actor=people.acting(cy), clock=clock)
    answers = [browser.post("/login/forgotten", data={"name": name}) for name in ("ada", "nobody", "bo", "cy")]
    assert {(one.status_code, one.text) for one in answers} == {(200, answers[0].text)}
    assert jobs_done() == [True, False, False, False]
    disable_person(app_database, "ada", actor=people.SETUP, clock=clock)
    clock.sleep(600)
    browser.post("/login/forgotten", data={"name": "ada"})
    assert jobs_done() == [False]
    assert len(server.taken) == 1


@pytest.mark.usefixtures("ada")
def test_nobody_is_flooded_and_nobody_makes_anothers_link_end(
    browser: TestClient,
    server: TestedMailServer,
    jobs_done: Callable[[], list[bool]],
    app_database: Database,
    clock: ManualClock,
) -> None:
    made = make_link(app_database, "ada", actor=people.SETUP, clock=clock)
    statuses = [browser.post("/login/forgotten", data={"name": "ada"}).status_code for _ in range(10)]
    assert statuses == [200] * 6 + [429] * 4
    assert jobs_done() == [True] + [False] * 5
    for _ in range(8):
        clock.sleep(3600)
        browser.post("/login/forgotten", data={"name": "ada"})
    assert jobs_done().count(True) <= 1
    assert browser.get(made).status_code == 200
    browser.post(path_in(server), data={"password": "snow under the bridge"})
    assert browser.get(made).status_code == 404  # whoever has set a password has no use for the others
    for _ in range(8):
        clock.sleep(600)
        browser.post("/login/forgotten", data={"name": "ada"})
        jobs_done()
    assert len(server.taken) == 5
    with app_database.transaction() as tx:
        assert {one.outcome for one in sign_ins.attempts(tx)} >= {"forgotten", "slowed"}


def test_a_link_whose_mail_was_not_taken_is_not_there_and_is_tried_again(
    ada: Person, server: TestedMailServer, app_database: Database, clock: ManualClock, superuser: Superuser
) -> None:
    server.refuses = True
    mail = MailServer(url=server.url)
    with pytest.raises(Unavailable):
        mail_link_to(app_database, ada.sign_in, send=mail.send, console_url=CONSOLE, clock=clock)
    assert superuser.execute("SELECT count(*) FROM one_time_link").fetchall() == [(0,)]
    server.refuses = False
    assert mail_link_to(app_database, ada.sign_in, send=mail.send, console_url=CONSOLE, clock=clock)


def test_the_secret_is_in_the_mail_alone(
    ada: Person, server: TestedMailServer, app_database: Database, clock: ManualClock, superuser: Superuser
) -> None:
    send = MailServer(url=server.url).send
    mail_link_to(app_database, ada.sign_in, send=send, console_url=CONSOLE, clock=clock)
    secret = path_in(server).rpartition("/")[2]
    for table in ("one_time_link", "ledger", "procrastinate_jobs", "sign_in_attempt"):
        assert secret not in str(superuser.execute(f"SELECT * FROM {table}").fetchall()), table


def test_without_mail_the_page_says_who_helps(client: TestClient) -> None:
    client.cookies.clear()
    assert client.get("/login/forgotten").status_code == 404
    assert client.post("/login/forgotten", data={"name": "ada"}).status_code == 404
    assert "Your administrator makes you a link" in client.get("/login").text
