"""The texts about figures."""

from __future__ import annotations

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
    "in_weeks": ("{value} weeks", "{value} 周"),
    "formulae": ("How each is made", "计算方法"),
    "by_month": ("By month", "按月"),
}
