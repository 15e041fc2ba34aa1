"""Signing in and out over HTTP, with forms that need no script."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal, cast

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.identity.access import SESSION_COOKIE, Access, address_of
from api.identity.credentials import set_password_by_link, whose_link
from api.identity.signing_in.login_page import ASK_AGAIN_S, away_page, sign_in_page, welcome_page
from api.identity.signing_in.sign_in import (
    SESSION_LASTS,
    SignedIn,
    WrongCredential,
    begin_session,
    change_person,
    sign_in,
    sign_out,
)
from api.identity.signing_in.texts import identity_text
from api.identity.signing_in.throttle import SlowedDown
from api.language import LANGUAGE_COOKIE, Language, language_of
from api.parts import GivenParts, Parts
from plant.errors import Forbidden, Rejected, Unavailable
from plant.people.principal import Recognition
from storage.identity import people
from storage.identity.people import Person

router = APIRouter(include_in_schema=False)
_A_YEAR_S = 31_536_000
Next = Annotated[str, Form()]


@router.get("/login")
def show_login(request: Request, parts: GivenParts, next: str = "/") -> Response:  # noqa: A002 - the query's own name
    """Ask for name and password; offer the demo's people where one click is enough."""
    if getattr(request.state, "principal", None) is not None:
        return RedirectResponse(local_path(next), status_code=303)
    try:
        return _login_page(request, parts, local_path(next))
    except Unavailable:
        page = HTMLResponse(away_page(language_of(request)), status_code=503)
        page.headers["Refresh"] = str(ASK_AGAIN_S)
        return page


@router.post("/login")
def enter(
    request: Request,
    parts: GivenParts,
    name: Annotated[str, Form(max_length=200)],
    password: Annotated[str, Form(max_length=1000)],
    next: Next = "/",  # noqa: A002 - the form's own name
    shared: Annotated[str, Form()] = "",
) -> Response:
    """Open a session for whoever knows a person's password."""
    tried = sign_in(
        parts.database, name, password, address=address_of(request), clock=parts.clock, is_shared=bool(shared)
    )
    if isinstance(tried, SignedIn):
        return _let_in(request, tried, local_path(next))
    return _refused(request, parts, tried, local_path(next))


@router.post("/login/demo")
def enter_demo(
    request: Request,
    parts: GivenParts,
    name: Annotated[str, Form(max_length=200)],
    next: Next = "/",  # noqa: A002 - the form's own name
) -> Response:
    """Open a session for a person of the demo by one click, on this machine alone."""
    person = demo_person_of(request, parts, name)
    begun = begin_session(parts.database, person, Recognition.ONE_CLICK, address=address_of(request), clock=parts.clock)
    return _let_in(request, begun, local_path(next))


def demo_person_of(request: Request, parts: Parts, name: str) -> Person:
    """Find a person of the demo who may come in by one click.

    Raises:
        Forbidden: they may not from here, or are none of the demo's.
    """
    found = {person.sign_in: person for person in _demo_people(request, parts)}
    if name not in found:
        raise Forbidden("one click is for the demo's people, on the machine that runs it")
    return found[name]


@router.post("/login/pin")
def enter_by_pin(
    request: Request,
    parts: GivenParts,
    name: Annotated[str, Form(max_length=200)],
    pin: Annotated[str, Form(max_length=100)],
    next: Next = "/",  # noqa: A002 - the form's own name
) -> Response:
    """Let somebody else act at a shared terminal."""
    cookie = request.cookies.get(SESSION_COOKIE, "")
    tried = change_person(parts.database, cookie, name, pin, address=address_of(request), clock=parts.clock)
    if isinstance(tried, Person):
        return RedirectResponse(local_path(next), status_code=303)
    return _refused(request, parts, tried, local_path(next))


@router.post("/logout")
def leave(request: Request, parts: GivenParts) -> Response:
    """End the session, for every copy of its cookie."""
    cookie = request.cookies.get(SESSION_COOKIE, "")
    if cookie:
        sign_out(parts.database, cookie, clock=parts.clock)
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return answer


