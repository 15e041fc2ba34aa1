"""What is assumed of a machine after its last alarm, and how a person says that it is normal now, or still faulty."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from api.console.components.elements import box, mark, moment, words
from api.console.components.forms import Form, remark, said, sheet
from api.console.components.instants import InstantField
from api.console.visit import Visit
from api.parts import Parts
from models.feedback import stating
from plant.finding import StateWord
from plant.people.rights import Right
from storage.models.state_labels import StandingState
from storage.views.overview import AssetView

_SHOWN = 3


def show_state(visit: Visit, asset: AssetView, state: StandingState, on_done: Callable[[], Any]) -> None:
    """Show what is assumed and what was said last, with a button for each word to who may say it."""
    if state.assumed is None and not state.labels:
        return
    with box("card spread", testid="machine-state"):
        with box():
            words(visit.t("state_after_alarm"), "name")
            if state.assumed is not None:
                with box("line"):
                    words(visit.t(f"assumed_{state.assumed.value}"), "strong")
                    words(visit.t("since"), "muted")
                    moment(state.assumed_since, "full")
            for label in state.labels[: -_SHOWN - 1 : -1]:
                with box("line small"):
                    words(visit.t("said_by_whom", says=visit.t(f"says_{label.says.value}"), by=label.said_by))
                    words(visit.t("since"), "muted")
                    moment(label.since, "full")
                    words(label.note, "muted")
        if visit.may(Right.SAY_WHAT_IS_NORMAL, asset.site):
            with box("line"):
                for word in StateWord:
                    with mark(box("button quiet", tag="button"), f"says-{word.value}") as button:
                        words(visit.t(f"says_{word.value}"))
                    button.on("click", partial(_ask, visit, asset, state, word, on_done))


def _ask(visit: Visit, asset: AssetView, state: StandingState, word: StateWord, on_done: Callable[[], Any]) -> None:
    with sheet(f"{asset.asset}: {visit.t(f'says_{word.value}')}") as dialog:
        usual = state.alarm_onset if word is StateWord.FAULTY else asset.newest
        since = InstantField(visit, "state_since", usual)
        note = remark(visit, "note", "state-note")

        def act(parts: Parts) -> None:
            stating.say(
                parts.database,
                asset.asset_id,
                word,
                actor=parts.principal,
                clock=parts.clock,
                since=since.value,
                note=said(note),
            )

        def done() -> Any:
            dialog.close()
            return on_done()

        need = (Right.SAY_WHAT_IS_NORMAL, asset.site)
        action = f"says_{word.value}"
        Form(visit, act, need=need, on_done=done, action=action, hint=f"{action}_hint")
