"""The console's texts are whole in both languages, and nothing is shown but texts."""

from __future__ import annotations

import ast
import functools
import re
import string
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import get_args, get_type_hints

import pytest
from babel.numbers import format_decimal

from alerts.orders.transitions import event_of
from api.console import catalogue
from api.console.texts.texts import TEXTS, month, text
from api.identity.ledger_entries import PeopleEvent
from api.language import Language
from lifecycle.ledger_events import DocumentWritten, ImportedWhat
from lifecycle.model_events import Takeover
from models.scoring.findings import failure_mode_of
from plant.alert import AlertState
from plant.errors import Rejected
from plant.finding import FindingKind
from plant.health import Health
from plant.product_state import FaultKind
from plant.severity import Severity
from plant.work_order import OrderState, Outcome, Step

pytestmark = pytest.mark.sources

API = Path(__file__).parents[4] / "api"
HAN = re.compile(r"[\u4e00-\u9fff]")
LETTERS = re.compile(r"[A-Za-z]{3,}")
# What a page shows as it is in every language: the product, its commands, standards and their files.
NAMES = {
    *("assetloop", " · assetloop", "VDI 2770 ", "IDS"),
    *("assetloop project requirements keep ", " requirements.toml"),
}
SHOWING = {
    *("words", "Words", "heading", "chip", "card", "empty", "sheet", "tooltip", "label", "checkbox", "notify"),
    *("page_title", "set_text"),
}
SAYING = {"label", "message", "placeholder"}
TAKES_KEYS = {"choice", "sending_field", "tried_field", "text"}
SAID_BY = {"title", "aria-label", "placeholder", "alt", "label"}


@functools.cache
def parsed() -> dict[Path, ast.Module]:
    return {file: ast.parse(file.read_text(encoding="utf-8")) for file in sorted(API.rglob("*.py"))}


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    for key, (english, chinese) in TEXTS.items():
        assert english, key
        assert chinese, key
        assert fields(english) == fields(chinese), key


def test_every_text_the_pages_ask_for_is_there() -> None:
    asked = set()
    for tree in parsed().values():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant):
                name = node.func.attr if isinstance(node.func, ast.Attribute) else ""
                if name == "t":
                    asked.add(node.args[0].value)
    assert asked
    assert asked <= TEXTS.keys()


def test_every_health_has_a_colour() -> None:
    look = (API / "console" / "static" / "look.css").read_text(encoding="utf-8")
    assert [one for one in Health if f".tone-{one.value}" not in look] == []


def test_every_code_of_the_vocabulary_has_a_word() -> None:
    codes = {
        *(f"health_{one.value}" for one in Health),
        *(f"fault_{one.value}" for one in FaultKind),
        *(f"state_{one.value}" for one in OrderState),
        *(f"severity_{one.value}" for one in Severity),
        *(f"alert_{one.value}" for one in AlertState),
        *(f"step_{one.value}" for one in Step),
        *(f"event_{event_of(one)}" for one in Step),
        *("event_booked", "event_booking_reversed"),
        *(f"outcome_{one.value}" for one in Outcome),
        *(f"kind_{one.value}" for one in FindingKind),
        *(f"mode_{failure_mode_of(kind, unit)}" for kind in FindingKind for unit in ("mm/s", "°C", "bar")),
    }
    assert codes <= TEXTS.keys()


def test_every_event_of_the_ledger_has_words() -> None:
    imported = [one for one in get_args(ImportedWhat) if one != "backup"]
    events = {
        *get_args(PeopleEvent),
        *get_args(get_type_hints(DocumentWritten)["event"]),
        *(f"{one}.imported" for one in imported),
        *(f"model.{one}" for one in get_args(Takeover)),
        *_entered_of_projects(),
    }
    assert len(events) > 50
    assert {f"done_{one}" for one in events} <= TEXTS.keys()


