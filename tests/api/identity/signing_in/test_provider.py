"""Signing in with an OpenID Connect provider: a real provider library, run here."""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import httpx
import psycopg
import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.identity.access import CONFIRMED_COOKIE, SESSION_COOKIE, Access
from api.identity.confirming import confirmed
from api.identity.people import disable_person
from api.identity.signing_in.provider import ProviderSettings, read_roles
from api.identity.signing_in.sign_in import principal_of_session
from plant.clock import ManualClock, SystemClock
from plant.errors import Misconfigured, NotFound
from plant.people.rights import EVERY_SITE, PlantRole
from storage.core.database import Database
from tests import people
from tests.patience import PATIENCE_S

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider library uses parts of authlib that will be elsewhere
    from oidc_provider_mock import User, run_server_in_thread

# The provider library uses what will be elsewhere in authlib, and says so in its own thread.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
Superuser = psycopg.Connection[tuple[object, ...]]
BACK = "http://127.0.0.1:8080/login/provider/back"
ME = "/api/v1/me"
MECHANIC = {"preferred_username": "mei", "name": "Mei Lin", "email": "mei@plant.example", "groups": ["mechanics", "x"]}


@pytest.fixture
def provider() -> Iterator[str]:
    users = (
        User(sub="1", claims=MECHANIC),
        User(sub="2", claims={**MECHANIC, "name": "Another", "groups": ["mechanics"]}),
        User(sub="3", claims={**MECHANIC, "groups": []}),
        User(sub="4", claims={**MECHANIC, "preferred_username": "ana", "name": "Ana", "auth_time": int(time.time())}),
        User(sub="5", claims={**MECHANIC, "preferred_username": "old", "name": "Old", "auth_time": 1_700_000_000}),
    )
    with run_server_in_thread(user_claims=users) as server:
        yield f"http://127.0.0.1:{server.server_port}"


@pytest.fixture
def browser(app_database: Database, provider: str) -> Iterator[TestClient]:
    settings = ProviderSettings(
        issuer=provider,
        client_id="assetloop",
        client_secret="a secret of theirs",
        name="Plant ID",
        redirect_uri=BACK,
        roles=read_roles("mechanics=maintenance,chiefs=supervisor"),
    )
    access = Access(provider=settings)
    application = create_app(app_database, SystemClock(), access=access, console=False, version="1")
    with TestClient(application, base_url="http://127.0.0.1:8080", follow_redirects=False) as client:
        yield client


def sent_away(browser: TestClient) -> str:
    """Press the button; return the provider's address."""
    answer = browser.get("/login/provider", params={"next": "/alerts"})
    assert answer.status_code == 303
    return str(answer.headers["location"])


def chosen(address: str, subject: str) -> str:
    """Sign in at the provider; return where it sends the browser."""
    answer = httpx.post(address, data={"sub": subject}, timeout=PATIENCE_S)
    assert answer.status_code in {302, 303}, answer.text
    return str(answer.headers["location"]).removeprefix("http://127.0.0.1:8080")


def signed_in(browser: TestClient, subject: str) -> httpx.Response:
    return browser.get(chosen(sent_away(browser), subject))


def test_whom_the_provider_names_comes_in_with_the_roles_of_their_claims(browser: TestClient) -> None:
    assert "Plant ID" in browser.get("/login").text
    answer = signed_in(browser, "1")
    assert (answer.status_code, answer.headers["refresh"]) == (200, "0;url=/alerts")
    me = browser.get(ME).json()
    assert (me["name"], me["recognised"]) == ("Mei Lin", "provider")
    assert me["roles"] == [{"role": "maintenance", "site": None}]


def test_the_same_subject_is_the_same_person_and_another_of_that_name_is_not(
    browser: TestClient, superuser: Superuser
) -> None:
    for subject in ("1", "1", "2"):
        assert signed_in(browser, subject).status_code == 200
    found = superuser.execute("SELECT subject, name FROM person ORDER BY subject").fetchall()
    assert found == [("1", "Mei Lin"), ("2", "Another")]


