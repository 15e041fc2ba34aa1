"""How a person acts: a name, a button, and what the record answers."""

from __future__ import annotations

import inspect
import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal, InvalidOperation
from functools import partial
from typing import Any, TypeVar
from urllib.parse import urlencode

from nicegui import Client, run, ui

from api.console.components.elements import box, heading, mark, words
from api.console.texts.texts import named
from api.console.visit import Visit
from api.identity.confirming import confirm_here, confirmed
from api.parts import Parts
from api.refusals.refusals import told
from plant.errors import AssetloopError, Forbidden, NotFound, StaleRevision
from plant.escaped import escaped
from plant.iso14224 import Names
from plant.people.principal import Principal, Recognition
from plant.people.rights import Right

Act = Callable[[Parts], Any]
Need = tuple[Right, str]
Found = TypeVar("Found")


class Form:
    """Who acts and a button; `act` runs in a thread and is given the parts on their behalf.

    `need` is the right and the site without which nothing is done; it is looked up again when the button is pressed.
    `action` is the text on the button and the name under which tests find it. `other` is a second, quieter button.
    `lacks` says what a person has still to enter, None where nothing. `on_conflict` is told where somebody else changed
    the thing meanwhile.
    """

    def __init__(
        self,
        visit: Visit,
        act: Act,
        *,
        need: Need,
        on_done: Callable[[], Any],
        action: str = "acknowledge",
        hint: str = "acknowledge_hint",
        other: tuple[str, Act] | None = None,
        lacks: Callable[[], str | None] = lambda: None,
        on_conflict: Callable[[StaleRevision], None] | None = None,
    ) -> None:
        self._on_conflict = on_conflict
        self._visit = visit
        self._on_done = on_done
        self._lacks = lacks
        self._need = need
        with box("form"):
            words(visit.t(hint), "muted")
            words(visit.t("signed_in_as", name=visit.principal.name), "small strong")
            self._offer(action, act, "button")
            if other is not None:
                self._offer(*other, "button quiet")

    def _offer(self, action: str, act: Act, classes: str) -> None:
        with mark(box(classes, tag="button"), action) as button:
            words(self._visit.t(action))
        button.on("click", partial(self._press, act))

    async def _press(self, act: Act) -> None:
        page = ui.context.client  # what was pressed may be gone by the time it is done: a sheet that was closed
        lack = self._lacks()
        if lack is not None:
            ui.notify(lack, type="warning")
            tell_drafts(is_done=False)
            return
        try:
            await run.io_bound(self._on_their_behalf, act)
        except AssetloopError as error:
            if (
                _is_told(self._visit, page, error)
                and isinstance(error, StaleRevision)
                and self._on_conflict is not None
            ):
                with page:
                    self._on_conflict(error)
            return
        self._visit.watch.hurry()
        if page.is_deleted:
            return
        with page:
            tell_drafts(is_done=True)
            done = self._on_done()
            if inspect.iscoroutine(done):  # a closed dialog is awaitable too, and to await it opens it again
                await done

    def _on_their_behalf(self, act: Act) -> Any:
        right, site = self._need
        parts = self._visit.renewed(right)
        parts.principal.demand(right, site)
        return act(parts)


@contextmanager
def sheet(title: str) -> Iterator[ui.dialog]:
    """Open a sheet above the page, to be filled; it outlives what is drawn anew below it."""
    with ui.context.client.content, ui.dialog(value=True) as dialog, box("sheet"):
        dialog.props["aria-label"] = escaped(title)
        heading(title, 2)
        yield dialog
    dialog.on("hide", dialog.delete)


def choice(visit: Visit, label: str, codes: Mapping[str, Names], value: str | None, testid: str) -> ui.select:
    """Let a person choose one code of a list, shown with its name."""
    options = {code: named(visit.language, *names) for code, names in codes.items()}
    field = ui.select(options, label=visit.t(label), value=value if value in options else None)
    field.props("outlined dense options-dense behavior=menu")
    return mark(field, testid)


def remark(visit: Visit, label: str, testid: str) -> ui.input:
    """Let a person say something in a line."""
    field = ui.input(label=visit.t(label)).props("outlined dense maxlength=2000")
    return mark(field, testid)


def said(field: ui.input) -> str:
    """Return what a person typed into a field."""
    return str(field.value or "").strip()


