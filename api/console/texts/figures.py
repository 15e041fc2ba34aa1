"""The texts about figures."""

from __future__ import annotations

from collections.abc import Mapping

from api.language import Plural
from lifecycle.figures import FIGURE_FORMULAE
from lifecycle.labels import FORMULAE

_FORMULAE_ZH: Mapping[str, str] = {
    "required_h": "EN 15341：处于在用或停用状态的时间；调试与备用不计",
    "down_h": "EN 15341：要求运行时间内停机与停用时间的并集",
    "failures": "ISO 14224：要求运行时间内开始的故障停机次数",
    "mtbf_h": "EN 15341，平均失效间隔时间：（要求运行时间 − 停机时间）/ 失效次数",
    "mttr_h": "EN 15341，平均恢复时间：从失效到恢复的总时间 / 已恢复的失效次数",
    "availability": "EN 15341，技术可用率：（要求运行时间 − 停机时间）/ 要求运行时间",
    "labour_h": "EN 15341：全体人员登记的工时",
    "planned_share": "EN 15341：非故障检修工单的工时 / 总工时",
    "schedule_compliance": "SMRP 5.4.4：按要求完成时间完工的工单 / 到期工单",
    "open_orders": "期末未完工的工单",
    "backlog_weeks": "SMRP 5.4.9，按工单计：未完成工单 /（期末前 12 周完工的工单 / 12）",
    "first_time_fix": "30 天内同一设备未再发生的属实故障 / 已满 30 天的属实故障",
    "detection_precision": "属实诊断 /（属实诊断 + 误报）",
    "detection_recall": "属实诊断 /（属实诊断 + 漏报故障）",
    "lead_h": "ISO 13381-1：从通知到失效的时间中位数",
    "costs": "EN 15341：登记的费用，扣除冲销，按币种",
    "precision": "属实 /（属实 + 误报）",
    "recall": "属实 /（属实 + 漏报）",
    "lead_to_failure_s": "以失效告终的属实故障：从通知到失效的时间中位数",
    "lead_to_work_s": "其余属实故障：从通知到开工的时间中位数",
}

_IN_WORDS = {
    "required_h": "required time",
    "down_h": "time down",
    "labour_h": "labour",
    "open_orders": "open orders",
    "in_service": "In service",
    "out_of_service": "Out of service",
    " - ": " − ",
}


def _in_words(formula: str) -> str:
    """Write a formula without the names that programs read.

    >>> _in_words("EN 15341, MTBF: (required_h - down_h) / failures")
    'EN 15341, MTBF: (required time − time down) / failures'
    """
    for name, said in reversed(_IN_WORDS.items()):
        formula = formula.replace(name, said)
    return formula


FIGURE_TEXTS: dict[str, tuple[str, str]] = {
    "nav_figures": ("Figures", "指标"),
    "figures": ("Figures", "指标"),
    "figures_hint": (
        "The last twelve months, as known now. “–” means that there was no case. Late facts restate them.",
        "最近十二个月，按当前所知。“–”表示没有实例。迟到的事实会使指标重新计算。",
    ),
    "figures_none": ("There are no assets yet", "暂无设备"),
    "by_site": ("By site", "按站点"),
    "by_class": ("By class", "按类别"),
    "by_asset": ("By asset", "按设备"),
    "mtbf_h": ("MTBF", "平均失效间隔时间"),
    "mttr_h": ("MTTR", "平均恢复时间"),
    "availability": ("Availability", "可用率"),
    "failures": ("Failures", "失效次数"),
    "down_h": ("Down", "停机时间"),
    "required_h": ("Required time", "要求运行时间"),
    "labour_h": ("Labour", "人工"),
    "planned_share": ("Planned share", "计划工作占比"),
    "schedule_compliance": ("Schedule compliance", "计划按期完成率"),
    "open_orders": ("Open orders", "未完成工单"),
    "backlog_weeks": ("Backlog", "积压"),
    "first_time_fix": ("First-time fix", "一次修复率"),
    "detection_precision": ("Detection precision", "检测精确率"),
    "detection_recall": ("Detection recall", "检测召回率"),
    "lead_h": ("Lead time to failure", "提前量（至失效）"),
    "costs": ("Cost", "费用"),
    "in_hours": ("{value} h", "{value} 小时"),
    "in_weeks": (Plural("{value} week", "{value} weeks", of="value"), "{value} 周"),
    "formulae": ("How each is made", "计算方法"),
    "by_month": ("By month", "按月"),
    **{
        f"formula_{name}": (_in_words(said), _FORMULAE_ZH[name])
        for name, said in {**FIGURE_FORMULAE, **FORMULAE}.items()
    },
}