def test_whom_no_claim_gives_a_role_and_who_is_disabled_stay_out(
    browser: TestClient, app_database: Database, superuser: Superuser
) -> None:
    answer = signed_in(browser, "3")
    assert (answer.status_code, "no role was given to you" in answer.text) == (403, True)
    assert superuser.execute("SELECT count(*) FROM person").fetchone() == (0,)
    people.enter(app_database, SystemClock())
    signed_in(browser, "1")
    disable_person(app_database, "mei", actor=people.SETUP, clock=SystemClock())
    assert signed_in(browser, "1").status_code == 403
    assert browser.get(ME).status_code == 401


def test_a_sign_in_works_once_and_in_the_browser_that_began_it(browser: TestClient) -> None:
    back = chosen(sent_away(browser), "1")
    cookies = dict(browser.cookies)
    browser.cookies.clear()
    assert browser.get(back).status_code == 403
    browser.cookies.update(cookies)
    assert browser.get(back).status_code == 200
    browser.cookies.update(cookies)
    assert browser.get(back).status_code == 403


def test_what_came_from_elsewhere_is_refused(browser: TestClient) -> None:
    asked = parse_qs(urlsplit(sent_away(browser)).query)
    assert asked["code_challenge_method"] == ["S256"]
    for query in ({"state": asked["state"][0], "code": "made up"}, {"state": "made up", "code": "x"}, {}):
        answer = browser.get("/login/provider/back", params=query)
        assert answer.status_code == 403, query
    assert browser.get(ME).status_code == 401


def shown_again(browser: TestClient, subject: str, act: str) -> httpx.Response:
    """Ask to sign an act, and sign in at the provider again."""
    away = browser.get("/login/provider", params={"next": "/handover/cw", "act": act})
    assert away.status_code == 303, away.text
    asked = parse_qs(urlsplit(away.headers["location"]).query)
    assert (asked["prompt"], asked["max_age"]) == (["login"], ["0"])
    return browser.get(chosen(away.headers["location"], subject))


def test_who_signs_shows_again_at_the_provider_who_they_are_for_one_act_and_just_now(
    browser: TestClient, app_database: Database
) -> None:
    assert browser.get("/login/provider", params={"act": "sign"}).status_code == 403, "nobody is signed in"
    signed_in(browser, "4")
    back = shown_again(browser, "4", "handover.sign:cw")
    assert (back.status_code, back.headers["refresh"]) == (200, "0;url=/handover/cw")
    principal = principal_of_session(app_database, browser.cookies[SESSION_COOKIE], clock=SystemClock())
    assert principal is not None
    secret = browser.cookies[CONFIRMED_COOKIE]
    assert confirmed(app_database, principal, secret, clock=SystemClock()).confirmed == "handover.sign:cw"
    with pytest.raises(NotFound):
        confirmed(app_database, principal, secret, clock=SystemClock())
    browser.cookies.delete(CONFIRMED_COOKIE)
    for subject, why in (("1", "other"), ("5", "earlier")):
        refused = shown_again(browser, subject, "handover.sign:cw")
        assert refused.headers["refresh"] == f"0;url=/handover/cw?unconfirmed={why}", "they are where they were"
        assert CONFIRMED_COOKIE not in browser.cookies
    away = browser.get("/login/provider", params={"next": "/handover/cw", "act": "sign"}).headers["location"]
    given_up = {"state": parse_qs(urlsplit(away).query)["state"][0], "error": "access_denied"}
    back = browser.get("/login/provider/back", params=given_up)
    assert back.headers["refresh"] == "0;url=/handover/cw?unconfirmed=refused"
    assert browser.get(ME).json()["name"] == "Ana", "they are still signed in"


def test_a_provider_that_does_not_answer_is_said(app_database: Database, clock: ManualClock) -> None:
    settings = ProviderSettings(
        issuer="http://127.0.0.1:1", client_id="a", client_secret="b", name="Plant ID", redirect_uri=BACK
    )
    application = create_app(app_database, clock, access=Access(provider=settings), console=False, version="1")
    with TestClient(application, base_url="http://127.0.0.1:8080", follow_redirects=False) as client:
        assert client.get("/login/provider").status_code == 503


def test_roles_of_claims_are_read_and_nonsense_is_refused() -> None:
    assert read_roles("a=operations@north, b=supervisor") == {
        "a": (PlantRole.OPERATIONS, "north"),
        "b": (PlantRole.SUPERVISOR, EVERY_SITE),
    }
    for wrong in ("a", "a=king", "=operations@x,b"):
        with pytest.raises(Misconfigured):
            read_roles(wrong)