def day_of(text: str) -> date | None:
    """Read a day that a person typed, as 2026-09-01; None where it is none.

    >>> day_of("2026-09-01"), day_of("soon")
    (datetime.date(2026, 9, 1), None)
    """
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def number_of(text: str) -> Decimal | None:
    """Read a finite number that a person typed, to the last digit; None where it is none.

    >>> number_of("0.50"), number_of("NaN"), number_of("some")
    (Decimal('0.50'), None, None)
    """
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def secret_field(visit: Visit, label: str, testid: str) -> ui.input:
    """Let a person enter what nobody beside them may read."""
    field = ui.input(label=visit.t(label), password=True).props("outlined dense maxlength=200")
    return mark(field, testid)


def sheet_form(
    visit: Visit,
    act: Act,
    dialog: ui.dialog,
    on_done: Callable[[], Any],
    *,
    need: Need,
    action: str,
    hint: str,
    lacks: Callable[[], str | None] = lambda: None,
    other: tuple[str, Act] | None = None,
) -> None:
    """Put a form into a sheet, which closes when it is done."""
    Form(visit, act, need=need, on_done=closing(dialog, on_done), action=action, hint=hint, lacks=lacks, other=other)


def closing(dialog: ui.dialog, on_done: Callable[[], Any]) -> Callable[[], Any]:
    """Return what closes a sheet and goes on as `on_done` does."""

    def done() -> Any:
        dialog.close()
        return on_done()

    return done


def offer(
    visit: Visit, key: str, on_click: Callable[[], Any], *, testid: str | None = None, is_quiet: bool = False
) -> None:
    """Offer something that is done, or asked for, at once; what is quiet stands back behind what is not."""
    with mark(box("button quiet" if is_quiet else "button", tag="button"), testid or key) as button:
        words(visit.t(key))
    button.on("click", on_click)


async def attempt(visit: Visit, act: Callable[[], Any]) -> bool:
    """Do something in a thread and say why where it is refused; False also where nobody is there any more to hear."""
    page = ui.context.client  # see `Form`
    try:
        await run.io_bound(act)
    except ShownAtProvider as error:
        with page:
            ui.navigate.to(f"/login/provider?{urlencode({'act': error.act, 'next': visit.address_here})}")
        return False
    except AssetloopError as error:
        _is_told(visit, page, error)
        return False
    visit.watch.hurry()
    if page.is_deleted:
        return False
    with page:
        tell_drafts(is_done=True)
    return True


async def look_up(visit: Visit, read: Callable[[], Found]) -> Found | None:
    """Read something in a thread; None where it is refused, which is said, and where page or console are gone."""
    page = ui.context.client  # see `Form`
    try:
        found = await run.io_bound(read)
    except AssetloopError as error:
        _is_told(visit, page, error, of_form=False)
        return None
    return None if page.is_deleted else found


def _is_told(visit: Visit, page: Client, error: AssetloopError, *, of_form: bool = True) -> bool:
    """Say on a page why something is refused, also to what keeps what was typed; False where the page is gone."""
    if page.is_deleted:
        return False
    with page:
        ui.notify(escaped(told(visit.language, error)), type="negative")
        if of_form:
            tell_drafts(is_done=False)
    return True


def tell_drafts(*, is_done: bool) -> None:
    """Tell the browser what became of the form whose button was pressed: it keeps what was typed until it was done."""
    ui.run_javascript(f"window.drafts.verdict({json.dumps(is_done)})")


class ShownAtProvider(Forbidden):
    """Who acts has still to show at the provider who they are, for `act`."""

    def __init__(self, act: str) -> None:
        self.act = act
        super().__init__("show at the identity provider who you are")


def _shown_at_provider(visit: Visit, principal: Principal, act: str) -> Principal:
    """Return who acts, confirmed by what the browser brought back from the provider; it is used up.

    Raises:
        ShownAtProvider: it brought nothing back for this act, or that is used or too old.
    """
    secret, visit.confirmation = visit.confirmation, ""
    try:
        shown = confirmed(visit.whole.database, principal, secret, clock=visit.whole.clock)
    except NotFound as error:
        raise ShownAtProvider(act) from error
    if shown.confirmed != act:
        raise ShownAtProvider(act)
    return shown


class CredentialField:
    """Asks who acts for their password again; the demo's people, who have none, are told that the record says so."""

    def __init__(self, visit: Visit, *, testid: str = "confirm-password") -> None:
        self._visit = visit
        self._field: ui.input | None = None
        if visit.principal.recognition is Recognition.ONE_CLICK:
            words(visit.t("confirm_one_click"), "muted small")
            return
        if visit.principal.recognition is Recognition.PROVIDER:
            words(visit.t("confirm_shown" if visit.confirmation else "confirm_at_provider"), "muted small")
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
        if principal.recognition is Recognition.PROVIDER:
            return _shown_at_provider(visit, principal, act)
        return confirm_here(
            visit.whole.database, principal, password, act, address=visit.address, clock=visit.whole.clock
        )
