"""Showing again at the provider who one is, before one signs: for one act, as the same person, and just now."""

from __future__ import annotations

import time
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from api.identity.access import CONFIRMED_COOKIE
from api.identity.confirming import CONFIRMATION_LASTS, keep_confirmation
from api.identity.signing_in.login import set_secret_cookie
from api.identity.signing_in.provider import ProviderSettings
from api.parts import Parts
from plant.errors import AssetloopError, Forbidden, Unavailable
from plant.people.principal import Principal, Recognition
from storage.identity import people
from storage.identity.one_time import ProviderSignIn

ASKS_AGAIN = {"prompt": "login", "max_age": "0"}
"""What a provider is told, so that it asks for the credential although its session goes on (OpenID Connect 3.1.2.1)."""
_LEEWAY_S = 60


class NotShownAgain(Forbidden):
    """The provider did not confirm who signs; `why` names what happened, for the page that they came from."""

    def __init__(self, why: str, message: str) -> None:
        self.why = why
        super().__init__(message)


def page_after_refusal(following: str, error: AssetloopError) -> str:
    """Return the page from which somebody went to sign, which then says why nothing was signed.

    >>> page_after_refusal("/handover/cw?x=1", NotShownAgain("other", "somebody else signed in there"))
    '/handover/cw?x=1&unconfirmed=other'
    >>> page_after_refusal("/handover/cw", Forbidden("it named nobody"))
    '/handover/cw?unconfirmed=refused'
    """
    why = "away" if isinstance(error, Unavailable) else error.why if isinstance(error, NotShownAgain) else "refused"
    return f"{following}{'&' if '?' in following else '?'}unconfirmed={why}"


def demand_person(request: Request) -> str:
    """Return the id of who is signed in here and asks to show again who they are.

    Raises:
        Forbidden: nobody whom the provider let in.
    """
    principal: Principal | None = getattr(request.state, "principal", None)
    if principal is None or principal.recognition is not Recognition.PROVIDER:
        raise Forbidden("only who came in by the provider shows there again who they are")
    return principal.person_id


def confirm_shown_again(
    request: Request,
    parts: Parts,
    settings: ProviderSettings,
    kept: ProviderSignIn,
    claims: dict[str, Any],
    answer: Response,
) -> None:
    """Let the browser sign the one act for which its person was sent away, within two minutes.

    Raises:
        NotShownAgain: the provider says not when, or that it was before; or it names somebody else.
    """
    _demand_just_now(claims)
    with parts.database.transaction() as tx:
        person = people.by_subject(tx, settings.issuer, str(claims["sub"]))
    if person is None or person.disabled_at is not None or person.person_id != kept.person_id:
        raise NotShownAgain("other", "somebody else signed in there")
    actor = Principal(name=person.name, recognition=Recognition.PROVIDER, person_id=person.person_id)
    secret = keep_confirmation(parts.database, actor, person, kept.act, clock=parts.clock)
    set_secret_cookie(request, answer, CONFIRMED_COOKIE, secret, CONFIRMATION_LASTS)


def _demand_just_now(claims: dict[str, Any]) -> None:
    """Demand that the credential was shown for this, and not an hour ago: providers may overlook what they are told.

    >>> _demand_just_now({})
    Traceback (most recent call last):
    api.identity.signing_in.shown_again.NotShownAgain: the provider does not say when (auth_time)
    """
    said = claims.get("auth_time")
    if not isinstance(said, int | float):
        raise NotShownAgain("untold", "the provider does not say when (auth_time)")
    if not -_LEEWAY_S <= time.time() - said <= CONFIRMATION_LASTS.total_seconds() + _LEEWAY_S:
        raise NotShownAgain("earlier", "the provider did not ask for the credential again")
