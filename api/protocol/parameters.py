"""Parameters that a route does not know are refused, so that a filter that was misspelt never returns everybody's."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fastapi import Request
from fastapi.dependencies.models import Dependant
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel


async def refuse_unknown_parameters(request: Request) -> None:
    """Refuse a request with parameters in its address that its route does not take.

    Raises:
        RequestValidationError: there are some; it names them, and those that the route takes.
    """
    if not request.query_params:
        return
    known = _known(request.scope["route"].dependant)
    unknown = sorted(set(request.query_params) - known)
    if unknown:
        takes = f"it takes {', '.join(sorted(known))}" if known else "it takes none"
        raise RequestValidationError(
            [
                {"type": "unknown_parameter", "loc": ("query", one), "msg": f"no parameter of this; {takes}"}
                for one in unknown
            ]
        )


_KNOWN: dict[int, tuple[Dependant, frozenset[str]]] = {}


def _known(dependant: Dependant) -> frozenset[str]:
    found = _KNOWN.get(id(dependant))
    if found is None:
        found = _KNOWN[id(dependant)] = (dependant, frozenset(_parameters(dependant)))
    return found[1]


def _parameters(dependant: Dependant) -> Iterator[str]:
    for one in dependant.query_params:
        kind: Any = one.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            yield from (field.alias or name for name, field in kind.model_fields.items())
        else:
            yield one.alias
    for below in dependant.dependencies:
        yield from _parameters(below)
