"""The texts of requirements and of imports into the register, in English and Simplified Chinese."""

from __future__ import annotations

from api.language import Plural

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
    "requirements_asked": (
        Plural("What is asked for: {count} thing", "What is asked for: {count} things"),
        "要求内容：{count} 项",
    ),
    "requirements_import": ("Take requirements over", "导入移交要求"),
    "requirements_import_hint": (
        "A TOML or IDS 1.0 file. What it changes is shown first; then it is the next version, which both sides sign.",
        "TOML 文件或 IDS 1.0 文件。导入后成为下一版本，由双方签字；导入前先显示差异。",
    ),
    "requirements_classes": (
        "In an IDS: which class it is, as IFCPUMP=pump, by commas",
        "IDS 文件：对应的类别，如 IFCPUMP=pump，用逗号分隔",
    ),
    "requirements_take": ("Keep as the next version", "保存为下一版本"),
    "requirements_same": ("Nothing changes.", "没有变化。"),
    "requirement_added": ("added:", "新增："),
    "requirement_removed": ("no longer:", "取消："),
    "requirement_changed": ("changed:", "更改："),
    "required_document": ("document", "资料"),
    "required_parameter": ("parameter", "参数"),
    "required_signal": ("signal", "信号"),
    "required_limit": ("design limit", "设计限值"),
    "required_spare": ("spare", "备件"),
    "required_training": ("people trained", "受训人数"),
    "required_serial": ("serial number", "序列号"),
    "every_class": ("every class", "所有类别"),
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
