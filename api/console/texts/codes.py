"""The words for what only the console shows: states of alerts, reasons of quarantine, units of time."""

from __future__ import annotations

CODE_TEXTS: dict[str, tuple[str, str]] = {
    "alert_Normal": ("Normal", "正常"),
    "alert_Unacknowledged": ("Active, not acknowledged", "未恢复，未确认"),
    "alert_Acknowledged": ("Active, acknowledged", "未恢复，已确认"),
    "alert_RTN-Unacknowledged": ("Cleared, not acknowledged", "已恢复，未确认"),
    "alert_Shelved": ("Shelved", "已搁置"),
    "alert_Suppressed by design": ("Suppressed by design", "设计抑制"),
    "alert_Out of service": ("Out of service", "停用"),
    "reason_not_json": ("Not JSON", "不是 JSON"),
    "reason_no_numbers": ("No numbers", "没有数值"),
    "reason_not_a_number": ("Not a number", "不是数值"),
    "reason_too_large": ("Too large", "数据过大"),
    "reason_undecodable": ("Not decodable", "无法解码"),
    "reason_unknown_topic": ("Unknown topic", "未知主题"),
    "reason_unknown_asset": ("Unknown asset", "未知设备"),
    "reason_dismissed_asset": ("Dismissed asset", "已忽略的设备"),
    "reason_in_the_future": ("In the future", "时间在未来"),
    "reason_too_old": ("Too old", "时间过旧"),
    "reason_bad_time": ("Bad time", "时间无效"),
    "reason_bad_key": ("Bad signal name", "信号名无效"),
    "reason_too_many_signals": ("Too many signals", "信号过多"),
    "reason_retained_without_time": ("Retained, without time", "保留消息且无时间"),
    "reason_refused_by_database": ("Refused by the database", "被数据库拒绝"),
    "seconds": ("{value} s", "{value} 秒"),
    "minutes": ("{value} min", "{value} 分钟"),
    "hours": ("{value} h", "{value} 小时"),
    "days": ("{value} d", "{value} 天"),
}
