"""Devices over HTTP: whether they are heard, and the tokens with which they send."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.assets import LivenessShape
from api.schemas.shape import NOTHING, Nothing
from api.schemas.telemetry import DeviceTokenShape, IssuedShape, TokenWish
from lifecycle.register import device_tokens
from plant.people.rights import Right
from storage.register import device_tokens as store
from storage.views import liveness

router = APIRouter(tags=["liveness"])


@router.get("/liveness", responses=answers(400))
def list_liveness(parts: GivenParts, pages: Pages) -> list[LivenessShape]:
    """List session, device and sensors of every asset."""
    with parts.database.transaction() as tx:
        found = liveness.of_all(tx)
    return [LivenessShape.model_validate(one) for one in pages.through(found, lambda one: (one.site, one.asset))]


@router.get("/assets/{site}/{tag:path}/liveness", responses=answers(404))
def get_liveness(parts: GivenParts, site: str, tag: str) -> LivenessShape:
    """Show session, device and sensors of one asset."""
    with parts.database.transaction() as tx:
        return LivenessShape.model_validate(liveness.of_asset(tx, site, tag))


token_router = APIRouter(prefix="/device-tokens", tags=["device tokens"])


@token_router.get("", responses=answers(400))
def list_tokens(parts: GivenParts, pages: Pages) -> list[DeviceTokenShape]:
    """List every token, revoked ones too, the newest first; never a secret."""
    with parts.database.transaction() as tx:
        found = store.every(tx)
    listed = pages.through(found, lambda one: (one.issued_at, one.token_id), newest_first=True)
    return [DeviceTokenShape.model_validate(one) for one in listed]


@token_router.post("", status_code=201, responses=answers(400, 404))
def issue_token(parts: GivenParts, wish: TokenWish) -> IssuedShape:
    """Issue a token with which a device or gateway may send telemetry; the answer alone tells its secret."""
    parts.principal.demand(Right.MANAGE_DEVICES, wish.site)
    with parts.database.transaction() as tx:
        issued = device_tokens.issue(
            tx, site=wish.site, asset=wish.asset, name=wish.name, at=parts.clock.now(), actor=parts.principal
        )
    return IssuedShape.model_validate(issued)


@token_router.post("/{token_id}/revoke", status_code=204, responses=answers(404))
def revoke_token(parts: GivenParts, token_id: str, _nothing: Nothing = NOTHING) -> None:
    """Let a token open nothing any more, at once."""
    with parts.database.transaction() as tx:
        store.revoke(tx, token_id, at=parts.clock.now(), by=parts.principal.name)
