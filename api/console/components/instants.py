"""An instant that a person chooses in the local time of the site that it is about."""

from __future__ import annotations

from datetime import datetime

from nicegui.element import Element
from nicegui.events import GenericEventArguments

from api.console.components.elements import box, mark, words, zone
from api.console.visit import Visit


class InstantField:
    """A field of local date and time, to the minute; `value` is aware, None where the field is empty."""

    def __init__(self, visit: Visit, label: str, value: datetime | None) -> None:
        self.value = value.replace(second=0, microsecond=0) if value else None
        with box("instant", tag="label"):
            with box("line small muted"):
                words(visit.t(label))
                zone()
            field = Element("local-instant")
        field.props["at"] = self.value.isoformat() if self.value else ""
        mark(field, label).on("chosen", self._choose, args=["detail"])

    def _choose(self, event: GenericEventArguments) -> None:
        said = event.args.get("detail")
        self.value = datetime.fromisoformat(said) if said else None
