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
from plant.errors import Forbidden
from plant.people.principal import Principal, Recognition
from storage.identity import people
from storage.identity.one_time import ProviderSignIn

ASKS_AGAIN = {"prompt": "login", "max_age": "0"}
"""What a provider is told, so that it asks for the credential although its session goes on (OpenID Connect 3.1.2.1)."""
_LEEWAY_S = 60


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
        Forbidden: the provider says not when, or that it was before; or it names somebody else.
    """
    _demand_just_now(claims)
    with parts.database.transaction() as tx:
        person = people.by_subject(tx, settings.issuer, str(claims["sub"]))
    if person is None or person.disabled_at is not None or person.person_id != kept.person_id:
        raise Forbidden("somebody else signed in there")
    actor = Principal(name=person.name, recognition=Recognition.PROVIDER, person_id=person.person_id)
    secret = keep_confirmation(parts.database, actor, person, kept.act, clock=parts.clock)
    set_secret_cookie(request, answer, CONFIRMED_COOKIE, secret, CONFIRMATION_LASTS)


def _demand_just_now(claims: dict[str, Any]) -> None:
    """Demand that the credential was shown for this, and not an hour ago: providers may overlook what they are told.

    >>> _demand_just_now({})
    Traceback (most recent call last):
    plant.errors.Forbidden: the provider does not say when the credential was shown (auth_time)
    """
    said = claims.get("auth_time")
    if not isinstance(said, int | float):
        raise Forbidden("the provider does not say when the credential was shown (auth_time)")
    if not -_LEEWAY_S <= time.time() - said <= CONFIRMATION_LASTS.total_seconds() + _LEEWAY_S:
        raise Forbidden("the provider did not ask for the credential again")
