"""Where somebody else changed a thing meanwhile, both versions side by side: to save again is then a decision."""

from __future__ import annotations

from collections.abc import Callable

from nicegui.element import Element

from api.console.components.elements import box, heading, mark, words
from api.console.visit import Visit
from plant.errors import StaleRevision


def show_both(visit: Visit, room: Element, stale: StaleRevision, *, called: Callable[[str], str] = str) -> None:
    """Show in a room how the thing stands and how it would, where these differ; `called` names a field."""
    room.clear()
    with mark(room, "conflict"):
        words(visit.t("conflict"), "strong")
        with box("halves"):
            for key, version in (("conflict_theirs", stale.current), ("conflict_yours", stale.yours)):
                with box("lines"):
                    heading(visit.t(key), 2)
                    for name in stale.current:
                        differs = stale.current.get(name) != stale.yours.get(name)
                        if differs and name != "revision":
                            words(f"{called(name)}: {_said(version.get(name))}")


def _said(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    return "–" if value in (None, "") else str(value)
