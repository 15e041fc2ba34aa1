"""Logins at the broker over HTTP: which devices may speak to mosquitto, and on which topics."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.administration import IssuedLoginShape, LoginShape, LoginWanted
from api.schemas.shape import NOTHING, Nothing

router = APIRouter(prefix="/device-logins", tags=["administration"])


@router.get("", responses=answers(400, 403, 409))
def list_logins(parts: GivenParts, pages: Pages) -> list[LoginShape]:
    """List who may speak to the broker, and what each may do; never a password."""
    found = parts.installation.accounts().every()
    return [LoginShape.model_validate(one) for one in pages.through(found, lambda one: (one.name,))]


@router.post("", status_code=201, responses=answers(400, 403, 409))
def add_login(parts: GivenParts, wanted: LoginWanted) -> IssuedLoginShape:
    """Let a device or gateway speak to the broker, on its own topics alone; the answer alone tells its password."""
    accounts, rights = parts.installation.accounts(), wanted.wish().rights()
    password = accounts.add(wanted.name, rights, has_password=not wanted.by_certificate)
    return IssuedLoginShape(name=wanted.name, rights=list(rights), password=password or None)


@router.post("/{login}/revoke", status_code=204, responses=answers(403, 404, 409))
def revoke_login(parts: GivenParts, login: str, _nothing: Nothing = NOTHING) -> None:
    """Let a device speak to the broker no more; its connection ends."""
    parts.installation.revoke_login(login)
