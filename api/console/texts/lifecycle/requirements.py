"""The texts of requirements and of imports into the register, in English and Simplified Chinese."""

from __future__ import annotations

REQUIREMENT_TEXTS: dict[str, tuple[str, str]] = {
    "requirements": ("Requirements", "移交要求"),
    "requirements_none": (
        "Nothing is asked for beyond documents yet. Both sides sign it at the project's start.",
        "除资料外尚未提出要求。项目开始时由双方签字确认。",
    ),
    "requirements_version": ("Version {version}, kept by {by}", "版本 {version}，由 {by} 保存"),
    "requirements_signed": ("{side}: signed by {by}", "{side}：{by} 已签字"),
    "requirements_unsigned": ("{side}: not signed", "{side}：未签字"),
    "requirements_counts": ("Version {version} counts until both have signed.", "双方签字前以版本 {version} 为准。"),
    "requirements_standing": (
        "{name}: also what version {version} asks, from DR-{request}",
        "{name}：另含版本 {version} 的要求，来自 DR-{request}",
    ),
    "requirements_met": ("Every asset has what is asked for.", "所有资产均满足要求。"),
    "requirements_sign_engineering": ("Sign for engineering", "代表工程部门签字"),
    "requirements_sign_operations": ("Sign for operations", "代表运行部门签字"),
    "requirements_sign_hint": ("You sign version {version}, as it stands here:", "您将签署此处所示的版本 {version}："),
    "unmet_document": ("No document: {what}", "缺少资料：{what}"),
    "unmet_parameter": ("No parameter: {what}", "缺少参数：{what}"),
    "unmet_parameter_value": ("Not as required: {what}", "不符合要求：{what}"),
    "unmet_signal": ("Signal not registered: {what}", "信号未登记：{what}"),
    "unmet_limit": ("No design limit: {what}", "缺少设计限值：{what}"),
    "unmet_no_spares": ("No spare is named: {what}", "未列出备件：{what}"),
    "unmet_serial": ("No serial number", "缺少序列号"),
    "unmet_more": ("and {count} more", "另有 {count} 项"),
}
