"""Whatever a person on the console or a caller of the API may be refused with is said in Chinese too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.language import Language
from api.refusals.chinese import CHINESE, RIGHTS
from api.refusals.refusals import refusal
from plant.people.rights import Right
from tests.conftest import REPOSITORY

_AT = {"Rejected": 1, "NotFound": 0, "Conflict": 0, "Forbidden": 0, "Unconfirmed": 0, "StaleRevision": 0, "problem": 2}
# What is refused on the wire, in files that only the command line reads, and at the start of a process: those who mend
# it read English, as logs and commands do.
_NOT_OVER_HTTP = re.compile(
    r"ingest/(?!door)|models/(evaluation|training)/|storage/(bench|transfer|schema|core)/|lifecycle/attesting/"
    r"|lifecycle/register/\w+_file\.py|lifecycle/importing/cobie/writer\.py|api/(serve|console/addresses)\.py"
    r"|alerts/(alarms/control_room|orders/job_library|preventive/plan_file|dispatch/(notify\w*|mqtt_publisher)|"
    r"dispatch/answering/replies|dispatch/sending/.*)\.py"
)


def raised() -> Iterator[tuple[str, str]]:
    """Yield every refusal in the source as it is in English, with `{}` for values, and where it is."""
    for room in ("plant", "storage", "lifecycle", "alerts", "models", "api", "ingest"):
        for file in (REPOSITORY / room).rglob("*.py"):
            place = str(file.relative_to(REPOSITORY))
            if not _NOT_OVER_HTTP.match(place):
                yield from ((one, place) for one in _in(file))


def _in(file: Path) -> Iterator[str]:
    source = file.read_text(encoding="utf-8")
    if not any(f"{name}(" in source for name in _AT):
        return
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in _AT:
            place = _AT[node.func.id]
            yield from _said(node.args[place]) if len(node.args) > place else ()


def _said(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    if isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)


@pytest.mark.sources
def test_every_refusal_has_its_chinese() -> None:
    has_words = re.compile(r"[a-z]{2,} ?")
    english = {one: place for one, place in raised() if len(has_words.findall(one.replace("{}", ""))) > 1}
    assert len(english) > 300
    missing = {one: place for one, place in english.items() if one not in CHINESE}
    assert missing == {}, "say these in Chinese in api/refusals"
    assert set(RIGHTS) == set(Right)


def test_chinese_holds_the_values_of_the_english_and_no_english_sentence() -> None:
    for english, chinese in CHINESE.items():
        assert len(re.findall(r"\{\d?\}", chinese)) == english.count("{}"), english
        assert not re.search(r"[a-z]+ [a-z]+ [a-z]+", re.sub(r"`[^`]*`", "", chinese)), english


def test_a_value_that_is_a_refusal_itself_is_said_in_chinese_too() -> None:
    assert refusal(Language.ZH, "Ada may not approve orders at north") == "Ada 在 north 无权执行此操作：批准工单"
    assert refusal(Language.ZH, "Value error, write a day as 2026-03-01") == "日期请写作 2026-03-01"
    assert refusal(Language.ZH, "something that nobody foresaw") == "something that nobody foresaw"


def test_what_breaks_a_documents_rules_is_said_in_chinese(client: TestClient) -> None:
    answer = client.get("/api/v1/work-orders", params={"limit": 0, "from": "7"}, headers={"Accept-Language": "zh"})
    assert answer.status_code == 422
    assert "query.limit: 应不小于 1" in answer.json()["detail"]
    assert "query.from: 时间请按 RFC 3339" in answer.json()["detail"]
