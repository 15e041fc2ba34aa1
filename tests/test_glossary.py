"""The API, the console and the glossary use the same words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from api.app import create_app
from api.console.texts.texts import TEXTS
from api.identity.access import Access
from grafana.chinese import CHINESE
from plant.clock import SystemClock
from plant.orders.code_words import CODE_WORDS
from storage.core.database import Database, Role

GLOSSARY = (Path(__file__).parent.parent / "docs" / "glossary.md").read_text(encoding="utf-8")
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in GLOSSARY.splitlines()
    if line.startswith("|") and not line.startswith(("| term", "| ---"))
]
ORDINARY = set(GLOSSARY.split("```text\n")[1].split("```")[0].split())
# What a dashboard says of another thing than the console: a column of times, a word within a sentence, a side.
OTHERWISE_IN_GRAFANA = {"To", "Passed", "next", "waiting", "Raised", "Supervisor"}
WORDS = {word for row in ROWS for word in re.findall(r"`([^`]+)`", row[4])}


@pytest.fixture(scope="module")
def description() -> dict[str, Any]:
    """The API as it describes itself; no database is asked."""
    with Database("postgresql://nobody@127.0.0.1:1/none", role=Role.APP, wait_s=0.1) as nowhere:
        app = create_app(nowhere, SystemClock(), access=Access(allowed_hosts=()), version="0", console=False)
        return app.openapi()


def names(node: Any) -> Iterator[str]:
    """Yield the names of fields, parameters and enumerated values below a part of the description."""
    if isinstance(node, dict):
        yield from node.get("properties", {}) if isinstance(node.get("properties"), dict) else ()
        yield from (str(one) for one in node.get("enum", ()))
        yield from [str(node["const"])] if "const" in node else []
        yield from [node["name"]] if "in" in node and "schema" in node else []
        for below in node.values():
            yield from names(below)
    elif isinstance(node, list):
        for below in node:
            yield from names(below)


def words_of(name: str) -> list[str]:
    """Split a name into its words; a code such as WAPPR, and a state in words, is one."""
    if name.isupper() or not name.islower():
        return [name.lower()]
    return name.replace(" ", "_").replace("-", "_").split("_")


def test_every_word_in_a_name_of_the_api_stands_in_the_glossary(description: dict[str, Any]) -> None:
    known = {word.lower() for word in WORDS | ORDINARY} | {row[0].lower() for row in ROWS} | {"normal"}
    strange = {name: missing for name in names(description) if (missing := set(words_of(name)) - known)}
    assert not strange, f"say in docs/glossary.md what these words are: {strange}"


def test_no_word_is_both_a_term_and_ordinary() -> None:
    assert set() == ORDINARY & WORDS


def test_a_term_has_one_row_and_every_row_is_whole() -> None:
    terms = [row[0].lower() for row in ROWS]
    assert len(terms) == len(set(terms))
    assert len(terms) >= 60
    assert all(len(row) == 5 and all(row) for row in ROWS)


def test_no_two_terms_share_their_chinese() -> None:
    chinese = [one for row in ROWS for one in row[1].split("、")]
    assert len(chinese) == len(set(chinese))


def test_the_console_says_a_term_in_chinese_as_the_glossary_does() -> None:
    chinese = {row[0].lower(): row[1] for row in ROWS}
    other = {
        key: (english, said, chinese[english.lower()])
        for key, (english, said) in TEXTS.items()
        if english.lower() in chinese and said != chinese[english.lower()]
    }
    assert not other


def test_the_dashboards_say_in_chinese_what_the_glossary_and_the_console_say() -> None:
    said = {row[0].lower(): {row[1]} for row in ROWS}
    for english, chinese in TEXTS.values():
        said.setdefault(str(english).lower(), set()).add(chinese)
    other = {
        english: (chinese, said[english.lower()])
        for english, chinese in CHINESE.items()
        if chinese not in said.get(english.lower(), {chinese}) and english not in OTHERWISE_IN_GRAFANA
    }
    assert not other


def test_the_record_says_codes_as_everybody_does() -> None:
    sql = (Path(__file__).parent.parent / "storage" / "definitions" / "13_words.sql").read_text(encoding="utf-8")
    _, *functions = sql.split("CREATE OR REPLACE FUNCTION")
    english, chinese = (dict(re.findall(r"WHEN '([^']+)' THEN '([^']+)'", one)) for one in functions)
    words = {k.partition("_")[2]: v for k, v in CODE_WORDS.items() if k.startswith(("severity_", "kind_", "alert_"))}
    assert {code: (english[code], chinese[code]) for code in english} == words
    assert set(chinese) == set(words)
