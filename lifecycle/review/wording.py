"""How a review says things, in English and in Chinese."""

from __future__ import annotations

from lifecycle.handover.reminding import GATE_NAMES
from plant.iso14224 import FAILURE_MODES
from plant.notices.notice import Bilingual
from storage.core.database import Transaction
from storage.projects import readiness
from storage.projects.goals import Measure

PHRASES: dict[str, tuple[str, str]] = {
    "goals": ("Goals", "目标"),
    "signal_of": ("{asset} {signal}", "{asset} {signal}"),
    "slipped": ("What slipped", "进度偏差"),
    "failed": ("What failed", "失效情况"),
    "owes_engineering": ("What engineering owes", "工程部门待办"),
    "owes_operations": ("What operations owe", "运行部门待办"),
    "decisions": ("Decisions", "决定事项"),
    "assumptions": ("What the design assumed, and what came of it", "设计假设与实际"),
    "limits": ("Limits of design, and what was measured", "设计限值与实测"),
    "warranty": ("Failures within a warranty, and what was claimed", "质保期内的失效与索赔"),
    "warranty_failure": ("{order} {asset}: {mode}", "{order} {asset}：{mode}"),
    "not_claimed": ("not claimed of {guarantor}; its warranty ends {ends}", "未向 {guarantor} 索赔；质保至 {ends}"),
    "claimed": ("claimed of {guarantor}: {state}, {amount}", "已向 {guarantor} 索赔：{state}，{amount}"),
    "claim_open": ("open", "待答复"),
    "claim_accepted": ("accepted", "已接受"),
    "claim_rejected": ("rejected", "已拒绝"),
    "claim_settled": ("settled", "已结清"),
    "recommendations": ("What this project recommends", "本项目的建议"),
    "taken_over": ("From earlier projects", "来自以往项目"),
    "goal_at": ("{actual}, goal {target}; a week ago {before}", "{actual}，目标 {target}；一周前 {before}"),
    "goal_proposed": (
        "{target} is proposed; engineering {engineering}, operations {operations}",
        "建议 {target}；工程部门 {engineering}，运行部门 {operations}",
    ),
    "not_agreed": ("has not agreed", "未同意"),
    "agreed_by": ("agreed by {who}", "{who} 已同意"),
    "slip": ("{stands}, {days:+d} days against the first plan", "{stands}，较首次计划 {days:+d} 天"),
    "moved": ("{stands}, {days:+d} days since the last review", "{stands}，自上次评审 {days:+d} 天"),
    "gate_late": ("Gate {gate}", "关口：{gate}"),
    "late_since": ("late since {due}", "逾期：{due}"),
    "due": ("due {due}", "到期 {due}"),
    "no_due": ("no date", "未定日期"),
    "failure": ("{at} {mode}", "{at} {mode}"),
    "not_said_what": ("not said what", "未说明"),
    "alerts": ("alerts: {count}", "{count} 条报警"),
    "pass_gate": ("Pass the gate {gate}", "通过关口：{gate}"),
    "sign_gate": ("Sign {gate}", "签署：{gate}"),
    "punch": ("Punch {category}{number} {text}", "尾项 {category}{number} {text}"),
    "order": ("{number} {asset}: {title}", "{number} {asset}：{title}"),
    "request": ("Change of design DR-{number}: {asset_class}, {mode}", "设计变更 DR-{number}：{asset_class}，{mode}"),
    "decision": ("{number}. {text}", "{number}. {text}"),
    "decision_open": (
        "{owner}, due {due}; reviews so far: {reviews}",
        "{owner}，到期 {due}；已列入 {reviews} 次评审",
    ),
    "decision_done": ("done by {who}: {outcome}", "{who} 已完成：{outcome}"),
    "failures_a_year": ("Failures a year, {asset_class}", "每年失效次数，{asset_class}"),
    "power_kw": ("Power of a machine, {asset_class}", "单机功率，{asset_class}"),
    "parts_a_year": ("{part} a year, {asset_class}", "每年用量 {part}，{asset_class}"),
    "rate": (
        "assumed {value}; seen {seen} ({count} in {years} machine-years, 95 %: {low} to {high})",
        "假设 {value}；实际 {seen}（{years} 台年内 {count} 次，95 %：{low} 至 {high}）",
    ),
    "assumed": ("assumed {value}; seen {seen}", "假设 {value}；实际 {seen}"),
    "range": (
        "designed for {low} to {high} {unit}; measured {lowest} to {highest}, mean {mean}",
        ("设计 {low} 至 {high} {unit}；实测 {lowest} 至 {highest}，平均 {mean}"),
    ),
    "recommended": ("{kind} for {asset_class}: {what}", "{kind}（{asset_class}）：{what}"),
    "because": ("{state}; because: {because}", "{state}；原因：{because}"),
    "from_project": ("{state}; from {origin}: {because}", "{state}；来自 {origin}：{because}"),
    "kind_document": ("Document", "资料"),
    "kind_training": ("Trained people", "受训人员"),
    "kind_spare": ("Spare part", "备件"),
    "kind_check": ("Check", "检查项"),
    "state_proposed": ("proposed", "已提出"),
    "state_accepted": ("accepted by {who}", "{who} 已采纳"),
    "state_rejected": ("rejected by {who}", "{who} 已否决"),
    "state_met": ("met", "已满足"),
    "state_open": ("open", "未满足"),
    "effect": ("Failures in the first month", "首月失效次数"),
    "effect_of": ("here {here}; in {origin} {there}", "本项目 {here}；{origin} {there}"),
    "measure_schedule": ("Schedule: days late", "进度：延误天数"),
    "measure_cost": ("Cost", "费用"),
    "measure_energy": ("Energy", "能耗"),
    "measure_availability": ("Availability", "可用率"),
    "measure_failures": ("Failures in the first month", "首月失效次数"),
    "trend_better": ("better", "变好"),
    "trend_same": ("unchanged", "持平"),
    "trend_worse": ("worse", "变差"),
    "trend_unknown": ("no trend yet", "暂无趋势"),
    "nothing": ("Nothing.", "无。"),
    "review": ("Review of {name}", "{name} 评审"),
    "review_number": ("Review {number}", "第 {number} 次评审"),
    "review_draft": ("Draft: this review was not held yet.", "草稿：评审尚未举行。"),
    "period": ("{since} to {until}", "{since} 至 {until}"),
    "held_by": ("held by {who}", "主持人 {who}"),
}


