"""Device tokens over HTTP: issued, listed, revoked."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.schemas.plant import Acknowledgement, DeviceTokenShape, IssuedShape, TokenWish
from lifecycle.register import device_tokens
from plant.principal import typed
from storage.register import device_tokens as store

router = APIRouter(prefix="/device-tokens", tags=["device tokens"])


@router.get("", responses=answers())
def list_tokens(parts: GivenParts) -> list[DeviceTokenShape]:
    """List every token, revoked ones too, the newest first; never a secret."""
    with parts.database.transaction() as tx:
        found = store.every(tx)
    return [DeviceTokenShape.model_validate(token) for token in found]


@router.post("", status_code=201, responses=answers(400, 404))
def issue_token(parts: GivenParts, wish: TokenWish) -> IssuedShape:
    """Issue a token with which a device or gateway may send telemetry; the answer alone tells its secret."""
    with parts.database.transaction() as tx:
        issued = device_tokens.issue(
            tx, site=wish.site, asset=wish.asset, name=wish.name, at=parts.clock.now(), actor=typed(wish.actor)
        )
    return IssuedShape.model_validate(issued)


@router.post("/{token_id}/revoke", status_code=204, responses=answers(404))
def revoke_token(parts: GivenParts, token_id: str, revocation: Acknowledgement) -> None:
    """Let a token open nothing any more, at once."""
    with parts.database.transaction() as tx:
        store.revoke(tx, token_id, at=parts.clock.now(), by=revocation.actor)
