"""A rule of a mapping, made ready: a message of its topic becomes reports, or a reason."""

from __future__ import annotations

from array import array
from collections.abc import Mapping
from typing import Any

from ingest.decoding.decoded import Decoded, DeviceReport
from ingest.decoding.device_profile import DeviceProfile
from ingest.mapping.documents import Unreadable, documents_of
from ingest.mapping.elements import Element, ElementReader
from ingest.mapping.file import TopicRule
from ingest.mapping.path import lists_of, path_of
from ingest.mapping.pattern import Pattern, Template
from ingest.mapping.scale import QuantityScale, Scale
from ingest.mapping.statements import Statement, StatementReader
from plant.errors import Rejected
from plant.reading import Flag

EVERY = "*"  # stands for all signals that have no rule of their own
ANYTHING = "*"  # stands in `when` for whatever value there is
_SHOWN = 60
_LONGEST_INTEGER = 400  # digits; no float is as long
_EXACT = 2**53  # larger integers are marked: no float holds all of them


class Rule:
    """A rule that is ready to read."""

    def __init__(self, rule: TopicRule) -> None:
        self.pattern = Pattern.of(rule.pattern)
        self._is_ignored = rule.payload == "ignore"
        self._elements = ElementReader(
            _documents(rule),
            lists_of(rule.each) if rule.each else (),
            rule.each,
            path_of(rule.series) if rule.series else None,
        )
        self._when = [(path_of(path), said) for path, said in rule.when.items()]
        if self._is_ignored:
            return
        self._site, self._asset = Template.of(rule.site), Template.of(rule.asset)
        self._parts = [(path_of(path), path, Pattern.of_text(text)) for path, text in rule.parts.items()]
        self._statements = StatementReader(rule)
        make = QuantityScale if rule.payload == "quantity" else lambda scale, _unit: scale
        self._scales = {key: make(one.scale(), one.register_unit) for key, one in rule.signals.items()}
        self._otherwise = self._scales.get(EVERY, make(Scale(), ""))

    def decode(self, topic: str, parts: Mapping[str, str], payload: bytes) -> Decoded | None:
        """Read a payload of a topic whose named parts stand for `parts`; None where `when` says that it is another's.

        Raises:
            Rejected: nothing in it can be read; else what can is read, and the rest is refused by itself.
        """
        if self._is_ignored and not self._when:
            return Decoded([])
        elements = self._meant(payload)
        if elements is None:
            return None
        if self._is_ignored:
            return Decoded([])
        reports: dict[tuple[str, str], DeviceReport] = {}
        nobody = _nobody(topic)
        has_ignored = False
        for element in elements:
            if isinstance(element, Unreadable):
                nobody.refuse(element.reason, element.detail)
            elif self._is_meant(element):
                has_ignored |= self._read(element, parts, reports, nobody)
        spoken = [one for one in reports.values() if one.keys or one.rejects]
        return Decoded([]) if has_ignored and not spoken and not nobody.rejects else _decoded(spoken, nobody)

    def meant(self, payload: bytes) -> list[Element]:
        """Return the elements of a payload that it reads; none where the payload is another's.

        Raises:
            Rejected: nothing in it can be read.
        """
        return [one for one in self._meant(payload) or [] if isinstance(one, Element) and self._is_meant(one)]

    def _meant(self, payload: bytes) -> list[Element | Unreadable] | None:
        """Return the elements of a payload; None where it has none that `when` asks for, or is of another kind."""
        if not self._when:
            return list(self._elements.read(payload))
        try:
            elements = list(self._elements.read(payload))
        except Rejected:
            return None
        return elements if any(isinstance(one, Element) and self._is_meant(one) for one in elements) else None

    def _is_meant(self, element: Element) -> bool:
        """Say whether an element has what `when` asks for: that very value or, where that is `*`, any."""
        stands = ((path.of(element.levels), said) for path, said in self._when)
        return all(value is not None if said == ANYTHING else value == said for value, said in stands)

    def _read(
        self,
        element: Element,
        parts: Mapping[str, str],
        reports: dict[tuple[str, str], DeviceReport],
        nobody: DeviceReport,
    ) -> bool:
        """Add what an element says to the report of its device; return whether all of it is ignored."""
        try:
            known = {**parts, **self._known(element)}
            names = self._site.fill(known, element.levels), self._asset.fill(known, element.levels)
            if "\x00" in names[0] + names[1]:
                raise Rejected("unknown_topic", ascii(names)[:80])
        except Rejected as refusal:
            nobody.refuse(refusal.reason, refusal.detail)
            return False
        report = reports.get(names)
        if report is None:
            report = reports[names] = DeviceReport.empty(*names)
        try:
            for statement in self._statements.read(element, known):
                if statement.is_ignored:
                    return True
                self._add(report, statement)
        except Rejected as refusal:
            report.refuse(refusal.reason, refusal.detail)
        return False

    def _known(self, element: Element) -> dict[str, str]:
        """Return the names that this element alone knows."""
        known = {"key": element.key} if element.key else {}
        document = element.levels[-1]
        if isinstance(document, Mapping) and "measurement" in document and isinstance(document.get("tags"), Mapping):
            known["measurement"] = document["measurement"]
            known |= {f"tag.{tag}": value for tag, value in document["tags"].items() if isinstance(value, str)}
        for path, text, pattern in self._parts:
            said = path.of(element.levels)
            found = pattern.match(said) if isinstance(said, str) else None
            if found is None:
                raise Rejected("missing_part", f"{text} is {said!r}"[:_SHOWN] + f", not as {pattern.text!r}")
            known |= found
        return known

    def _add(self, report: DeviceReport, statement: Statement) -> None:
        if statement.no_time:
            report.refuse("bad_time", statement.no_time, max(1, len(statement.said)))
            return
        values: dict[str, float] = {}
        inexact: list[int] = []
        for key, said in statement.said.items():
            try:
                values[key] = self._scales.get(key, self._otherwise).read(said)
            except Rejected as refusal:
                report.refuse(refusal.reason, f"{key[:_SHOWN]} is {refusal.detail}", key=key)
            else:
                if _is_inexact(said):
                    inexact.append(len(report.values) + len(values) - 1)
        if values:
            report.say(tuple(values), statement.time_us, statement.flags, array("d", values.values()))
            for place in inexact:
                report.mark(place, int(Flag.QUALITY_UNCERTAIN))


