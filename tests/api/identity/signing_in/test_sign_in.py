"""Signing in and out: passwords, links, the demo's one click, PINs, confirming, and guessing that leads nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity.access import SESSION_COOKIE, Access
from api.identity.credentials import make_link, set_password, set_pin
from api.identity.first_people import DEMO_PEOPLE, enter_demo_people, first_link
from api.identity.ledger_entries import PEOPLE_CHAIN
from api.identity.people import disable_person, normal
from api.identity.signing_in.sign_in import SignedIn, WrongCredential, sign_in
from api.identity.signing_in.throttle import SlowedDown
from lifecycle import ledger
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.people.rights import PlantRole, Right
from storage.core.database import Database
from storage.identity import sign_ins
from storage.identity.people import Person
from tests import people
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
PASSWORD = "rain over the harbour"
ME = "/api/v1/me"


@pytest.fixture
def ada(app_database: Database, clock: ManualClock) -> Person:
    person = people.enter(app_database, clock)
    set_password(app_database, person.person_id, PASSWORD, actor=people.acting(person), clock=clock)
    return person


@pytest.fixture
def browser(app_database: Database, clock: ManualClock) -> Iterator[TestClient]:
    """A browser in which nobody is signed in, on the machine itself."""
    application = create_app(app_database, clock, access=Access(one_click=True), console=False, version="1")
    with TestClient(
        application, base_url="http://127.0.0.1:8080", follow_redirects=False, client=("127.0.0.1", 50000)
    ) as client:
        yield client


def enter_by_form(browser: TestClient, password: str = PASSWORD, name: str = "ada", **more: str) -> int:
    return browser.post("/login", data={"name": name, "password": password, **more}).status_code


@pytest.mark.usefixtures("ada")
def test_signing_in_opens_a_session_that_scripts_and_other_sites_do_not_see(browser: TestClient) -> None:
    answer = browser.post("/login", data={"name": " ADA ", "password": PASSWORD, "next": "/work-orders"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/work-orders")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    me = browser.get(ME).json()
    assert (me["name"], me["recognised"]) == ("Ada", "password")


@pytest.mark.usefixtures("ada")
def test_behind_tls_the_cookie_goes_by_tls_alone(app_database: Database, clock: ManualClock) -> None:
    access = Access(allowed_hosts=("plant.example",), is_behind_tls=True)
    application = create_app(app_database, clock, access=access, console=False, version="1")
    with TestClient(application, base_url="https://plant.example", follow_redirects=False) as client:
        answer = client.post("/login", data={"name": "ada", "password": PASSWORD})
        assert "Secure" in answer.headers["set-cookie"]


@pytest.mark.usefixtures("ada")
def test_a_wrong_password_opens_no_session_and_does_not_say_who_is_there(browser: TestClient) -> None:
    texts = set()
    for name in ("ada", "nobody"):
        answer = browser.post("/login", data={"name": name, "password": "guess"}, headers={"Accept-Language": "zh-CN"})
        assert answer.status_code == 401
        texts.add(answer.text)
    assert len(texts) == 1
    assert "登录名或密码不正确" in texts.pop()
    assert browser.get(ME).status_code == 401


@pytest.mark.usefixtures("ada")
def test_signing_in_leads_nowhere_else(browser: TestClient) -> None:
    for following in ("//evil.example", "https://evil.example", "/\\evil.example", "javascript:alert(1)", "/\t/evil"):
        answer = browser.post("/login", data={"name": "ada", "password": PASSWORD, "next": following})
        assert answer.headers["location"] == "/", following


@pytest.mark.usefixtures("ada")
def test_a_stolen_cookie_ends_at_sign_out(browser: TestClient) -> None:
    enter_by_form(browser)
    stolen = {"Cookie": f"{SESSION_COOKIE}={browser.cookies[SESSION_COOKIE]}"}
    browser.cookies.clear()
    assert browser.get(ME, headers=stolen).status_code == 200
    browser.post("/logout", headers=stolen)
    assert browser.get(ME, headers=stolen).status_code == 401


def test_every_session_ends_when_the_password_is_changed(
    browser: TestClient, ada: Person, app_database: Database, clock: ManualClock
) -> None:
    enter_by_form(browser)
    set_password(app_database, ada.person_id, "snow under the bridge", actor=people.acting(ada), clock=clock)
    assert browser.get(ME).status_code == 401
    assert enter_by_form(browser) == 401
    assert enter_by_form(browser, "snow under the bridge") == 303


@pytest.mark.usefixtures("ada")
def test_a_session_ends_after_twelve_hours(browser: TestClient, clock: ManualClock) -> None:
    enter_by_form(browser)
    clock.sleep(12 * 3600 - 1)
    assert browser.get(ME).status_code == 200
    clock.sleep(2)
    assert browser.get(ME).status_code == 401


@pytest.mark.usefixtures("ada")
def test_who_is_disabled_is_out_at_once_and_what_they_did_keeps_their_name(
    browser: TestClient, app_database: Database, clock: ManualClock, superuser: Superuser
) -> None:
    enter_by_form(browser)
    people.enter(app_database, clock, "bo", name="Bo")
    disable_person(app_database, "ada", actor=people.SETUP, clock=clock)
    assert browser.get(ME).status_code == 401
    assert enter_by_form(browser) == 401
    assert superuser.execute("SELECT name FROM person WHERE sign_in = 'ada'").fetchall() == [("Ada",)]
    with pytest.raises(Conflict, match="is disabled"):
        make_link(app_database, "ada", actor=people.SETUP, clock=clock)


@pytest.mark.usefixtures("ada")
def test_the_last_administrator_cannot_be_disabled(app_database: Database, clock: ManualClock) -> None:
    with pytest.raises(Conflict, match="nobody could administer"):
        disable_person(app_database, "ada", actor=people.SETUP, clock=clock)


@pytest.mark.usefixtures("ada")
def test_two_people_cannot_be_one(app_database: Database, clock: ManualClock) -> None:
    for again in ("ada", "ADA", " Ada ", "Ａda"):
        with pytest.raises(Conflict, match="somebody signs in as ada already"):
            people.add_person(
                app_database,
                people.NewPerson(sign_in=again, name="Another"),
                actor=people.SETUP,
                clock=clock,
            )
    assert normal("ADA") == "ada"


@pytest.mark.usefixtures("ada")
def test_ten_thousand_guesses_are_slowed_to_a_crawl_and_the_person_gets_in_elsewhere(
    app_database: Database, clock: ManualClock
) -> None:
    began, judged, guesses = clock.now(), 0, 0
    while guesses < 10_000:
        tried = sign_in(app_database, "ada", f"guess {guesses}", address="203.0.113.7", clock=clock)
        guesses += 1
        if isinstance(tried, SlowedDown):
            # the guesser waits as it is told; what it sends meanwhile is not looked at
            guesses += 1_000 if judged > 15 else 0
            clock.sleep((tried.until - clock.now()).total_seconds())
        else:
            assert isinstance(tried, WrongCredential)
            judged += 1
    assert judged < 50
    assert clock.now() - began > timedelta(hours=1)
    assert isinstance(sign_in(app_database, "ada", PASSWORD, address="198.51.100.2", clock=clock), SignedIn)
    with app_database.transaction() as tx:
        audit = sign_ins.attempts(tx, most=1000)
    assert {(one.account, one.outcome) for one in audit} == {("ada", "wrong"), ("ada", "slowed"), ("ada", "succeeded")}


@pytest.mark.usefixtures("ada")
def test_many_guesses_at_once_are_counted_before_any_is_looked_at(app_database: Database, clock: ManualClock) -> None:
    def guess(number: int) -> object:
        return sign_in(app_database, "ada", f"guess {number}", address="203.0.113.7", clock=clock)

    with ThreadPoolExecutor(max_workers=4) as pool:
        tried = list(pool.map(guess, range(24)))
    assert sum(isinstance(one, WrongCredential) for one in tried) <= 6


@pytest.mark.usefixtures("ada")
def test_guesses_from_everywhere_do_not_lock_out_who_was_here_before(
    app_database: Database, clock: ManualClock
) -> None:
    assert isinstance(sign_in(app_database, "ada", PASSWORD, address="10.1.1.1", clock=clock), SignedIn)
    with app_database.transaction() as tx:
        sign_ins.keep_delay(
            tx, "password of ada", failures=5_000, until=clock.now() + timedelta(minutes=1), at=clock.now()
        )
    assert isinstance(sign_in(app_database, "ada", PASSWORD, address="203.0.113.9", clock=clock), SlowedDown)
    assert isinstance(sign_in(app_database, "ada", PASSWORD, address="10.1.1.1", clock=clock), SignedIn)


@pytest.mark.usefixtures("ada")
def test_who_is_slowed_down_is_told_for_how_long(browser: TestClient, clock: ManualClock) -> None:
    statuses = [enter_by_form(browser, "guess") for _ in range(7)]
    assert statuses == [401] * 6 + [429]
    answer = browser.post("/login", data={"name": "ada", "password": PASSWORD})
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "1")
    clock.sleep(1)
    assert enter_by_form(browser) == 303


def test_the_first_start_makes_one_administrator_by_a_link_that_is_good_once(
    browser: TestClient, app_database: Database, clock: ManualClock
) -> None:
    path = first_link(app_database, clock=clock)
    assert path is not None
    assert browser.post(path, data={"password": "short"}).status_code == 400
    answer = browser.post(path, data={"password": PASSWORD})
    assert answer.status_code == 303
    assert browser.get(ME).json()["roles"] == [{"role": "administrator", "site": None}]
    assert browser.post(path, data={"password": PASSWORD}).status_code == 404
    assert browser.get(path).status_code == 404
    assert first_link(app_database, clock=clock) is None


def test_a_link_is_over_after_a_day_and_when_a_newer_one_is_made(
    browser: TestClient, ada: Person, app_database: Database, clock: ManualClock
) -> None:
    first = make_link(app_database, ada.sign_in, actor=people.SETUP, clock=clock)
    second = make_link(app_database, ada.sign_in, actor=people.SETUP, clock=clock)
    assert (browser.get(first).status_code, browser.get(second).status_code) == (404, 200)
    clock.sleep(24 * 3600 + 1)
    assert browser.get(second).status_code == 404


@pytest.mark.parametrize("password", ["", "short", "aaaaaaaaaaaa", "ada" * 5, "x" * 201])
def test_a_password_that_anybody_guesses_is_refused(
    ada: Person, app_database: Database, clock: ManualClock, password: str
) -> None:
    with pytest.raises(Rejected):
        set_password(app_database, ada.person_id, password, actor=people.acting(ada), clock=clock)


def test_the_demos_people_come_in_by_one_click_on_this_machine_alone(
    browser: TestClient, application: FastAPI, app_database: Database, clock: ManualClock
) -> None:
    enter_demo_people(app_database, clock=clock)
    enter_demo_people(app_database, clock=clock)
    page = browser.get("/login").text
    assert all(person.name in page for person in DEMO_PEOPLE)
    assert browser.post("/login/demo", data={"name": "li.wei"}).status_code == 303
    assert browser.get(ME).json()["recognised"] == "one_click"
    browser.cookies.clear()
    for headers in ({"X-Forwarded-For": "203.0.113.7"}, {"Forwarded": "for=203.0.113.7"}):
        assert browser.post("/login/demo", data={"name": "li.wei"}, headers=headers).status_code == 403
    assert browser.post("/login/demo", data={"name": "nobody"}).status_code == 403
    with TestClient(application, base_url="http://127.0.0.1:8080", follow_redirects=False) as elsewhere:
        assert elsewhere.post("/login/demo", data={"name": "li.wei"}).status_code == 403
        assert "Li Wei" not in elsewhere.get("/login").text
    assert enter_by_form(browser, "", "li.wei") in {401, 422}


def test_a_page_that_a_role_does_not_open_says_so_in_ones_language(
    app_database: Database, clock: ManualClock, browser: TestClient
) -> None:
    operator = people.enter(app_database, clock, "op", name="Op", roles=((PlantRole.OPERATIONS, None),))
    people.sign_in(browser, app_database, clock, operator)
    for language, said in (("en", "Your role does not open this page"), ("zh", "您的角色无权访问此页面")):
        answer = browser.get("/people", headers={"Accept-Language": language})
        assert (answer.status_code, said in answer.text) == (403, True)


def test_at_a_shared_terminal_the_person_is_changed_by_pin_and_administers_nothing(
    browser: TestClient, ada: Person, app_database: Database, clock: ManualClock
) -> None:
    bo = people.enter(app_database, clock, "bo", name="Bo")
    for easy in ("1", "111111", "123456", "98765432", "abcdef"):
        with pytest.raises(Rejected):
            set_pin(app_database, bo.person_id, easy, actor=people.acting(bo), clock=clock)
    set_pin(app_database, bo.person_id, "402917", actor=people.acting(bo), clock=clock)
    enter_by_form(browser, shared="1")
    assert browser.post("/login/pin", data={"name": "bo", "pin": "402918"}).status_code == 401
    assert browser.get(ME).json()["name"] == ada.name
    assert browser.post("/login/pin", data={"name": "bo", "pin": "402917"}).status_code == 303
    me = browser.get(ME).json()
    assert (me["name"], me["recognised"]) == ("Bo", "pin")
    assert "see" in me["rights"]["*"]
    assert "manage_people" not in me["rights"]["*"]
    assert browser.get("/api/v1/people").status_code == 403
    browser.post("/logout")
    assert browser.get(ME).status_code == 401


def test_every_sign_in_and_change_of_people_is_in_the_ledger(
    browser: TestClient, ada: Person, app_database: Database, superuser: Superuser
) -> None:
    assert ada
    enter_by_form(browser)
    browser.post("/logout")
    found = superuser.execute(
        "SELECT entry ->> 'event', entry ->> 'about' FROM ledger WHERE project = %s ORDER BY seq", [PEOPLE_CHAIN]
    ).fetchall()
    assert found[0] == ("person.added", "ada")
    assert found[-3:] == [("person.password_set", "ada"), ("session.began", "ada"), ("session.ended", "ada")]
    with app_database.transaction() as tx:
        assert isinstance(ledger.verify(tx, PEOPLE_CHAIN), ledger.VerifiedChain)


def test_the_application_reads_a_hash_through_one_function_and_no_table(
    ada: Person, app_database: Database, superuser: Superuser
) -> None:
    stored = superuser.execute("SELECT hash FROM person_secret").fetchone()
    assert stored is not None
    assert str(stored[0]).startswith("$argon2id$")
    with app_database.transaction() as tx:
        found = tx.connection.execute("SELECT secret_hash(%s, 'password') AS hash", [ada.person_id]).fetchone()
        assert found == {"hash": stored[0]}
    with app_database.transaction() as tx, pytest.raises(psycopg.errors.InsufficientPrivilege):
        tx.connection.execute("SELECT hash FROM person_secret")


def test_who_administers_one_site_does_not_become_who_administers_all(
    app_database: Database, clock: ManualClock, superuser: Superuser
) -> None:
    PlantRows(superuser).site("north")
    chief = people.enter(app_database, clock)
    local = people.enter(app_database, clock, "lo", name="Lo", roles=((PlantRole.ADMINISTRATOR, "north"),))
    assert local.roles.keys() == {"north"}
    actor = people.acting(local)
    assert actor.may(Right.MANAGE_PEOPLE, "north")
    for site, error in ((None, Forbidden), ("south", NotFound)):
        with pytest.raises(error):
            people.grant_role(app_database, "lo", PlantRole.ADMINISTRATOR, site, actor=actor, clock=clock)
    with pytest.raises(Forbidden, match="does not administer every site"):
        make_link(app_database, chief.sign_in, actor=actor, clock=clock)
    with pytest.raises(Forbidden, match="does not administer every site"):
        disable_person(app_database, chief.sign_in, actor=actor, clock=clock)
