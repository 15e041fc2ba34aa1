"""One search over what was learnt; the address holds what was asked, so that it can be passed on."""

from __future__ import annotations

from nicegui import run, ui

from alerts.knowledge.search import SearchAnswer
from alerts.knowledge.search import search as search_knowledge
from api.console.components.elements import box, heading, mark, words
from api.console.components.frame import empty, framed
from api.console.found import found_row
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
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
    try:
        answer = await run.io_bound(read, visit.parts, question)
    except AssetloopError as error:
        ui.notify(escaped(str(error)), type="negative")
        return
    if answer is None:
        return
    if not answer.knows_spelling:
        words(visit.t("search_no_spelling"), "small muted")
    with box("card list found-list", testid="search-found"):
        if not answer.hits:
            empty(visit.t("search_nothing"), "search_off", visit.t("search_nothing_hint"))
        for hit in answer.hits:
            found_row(visit, hit)


def read(parts: Parts, question: str) -> SearchAnswer:
    """SearchAnswer a question.

    Raises:
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        return search_knowledge(tx, question, most=_MOST)
