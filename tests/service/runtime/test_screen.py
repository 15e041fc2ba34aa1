"""Who looks at a log sees that something goes on."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from service.runtime import milestones
from service.runtime.screen import Screen


def test_a_bar_is_lines_where_no_terminal_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milestones, "_EVERY_S", 0.0)
    out = io.StringIO()
    with Screen(Console(file=out, width=200, highlight=False)).bar("judging", "files") as advance:
        advance(1, 4)
        advance(4, 4)
    lines = out.getvalue().splitlines()
    assert lines[0] == "judging …"
    assert lines[1].startswith("judging: 1 of 4 files, about 0 s left")
    assert lines[2] == "judging: 4 of 4 files"
    assert lines[3].startswith("judging: 4 files in ")


def test_stages_are_lines_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(milestones, "_EVERY_S", 0.0)
    out = io.StringIO()
    with Screen(Console(file=out, width=200, highlight=False)).stages() as advance:
        advance("copying", 1, 2)
        advance("sorting", 2, 2)
    assert [line.split(":")[0] for line in out.getvalue().splitlines()] == [
        "copying …",
        "copying",
        "sorting …",
        "sorting",
    ]


def test_a_terminal_gets_a_bar_and_no_lines_between() -> None:
    out = io.StringIO()
    with Screen(Console(file=out, force_terminal=True, width=200)).bar("judging", "files") as advance:
        advance(1, 4)
    assert "judging …" not in out.getvalue()
