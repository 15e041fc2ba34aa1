"""What an import changes, and what changed between two days, in lines of English or Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from api.language import Language
from api.refusals.import_faults import fault_in
from api.refusals.refusals import refusal
from lifecycle.importing.history import NotedChange

_HOW = {
    "added": ("added", "新增"),
    "changed": ("changed", "更改"),
    "left": ("left", "不变"),
    "removed": ("removed", "移除"),
}
_KINDS = {
    "site": "站点", "class": "类别", "class signal": "类别信号", "asset": "设备", "equipment": "机器",
    "installation": "安装", "feed": "供给关系", "signal": "信号", "area": "区域", "system": "系统",
    "system member": "系统成员", "parameter": "参数", "document": "文档", "part": "备件", "part use": "备件用途",
    "job plan": "作业计划", "maintenance plan": "维护计划", "global id": "GlobalId", "order rules": "工单规则",
}  # fmt: skip
_MANY = {"class": "classes", "equipment": "equipment", "order rules": "order rules"}
"""Plurals that have more or less than an `s`, by kind."""

_FIELDS = {
    "name": "英文名称", "name_zh": "中文名称", "class": "类别", "parent": "上级", "area": "区域",
    "criticality": "重要度",
    "low": "下限", "high": "上限", "unit": "单位", "role": "用途", "serial": "序列号", "manufacturer": "制造商",
    "model": "型号", "value": "数值", "version": "版本", "vdi_class": "VDI 2770 类别", "title": "标题", "file": "文件",
    "sha256": "SHA-256", "price": "单价", "least": "最低库存", "quantity": "数量", "lead_time_days": "交货天数",
    "equipment": "机器", "installed_from": "安装时间", "timezone": "时区", "kind": "种类", "rule": "周期规则",
    "begins": "开始", "every": "间隔", "team": "班组", "priority": "优先级", "is_active": "启用", "tag": "位号",
    "wear_limit": "磨损上限", "most_rate_per_min": "每分钟最大变化", "holds_s": "保持秒数",
}  # fmt: skip
_MOST_SHOWN = 60


def difference_lines(language: Language, said: Mapping[str, Any], file: str, *, most: int = _MOST_SHOWN) -> list[str]:
    """Say a difference (`lifecycle.importing.difference.as_document`) for a person, or why an import failed."""
    if "reason" in said:
        return [refusal(language, said["reason"])]
    is_zh = language is Language.ZH
    lines = [_counts(language, how, said.get(how, {})) for how in ("added", "changed", "left")]
    lines += [
        (f"请查看：{fault_in(language, one)}" if is_zh else f"look at this: {one}") for one in said["warnings"][:most]
    ]
    lines += [fault_line(language, one, file) for one in said["faults"][:most]]
    lines += [_missing(language, one, is_retired=said["retired"]) for one in said["missing"][:most]]
    lines += [change_line(language, **one) for one in said["items"][:most]]
    hidden = sum(max(0, number - most) for number in said["in_all"].values())
    more = f"……另有 {hidden} 项" if is_zh else f"… and {hidden} more; --json has them all"
    return [*lines, *([more] if hidden else [])]


def fault_line(language: Language, fault: Mapping[str, Any], file: str) -> str:
    """Say what is wrong with a row, where, and the mend.

    >>> fault_line(Language.ZH, {"sheet": "T", "row": 3, "what": "a job has no Name", "mend": "give it one"}, "t.xlsx")
    '未导入：t.xlsx，工作表 T，第 3 行：作业缺少 Name；请填写'
    """
    sheet, row, what, mend = fault["sheet"], fault["row"], fault["what"], fault["mend"]
    if language is Language.ZH:
        place = [file, f"工作表 {sheet}" if sheet else "", f"第 {row} 行" if row else ""]
        where = "，".join(part for part in place if part)
        return f"未导入：{where}：{fault_in(language, what)}；{fault_in(language, mend)}"
    place = [file, f"sheet {sheet}" if sheet else "", f"row {row}" if row else ""]
    return f"not taken: {', '.join(part for part in place if part)}: {what}; {mend}"


def change_line(language: Language, *, kind: str, item: str, how: str, fields: Mapping[str, Sequence[Any]]) -> str:
    """Say what became of an item.

    >>> change_line(Language.EN, kind="signal", item="P-1 flow", how="changed", fields={"high": (90.0, 80.0)})
    'changed signal P-1 flow: high 90.0 → 80.0'
    >>> change_line(Language.ZH, kind="signal", item="P-1 flow", how="changed", fields={"high": (90.0, 80.0)})
    '更改信号 P-1 flow：上限 90.0 → 80.0'
    """
    is_zh = language is Language.ZH
    told = [
        f"{_FIELDS.get(name, name) if is_zh else name} {_shown(old)} → {_shown(new)}"
        for name, (old, new) in fields.items()
    ]
    verb = _HOW[how][is_zh]
    head = f"{verb}{_KINDS.get(kind, kind)} {item}" if is_zh else f"{verb} {kind} {item}"
    if not told or how != "changed":
        return head
    return f"{head}：{'，'.join(told)}" if is_zh else f"{head}: {', '.join(told)}"


def noted_line(language: Language, one: NotedChange) -> str:
    """Say what became of an item between two days, with whoever changed it last."""
    change, last = one.change, one.by[-1]
    told = change_line(language, kind=change.kind, item=change.item, how=change.how, fields=change.fields)
    at = f"{last.at:%Y-%m-%d %H:%M} UTC"
    if language is Language.ZH:
        return f"{told}（{last.by}，{at}{f'，来自 {last.source}' if last.source else ''}）"
    return f"{told} ({last.by}, {at}{f' from {last.source}' if last.source else ''})"


def _counts(language: Language, how: str, counts: Mapping[str, int]) -> str:
    if language is Language.ZH:
        told = "，".join(f"{_KINDS.get(kind, kind)} {count}" for kind, count in counts.items())
        return f"{_HOW[how][1]}：{told or '无'}"
    told = ", ".join(f"{count} {kind if count == 1 else _MANY.get(kind, f'{kind}s')}" for kind, count in counts.items())
    return f"{how}: {told or 'nothing'}"


def _missing(language: Language, one: Mapping[str, str | None], *, is_retired: bool) -> str:
    kind = one.get("kind") or ("asset" if one["signal"] is None else "signal")  # what is kept of before says no kind
    item = one.get("item") or " ".join(part for part in (one["asset"], one["signal"]) if part)
    if language is Language.ZH:
        return f"文件中已不再出现：{_KINDS[kind]} {item}{'，已停用' if is_retired else ''}"
    return f"no longer in the file: {kind} {item}{', retired' if is_retired else ''}"


def _shown(value: Any) -> str:
    return "–" if value in (None, "", []) else str(value)
