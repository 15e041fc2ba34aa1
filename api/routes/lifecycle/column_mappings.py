"""Mappings of columns over HTTP: what the heads of a tag list mean, saved under a name for the next list."""

from __future__ import annotations

from fastapi import APIRouter

from api.parts import GivenParts
from api.problems import answers
from api.schemas.lifecycle.register import ColumnMappingShape, ColumnMappingWanted
from api.schemas.shape import NOTHING, Nothing
from lifecycle.importing import column_mappings

router = APIRouter(prefix="/register", tags=["register"])


@router.get("/{site}/mappings", responses=answers(403, 404))
def list_mappings(parts: GivenParts, site: str) -> list[ColumnMappingShape]:
    """List the mappings of columns that are saved for a site, by name."""
    with parts.database.transaction() as tx:
        return [ColumnMappingShape.of(one) for one in column_mappings.list_mappings(tx, site)]


@router.get("/{site}/mappings/{name}", responses=answers(403, 404))
def get_mapping(parts: GivenParts, site: str, name: str) -> ColumnMappingShape:
    """Return what is saved under a name."""
    with parts.database.transaction() as tx:
        return ColumnMappingShape.of(column_mappings.get_mapping(tx, site, name))


@router.post("/{site}/mappings", status_code=201, responses=answers(400, 403, 404, 409))
def save_mapping(parts: GivenParts, site: str, wanted: ColumnMappingWanted) -> ColumnMappingShape:
    """Save what the columns of a tag list mean under a name, in place of what has that name where `replace` is true."""
    with parts.database.transaction() as tx:
        saved = column_mappings.save_mapping(
            tx,
            site,
            wanted.name,
            wanted.mapping(),
            actor=parts.principal,
            clock=parts.clock,
            replaces=wanted.replace,
        )
    return ColumnMappingShape.of(saved)


@router.post("/{site}/mappings/{name}/delete", responses=answers(403, 404))
def delete_mapping(parts: GivenParts, site: str, name: str, _asked: Nothing = NOTHING) -> list[ColumnMappingShape]:
    """Forget a mapping; answers those that are left. Imports that were tried with it keep what it said."""
    with parts.database.transaction() as tx:
        column_mappings.drop_mapping(tx, site, name, actor=parts.principal)
        return [ColumnMappingShape.of(one) for one in column_mappings.list_mappings(tx, site)]