def phrase(key: str, /, **values: object) -> Bilingual:
    """Say something in both languages; a value may be said in both too.

    >>> phrase("late_since", due="2026-06-01").zh
    '逾期：2026-06-01'
    """
    english, chinese = PHRASES[key]
    return Bilingual(
        en=english.format(**{name: _in(value, "en") for name, value in values.items()}),
        zh=chinese.format(**{name: _in(value, "zh") for name, value in values.items()}),
    )


def plain(text: str) -> Bilingual:
    """Let what somebody wrote be the same in both languages."""
    return Bilingual(en=text, zh=text)


def gate_name(gate: str) -> Bilingual:
    """Name a gate."""
    names = next((names for one, names in GATE_NAMES.items() if one == gate), (gate, gate))
    return Bilingual(en=names[0], zh=names[1])


def mode_name(code: str | None) -> Bilingual:
    """Name a failure mode by its code."""
    if code is None:
        return phrase("not_said_what")
    english, chinese = FAILURE_MODES.get(code, (code, code))
    return Bilingual(en=english, zh=chinese)


def called(tag: str, name: str, name_zh: str) -> Bilingual:
    """Name a class or a signal as it is called, by its tag where it has no name.

    >>> called("vibration_de_mm_s", "Vibration", "").zh
    'Vibration'
    """
    return Bilingual(en=name or tag, zh=name_zh or name or tag)


def class_names(tx: Transaction) -> dict[str, Bilingual]:
    """Name every class, by its tag."""
    return {tag: called(tag, *names) for tag, names in readiness.class_names(tx).items()}


def amount(measure: Measure, value: float | None, currency: str = "") -> str:
    """Write what a goal is about with its unit.

    >>> amount(Measure.AVAILABILITY, 0.9834), amount(Measure.SCHEDULE, 9.0), amount(Measure.COST, None)
    ('98.3 %', '+9 d', '–')
    """
    if value is None:
        return "–"
    return {
        Measure.SCHEDULE: f"{value:+.0f} d",
        Measure.COST: f"{value:,.2f} {currency}".strip(),
        Measure.ENERGY: f"{value:,.1f} kWh/d",
        Measure.AVAILABILITY: f"{100 * value:.1f} %",
        Measure.FAILURES: f"{value:.0f}",
    }[measure]


def figure(value: float | None) -> str:
    """Write a number with as many places as a person reads.

    >>> figure(None), figure(0.51234), figure(2734.5)
    ('–', '0.512', '2734')
    """
    if value is None:
        return "–"
    return f"{value:.3g}" if abs(value) < 1000 else f"{value:.0f}"


def _in(value: object, language: str) -> object:
    return value.in_language(language) if isinstance(value, Bilingual) else value
