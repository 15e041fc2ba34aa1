"""The ledger over HTTP: its chains and entries, signed heads, proofs, and what witnesses set under a head."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.parts import GivenParts, Parts
from api.problems import answers
from api.protocol.paging import Pages
from api.schemas.lifecycle.ledger import (
    ChainShape,
    ConsistencyShape,
    Cosigned,
    EntryShape,
    HeadShape,
    ProofShape,
    VerdictShape,
)
from lifecycle.attesting import heads
from plant.errors import NotFound, Rejected
from plant.people.rights import EVERY_SITE, Right
from storage.work import ledger as store

router = APIRouter(prefix="/ledger", tags=["ledger"])


@router.get("", responses=answers(403))
def list_chains(parts: GivenParts, pages: Pages) -> list[ChainShape]:
    """List the chains of one's own sites, with how far each is signed and cosigned."""
    with parts.database.transaction() as tx:
        found = store.chains(tx)
    theirs = [one for one in found if not one.project.startswith("@") or sees_people(parts)]
    return [ChainShape.model_validate(one) for one in pages.through(theirs, lambda one: (one.project,))]


@router.get("/{site}/entries", responses=answers(403, 404))
def list_entries(
    parts: GivenParts, pages: Pages, site: str, after: Annotated[int, Query(ge=0)] = 0
) -> list[EntryShape]:
    """List entries of a chain in order, those after a number."""
    demand_chain(parts, site)
    with parts.database.transaction() as tx:
        found = heads.entries(tx, site, after=pages.after_number() or after, most=pages.one_more)
    return [EntryShape.model_validate(one) for one in pages.page(found, lambda one: (one["seq"],))]


@router.get("/{site}/verdict", responses=answers(403, 404))
def get_verdict(parts: GivenParts, site: str) -> VerdictShape:
    """Hold a chain against itself."""
    with parts.database.transaction() as tx:
        return VerdictShape.of(heads.compare(tx, site, []))


@router.get("/{site}/head", responses=answers(403, 404))
def get_head(parts: GivenParts, site: str) -> HeadShape:
    """Return the head that was signed last, with every signature under it."""
    with parts.database.transaction() as tx:
        found = store.newest_signed(tx, site)
    if found is None:
        raise NotFound(f"no head of {site} is signed yet; that is done every hour, and by `assetloop ledger head`")
    return HeadShape(size=found.size, head=found.note)


@router.get("/{site}/proof/{entry}", responses=answers(403, 404))
def get_proof(parts: GivenParts, site: str, entry: int) -> ProofShape:
    """Prove that an entry is under the head that was signed last; docs/ledger.md checks it."""
    demand_chain(parts, site)
    note = get_head(parts, site).head
    with parts.database.transaction() as tx:
        return ProofShape.model_validate(heads.proof(tx, site, entry, note=note))


@router.get("/{site}/consistency", responses=answers(400, 403, 404))
def get_consistency(
    parts: GivenParts, site: str, before: Annotated[int, Query(ge=0)], size: Annotated[int, Query(ge=0)]
) -> ConsistencyShape:
    """Prove that the tree of `size` entries goes on from that of the first `before` (RFC 9162, 2.1.4)."""
    with parts.database.transaction() as tx:
        return ConsistencyShape(path=heads.consistency(tx, site, before, size))


@router.post("/{site}/cosignatures", status_code=204, responses=answers(400, 403, 404))
def cosign(parts: GivenParts, site: str, given: Cosigned) -> None:
    """Take what a witness sets under a signed head."""
    with parts.database.transaction() as tx:
        kept = store.newest_signed(tx, site)
        if kept is None or kept.size != given.size:
            raise Rejected("another_head", "that is not the head that was signed last; ask for it again")
        store.add_cosignature(tx, site, size=given.size, line=given.line, at=parts.clock.now())


def sees_people(parts: Parts) -> bool:
    """Say whether who acts may read what was done about people."""
    return parts.principal.may(Right.MANAGE_PEOPLE, EVERY_SITE)


def demand_chain(parts: Parts, project: str) -> None:
    """Let only administrators read the chain of people; heads and proofs of consistency say nothing of it.

    Raises:
        Forbidden: they do not administer every site.
    """
    if project.startswith("@"):
        parts.principal.demand(Right.MANAGE_PEOPLE, EVERY_SITE)
