"""`assetloop figures`: MTBF, MTTR, availability and the rest, by asset, class or site."""

from __future__ import annotations

import csv
import io
import sys
from typing import Annotated, Any

import typer

from service.commands.common import Data, Json, answer, surroundings, table

_SHOWN = ("availability", "mtbf_h", "mttr_h", "failures", "down_h", "planned_share", "first_time_fix", "backlog_weeks")


def figures(
    by: Annotated[str, typer.Option(help="asset, class or site.")] = "class",
    bucket: Annotated[str, typer.Option(help="whole, day or month, in the site's zone.")] = "whole",
    since: Annotated[str | None, typer.Option("--from", help="ISO 8601.", show_default="a year before --to")] = None,
    until: Annotated[str | None, typer.Option("--to", help="ISO 8601.", show_default="now")] = None,
    known_at: Annotated[
        str | None, typer.Option("--known-at", help="As they were known then: ISO 8601.", show_default="now")
    ] = None,
    site: Annotated[str | None, typer.Option(help="Of this site alone.")] = None,
    as_csv: Annotated[bool, typer.Option("--csv", help="Every figure as CSV.")] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Say how the plant does, as known now or at an instant; "–" means that there was no case."""
    rows = _read(data, by, bucket, since, until, known_at, site)
    if as_csv:
        sys.stdout.write(_as_csv(rows))
        return
    answer({"figures": rows}, as_json=json, line=lambda: _told(rows))


def _read(
    data: Any, by: str, bucket: str, since: str | None, until: str | None, known_at: str | None, site: str | None
) -> list[dict[str, Any]]:
    import dataclasses
    from datetime import timedelta

    from plant.errors import Misconfigured
    from service.commands.instants import read_instant
    from storage.figures.figures import Bucket, FiguresBy
    from storage.figures.figures import figures as read_figures

    if by not in set(FiguresBy) or bucket not in set(Bucket):
        raise Misconfigured("--by is asset, class or site; --bucket is whole, day or month")
    around = surroundings(data)
    now = around.clock.now()
    end = read_instant(until) if until else now
    begin = read_instant(since) if since else end - timedelta(days=365)
    with around.database() as database, database.transaction() as tx:
        found = read_figures(
            tx,
            since=begin,
            until=end,
            known_at=read_instant(known_at) if known_at else now,
            by=FiguresBy(by),
            bucket=Bucket(bucket),
            site=site,
        )
    return [dataclasses.asdict(one) for one in found]


def _told(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "there are no assets yet"
    lines = [(_name(row), f"{row['time_from']:%Y-%m-%d}", *(_cell(row[name]) for name in _SHOWN)) for row in rows]
    return table(("OF", "FROM", *(name.upper() for name in _SHOWN)), lines)


def _name(row: dict[str, Any]) -> str:
    return "/".join(part for part in (row["site"], row["asset_class"], row["asset"]) if part)


def _cell(value: float | None) -> str:
    """Write a figure with three places at most.

    >>> _cell(None), _cell(0.94623), _cell(352.0)
    ('–', '0.946', '352')
    """
    return "–" if value is None else f"{value:.3f}".rstrip("0").rstrip(".")


def _as_csv(rows: list[dict[str, Any]]) -> str:
    text = io.StringIO()
    if rows:
        writer = csv.DictWriter(text, fieldnames=list(rows[0]))
        writer.writeheader()
        for row in rows:
            costs = " ".join(f"{amount:.2f} {currency}" for currency, amount in sorted(row["costs"].items()))
            times = {name: row[name].isoformat() for name in ("time_from", "time_to", "known_at")}
            writer.writerow({**row, **times, "costs": costs})
    return text.getvalue()
