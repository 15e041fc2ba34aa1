"""A forgotten password is reset by a link that comes by mail, where a mail server is configured.

Whoever asks learns nothing about who is there: the answer, and the work done for it, is the same for every name. A job
that a worker does later looks for the person. Only who has a password and a mail address gets a link.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, Response
from procrastinate import Blueprint

from alerts.dispatch.mail import MailServer
from api.identity.access import address_of
from api.identity.credentials import LINK_PATH
from api.identity.ledger_entries import enter
from api.identity.people import normal, principal_of
from api.identity.secrets_shown_once import make_secret, sha256_of
from api.identity.signing_in.login import access_of
from api.identity.signing_in.login_page import forgotten_page
from api.identity.signing_in.texts import identity_text
from api.identity.signing_in.throttle import SlowedDown, Throttle
from api.language import Language, language_of
from api.parts import GivenParts
from plant.backoff import GrowingWait
from plant.clock import Clock
from plant.errors import NotFound
from plant.people.principal import Recognition
from storage.core import jobs
from storage.core.database import Database
from storage.identity import one_time, people, sign_ins
from storage.identity.people import Person

NAMESPACE = "identity"
_TASK = "mail_link"
LINK_BY_MAIL_LASTS = timedelta(hours=1)
_A_LINK_EVERY = timedelta(minutes=5)
_LINKS_A_DAY = 5
_RETRY = jobs.RetryWhileUnavailable(wait=GrowingWait(first_s=5.0, most_s=300.0), most_retries=8)

router = APIRouter(include_in_schema=False)


@router.get("/login/forgotten")
def show_forgotten(request: Request) -> Response:
    """Ask who has forgotten a password."""
    _refuse_without_mail(request)
    return HTMLResponse(forgotten_page(language_of(request)))


@router.post("/login/forgotten")
def ask_for_link(request: Request, parts: GivenParts, name: Annotated[str, Form(max_length=200)]) -> Response:
    """Let a worker mail a link, if there is somebody to whom it can go; the answer is the same for every name."""
    _refuse_without_mail(request)
    language = language_of(request)
    slowed = ask(parts.database, name, address=address_of(request), clock=parts.clock)
    if slowed is None:
        return HTMLResponse(forgotten_page(language, is_asked=True))
    seconds = max(1, round((slowed.until - parts.clock.now()).total_seconds()))
    page = HTMLResponse(
        forgotten_page(language, fault=identity_text(language, "login_slowed", seconds=seconds)), status_code=429
    )
    page.headers["Retry-After"] = str(seconds)
    return page


def _refuse_without_mail(request: Request) -> None:
    if not access_of(request).mails_links:
        raise NotFound("no mail is configured here; an administrator makes a link")


def ask(database: Database, sign_in_name: str, *, address: str, clock: Clock) -> SlowedDown | None:
    """Write down that a link was asked for, and leave the rest to a worker."""
    account = normal(sign_in_name)[:100]
    slowed = Throttle(database, "forgotten").begin(account, address, at=clock.now())
    if slowed is not None:
        return slowed
    with database.transaction() as tx:
        sign_ins.count(tx, account=account, address=address, outcome="forgotten", at=clock.now())
        jobs.defer(tx, f"{NAMESPACE}:{_TASK}", account=account)
    return None


def identity_blueprint(database: Database, clock: Clock, mail: MailServer, console_url: str) -> Blueprint:
    """Declare what a worker does about people; add it with `namespace=NAMESPACE`."""
    blueprint = Blueprint()

    @blueprint.task(name=_TASK, retry=_RETRY)
    def mail_link(account: str) -> None:
        mail_link_to(database, account, send=mail.send, console_url=console_url, clock=clock)

    return blueprint


def mail_link_to(
    database: Database, account: str, *, send: Callable[[str, str, str], None], console_url: str, clock: Clock
) -> bool:
    """Mail a link to who signs in so; False where nobody does to whom one can go, or they had one just now.

    The link is kept only if the mail was taken. It leads to `console_url`, never to where a request said it came in.

    Raises:
        Unavailable: the mail server or the database is away.
    """
    with database.transaction() as tx:
        person = people.by_sign_in(tx, account)
        if person is None or not person.mail or people.secret_hash(tx, person.person_id, "password") is None:
            return False
        at = clock.now()
        if one_time.mailed_since(tx, person.person_id, at - _A_LINK_EVERY) or (
            one_time.mailed_since(tx, person.person_id, at - timedelta(days=1)) >= _LINKS_A_DAY
        ):
            return False
        secret, until = make_secret(), at + LINK_BY_MAIL_LASTS
        one_time.mail_link(
            tx, sha256=sha256_of(secret), person_id=person.person_id, at=at, by="a worker", expires_at=until
        )
        link = f"{console_url.rstrip('/')}{LINK_PATH}{secret}"
        local = until.astimezone(ZoneInfo(person.time_zone or "UTC"))
        send(person.mail, *_said(person, link, f"{local:%Y-%m-%d %H:%M %Z}"))
        # last, since everybody who signs in waits for the ledger's head
        enter(tx, "person.link_mailed", principal_of(person, Recognition.TYPED), person.sign_in, clock)
    return True


def _said(person: Person, link: str, until: str) -> tuple[str, str]:
    """Return subject and text in the person's language, or in both where none is known."""
    languages = [Language(person.language)] if person.language else list(Language)
    subjects = [identity_text(one, "forgotten_subject") for one in languages]
    texts = [identity_text(one, "forgotten_mail", name=person.name, link=link, until=until) for one in languages]
    return " · ".join(subjects), "\n\n".join(texts)
