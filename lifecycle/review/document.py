"""A review as a document: sections of lines, each in both languages, to be kept as it was and shown anywhere."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal, Self

from plant.notices.notice import Bilingual

Tone = Literal["plain", "good", "warning", "alarm"]
NOTHING = Bilingual(en="", zh="")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewLine:
    """One line: what it is about, what is to be said of it, and how good that is."""

    what: Bilingual
    detail: Bilingual = NOTHING
    tone: Tone = "plain"


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewSection:
    """What belongs together under a title; `key` names it in every language."""

    key: str
    title: Bilingual
    lines: Sequence[ReviewLine]


@dataclass(frozen=True, kw_only=True, slots=True)
class ReviewDocument:
    """A review of a project from `since` until `until`; `number` is there once it was held."""

    project: str
    name: str
    site: str
    since: datetime
    until: datetime
    sections: Sequence[ReviewSection]
    number: int | None = None
    held_by: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Write what is kept of it."""
        return {"sections": [asdict(one) for one in self.sections], "name": self.name}

    @classmethod
    def of_json(cls, content: dict[str, Any], **more: Any) -> Self:
        """Read what was kept."""
        return cls(name=content["name"], sections=[_section(one) for one in content["sections"]], **more)


def _section(kept: dict[str, Any]) -> ReviewSection:
    lines = [
        ReviewLine(what=Bilingual(**one["what"]), detail=Bilingual(**one["detail"]), tone=one["tone"])
        for one in kept["lines"]
    ]
    return ReviewSection(key=kept["key"], title=Bilingual(**kept["title"]), lines=lines)
