"""How much of what is known a question finds, on texts that stood before the search, by topic in two halves."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from alerts.knowledge.search import search
from alerts.knowledge.words import keys
from storage.core.database import Database
from storage.knowledge import entries
from storage.knowledge.entries import KnowledgeEntry
from tests.plant_rows import NOON

FILE = Path(__file__).with_name("maintenance_texts.toml")
FROZEN = "586d037cfedc15092827c30d61f1056d274a5515347d52eece4ac0233f3ed34f"
DOCUMENT = (Path(__file__).parents[3] / "docs" / "knowledge.md").read_text(encoding="utf-8")
CASES: list[dict[str, Any]] = tomllib.loads(FILE.read_text(encoding="utf-8"))["case"]
QUESTIONS = [(case, question) for case in CASES for question in case["asked"]]
PLAIN = b"""
SELECT key
FROM knowledge_entry
ORDER BY ts_rank(to_tsvector('simple', body), %s::tsquery) DESC, entry_id DESC
LIMIT 3
"""


def is_judged(case: dict[str, Any]) -> bool:
    """Half of the cases, by their names: the search was chosen on the others."""
    return bool(hashlib.sha256(case["name"].encode()).digest()[0] % 2)


def shares(ask: Callable[[str], Sequence[str]]) -> list[tuple[bool, bool, float]]:
    """Of each question: whether it judges, whether it is Chinese, how many of its three answers come first."""
    return [
        (
            is_judged(case),
            not question.isascii(),
            sum(key.partition("/")[0] == case["name"] for key in ask(question)) / len(case["texts"]),
        )
        for case, question in QUESTIONS
    ]


def mean(found: list[tuple[bool, bool, float]], *, judged: bool, chinese: bool | None = None) -> float:
    counted = [share for of, zh, share in found if of == judged and chinese in {None, zh}]
    return sum(counted) / len(counted)


def test_the_texts_are_those_that_were_frozen() -> None:
    assert hashlib.sha256(FILE.read_bytes()).hexdigest() == FROZEN
    assert sum(len(case["texts"]) for case in CASES) == 306
    assert sum(map(is_judged, CASES)) == 51


def test_four_in_five_of_what_answers_a_question_come_first(app_database: Database) -> None:
    with app_database.transaction() as tx:
        for case in CASES:
            for place, text in enumerate(case["texts"]):
                words = keys(text)
                known = {"kind": "lesson", "key": f"{case['name']}/{place}", "title": "", "body": text, "at": NOON}
                entries.put(tx, KnowledgeEntry(**known, words=words, length=len(words), stamp="1"))

    with app_database.transaction() as tx:

        def ours(question: str) -> list[str]:
            return [hit.entry.key for hit in search(tx, question, most=3).hits]

        def plain(question: str) -> list[str]:
            asked = "|".join(f"'{word}'" for word in re.findall(r"\w+", question.lower()))
            return [str(row["key"]) for row in tx.connection.execute(PLAIN, [asked])]

        found, beside = shares(ours), shares(plain)
    assert mean(found, judged=True) >= 0.8
    assert mean(beside, judged=True) < 0.25
    for halves in (False, True):
        rows = (
            mean(one, judged=halves, chinese=language) for one in (beside, found) for language in (None, False, True)
        )
        assert " | ".join(f"{figure:.2f}" for figure in rows) in DOCUMENT
