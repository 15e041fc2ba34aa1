"""Warranties over HTTP: what stands, claims of it and their answers, and the evidence for a claim in one file."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Response

from alerts.orders.attachments import contents
from api.parts import GivenParts, Parts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.lifecycle.warranty import (
    AssetWarrantyShape,
    ClaimAnswer,
    ClaimStepShape,
    ClaimWanted,
    CoveredFailureShape,
    OrderWarrantyShape,
    WarrantyClaimShape,
    WarrantyWanted,
)
from lifecycle.warranty.claim_evidence import read_evidence
from lifecycle.warranty.claim_file import claim_file
from lifecycle.warranty.claiming import answer_claim, claim_warranty
from lifecycle.warranty.setting import say_warranty
from plant.orders.attachment import Attachment
from plant.orders.warranty import ClaimState
from storage.orders import warranties, warranty_claims
from storage.orders.warranty_claims import ClaimsWanted
from storage.work import orders

router = APIRouter(tags=["warranties"])
PageLanguage = Annotated[Literal["en", "zh", "both"], Query(description="In which language its pages are written.")]


@router.get("/warranties", responses=answers(400, 403))
def list_warranties(
    parts: GivenParts,
    pages: Pages,
    site: str | None = None,
    asset: Annotated[str | None, Query(description="Tag of the asset.")] = None,
    on: Annotated[date | None, Query(description="Only those that hold on this day.")] = None,
) -> list[AssetWarrantyShape]:
    """List the warranties of the machines that stand somewhere now, those that end first in front."""
    with parts.database.transaction() as tx:
        found = warranties.standing_warranties(tx, site=site, asset=asset, on_day=on)
    listed = pages.through(found, lambda one: (one.ends.isoformat(), one.site, one.asset))
    return [AssetWarrantyShape.model_validate(one) for one in listed]


@router.post("/assets/{site}/{tag:path}/warranty", status_code=204, responses=answers(400, 403, 404, 409))
def set_warranty(parts: GivenParts, site: str, tag: str, wanted: WarrantyWanted) -> None:
    """Say until when somebody answers for the machine that stands there; it goes before what the register says."""
    say_warranty(parts.database, site, tag, wanted.warranty, actor=parts.principal, clock=parts.clock)


@router.get("/warranty-claims", responses=answers(400, 403))
def list_warranty_claims(
    parts: GivenParts,
    pages: Pages,
    project: Annotated[str | None, Query(description="Tag of the project that handed the machine over.")] = None,
    guarantor: Annotated[str | None, Query(description="Who answers for the machine.")] = None,
    state: ClaimState | None = None,
    site: str | None = None,
) -> list[WarrantyClaimShape]:
    """List claims, the newest first."""
    wanted = ClaimsWanted(project=project, guarantor=guarantor, state=state, site=site, after=pages.after_number())
    with parts.database.transaction() as tx:
        found = warranty_claims.list_claims(tx, wanted, most=pages.one_more)
    return [WarrantyClaimShape.model_validate(one) for one in pages.page(found, lambda one: (one.claim_id,))]


@router.get("/work-orders/{number}/warranty", responses=answers(403, 404))
def get_order_warranty(parts: GivenParts, number: str) -> OrderWarrantyShape:
    """Say within which warranty an order's failure fell, and what was claimed of it."""
    with parts.database.transaction() as tx:
        order_id = orders.get_order(tx, number).order_id
        covered = warranties.covered_failures(tx, [order_id]).get(order_id)
        claim = warranty_claims.claims_of_orders(tx, [order_id]).get(number)
        steps = warranty_claims.steps_of(tx, claim.claim_id) if claim else []
    return OrderWarrantyShape(
        warranty=CoveredFailureShape.model_validate(covered) if covered else None,
        claim=WarrantyClaimShape.model_validate(claim) if claim else None,
        steps=[ClaimStepShape.model_validate(one) for one in steps],
    )


@router.post("/work-orders/{number}/warranty/claim", status_code=201, responses=answers(400, 403, 404, 409))
def make_claim(parts: GivenParts, number: str, wanted: ClaimWanted) -> WarrantyClaimShape:
    """Claim of the guarantor what an order is about."""
    claim = claim_warranty(
        parts.database, number, amount=wanted.amount, note=wanted.note, actor=parts.principal, clock=parts.clock
    )
    return WarrantyClaimShape.model_validate(claim)


@router.post("/work-orders/{number}/warranty/answer", responses=answers(400, 403, 404, 409))
def answer(parts: GivenParts, number: str, said: ClaimAnswer) -> WarrantyClaimShape:
    """Write down what the guarantor says of a claim, or open it again."""
    claim = answer_claim(
        parts.database,
        number,
        said.state,
        amount=said.amount,
        note=said.note,
        actor=parts.principal,
        clock=parts.clock,
    )
    return WarrantyClaimShape.model_validate(claim)


@router.get("/work-orders/{number}/warranty/evidence", response_class=Response, responses=answers(403, 404, 409))
def get_evidence(parts: GivenParts, number: str, language: PageLanguage = "both") -> Response:
    """Return all that speaks for a claim as one ZIP file, with the SHA-256 of each file in it."""
    body = evidence_file(parts, number, language)
    name = {"content-disposition": f'attachment; filename="{number}-claim.zip"'}
    return Response(body, media_type="application/zip", headers=name)


def evidence_file(parts: Parts, number: str, language: str) -> bytes:
    """Write the evidence for a claim; `language` is en, zh or both.

    Raises:
        NotFound: there is no such order.
        Conflict: it is of no failure within a warranty, and was never claimed.
        Unavailable: a file of the order cannot be read.
    """

    def read_file(one: Attachment) -> bytes:
        return b"".join(contents(parts.database, one, parts.attachments))

    languages = ("en", "zh") if language == "both" else (language,)
    return claim_file(read_evidence(parts.database, number), languages, read_file)
