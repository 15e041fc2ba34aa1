"""One search over what was learnt; the address holds what was asked, so that it can be passed on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import quote, urlencode

from alerts.knowledge.search import SearchAnswer
from alerts.knowledge.search import search as search_knowledge
from alerts.knowledge.things import FoundThings, find_things
from api.console.components.elements import box, chip, heading, link, mark, words
from api.console.components.forms import look_up
from api.console.components.frame import empty, framed
from api.console.components.orders.order_rows import what
from api.console.found import found_row
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.escaped import escaped

_MOST = 30
_LONGEST = 500


async def show(visit: Visit, asked: str) -> None:
    """Draw the page with the answer to what its address asks."""
    await visit.settle()
    question = asked.strip()[:_LONGEST]
    with framed(visit, visit.t("search")):
        with box("title"):
            heading(visit.t("search"))
            words(visit.t("search_hint"), "muted")
        _field(visit, question)
        if question:
            await _answer(visit, question)


def _field(visit: Visit, question: str) -> None:
    with box("search-form", tag="form") as form:
        form.props["action"], form.props["method"], form.props["role"] = "/search", "get", "search"
        with mark(box("search-input", tag="input"), "search-field") as field:
            field.props["type"], field.props["name"], field.props["value"] = "search", "q", escaped(question)
            field.props["maxlength"] = str(_LONGEST)
            field.props["placeholder"] = field.props["aria-label"] = visit.t("search_field")
        with mark(box("button", tag="button"), "search-do") as button:
            words(visit.t("search_do"))
        button.props["type"] = "submit"


async def _answer(visit: Visit, question: str) -> None:
    answer = await look_up(visit, partial(read, visit.parts, question))
    if answer is None:
        return
    _things(visit, answer.things)
    if not answer.learnt.knows_spelling:
        words(visit.t("search_no_spelling"), "small muted")
    if not answer.learnt.hits and answer.things:
        return
    with box("card list found-list", testid="search-found"):
        if not answer.learnt.hits:
            empty(visit.t("search_nothing"), "search_off", visit.t("search_nothing_hint"))
        for hit in answer.learnt.hits:
            found_row(visit, hit)


def _things(visit: Visit, answer: FoundThings) -> None:
    """Show what is called so: assets, orders, alerts and documents."""
    if not answer:
        return
    with box("card list found-list", testid="search-things"):
        for asset in answer.assets:
            name = named(visit.language, asset.name, asset.name_zh)
            target = f"/assets/{quote(asset.site, safe='')}/{quote(asset.asset, safe='')}"
            where = (name if name != asset.asset else "", asset.site, asset.area)
            _thing(visit, "asset", target, asset.asset, where)
        for one in answer.orders:
            order = one.order
            said = (what(visit, order), order.asset, visit.word("state", order.state.value))
            _thing(visit, "order", f"/work-orders/{order.number}", order.number, said)
        for listed in answer.alerts:
            alert = listed.alert
            target = f"/alerts?{urlencode({'asset': alert.asset, 'state': 'all'})}"
            of_alert = (alert.asset, visit.word("severity", alert.severity.value), alert.comment)
            _thing(visit, "alert", target, visit.word("kind", alert.kind), of_alert)
        for document in answer.documents:
            of = (document.asset or "", document.project, document.version, document.file)
            _thing(visit, "document", f"/handover/{quote(document.project, safe='')}", document.title, of)


def _thing(visit: Visit, kind: str, target: str, title: str, beside: Sequence[str]) -> None:
    with link(target, "found", testid="found-thing"), box("line"):
        chip(visit.t(f"found_{kind}"), "plain")
        words(title, "strong")
        words(" · ".join(part for part in beside if part), "muted small")


@dataclass(frozen=True, kw_only=True, slots=True)
class EverythingFound:
    """What was learnt that answers a question, and what is called so."""

    learnt: SearchAnswer
    things: FoundThings


def read(parts: Parts, question: str) -> EverythingFound:
    """Answer a question.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        return EverythingFound(
            learnt=search_knowledge(tx, question, most=_MOST),
            things=find_things(tx, question, now=parts.clock.now()),
        )
