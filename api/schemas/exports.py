"""In which form a list is exported: by `format`, or by what the caller accepts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import chain
from typing import Annotated, Any

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse

from api.parts import Parts
from lifecycle.exporting.forms import UTC_NAME, FileForm, written
from lifecycle.exporting.table import ExportTable, Heads
from storage.register.assets import time_zones

IN_EVERY_FORM: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file, as it is read: CSV (UTF-8 with a byte order mark, RFC 3339 times, formulas defused), "
        "XLSX, or Parquet.",
        "content": {
            one.media_type: {"schema": {"type": "string", **({} if one is FileForm.CSV else {"format": "binary"})}}
            for one in FileForm
        },
    }
}


class ExportAsked:
    """In which form the caller wants a list, and what stands above its columns."""

    def __init__(
        self,
        request: Request,
        *,
        form: Annotated[
            FileForm | None,
            Query(
                alias="format",
                description="Where absent: what `Accept` names, else CSV. XLSX has 200,000 rows at most.",
            ),
        ] = None,
        heads: Annotated[
            Heads,
            Query(
                description="Above the columns: the API's names, or words in English or Chinese. Under words, "
                "instants are in the time of the sites, where they all have one; under names they are UTC."
            ),
        ] = "names",
    ) -> None:
        self._form = form or _accepted(request.headers.get("accept", ""))
        self._heads = heads

    def answer(self, parts: Parts, table: ExportTable, *, called: str = "") -> StreamingResponse:
        """Answer with a table, row by row; what is refused is refused before the first byte.

        Raises:
            Rejected: it has more rows than the form holds.
            Unavailable: the database is away.
        """
        with parts.database.transaction() as tx:
            zone = common_zone(time_zones(tx)) if self._heads != "names" else UTC_NAME
        pieces = written(table, self._form, self._heads, zone)
        begun: Iterator[bytes] = chain([next(pieces)], pieces)
        name = f"{called or table.name}.{self._form.value}"
        headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "no-store"}
        return StreamingResponse(begun, media_type=self._form.media_type, headers=headers | {"Vary": "Accept"})


def common_zone(zones: Mapping[str, str]) -> str:
    """Return the time zone of sites that have one; UTC where they have several.

    >>> common_zone({"north": "Asia/Shanghai", "south": "Asia/Shanghai"}), common_zone({})
    ('Asia/Shanghai', 'UTC')
    """
    named = set(zones.values())
    return named.pop() if len(named) == 1 else UTC_NAME


def _accepted(header: str) -> FileForm:
    """Return the first form that an Accept header names; CSV where it names none.

    >>> _accepted("application/vnd.apache.parquet").value, _accepted("text/html, */*").value
    ('parquet', 'csv')
    """
    named = [part.split(";")[0].strip().lower() for part in header.split(",")]
    known = {form.media_type.split(";")[0]: form for form in FileForm}
    return next((known[one] for one in named if one in known), FileForm.CSV)


AskedForm = Annotated[ExportAsked, Depends()]
"""The form in which a list is wanted."""
