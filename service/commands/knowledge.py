"""`assetloop search …`: what was learnt, found by words in English or Chinese."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from service.commands.common import Data, Json, answer, say, surroundings


def search(
    asked: Annotated[list[str], typer.Argument(help="Words in English or Chinese, tags; misspelt ones too.")],
    asset_class: Annotated[str | None, typer.Option("--class", help="Only of this class of equipment.")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="order, lesson, document or rationalisation; may be given again.")
    ] = None,
    most: Annotated[int, typer.Option(help="At most so many.", min=1, max=200)] = 10,
    data: Data = None,
    json: Json = False,
) -> None:
    """Find what was learnt, best first, each with why; and assets, orders, alerts and documents that are called so."""
    from alerts.knowledge.search import search as search_knowledge
    from alerts.knowledge.things import find_things
    from api.schemas.knowledge import SearchAnswerShape

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        found = search_knowledge(tx, " ".join(asked), kinds=kind, asset_class=asset_class, most=most)
        things = find_things(tx, " ".join(asked).strip(), now=around.clock.now())
    shown = SearchAnswerShape.of(found, things).model_dump(mode="json")
    if not found.knows_spelling:
        say("misspelt words are not found: this server lacks the extension pg_trgm")
    answer(shown, as_json=json, line=lambda: _told(shown["found"], shown["things"]))


def _told(found: list[dict[str, Any]], things: list[dict[str, Any]]) -> str:
    called = [f"{one['kind']} {one['key']}  {one['site']}/{one['asset'] or ''}  {one['title']}" for one in things]
    return "\n\n".join([*called, *(_one(one) for one in found)]) or "nothing like that is known yet"


def _one(one: dict[str, Any]) -> str:
    where = "/".join(part for part in (one["site"], one["asset"]) if part) or one["asset_class"] or ""
    snippet = "".join(piece["text"] for piece in one["snippet"]).replace("\n", " ")
    said = (_reason(reason) for reason in one["reasons"])
    lines = (f"{one['kind']} {one['key']}  {where}", one["title"], snippet, f"found by {', '.join(said)}")
    return "\n  ".join(line for line in lines if line)


def _reason(reason: dict[str, str]) -> str:
    """Say why something was found.

    >>> _reason({"because": "meaning", "asked": "hot", "found": "过热"})
    'hot = 过热'
    """
    signs = {"word": "", "meaning": " = ", "spelling": " ≈ "}
    sign = signs[reason["because"]]
    return f"{reason['asked']}{sign}{reason['found']}" if sign else reason["found"]
