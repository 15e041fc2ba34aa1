"""The ledger: its chains, how far they are signed and cosigned, their entries, and whether they verify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import run
from nicegui.element import Element

from api.console.components.elements import box, card, chip, heading, mark, words
from api.console.components.forms import look_up, offer
from api.console.components.frame import empty, filling, framed
from api.console.ledger_entry import show_entry
from api.console.visit import Visit
from lifecycle.attesting import heads
from lifecycle.ledger import BrokenChain, VerifiedChain
from plant.people.rights import EVERY_SITE, Right
from storage.core.database import Transaction
from storage.work import ledger as store
from storage.work.ledger import ChainLine

_PAGE = 50


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownChain:
    """A chain with some of its entries, the newest first, and its signed head."""

    line: ChainLine
    entries: Sequence[dict[str, Any]]
    note: str


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("ledger")):
        with box("title"):
            heading(visit.t("ledger"))
            words(visit.t("ledger_hint"), "muted")
        rooms = filling(visit, box("stack", testid="ledger"))
        chains = await run.io_bound(_chains, visit)
        with rooms:
            for chain in chains or ():
                _chain(visit, chain)
            if not chains:
                empty(visit.t("ledger_empty"), "menu_book")


def _chains(visit: Visit) -> list[ShownChain]:
    sees_people = visit.principal.may(Right.MANAGE_PEOPLE, EVERY_SITE)
    with visit.parts.database.transaction() as tx:
        found = [one for one in store.chains(tx) if sees_people or not one.project.startswith("@")]
        return [_read(tx, one, below=one.entries + 1) for one in found]


def _read(tx: Transaction, line: ChainLine, *, below: int) -> ShownChain:
    after = max(0, below - 1 - _PAGE)
    read = heads.entries(tx, line.project, after=after, most=_PAGE)
    kept = store.newest_signed(tx, line.project)
    entries = [one for one in reversed(read) if one["seq"] < below]
    return ShownChain(line=line, entries=entries, note=kept.note if kept else "")


def _chain(visit: Visit, chain: ShownChain) -> None:
    line = chain.line
    with card(line.project), box("stack", testid=f"chain-{line.project}"):
        with box("line"):
            words(visit.t("ledger_entries", count=line.entries), "strong")
            signed = visit.t("ledger_signed", size=line.signed) if line.signed else visit.t("ledger_unsigned")
            chip(signed, "plain")
            cosigned = visit.t("ledger_cosigned", size=line.cosigned) if line.cosigned else visit.t("ledger_no_witness")
            chip(cosigned, "good" if line.cosigned else "plain")
        with box("line"):
            verdict = mark(words("", "strong"), f"verdict-{line.project}")
            offer(visit, "ledger_verify", partial(_verify, visit, line, verdict), testid=f"verify-{line.project}")
        if chain.note:
            with box(tag="details") as details:
                with box(tag="summary"):
                    words(visit.t("ledger_head"))
                words(chain.note, "small figures secret", keeps_lines=True)
            mark(details, f"head-{line.project}")
        words(visit.t("ledger_newest"), "muted small")
        history = box("history", testid=f"entries-{line.project}")
        _more(visit, chain, history)


def _more(visit: Visit, chain: ShownChain, history: Element) -> None:
    with history:
        for one in chain.entries:
            show_entry(visit, one)
    if not chain.entries or chain.entries[-1]["seq"] == 1:
        return
    below = chain.entries[-1]["seq"]
    with history:
        room = box("line")

    async def older() -> None:
        def read() -> ShownChain:
            with visit.parts.database.transaction() as tx:
                return _read(tx, chain.line, below=below)

        found = await look_up(visit, read)
        if found is not None:
            room.delete()
            _more(visit, found, history)

    with room:
        offer(visit, "ledger_older", older, testid=f"older-{chain.line.project}-{below}")


async def _verify(visit: Visit, line: ChainLine, verdict: Element) -> None:
    def read() -> heads.ChainVerdict:
        with visit.parts.database.transaction() as tx:
            return heads.compare(tx, line.project, [])

    found = await look_up(visit, read)
    if found is None:
        return
    said = ""
    if isinstance(found, VerifiedChain):
        said = visit.t("ledger_verified", count=found.entries)
    elif isinstance(found, BrokenChain):
        said = visit.t("ledger_broken", first=found.seq)
    verdict.set_text(said)  # type: ignore[attr-defined]