@router.get("/welcome/{secret}")
def show_welcome(request: Request, parts: GivenParts, secret: str) -> Response:
    """Ask whoever has a one-time link for a password."""
    person = whose_link(parts.database, secret, clock=parts.clock)
    return HTMLResponse(welcome_page(language_of(request), person), status_code=200 if person else 404)


@router.post("/welcome/{secret}")
def set_first_password(
    request: Request, parts: GivenParts, secret: str, password: Annotated[str, Form(max_length=1000)]
) -> Response:
    """Set the password and let its owner in."""
    person = whose_link(parts.database, secret, clock=parts.clock)
    language = language_of(request)
    if person is None:
        return HTMLResponse(welcome_page(language, None), status_code=404)
    try:
        set_password_by_link(parts.database, secret, password, clock=parts.clock)
    except Rejected:
        fault = identity_text(language, "password_bad")
        return HTMLResponse(welcome_page(language, person, fault=fault), status_code=400)
    begun = begin_session(parts.database, person, Recognition.PASSWORD, address=address_of(request), clock=parts.clock)
    return _let_in(request, begun, "/")


@router.get("/language/{language}")
def choose_language(language: Language, next: str = "/") -> Response:  # noqa: A002 - the query's own name
    """Let the browser keep its choice of language, and go back to where it was."""
    answer = RedirectResponse(local_path(next), status_code=303)
    answer.set_cookie(LANGUAGE_COOKIE, language.value, max_age=_A_YEAR_S, samesite="strict")
    return answer


def local_path(wanted: str) -> str:
    """Keep a redirect on this host.

    >>> local_path("/work-orders"), local_path("//elsewhere.example"), local_path("https://elsewhere.example")
    ('/work-orders', '/', '/')
    """
    is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_local and wanted.isprintable() else "/"


def _let_in(request: Request, begun: SignedIn, following: str) -> Response:
    answer = RedirectResponse(following, status_code=303)
    set_session_cookie(request, answer, begun)
    return answer


def set_session_cookie(request: Request, answer: Response, begun: SignedIn) -> None:
    """Hand a session over to the browser."""
    set_secret_cookie(request, answer, SESSION_COOKIE, begun.cookie, SESSION_LASTS)
    if begun.person.language and LANGUAGE_COOKIE not in request.cookies:
        answer.set_cookie(LANGUAGE_COOKIE, begun.person.language, max_age=_A_YEAR_S, samesite="strict")


def set_secret_cookie(
    request: Request,
    answer: Response,
    name: str,
    secret: str,
    lasts: timedelta,
    *,
    samesite: Literal["strict", "lax"] = "strict",
    path: str = "/",
) -> None:
    """Hand a secret over to the browser: unseen by scripts and other sites, by TLS alone where there is TLS."""
    answer.set_cookie(
        name,
        secret,
        max_age=int(lasts.total_seconds()),
        httponly=True,
        samesite=samesite,
        secure=access_of(request).is_behind_tls or request.url.scheme == "https",
        path=path,
    )


def _refused(request: Request, parts: Parts, why: WrongCredential | SlowedDown, following: str) -> Response:
    language = language_of(request)
    if isinstance(why, SlowedDown):
        seconds = max(1, round((why.until - parts.clock.now()).total_seconds()))
        page = _login_page(
            request, parts, following, fault=identity_text(language, "login_slowed", seconds=seconds), status=429
        )
        page.headers["Retry-After"] = str(seconds)
        return page
    return _login_page(request, parts, following, fault=identity_text(language, "login_wrong"), status=401)


def _login_page(request: Request, parts: Parts, following: str, *, fault: str = "", status: int = 200) -> HTMLResponse:
    provider = access_of(request).provider
    page = sign_in_page(
        language_of(request),
        following,
        fault=fault,
        demo=_demo_people(request, parts),
        provider=provider.name if provider else "",
        mails_links=access_of(request).mails_links,
    )
    return HTMLResponse(page, status_code=status)


def _demo_people(request: Request, parts: Parts) -> list[Person]:
    if not access_of(request).may_one_click(request):
        return []
    with parts.database.transaction() as tx:
        everybody = people.everybody(tx)
    return [one for one in everybody if one.is_demo and one.disabled_at is None]


def access_of(request: Request) -> Access:
    """Return the rule of entry of the application."""
    return cast("Access", request.app.state.access)
