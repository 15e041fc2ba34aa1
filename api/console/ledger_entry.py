"""An entry of the ledger as a person reads it: what was done to what, and below it the entry as it is recorded."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from api.console.components.elements import box, moment, record, words
from api.console.visit import Visit

# What is shown, in this order: with the kind of code it is, None for what stands for itself. All else is in the record.
_BARE: dict[str, str | None] = {
    "asset": None,
    "about": None,
    "project": None,
    "number": None,
    "name": None,
    "kind": "kind",
    "failure_mode": "mode",
    "severity": "severity",
    "state": "state",
    "role": "role",
    "gate": "gate",
}
_NAMED = (
    *("signal", "signals", "into", "class", "team", "site", "file", "messages"),
    *("line", "address", "reason", "note"),
)
_MOST = 400


def show_entry(visit: Visit, one: Mapping[str, Any]) -> None:
    """Show an entry with its number, who did it and when."""
    entry = one["entry"]
    who = visit.who(str(entry.get("actor", "")), str(one["recognised"]))
    with box("step"):
        with box("spread"):
            words(f"{one['seq']}  {what_was_done(visit, str(entry.get('event', '')))}", "strong")
            words(who, "muted clip")
        moment(one["at"], "full").classes("small muted")
        words(" · ".join(_parts(visit, entry))[:_MOST], "small")
        with box("small", tag="details"):
            with box(tag="summary"):
                words(visit.t("ledger_recorded"), "muted")
            record(json.dumps(entry, ensure_ascii=False, sort_keys=True), "small figures secret")


def what_was_done(visit: Visit, event: str) -> str:
    """Return the words for an event; those of an order are the ones of its own history."""
    said = visit.word("done", event)
    subject, _, what = event.partition(".")
    return visit.t("ledger_of_order", what=visit.word("event", what)) if said == event and subject == "order" else said


def _parts(visit: Visit, entry: Mapping[str, Any]) -> Iterator[str]:
    for name, kind in _BARE.items():
        if entry.get(name) is not None:
            yield visit.word(kind, str(entry[name])) if kind else str(entry[name])
    count = entry.get("count")
    if isinstance(count, int) and count > 1:
        yield visit.t("ledger_count", count=count)
    for name in _NAMED:
        value = entry.get(name)
        if value is not None:
            said = ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
            yield visit.t(f"entry_{name}", value=said)
