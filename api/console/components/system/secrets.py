"""Sheets about what lets devices speak: one is revoked, or a new one is made and its secret shown once."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from typing import Any

from nicegui import ui

from api.console.components.elements import box, mark, words
from api.console.components.forms import attempt, offer, said, sheet
from api.console.visit import Visit

Done = Callable[[], Coroutine[Any, Any, None]]


def ask_to_revoke(visit: Visit, name: str, act: Callable[[], None], on_done: Done) -> None:
    """Ask whether it is meant; `act` runs in a thread."""
    with sheet(f"{name}: {visit.t('login_revoke')}") as dialog:
        words(visit.t("login_revoke_hint"), "muted")

        async def press() -> None:
            if await attempt(visit, act):
                dialog.close()
                await on_done()

        offer(visit, "login_revoke", press, testid="revoke-do")


def ask_for_new(
    visit: Visit,
    key: str,
    fields: Callable[[], Sequence[ui.input]],
    issue: Callable[..., str],
    on_done: Done,
    *,
    button: str,
    shown: str,
) -> None:
    """Ask for what `fields` draws, in the words of `key`; what `issue` makes of it, in a thread, is shown once.

    `button` and `shown` are the names under which tests find the button and the secret.
    """
    with sheet(visit.t(key)):
        room = box("stack")
        with room:
            asked = fields()

            async def press() -> None:
                issued: list[str] = []
                if await attempt(visit, lambda: issued.append(issue(*map(said, asked)))):
                    room.clear()
                    with room:
                        words(visit.t("login_shown"), "muted")
                        mark(words(issued[0], "small figures secret"), shown)
                    await on_done()

            offer(visit, key, press, testid=button)
