"""The console's texts are whole in both languages."""

from __future__ import annotations

import ast
import string
from pathlib import Path

from alerts.orders.transitions import event_of
from api.console.texts.texts import TEXTS
from models.scoring.findings import failure_mode_of
from plant.alert import AlertState
from plant.finding import FindingKind
from plant.health import Health
from plant.product_state import FaultKind
from plant.severity import Severity
from plant.work_order import OrderState, Outcome, Step

API = Path(__file__).parents[4] / "api"


def fields(text: str) -> set[str | None]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def test_every_text_is_there_in_both_languages_with_the_same_values() -> None:
    for key, (english, chinese) in TEXTS.items():
        assert english, key
        assert chinese, key
        assert fields(english) == fields(chinese), key


def test_every_text_the_pages_ask_for_is_there() -> None:
    asked = set()
    for file in API.rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
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
