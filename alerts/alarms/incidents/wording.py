"""What an incident or a flood says to people, in both languages."""

from __future__ import annotations

from collections.abc import Sequence

from plant.alarms.incident import Flood
from plant.alarms.rationalisation import Rationalisation
from plant.alert import Alert
from plant.finding import FindingKind
from plant.notices.notice import Bilingual

KINDS: dict[str, Bilingual] = {
    FindingKind.CONDITION: Bilingual(en="condition deviates", zh="状态异常"),
    FindingKind.WEAR: Bilingual(en="slow wear", zh="缓慢磨损"),
    FindingKind.SENSOR_STUCK: Bilingual(en="sensor stuck", zh="传感器卡滞"),
    FindingKind.SENSOR_DRIFT: Bilingual(en="sensor drifts", zh="传感器漂移"),
    FindingKind.SENSOR_SPIKES: Bilingual(en="sensor has spikes", zh="传感器尖峰"),
    FindingKind.SENSOR_DROPOUT: Bilingual(en="sensor silent", zh="传感器无数据"),
    FindingKind.UNSEEN_REGIME: Bilingual(en="regime not trained", zh="未训练的工况"),
    FindingKind.LIMIT: Bilingual(en="design limit exceeded", zh="超出设计限值"),
    FindingKind.RATE: Bilingual(en="changes too fast", zh="变化过快"),
    FindingKind.SILENT: Bilingual(en="says nothing", zh="设备无数据"),
}
_MOST_LISTED = 8
MOST_BUNDLED_LISTED = 16


def kind_of(kind: str) -> Bilingual:
    """Say a kind of finding in words; one that this program does not know is called by its name."""
    return KINDS.get(kind) or Bilingual(en=kind.replace("_", " "), zh=kind)


def incident_title(asset: str, kind: str, size: int) -> Bilingual:
    """Say which asset is the likely root, what is wrong, and how many alerts there are.

    >>> incident_title("P-101", "limit", 3).en
    'P-101: design limit exceeded (+2)'
    """
    said = kind_of(kind)
    more_en, more_zh = (f" (+{size - 1})", f"（另 {size - 1} 条）") if size > 1 else ("", "")
    return Bilingual(en=f"{asset}: {said.en}{more_en}", zh=f"{asset}：{said.zh}{more_zh}")


def incident_lines(root: Alert, alerts: Sequence[Alert], said: Rationalisation | None) -> list[Bilingual]:
    """Say why, what was thought through, and what else stands."""
    lines = [*why(root), *(_rationalised(said) if said else [])]
    others = [one for one in alerts if one.alert_id != root.alert_id]
    for one in others[:_MOST_LISTED]:
        kind = kind_of(one.kind)
        lines.append(Bilingual(en=f"{one.asset}: {kind.en}", zh=f"{one.asset}：{kind.zh}"))
    if len(others) > _MOST_LISTED:
        left = len(others) - _MOST_LISTED
        lines.append(Bilingual(en=f"and {left} more", zh=f"另有 {left} 条"))
    return lines


def why(alert: Alert) -> list[Bilingual]:
    """Say which signals show it: each with its value, its limits and its share."""
    lines = []
    for one in alert.evidence.get("signals", [])[:3]:
        name, name_zh = one.get("name") or one["signal"], one.get("name_zh") or one.get("name") or one["signal"]
        value = f" {one['value']:g} {one['unit']}".rstrip() if one.get("value") is not None else ""
        limits = [f"{word} {one[side]:g}" for side, word in (("low", "≥"), ("high", "≤")) if one.get(side) is not None]
        said = f"{value}{' (' + ', '.join(limits) + ')' if limits else ''}, {100 * one['share']:.0f} %"
        lines.append(Bilingual(en=f"{name}{said}", zh=f"{name_zh}{said}"))
    return lines


def _rationalised(said: Rationalisation) -> list[Bilingual]:
    texts = (
        ("Likely cause", "可能原因", said.cause, said.cause_zh),
        ("If nothing is done", "不处理的后果", said.consequence, said.consequence_zh),
        ("What to do", "应采取的措施", said.action, said.action_zh),
    )
    lines = [Bilingual(en=f"{en}: {text or zh_text}", zh=f"{zh}：{zh_text or text}")
             for en, zh, text, zh_text in texts if text or zh_text]  # fmt: skip
    if said.respond_within_s:
        minutes = f"{said.respond_within_s / 60:g}"
        lines.append(Bilingual(en=f"Respond within {minutes} min", zh=f"请在 {minutes} 分钟内响应"))
    return lines


def flood_title(flood: Flood, count: int) -> Bilingual:
    """Say that alerts come too fast, and how many this notice stands for."""
    where = f"{flood.site} {flood.area}".strip()
    if flood.ended is not None:
        return Bilingual(en=f"{where}: the flood of alerts is over", zh=f"{where}：报警泛滥已结束")
    return Bilingual(en=f"{where}: flood of alerts, {count} bundled here", zh=f"{where}：报警泛滥，{count} 条合并于此")


def flood_lines(worst: Sequence[tuple[str, str, int]], count: int) -> list[Bilingual]:
    """Name the worst of what a flood took in: of each its likely root's asset and kind, and how many alerts it has."""
    lines = [incident_title(*one) for one in worst]
    if count > len(lines):
        left = count - len(lines)
        lines.append(Bilingual(en=f"and {left} more", zh=f"另有 {left} 条"))
    return lines
