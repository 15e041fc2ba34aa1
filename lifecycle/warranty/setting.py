"""How a warranty is said by hand: of the machine at one asset, or of many by a TOML file."""

from __future__ import annotations

import calendar
import hashlib
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from lifecycle import ledger
from lifecycle.ledger_events import FileImported
from lifecycle.register.plant_file import Tag
from lifecycle.register.toml_file import read_toml
from plant.clock import Clock
from plant.errors import Rejected
from plant.orders.warranty import Warranty
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.orders.warranties import put_warranty

_LONGEST = 2000
_MOST_MONTHS = 600


class _TrialOver(Exception):
    """What was tried is taken back."""


@dataclass(frozen=True, kw_only=True, slots=True)
class WarrantyMoved:
    """A warranty was said, or a claim of one was made or answered; `event` is which."""

    event: str
    actor: str
    asset: str
    detail: dict[str, Any]

    def content(self) -> dict[str, Any]:
        """Return the entry as a JSON object."""
        return {"event": f"warranty.{self.event}", "actor": self.actor, "asset": self.asset, **self.detail}


def last_day(starts: date, months: int) -> date:
    """Return the last day of a warranty that lasts some months.

    >>> last_day(date(2026, 6, 1), 24).isoformat(), last_day(date(2024, 2, 29), 12).isoformat()
    ('2028-05-31', '2025-02-27')
    """
    year, month = divmod(starts.year * 12 + starts.month - 1 + months, 12)
    day = min(starts.day, calendar.monthrange(year, month + 1)[1])
    return date(year, month + 1, day) - timedelta(days=1)


def say_warranty(
    database: Database, site: str, asset: str, warranty: Warranty, *, actor: Principal, clock: Clock
) -> None:
    """Say until when somebody answers for the machine that stands at an asset; it goes before what the register says.

    Raises:
        Forbidden: who acts may not change the register of the site.
        NotFound: there is no such asset.
        Conflict: no machine stands there.
        Rejected: it ends before it begins, or says too much.
    """
    actor.demand(Right.REGISTER_ASSETS, site)
    with database.transaction() as tx:
        _put(tx, site, asset, warranty, actor, clock)


def _put(tx: Transaction, site: str, asset: str, warranty: Warranty, actor: Principal, clock: Clock) -> str:
    if warranty.ends < warranty.starts:
        raise Rejected("bad_warranty", f"{asset}: a warranty that begins on {warranty.starts} cannot end before it")
    if max(len(warranty.guarantor), len(warranty.terms)) > _LONGEST:
        raise Rejected("bad_warranty", f"{asset}: guarantor and terms have at most {_LONGEST} characters")
    done = put_warranty(tx, site, asset, warranty, at=clock.now(), by=actor.name)
    if done != "left":
        said = {"starts": warranty.starts.isoformat(), "ends": warranty.ends.isoformat()}
        detail = {**said, "guarantor": warranty.guarantor, "terms": warranty.terms}
        moved = WarrantyMoved(event="said", actor=actor.name, asset=asset, detail=detail)
        ledger.append(tx, site, moved, clock.now())
    return done


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid")

    asset: Tag
    begins: Annotated[date, Field(alias="from")]
    until: date | None = None
    months: Annotated[int | None, Field(ge=1, le=_MOST_MONTHS)] = None
    guarantor: Annotated[str, Field(max_length=200)] = ""
    terms: Annotated[str, Field(max_length=_LONGEST)] = ""

    @model_validator(mode="after")
    def _says_how_long(self) -> Self:
        if (self.until is None) == (self.months is None):
            raise ValueError("say `until` a day, or for how many `months`, and not both")
        return self

    @property
    def warranty(self) -> Warranty:
        ends = self.until or last_day(self.begins, self.months or 1)
        return Warranty(starts=self.begins, ends=ends, guarantor=self.guarantor, terms=self.terms)


class _Warranties(BaseModel):
    model_config = ConfigDict(extra="forbid")

    site: Tag
    warranty: list[_Entry] = []


def import_warranties(
    database: Database, path: Path, *, actor: Principal, clock: Clock, is_trial: bool = False
) -> dict[str, int]:
    """Take over what a file says of many machines, whole or not at all; return how many were added, changed and left.

    Raises:
        Forbidden: who acts may not change the register of its site.
        NotFound: there is no such asset.
        Conflict: at an asset stands no machine.
        Rejected: the file cannot be read, or says something that makes no sense; the text says where.
    """
    parsed = read_toml(path, _Warranties, absent="no_warranties", bad="bad_warranties", parse_float=Decimal)
    twice = [tag for tag, count in Counter(one.asset for one in parsed.warranty).items() if count > 1]
    if twice:
        raise Rejected("bad_warranties", f"{path}: asset {twice[0]} is described twice")
    actor.demand(Right.REGISTER_ASSETS, parsed.site)
    counts: dict[str, int] = {}
    try:
        with database.transaction() as tx:
            done = Counter(_put(tx, parsed.site, one.asset, one.warranty, actor, clock) for one in parsed.warranty)
            counts |= {how: done[how] for how in ("added", "changed", "left")}
            if is_trial:
                raise _TrialOver
            if done["added"] or done["changed"]:
                digest = hashlib.sha256(path.read_bytes()).hexdigest()
                imported = FileImported(
                    actor=actor.name, what="warranties", file=path.name, sha256=digest, counts=counts
                )
                ledger.append(tx, parsed.site, imported, clock.now())
    except _TrialOver:
        pass
    return counts
