"""Many rows in one parameter: JSON that a statement reads with `json_populate_recordset` or `json_to_recordset`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def json_rows(rows: Sequence[Mapping[str, Any] | DataclassInstance]) -> str:
    """Write rows, by column name or as dataclasses, as a JSON array; instants, ids and enumerations as their text.

    >>> from decimal import Decimal
    >>> json_rows([{"tag": "P-101", "cost": Decimal("1.50")}])
    '[{"tag":"P-101","cost":"1.50"}]'
    """
    return orjson.dumps(rows, default=str).decode()
