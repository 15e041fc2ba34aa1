"""The credential, asked for again where something is signed or where who may do what changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from nicegui import run, ui

from api.console.components.elements import box, mark, words
from api.console.visit import Visit
from api.identity.confirming import confirm_here
from plant.errors import AssetloopError
from plant.escaped import escaped
from plant.people.principal import Principal, Recognition


def secret_field(visit: Visit, label: str, testid: str) -> ui.input:
    """Let a person enter what nobody beside them may read."""
    field = ui.input(label=visit.t(label), password=True).props("outlined dense maxlength=200")
    return mark(field, testid)


def offer(visit: Visit, key: str, on_click: Callable[[], Any], *, testid: str | None = None) -> None:
    """Offer something that is done at once."""
    with mark(box("button", tag="button"), testid or key) as button:
        words(visit.t(key))
    button.on("click", on_click)


async def attempt(visit: Visit, act: Callable[[], Any]) -> bool:
    """Do something in a thread and say why where it is refused."""
    try:
        await run.io_bound(act)
    except AssetloopError as error:
        ui.notify(escaped(str(error)), type="negative")
        return False
    visit.watch.hurry()
    return True


class CredentialField:
    """Asks who acts for their password again; the demo's people, who have none, are told that the record says so."""

    def __init__(self, visit: Visit, *, testid: str = "confirm-password") -> None:
        self._visit = visit
        self._field: ui.input | None = None
        if visit.principal.recognition is Recognition.ONE_CLICK:
            words(visit.t("confirm_one_click"), "muted small")
            return
        words(visit.t("confirm_hint"), "muted small")
        self._field = secret_field(visit, "password_now", testid)

    def signed(self, act: str) -> Principal:
        """Return who acts, confirmed for one act and no other; to be called in a thread, at once before it.

        Raises:
            Forbidden: it is not their password, too many were wrong, or the session has ended.
        """
        visit, password = self._visit, str(self._field.value or "") if self._field else ""
        principal = visit.renewed_self()
        return confirm_here(
            visit.whole.database, principal, password, act, address=visit.address, clock=visit.whole.clock
        )
