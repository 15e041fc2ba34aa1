"""What a gate still wants, counted from rows: documents, punches, telemetry, and the time of trial operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, assert_never

from lifecycle.handover.gates import GateName
from lifecycle.requirements.gating import completeness_lacks, training_asked
from plant.notices.notice import Bilingual
from storage.core.database import Transaction
from storage.projects import projects as rows
from storage.projects import readiness, recommendations
from storage.projects.projects import Project, SignalSeen
from storage.projects.recommendations import Recommendation, RecommendedKind

LackKind = Literal[
    "document",
    "punch_a",
    "punch_b",
    "training",
    "no_spares",
    "spare",
    "no_assets",
    "no_signal",
    "never_seen",
    "silent",
    "gaps",
    "out_of_range",
    "bad_quality",
    "trial_runs",
    "check",
    "requirements_unsigned",
    "parameter",
    "parameter_value",
    "signal",
    "limit",
    "serial",
]
LACK_PHRASES: Mapping[LackKind, tuple[str, str]] = {
    "document": ("No document: {what}", "缺少资料：{what}"),
    "punch_a": ("Punch A is open: {what}", "A 类尾项未关闭：{what}"),
    "punch_b": ("Punch B has no date: {what}", "B 类尾项未定日期：{what}"),
    "training": ("Nobody was trained on: {what}", "无人接受过培训：{what}"),
    "no_spares": ("No spare is named: {what}", "未列出备件：{what}"),
    "spare": ("Too few on stock: {what}", "库存不足：{what}"),
    "no_assets": ("The project has no asset: {what}", "项目没有资产：{what}"),
    "no_signal": ("No signal: {what}", "没有信号：{what}"),
    "never_seen": ("Never seen: {what}", "从未收到：{what}"),
    "silent": ("Silent: {what}", "无数据：{what}"),
    "gaps": ("Has gaps: {what}", "数据中断：{what}"),
    "out_of_range": ("Out of range: {what}", "超出范围：{what}"),
    "bad_quality": ("Bad quality: {what}", "质量不良：{what}"),
    "check": ("Check without an answer: {what}", "检查项未答复：{what}"),
    "requirements_unsigned": ("Both sides have still to sign the requirements: {what}", "移交要求尚待双方签字：{what}"),
    "parameter": ("No parameter: {what}", "缺少参数：{what}"),
    "parameter_value": ("The parameter is not as required: {what}", "参数不符合要求：{what}"),
    "signal": ("The signal is not registered: {what}", "信号未登记：{what}"),
    "limit": ("No design limit: {what}", "缺少设计限值：{what}"),
    "serial": ("No serial number: {what}", "缺少序列号：{what}"),
    "trial_runs": ("Trial operation until {what}", "试运行至 {what}"),
}
"""What is wanting, in words: English and Chinese."""
_LEAST_SHARE = 0.95  # of the minutes in the hours that count there was a value
_MOST_BAD = 0.01


@dataclass(frozen=True, kw_only=True, slots=True)
class Lack:
    """One thing that a gate still wants; `what` names it."""

    kind: LackKind
    what: str

    @property
    def line(self) -> str:
        """Say it in a line.

        >>> Lack(kind="punch_a", what="3").line
        'punch a: 3'
        """
        return f"{self.kind.replace('_', ' ')}: {self.what}"

    @property
    def said(self) -> Bilingual:
        """Say it as a person reads it, in both languages.

        >>> Lack(kind="training", what="pump").said.zh
        '无人接受过培训：pump'
        """
        english, chinese = LACK_PHRASES[self.kind]
        return Bilingual(en=english.format(what=self.what), zh=chinese.format(what=self.what))


def lacks_of(
    tx: Transaction, project: Project, gate: GateName, *, now: datetime, confirmed_at: datetime | None
) -> list[Lack]:
    """Return what a gate still wants of what can be counted; nothing for gates that somebody decides."""
    counted = _COUNTED.get(gate)
    if counted is not None:
        return list(counted(tx, project))
    if gate is GateName.TELEMETRY:
        return list(_telemetry(tx, project, now))
    if gate is GateName.TRIAL:
        ends = (confirmed_at or now) + timedelta(days=project.trial_days)
        running = [Lack(kind="trial_runs", what=f"{ends:%Y-%m-%d}")] if now < ends else []
        return [*running, *_telemetry(tx, project, now)]
    return []


def _documents(tx: Transaction, project: Project) -> Iterator[Lack]:
    if not project.assets:
        yield Lack(kind="no_assets", what=project.tag)
    there = {(one.asset, one.vdi_class) for one in rows.documents(tx, project.project_id)}
    taught = _taught(tx, project, RecommendedKind.DOCUMENT)
    for asset_class, assets in recommendations.assets_by_class(tx, project.project_id).items():
        wanted = [*project.required_documents, *(one.what for one in taught if one.asset_class == asset_class)]
        for asset in assets:
            for vdi_class in dict.fromkeys(wanted):
                if not {(asset, vdi_class), (None, vdi_class)} & there:
                    yield Lack(kind="document", what=f"{asset} {vdi_class}")


def _completeness(tx: Transaction, project: Project) -> Iterator[Lack]:
    """Say what documents are wanting, and what else the agreed requirements ask for, each once."""
    documents = list(_documents(tx, project))
    yield from documents
    for kind, what in completeness_lacks(tx, project):
        if (lack := Lack(kind=kind, what=what)) not in documents:
            yield lack


def _checks(tx: Transaction, project: Project) -> Iterator[Lack]:
    for one in _taught(tx, project, RecommendedKind.CHECK):
        if one.answer is None:
            yield Lack(kind="check", what=f"{one.asset_class}: {one.what} ({one.origin})")


def recommendation_is_met(tx: Transaction, project: Project, one: Recommendation) -> bool:
    """Say whether a project has what an earlier one recommends to it."""
    match one.kind:
        case RecommendedKind.CHECK:
            return one.answer is not None
        case RecommendedKind.DOCUMENT:
            there = {(known.asset, known.vdi_class) for known in rows.documents(tx, project.project_id)}
            assets = recommendations.assets_by_class(tx, project.project_id).get(one.asset_class, [])
            return all({(asset, one.what), (None, one.what)} & there for asset in assets)
        case RecommendedKind.TRAINING:
            held = readiness.trainings(tx, project.project_id)
            return len({known.person for known in held if known.asset_class == one.asset_class}) >= one.quantity
        case RecommendedKind.SPARE:
            spares = {known.part: known for known in readiness.spares(tx, project.project_id)}
            return one.what in spares and spares[one.what].free >= one.quantity
        case _:
            assert_never(one.kind)


def _taught(tx: Transaction, project: Project, kind: RecommendedKind) -> list[Recommendation]:
    """Return what earlier projects recommend to this one, and was accepted."""
    return [one for one in recommendations.taken_over(tx, project.project_id) if one.kind is kind]


def _punches(tx: Transaction, project: Project) -> Iterator[Lack]:
    for punch in rows.punches(tx, project.project_id):
        if punch.closed_at is not None:
            continue
        if punch.category == "A":
            yield Lack(kind="punch_a", what=f"{punch.punch_id} {punch.text}")
        elif punch.carried_to is None:
            yield Lack(kind="punch_b", what=f"{punch.punch_id} {punch.text}")


def _training(tx: Transaction, project: Project) -> Iterator[Lack]:
    trained = {(one.asset_class, one.person) for one in readiness.trainings(tx, project.project_id)}
    taught = _taught(tx, project, RecommendedKind.TRAINING)
    for asset_class in readiness.classes(tx, project.project_id):
        people = sum(1 for known, _ in trained if known == asset_class)
        asked = training_asked(tx, project, asset_class)
        wanted = max([1, asked, *(int(one.quantity) for one in taught if one.asset_class == asset_class)])
        if people < wanted:
            yield Lack(kind="training", what=asset_class if wanted == 1 else f"{asset_class} {people} / {wanted}")


def _spares(tx: Transaction, project: Project) -> Iterator[Lack]:
    wanted = readiness.spares(tx, project.project_id)
    if not wanted:
        yield Lack(kind="no_spares", what=project.tag)
    for one in wanted:
        if one.free < one.quantity:
            yield Lack(kind="spare", what=f"{one.part} {one.free:f} / {one.quantity:f}")


def _telemetry(tx: Transaction, project: Project, now: datetime) -> Iterator[Lack]:
    since = now - timedelta(hours=project.fresh_hours)
    seen = rows.telemetry(tx, project.project_id, since=since, until=now)
    with_signals = {one.asset for one in seen}
    for asset in project.assets:
        if asset not in with_signals:
            yield Lack(kind="no_signal", what=asset)
    for one in seen:
        kind = _fault(one, now, project.fresh_hours * 60)
        if kind is not None:
            yield Lack(kind=kind, what=f"{one.asset} {one.key}")


def _fault(one: SignalSeen, now: datetime, minutes: int) -> LackKind | None:
    if one.newest is None or one.readings == 0:
        return "never_seen" if one.newest is None else "silent"
    if now - one.newest > timedelta(seconds=one.silent_after_s):
        return "silent"
    if one.minutes < _LEAST_SHARE * minutes:
        return "gaps"
    if one.outside:
        return "out_of_range"
    return "bad_quality" if one.bad > _MOST_BAD * one.readings else None


_COUNTED: Mapping[GateName, Callable[[Transaction, Project], Iterator[Lack]]] = {
    GateName.PRE_REVIEW: _checks,
    GateName.COMPLETENESS: _completeness,
    GateName.PUNCH_LIST: _punches,
    GateName.TRAINING: _training,
    GateName.SPARES: _spares,
}
