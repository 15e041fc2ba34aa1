"""A plant's own topics, read as `mapping.toml` says: its rules make a format like any other."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from ingest.decoding.decoded import Decoded
from ingest.decoding.format import Format
from ingest.formats import every_format
from ingest.formats.sparkplug import format_of
from ingest.mapping.file import TopicRule, read_rules
from ingest.mapping.rule import Rule
from plant.errors import Rejected

_MOST_TOPICS = 16_384


def mapping_format(rules: Sequence[TopicRule]) -> Format:
    """Return the format that reads as these rules say; of several that fit a message the first is taken."""
    ready = [Rule(rule) for rule in rules]

    @lru_cache(maxsize=_MOST_TOPICS)
    def route(topic: str) -> tuple[tuple[Rule, dict[str, str]], ...]:
        fitting = [(rule, parts) for rule in ready if (parts := rule.pattern.match(topic)) is not None]
        if not fitting:
            raise Rejected("unknown_topic", topic)
        return tuple(fitting)

    def decode(topic: str, payload: bytes) -> Decoded:
        for rule, parts in route(topic):
            decoded = rule.decode(topic, parts, payload)
            if decoded is not None:
                return decoded
        raise Rejected("unknown_payload", "it is none of those that the mapping's `when` names for this topic")

    filters = tuple(dict.fromkeys(rule.pattern.filter for rule in ready))
    return Format(name="mapping", filters=filters, decode=decode)


def read_mapping(path: Path) -> Format:
    """Read a mapping file.

    Raises:
        Misconfigured: it cannot be read or makes no sense; one line that says where, and the mend.
    """
    return mapping_format(read_rules(path))


def known_formats(mapping: Path | None = None, *, joins_sparkplug_names: bool = False) -> tuple[Format, ...]:
    """Return every format, and behind them that of a mapping file where there is one.

    With `joins_sparkplug_names` the asset of a Sparkplug device is called `node/device`.

    Raises:
        Misconfigured: as `read_mapping`.
    """
    sparkplug = format_of(joins_names=joins_sparkplug_names)
    formats = (sparkplug if one.name == sparkplug.name else one for one in every_format())
    return (*formats, *([read_mapping(mapping)] if mapping is not None else []))
