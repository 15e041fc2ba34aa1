"""Who acts in a request: found by its token or its session's cookie, and judged by the table of rights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

from starlette.requests import HTTPConnection

from api.identity.access import SESSION_COOKIE
from api.identity.confirming import confirmed
from api.identity.route_right import At, Reach, RouteRight
from api.identity.secrets_shown_once import sha256_of
from api.identity.signing_in.sign_in import principal_of_session
from api.identity.tokens import principal_of_token
from plant.clock import Clock
from plant.errors import Forbidden, NotFound, Rejected, Unavailable
from plant.people.principal import Principal
from plant.people.rights import EVERY_SITE, Right
from storage.core.database import Database
from storage.identity import things
from storage.identity.things import Thing

CONFIRMATION_HEADER = "x-assetloop-confirmation"
_REMEMBERED_FOR = timedelta(minutes=10)
_MOST_REMEMBERED = 10_000
_THINGS: Mapping[At, tuple[Thing, str]] = {
    At.ORDER: ("order", "number"),
    At.ALERT: ("alert", "alert_id"),
    At.MODEL: ("model", "model_id"),
    At.PROPOSAL: ("proposal", "proposal_id"),
    At.QUARANTINED: ("quarantined", "quarantine_id"),
    At.LESSON: ("lesson", "lesson_id"),
    At.DESIGN_REQUEST: ("design_request", "request_id"),
    At.MESSAGE: ("message", "message_id"),
    At.DEVICE_TOKEN: ("device_token", "token_id"),
    At.PROJECT: ("project", "project"),
}


@dataclass(frozen=True, kw_only=True, slots=True)
class _Remembered:
    principal: Principal
    at: datetime


class Recogniser:
    """Finds who acts.

    While the database is away, whom it knew by a session within the last minutes is still known: they are shown what
    the console last read, and can do nothing, since that wants the database.
    """

    def __init__(self, database: Database, clock: Clock) -> None:
        self.database = database
        self.clock = clock
        self._remembered: dict[bytes, _Remembered] = {}

    def principal(self, connection: HTTPConnection) -> Principal | None:
        """Return who acts; None where a request shows nothing that is good.

        Raises:
            Unavailable: the database is away.
            NotFound: a confirmation is shown that is not good.
        """
        scheme, _, shown = connection.headers.get("authorization", "").partition(" ")
        if scheme:
            if scheme.lower() != "bearer":
                return None
            return principal_of_token(self.database, shown.strip(), clock=self.clock)
        cookie = connection.cookies.get(SESSION_COOKIE, "")
        found = self.of_session(cookie) if cookie else None
        confirmation = connection.headers.get(CONFIRMATION_HEADER)
        if found is not None and confirmation:
            return confirmed(self.database, found, confirmation, clock=self.clock)
        return found

    def of_session(self, cookie: str) -> Principal | None:
        """Return who acts in a session; None where it has ended.

        Raises:
            Unavailable: the database is away, and this session was not known lately.
        """
        key = sha256_of(cookie)
        try:
            found = principal_of_session(self.database, cookie, clock=self.clock)
        except Unavailable:
            kept = self._remembered.get(key)
            if kept is None or self.clock.now() - kept.at > _REMEMBERED_FOR:
                raise
            return kept.principal
        if found is None:
            self._remembered.pop(key, None)
            return None
        if len(self._remembered) >= _MOST_REMEMBERED:
            self._remembered.clear()
        self._remembered[key] = _Remembered(principal=found, at=self.clock.now())
        return found

    def must_look(self, row: RouteRight) -> bool:
        """Say whether the database has to be asked at whose site a request is."""
        return row.at in _THINGS

    def judge(self, principal: Principal, row: RouteRight, parts: Mapping[str, str]) -> None:
        """Let a principal go on only where the table lets them.

        Raises:
            Forbidden: it does not.
            NotFound: the thing is at a site of which they may see nothing, or there is none.
        """
        if isinstance(row.wants, Reach):
            return
        if not principal.may_somewhere(row.wants) and not self._is_hidden(principal, row, parts):
            raise Forbidden(f"{principal.name} may not {row.wants.phrase}")
        site = self._site(row, parts)
        if site is not None:
            _demand(principal, row.wants, site)
        elif row.at in _THINGS and row.is_page:
            raise NotFound("there is no such thing here")

    def _is_hidden(self, principal: Principal, row: RouteRight, parts: Mapping[str, str]) -> bool:
        """Say whether a request is about a site of which they may see nothing, so that 404 is the answer."""
        site = self._site(row, parts)
        return site not in {None, EVERY_SITE} and not principal.may(Right.SEE, site or "")

    def _site(self, row: RouteRight, parts: Mapping[str, str]) -> str | None:
        if row.at is At.EVERYWHERE:
            return EVERY_SITE
        if row.at is At.PATH:
            return parts["site"]
        if row.at not in _THINGS:
            return None
        thing, key = _THINGS[row.at]
        try:
            with self.database.transaction() as tx:
                return things.site_of(tx, thing, parts[key])
        except Rejected:
            return None


def _demand(principal: Principal, right: Right, site: str) -> None:
    try:
        principal.demand(right, site)
    except NotFound as error:
        raise NotFound("there is no such thing here") from error


def recogniser_of(connection: HTTPConnection) -> Recogniser:
    """Return the application's recogniser."""
    return cast("Recogniser", connection.app.state.recogniser)
