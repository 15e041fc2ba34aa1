"""`notify.toml`: ways, plans and people's own addresses, read strictly; each fault is said by its place."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from alerts.dispatch.plans import NoticePlan, NoticePlans, PlanStep, Way, WayKind
from plant.errors import Misconfigured, Rejected
from plant.notices.hours import WeeklyHours
from plant.notices.notice import NoticeSubject
from plant.severity import Severity

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9._-]{0,63}$")]
SecretPlace = Annotated[str, StringConstraints(pattern=r"^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$")]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)


class _WayTable(_Table):
    kind: WayKind
    topic: str = ""
    url: str = ""
    secret: SecretPlace | None = None
    to: list[str] = []
    internal: list[str] = []
    each: bool = False
    language: Literal["", "en", "zh"] = ""
    timeout_s: Annotated[float, Field(gt=0, le=60)] = 10.0

    @model_validator(mode="after")
    def _is_whole(self) -> _WayTable:
        {
            WayKind.MQTT: self._check_mqtt,
            WayKind.WEBHOOK: self._check_webhook,
            WayKind.MAIL: self._check_mail,
            WayKind.CHAT: self._check_chat,
        }[self.kind]()
        if self.kind is not WayKind.MQTT and self.topic:
            raise ValueError("only a way of kind mqtt has a topic")
        if self.kind is not WayKind.MAIL and self.to:
            raise ValueError("only a way of kind mail has addresses in `to`")
        return self

    @property
    def goes_to_each(self) -> bool:
        """Say whether each person is a receiver of their own: by mail where no address is named."""
        return self.each or (self.kind is WayKind.MAIL and not self.to)

    def _check_mqtt(self) -> None:
        if self.url or self.secret or self.each:
            raise ValueError("a way of kind mqtt has a topic alone")
        if any(char in self.topic for char in "+#\x00"):
            raise ValueError("a topic to publish on holds neither + nor #")

    def _check_webhook(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            raise ValueError("url is https://host/path, without a name or password in it")
        if self.secret is None:
            raise ValueError("secret says where the signing secret is: env:NAME or file:/path")
        for one in self.internal:
            ip_network(one)

    def _check_mail(self) -> None:
        if self.url or self.secret:
            raise ValueError("ASSETLOOP_MAIL names the mail server; a way of kind mail has `to` at most")
        if self.each and self.to:
            raise ValueError("either `each` or `to`")

    def _check_chat(self) -> None:
        if self.each and not self.url:
            return
        if self.each or not self.url.startswith(("env:", "file:/")):
            raise ValueError("url holds secrets, so it says where it is: env:NAME or file:/path; with `each` people do")


class _StepTable(_Table):
    after_min: Annotated[float, Field(ge=0, le=7 * 24 * 60)] = 0.0
    ways: Annotated[list[Name], Field(min_length=1)]
    people: list[str] = []


class _PlanTable(_Table):
    name: Name
    teams: list[str] = []
    sites: list[str] = []
    areas: list[str] = []
    subjects: list[NoticeSubject] = []
    at_least: Severity = Severity.INDETERMINATE
    roster: Annotated[str, StringConstraints(pattern=r"^([^:]*|https://[^@]*)$")] = ""
    zone: str = "UTC"
    quiet: str = ""
    steps: Annotated[list[_StepTable], Field(min_length=1, max_length=20)]


class _File(_Table):
    way: dict[Name, _WayTable]
    plan: list[_PlanTable]
    person: dict[str, dict[Name, SecretPlace]] = {}


def read_notify_file(path: Path) -> NoticePlans:
    """Read the file.

    Raises:
        Misconfigured: it cannot be read or does not make sense; one line that says where.
    """
    try:
        return read_notify_text(path.read_text(encoding="utf-8"), folder=path.parent)
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"{path}: {error}") from error
    except Misconfigured as error:
        raise Misconfigured(f"{path}: {error}") from error


def read_notify_text(text: str, *, folder: Path = Path()) -> NoticePlans:
    """Read what `notify.toml` holds; a roster's file is named as from `folder`.

    Raises:
        Misconfigured: it does not make sense.
    """
    try:
        file = _File.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"this is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors(include_input=False)[0]
        raise Misconfigured(f"{'.'.join(str(part) for part in first['loc'])}: {first['msg']}") from error
    for fault in _faults(file):
        raise Misconfigured(fault)
    return NoticePlans(
        ways={name: _way(name, table) for name, table in file.way.items()},
        plans=tuple(_plan(table, folder) for table in file.plan),
        chats=file.person,
    )


def _faults(file: _File) -> Iterator[str]:
    names = [plan.name for plan in file.plan]
    yield from (f"plan.{name}: two plans have this name" for name in names if names.count(name) > 1)
    for plan in file.plan:
        for place, step in enumerate(plan.steps):
            yield from (f"plan.{plan.name}.steps.{place}: {fault}" for fault in _step_faults(file, step))
    for sign_in, addresses in file.person.items():
        for way in addresses:
            if way not in file.way or not file.way[way].goes_to_each or file.way[way].kind is not WayKind.CHAT:
                yield f"person.{sign_in}: {way} is no way of kind chat that goes to each person"


def _roster(place: str, folder: Path) -> str:
    return place if not place or "://" in place else str(folder / place)


def _step_faults(file: _File, step: _StepTable) -> Iterator[str]:
    for way in step.ways:
        if way not in file.way:
            yield f"there is no way {way}"
        elif file.way[way].goes_to_each and not step.people:
            yield f"{way} goes to each person: name people"


def _way(name: str, table: _WayTable) -> Way:
    return Way(
        name=name,
        kind=table.kind,
        address=table.topic or table.url or ",".join(table.to),
        secret=table.secret or "",
        internal=tuple(ip_network(one) for one in table.internal),
        each=table.goes_to_each,
        language=table.language,
        timeout_s=table.timeout_s,
    )


def _plan(table: _PlanTable, folder: Path) -> NoticePlan:
    try:
        quiet = WeeklyHours.read(table.quiet, table.zone) if table.quiet else None
        WeeklyHours.read("00:00-01:00", table.zone)
    except Rejected as error:
        raise Misconfigured(f"plan.{table.name}: {error.detail}") from error
    steps = tuple(
        PlanStep(after=timedelta(minutes=step.after_min), ways=tuple(step.ways), people=tuple(step.people))
        for step in table.steps
    )
    return NoticePlan(
        name=table.name,
        teams=frozenset(table.teams),
        sites=frozenset(table.sites),
        areas=frozenset(table.areas),
        subjects=frozenset(table.subjects),
        at_least=table.at_least,
        roster=_roster(table.roster, folder),
        zone=table.zone,
        quiet=quiet,
        steps=steps,
    )
