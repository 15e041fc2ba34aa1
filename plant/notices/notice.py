"""A notice is what people must know of one thing; what happens to the thing afterwards revises it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from plant.severity import Severity

ENGINEERING_TEAM = "engineering"
"""The team of all who engineer a site, which nobody has to set up."""


class NoticeSubject(StrEnum):
    """What a notice is about."""

    INCIDENT = "incident"
    ORDER = "order"
    REQUEST = "request"
    SYSTEM = "system"
    REMINDER = "reminder"


@dataclass(frozen=True, kw_only=True, slots=True)
class Bilingual:
    """One line, in English and in Chinese.

    >>> Bilingual(en="pump stopped", zh="泵已停").in_language("zh")
    '泵已停'
    """

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """Return it as a person reads it: Chinese for `zh`, else English."""
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, kw_only=True, slots=True)
class Notice:
    """What people must know of one thing.

    `subject_id` names the thing: an order's number, an incident's id. `site` is empty where it is about every site.
    `team` is whose it is; None: operations of the `area`, or of the site where no area is named. `priority` 1 is the
    most urgent. `areas` are further ones that it is about. `critical` ones are never bundled and pass quiet hours.
    `link` is where the console shows the thing.
    """

    subject: NoticeSubject
    subject_id: str
    severity: Severity
    title: Bilingual
    site: str = ""
    asset_id: int | None = None
    area: str | None = None
    team: str | None = None
    priority: int = 3
    critical: bool = False
    lines: tuple[Bilingual, ...] = ()
    link: str | None = None
    evidence: Mapping[str, Any] = field(default_factory=dict)
    areas: tuple[str, ...] = ()

    @property
    def each_area(self) -> tuple[str | None, ...]:
        """Return every area that it is about, the first one first; None where none is named."""
        return (self.area, *self.areas)


@dataclass(frozen=True, kw_only=True, slots=True)
class PostedNotice:
    """A notice as it stands; people were asked for their attention up to `told_revision`."""

    notice_id: str
    notice: Notice
    revision: int
    told_revision: int
    raised_at: datetime
    changed_at: datetime
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    ended_at: datetime | None = None

    @property
    def is_settled(self) -> bool:
        """Say whether nobody has to do anything about it any more."""
        return self.acknowledged_at is not None or self.ended_at is not None
