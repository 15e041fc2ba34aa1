"""Ready-made mappings of what plants commonly run, one file each below `mappings/`, and how they are recognised.

A file whose pattern is `{topic...}` is of a product that publishes wherever it is told to: it is recognised by its
payloads alone, and proposed with the topics on which they were heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

from ingest.learning.trying import readings_of
from ingest.mapping.file import TopicRule
from ingest.mapping.rule import Rule
from plant.errors import Rejected
from plant.mqtt.topics import matches

ANYWHERE = "{topic...}"


@dataclass(frozen=True)
class ReadyMade:
    """The mapping of one product: its `name`, and the text of the file."""

    name: str
    source: str

    @cached_property
    def filters(self) -> tuple[str, ...]:
        """Return the MQTT filters of its topics."""
        from ingest.mapping import mapping_format
        from ingest.mapping.file import parse_rules

        return mapping_format(parse_rules(self.source, name=self.name)).filters

    def reads(self, topic: str, payloads: Sequence[bytes]) -> bool:
        """Say whether it makes readings of what was heard on a topic."""
        if not any(matches(one, topic) for one in self.filters):
            return False
        try:
            if readings_of(self.source, [(topic, payload) for payload in payloads]) > 0:
                return True
        except Rejected:
            pass
        return any(
            rule.meant(payload)
            for one, rule in self._rules
            for payload in payloads
            if one.payload == "ignore" and one.when and rule.pattern.match(topic)
        )

    def passes_over(self, topic: str) -> bool:
        """Say whether a topic is its product's, and nothing is read of it, where the product is heard on others."""
        return any(one.payload == "ignore" and not one.when and rule.pattern.match(topic) for one, rule in self._rules)

    @cached_property
    def _rules(self) -> tuple[tuple[TopicRule, Rule], ...]:
        """Return its rules, as they are written and ready to read."""
        from ingest.mapping.file import parse_rules

        return tuple((one, Rule(one)) for one in parse_rules(self.source, name=self.name))

    def text(self, topics: Sequence[str]) -> str:
        """Return its rules, with the topics on which it was heard."""
        heard = f"# recognised on {len(topics)} topics, as {topics[0]}"
        if ANYWHERE not in self.source:
            return f"{heard}\n{self.source.strip()}"
        one, *others = self.source.strip().split("[[topic]]")[1:]
        if others:
            raise ValueError(f"{self.name} is read anywhere, so it can have one topic only")
        head = self.source.partition("[[topic]]")[0].strip()
        rules = [f"[[topic]]{one.replace(ANYWHERE, _literal(topic))}".strip() for topic in topics]
        return "\n".join([heard, head, *rules]) if head else "\n".join([heard, *rules])


def _literal(topic: str) -> str:
    """Return a topic as a pattern of itself: what a pattern would read as something else is left open."""
    return "/".join("+" if set(level) & set('{}+#"\\') else level for level in topic.split("/"))


def _all() -> tuple[ReadyMade, ...]:
    folder = files("ingest") / "learning" / "mappings"
    found = sorted((one for one in folder.iterdir() if one.name.endswith(".toml")), key=lambda one: one.name)
    made = [ReadyMade(one.name.removesuffix(".toml"), one.read_text(encoding="utf-8")) for one in found]
    return tuple(sorted(made, key=lambda one: ANYWHERE in one.source))


READY_MADE = _all()
"""Those that name their topics first."""
