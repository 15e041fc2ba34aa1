"""A plant's own topics, read as `mapping.toml` says: its rules make a format like any other."""

from __future__ import annotations

from array import array
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from ingest.decoding.decoded import Decoded, DeviceReport
from ingest.decoding.format import Format
from ingest.formats import every_format
from ingest.mapping.file import TopicRule, read_rules
from ingest.mapping.pattern import Pattern, Template
from ingest.mapping.payloads import MappedInstant, reader_of
from ingest.mapping.scale import Scale
from plant.errors import Rejected

EVERY = "*"  # stands for all signals that have no rule of their own
_MOST_TOPICS = 16_384


class _Rule:
    """A rule that is ready to read."""

    def __init__(self, rule: TopicRule) -> None:
        self.pattern = Pattern.of(rule.pattern)
        self._site, self._asset = Template(rule.site), Template(rule.asset)
        self._read = reader_of(rule)
        self._scales = {key: signal.scale() for key, signal in rule.signals.items()}
        self._otherwise = self._scales.get(EVERY, Scale())

    def decode(self, parts: Mapping[str, str], payload: bytes) -> Decoded:
        """Read a payload of a topic whose named parts stand for `parts`."""
        reports: dict[tuple[str, str], DeviceReport] = {}
        for instant in self._read(payload, parts):
            known = {**parts, **instant.known}
            names = self._site.fill(known), self._asset.fill(known)
            if "\x00" in names[0] + names[1]:
                raise Rejected("unknown_topic", ascii(names)[:80])
            report = reports.get(names)
            if report is None:
                report = reports[names] = DeviceReport.empty(*names)
            self._add(report, instant)
        if not any(report.keys or report.rejects for report in reports.values()):
            raise Rejected("no_numbers", "nothing that the mapping names is in this payload")
        return Decoded([report for report in reports.values() if report.keys or report.rejects])

    def _add(self, report: DeviceReport, instant: MappedInstant) -> None:
        if instant.time_us is None:
            report.refuse("bad_time", "its time is none; see time and time_unit", max(1, len(instant.said)))
            return
        values: dict[str, float] = {}
        for key, said in instant.said.items():
            try:
                values[key] = self._scales.get(key, self._otherwise).read(said)
            except Rejected as refusal:
                report.refuse(refusal.reason, f"{key[:60]} is {refusal.detail}")
        if values:
            report.say(tuple(values), instant.time_us, 0, array("d", values.values()))


def mapping_format(rules: Sequence[TopicRule]) -> Format:
    """Return the format that reads as these rules say; of several that fit a topic the first is taken."""
    ready = [_Rule(rule) for rule in rules]

    @lru_cache(maxsize=_MOST_TOPICS)
    def route(topic: str) -> tuple[_Rule, Mapping[str, str]]:
        for rule in ready:
            parts = rule.pattern.match(topic)
            if parts is not None:
                return rule, parts
        raise Rejected("unknown_topic", topic)

    def decode(topic: str, payload: bytes) -> Decoded:
        rule, parts = route(topic)
        return rule.decode(parts, payload)

    filters = tuple(dict.fromkeys(rule.pattern.filter for rule in ready))
    return Format(name="mapping", filters=filters, decode=decode)


def read_mapping(path: Path) -> Format:
    """Read a mapping file.

    Raises:
        Misconfigured: it cannot be read or makes no sense; one line that says where, and the mend.
    """
    return mapping_format(read_rules(path))


def known_formats(mapping: Path | None = None) -> tuple[Format, ...]:
    """Return every format, and behind them that of a mapping file where there is one.

    Raises:
        Misconfigured: as `read_mapping`.
    """
    return (*every_format(), *([read_mapping(mapping)] if mapping is not None else []))
