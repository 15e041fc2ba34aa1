"""The documents about jobs, logins at the broker, the mapping, and whom notices are for."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self

from pydantic import ConfigDict, Field

from alerts.dispatch.plans import NoticePlan, NoticePlans, PlanStep, Way, WayKind
from api.schemas.shape import Nothing, PlainText, Shape
from ingest.trial import Trial
from lifecycle.register.broker_accounts import LoginWish
from plant.notices.notice import NoticeSubject
from plant.severity import Severity
from storage.core.job_list import JobState

Name = Annotated[PlainText, Field(min_length=1, max_length=200)]
_MOST_TEXT = 500_000
_MAPPING = (
    '[[topic]]\npattern = "plant/{asset}/{signal}"\npayload = "number"\nsite = "demo"\n'
    'asset = "{asset}"\nsignal = "{signal}"\ntime_missing = "arrival"\n'
)


class JobShape(Shape):
    """A job of the queue; one that succeeds leaves it."""

    job_id: int
    task: str = Field(examples=["alerts:publish_orders"])
    queue: str
    state: JobState
    attempts: int
    enqueued_at: datetime | None
    since: datetime | None = Field(description="When it came into its state.")
    next_at: datetime | None = Field(description="The earliest time at which it runs; null: at once.")


class LoginShape(Shape):
    """A device's or gateway's login at the broker, without its password."""

    name: str
    rights: list[str] = Field(description="Its lines of mosquitto's ACL.")
    has_password: bool = Field(description="False: it comes with a certificate in this name.")


class AssetNamed(Nothing):
    """An asset, by its site and tag."""

    site: Name
    asset: Name


class NodeNamed(Nothing):
    """A node of Sparkplug, by its group."""

    group: Name
    node: Name


class LoginWanted(Nothing):
    """A login that is to be added, and for what it speaks: at least one of the things."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "pump-101", "assets": [{"site": "demo", "asset": "P-101"}]}]}
    )

    name: str = Field(min_length=1, max_length=64, description="Also the client id: letters, digits, . _ -")
    assets: list[AssetNamed] = Field(default=[], max_length=1000)
    node: NodeNamed | None = None
    is_gateway: bool = Field(default=False, description="A ThingsBoard gateway, which speaks for any asset.")
    control_rooms: list[Name] = Field(default=[], max_length=100, description="Sites whose alerts it hears.")
    topics: list[Name] = Field(default=[], max_length=100, description="Topics of the plant's own.")
    by_certificate: bool = Field(default=False, description="It comes with a certificate, and gets no password.")

    def wish(self) -> LoginWish:
        """Return what is wanted."""
        return LoginWish(
            name=self.name,
            assets=tuple((one.site, one.asset) for one in self.assets),
            node=(self.node.group, self.node.node) if self.node else None,
            is_gateway=self.is_gateway,
            control_rooms=tuple(self.control_rooms),
            topics=tuple(self.topics),
        )


class IssuedLoginShape(Shape):
    """A new login; its password is told this once."""

    name: str
    rights: list[str]
    password: str | None = Field(description="Null where it comes with a certificate.")


class MappingShape(Shape):
    """How the plant's own topics are read."""

    file: str
    sha256: str
    patterns: list[str] = Field(description="Of topics, in the order in which they are tried.")
    text: str = Field(description="TOML, as docs/formats.md says.")


class MappingText(Nothing):
    """A mapping that is to be looked at; nothing of it is kept."""

    model_config = ConfigDict(str_strip_whitespace=False, json_schema_extra={"examples": [{"mapping": _MAPPING}]})

    mapping: str = Field(max_length=_MOST_TEXT, description="TOML, as docs/formats.md says.")


class CheckedMappingShape(Shape):
    """What a mapping that makes sense would read."""

    patterns: list[str]


class PayloadTried(Nothing):
    """A payload as it would come on a topic; nothing of it is stored."""

    model_config = ConfigDict(
        str_strip_whitespace=False,
        json_schema_extra={"examples": [{"topic": "plant/P-101/vibration", "payload": "2.5", "mapping": _MAPPING}]},
    )

    topic: PlainText = Field(min_length=1, max_length=65_535)
    payload: str | None = Field(default=None, max_length=_MOST_TEXT, description="Text; or `payload_base64`.")
    payload_base64: str | None = Field(default=None, max_length=_MOST_TEXT, description="Bytes that are no text.")
    mapping: str | None = Field(
        default=None, max_length=_MOST_TEXT, description="TOML; the mapping that is in force where absent."
    )


class TriedReadingShape(Shape):
    """A reading that a payload would become."""

    device: str
    signal: str
    time_ms: float | None = Field(description="Since 1970; null: the time of its arrival.")
    value: float
    flags: str


class TriedRefusalShape(Shape):
    """A part of a payload that would become no reading."""

    device: str
    reason: str
    detail: str
    readings: int


class TrialShape(Shape):
    """What ingest would make of a payload."""

    format: str | None = Field(description="Null: no format reads this topic.")
    stored: int
    readings: list[TriedReadingShape]
    refused: list[TriedRefusalShape]
    presences: list[str]
    answers: list[str] = Field(description="Topics on which something would be said in return.")

    @classmethod
    def of(cls, trial: Trial) -> Self:
        """Show a trial."""
        return cls.model_validate(trial)


class WayShape(Shape):
    """A way out, without its address and its secret."""

    name: str
    kind: WayKind
    each: bool = Field(description="It goes to each person's own address; otherwise to one receiver for all.")
    language: str = Field(description="Empty: both.")

    @classmethod
    def of(cls, way: Way) -> Self:
        """Show a way."""
        return cls.model_validate(way)


class NoticeStepShape(Shape):
    """One step of a plan: how long after the step before it, by which ways and to whom."""

    after_s: float
    ways: list[str]
    people: list[str]

    @classmethod
    def of(cls, step: PlanStep) -> Self:
        """Show a step."""
        return cls(after_s=step.after.total_seconds(), ways=list(step.ways), people=list(step.people))


class NoticePlanShape(Shape):
    """For which notices a plan is, and its steps; what is empty is any."""

    name: str
    teams: list[str]
    sites: list[str]
    areas: list[str]
    subjects: list[NoticeSubject]
    at_least: Severity
    has_roster: bool
    zone: str
    has_quiet_hours: bool
    steps: list[NoticeStepShape]

    @classmethod
    def of(cls, plan: NoticePlan) -> Self:
        """Show a plan."""
        return cls(
            name=plan.name,
            teams=sorted(plan.teams),
            sites=sorted(plan.sites),
            areas=sorted(plan.areas),
            subjects=sorted(plan.subjects),
            at_least=plan.at_least,
            has_roster=bool(plan.roster),
            zone=plan.zone,
            has_quiet_hours=plan.quiet is not None,
            steps=[NoticeStepShape.of(one) for one in plan.steps],
        )


class NoticePlansShape(Shape):
    """Whom notices are for and by which ways; in each area the first plan that fits a notice is the one."""

    ways: list[WayShape]
    plans: list[NoticePlanShape]

    @classmethod
    def of(cls, plans: NoticePlans) -> Self:
        """Show plans."""
        ways = [WayShape.of(one) for _, one in sorted(plans.ways.items())]
        return cls(ways=ways, plans=[NoticePlanShape.of(one) for one in plans.plans])


class TrialWanted(Nothing):
    """Who is to get the trial, where the way goes to each person's own address."""

    person: str = Field(default="", max_length=100, description="As they sign in.")
