"""What strangers wrote can do nothing to a terminal, to the rows of a table, or to the reader's eyes."""

from __future__ import annotations

import io
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from plant.escaped import escaped
from plant.product_state import FaultKind, ProductFault
from service.commands.common import answer, table
from service.runtime.data_folder import Running
from service.runtime.screen import Screen, Shown
from storage.views.counts import OrderLine

HOSTILE = "P-1\x1b]0;owned\x07\x1b[2J\r\nFAULT none\u202egnp.exe\u2066\u200b\u2028\x9b31m"
RUNNING = Running(pid=1, database_url="", mqtt_url="", console_url="http://x")
DANGEROUS = {"Cc", "Cf", "Cs", "Zl", "Zp"}


def is_harmless(text: str) -> bool:
    return not any(unicodedata.category(char) in DANGEROUS for char in text.replace("\n", ""))


@given(st.text())
def test_nothing_dangerous_stays_and_the_rest_is_left_as_it_is(text: str) -> None:
    shown = escaped(text)
    assert is_harmless(shown)
    assert "\n" not in shown
    assert escaped(shown) == shown
    if is_harmless(text) and "\n" not in text:
        assert shown == text


@pytest.mark.parametrize("text", ["冷却泵 A", "Ölpumpe №2, 20\xa0°C", "مضخة", "🙂", ""])
def test_names_of_every_script_are_shown_as_they_are(text: str) -> None:
    assert escaped(text) == text


def test_a_row_of_a_table_stays_one_row(capsys: pytest.CaptureFixture[str]) -> None:
    answer(None, as_json=False, line=lambda: table(("ASSET", "N"), [(HOSTILE, 1), ("b", 2)]))
    shown = capsys.readouterr().out
    assert is_harmless(shown)
    assert shown.count("\n") == 3


@pytest.mark.parametrize("is_terminal", [True, False])
def test_the_screen_of_up_shows_titles_and_faults_escaped(is_terminal: bool, tmp_path: object) -> None:
    out = io.StringIO()
    screen = Screen(Console(file=out, force_terminal=is_terminal, width=200, highlight=False, color_system=None))
    order = OrderLine(number="WO-000001", asset="P-1", title=HOSTILE, state="WAPPR", acknowledged_by=None)
    fault = ProductFault(kind=FaultKind.NOT_STORING, says=HOSTILE)
    with screen.live(RUNNING, tmp_path) as show:  # type: ignore[arg-type]
        show(Shown(orders=[order], faults=[fault]))
    written = out.getvalue()
    assert "\x1b]0" not in written
    assert "\x1b[2J" not in written
    assert not any(char in written for char in "\u202e\u2066\u200b\u2028\x9b\x07")
    assert "\\u202egnp.exe" in written