def _documents(rule: TopicRule) -> Any:
    """Return what takes its payloads apart; of one that is ignored, whatever `when` may look into."""
    return documents_of(rule.model_copy(update={"payload": "json"}) if rule.payload == "ignore" else rule)


def _is_inexact(said: Any) -> bool:
    """Say whether it is an integer, or the text of one, that no float holds."""
    if isinstance(said, str):
        digits = said.strip().lstrip("+-")
        return len(digits) < _LONGEST_INTEGER and digits.isdecimal() and int(digits) > _EXACT
    return isinstance(said, int) and abs(said) > _EXACT


def _nobody(topic: str) -> DeviceReport:
    """Return the report of what cannot be said to be any device's."""
    report = DeviceReport.empty("", "")
    report.device = DeviceProfile.stranger(topic)
    return report


def _decoded(reports: list[DeviceReport], nobody: DeviceReport) -> Decoded:
    """Return what was read.

    Raises:
        Rejected: nothing was, for one reason.
    """
    if not reports:
        if nobody.rejects:
            first = next(iter(nobody.rejects.values()))
            raise Rejected(first.reason, first.detail, readings=nobody.quarantined)
        raise Rejected("no_numbers", "nothing that the mapping names is in this payload")
    return Decoded([*reports, nobody] if nobody.rejects else reports)