def _entered_of_projects() -> Iterator[str]:
    """Name what the modules of a project's life enter in so many words."""
    sources = (file.read_text(encoding="utf-8") for file in (API.parent / "lifecycle").rglob("*.py"))
    for source in (one for one in sources if "enter_project(" in one):
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "enter_project":
                said = node.args[1]
                if isinstance(said, ast.Constant):
                    yield str(said.value)


def test_every_chinese_text_is_chinese() -> None:
    same = {key: chinese for key, (english, chinese) in TEXTS.items() if not HAN.search(chinese)}
    worded = {key: said for key, said in same.items() if LETTERS.search(re.sub(r"\{[^}]*\}", "", said))}
    assert worded == {
        "no_projects_hint": "assetloop project add",
        "manifest_sha256": "SHA-256 {sha256}",
        "export_csv": "CSV",
        "export_xlsx": "Excel（XLSX）",
        "export_parquet": "Parquet",
        "column_global_id": "GlobalId",
    }


def test_no_page_shows_a_word_that_is_no_text_of_both_languages() -> None:
    shown = [
        f"{file.name}: {said}"
        for file, tree in parsed().items()
        if "console" in file.parts and "texts" not in file.parts
        for said in _shown_words(tree)
        if said not in NAMES
    ]
    assert shown == []


def _shown_words(tree: ast.Module) -> Iterator[str]:
    """Find the words in a page's source that a person would read: those of a call that shows, or of a property."""
    for node in ast.walk(tree):
        values: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            values += node.args if name in SHOWING else []
            values += [one.value for one in node.keywords if one.arg in SAYING and name not in TAKES_KEYS]
        elif isinstance(node, ast.Assign):
            keys = [one.slice for one in node.targets if isinstance(one, ast.Subscript)]
            values += [node.value] if any(isinstance(k, ast.Constant) and k.value in SAID_BY for k in keys) else []
        # The second place of what shows is a class or a sign, which no one reads.
        yield from (said for value in values[:1] for said in _literals(value) if LETTERS.search(said))


def _literals(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        for part in node.values:
            yield from _literals(part)
    elif isinstance(node, ast.BinOp):
        yield from (*_literals(node.left), *_literals(node.right))
    elif isinstance(node, ast.IfExp):
        yield from (*_literals(node.body), *_literals(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for part in node.values:
            yield from _literals(part)


def test_a_text_that_counts_has_the_form_of_its_number() -> None:
    assert [text(Language.EN, "tries", count=one) for one in (0, 1, 2)] == ["0 tries", "1 try", "2 tries"]
    assert text(Language.ZH, "tries", count=1) == "已尝试 1 次"


def test_translators_get_every_text_and_what_they_change_comes_back() -> None:
    po = catalogue.written()
    assert catalogue.changed(po) == {}
    assert 'msgid "{count} try"\nmsgid_plural "{count} tries"\nmsgstr[0] "已尝试 {count} 次"'.encode() in po
    better = po.replace("已尝试 {count} 次".encode(), "试了 {count} 次".encode())
    assert catalogue.changed(better) == {"tries": "试了 {count} 次"}
    with pytest.raises(Rejected, match="must hold"):
        catalogue.changed(po.replace("已尝试 {count} 次".encode(), "试了几次".encode()))


def test_the_words_for_codes_which_stand_in_another_room_are_taken_back_too() -> None:
    sources = [path.read_text(encoding="utf-8") for path in catalogue._SOURCES]
    better = [catalogue.taken(one, {"state_WAPPR": "待核准"}) for one in sources]
    assert ['"state_WAPPR": ("Waiting for approval", "待核准")' in one for one in better].count(True) == 1


def test_both_languages_write_numbers_as_the_console_does() -> None:
    """A language that writes them otherwise needs more than words."""
    assert [format_decimal(1234567.5, locale=one.locale) for one in Language] == ["1,234,567.5"] * len(Language)
    assert month(Language.EN, date(2026, 11, 1)) == "November 2026"
    assert month(Language.ZH, date(2026, 11, 1)) == "2026年11月"
