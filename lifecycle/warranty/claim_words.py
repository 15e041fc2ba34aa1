"""The words for codes in a claim's file: what the console says, in English and in Chinese."""

from __future__ import annotations

from lifecycle.handover.reminding import GATE_NAMES
from plant.iso14224 import ACTIVITIES, FAILURE_CAUSES, FAILURE_MODES, Names

WORDS: dict[str, Names] = {
    "state_WAPPR": ("Waiting for approval", "待批准"),
    "state_APPR": ("Approved", "已批准"),
    "state_WSCH": ("Waiting for schedule", "待排程"),
    "state_WMATL": ("Waiting for material", "待备件"),
    "state_WPCOND": ("Waiting for plant condition", "待停机条件"),
    "state_INPRG": ("In progress", "执行中"),
    "state_COMP": ("Completed", "已完工"),
    "state_CLOSE": ("Closed", "已关闭"),
    "state_CAN": ("Cancelled", "已取消"),
    "severity_CRITICAL": ("Critical", "紧急"),
    "severity_MAJOR": ("Major", "严重"),
    "severity_MINOR": ("Minor", "一般"),
    "severity_WARNING": ("Warning", "警告"),
    "severity_INDETERMINATE": ("Indeterminate", "未定"),
    "outcome_confirmed": ("Confirmed", "属实"),
    "outcome_false_alarm": ("False alarm", "误报"),
    "outcome_no_fault_found": ("No fault found", "未发现故障"),
    "kind_condition": ("Condition deviates", "状态偏离"),
    "kind_wear": ("Slow wear", "缓慢劣化"),
    "kind_sensor_stuck": ("Sensor stuck", "传感器卡滞"),
    "kind_sensor_drift": ("Sensor drifts", "传感器漂移"),
    "kind_sensor_spikes": ("Sensor has spikes", "传感器尖峰干扰"),
    "kind_sensor_dropout": ("Sensor silent", "传感器无数据"),
    "kind_unseen_regime": ("Regime not trained", "未训练过的工况"),
    "kind_limit": ("Design limit exceeded", "超出设计限值"),
    "kind_rate": ("Changes too fast", "变化过快"),
    "kind_silent": ("Says nothing", "设备无数据"),
    "event_attached": ("File added", "添加文件"),
    "event_edited": ("Edited", "编辑"),
    "event_assigned": ("Assigned", "指派"),
    "event_commented": ("Comment", "评论"),
    "event_planned": ("Follows a job plan", "采用作业指导书"),
    "event_task_added": ("Task added", "添加任务"),
    "event_task_passed": ("Task passed", "任务合格"),
    "event_task_failed": ("Task failed", "任务不合格"),
    "event_task_skipped": ("Task skipped", "跳过任务"),
    "event_order_proposed": ("Order raised for a failed task", "因任务不合格另建工单"),
    "event_proposal_dismissed": ("No order for a failed task", "不合格任务不建工单"),
    "event_overdue": ("Overdue", "已逾期"),
    "event_labour_booked": ("Labour booked", "登记人工"),
    "event_part_reserved": ("Parts reserved", "预留备件"),
    "event_part_released": ("Parts given back", "退回预留备件"),
    "event_part_issued": ("Parts issued", "领用备件"),
    "event_downtime_noted": ("Downtime noted", "登记停机"),
    "event_downtime_ended": ("Runs again", "恢复运行"),
    "event_booking_reversed": ("Booking reversed", "冲销登记"),
    "event_reported": ("Reported", "人工报告"),
    "event_approved": ("Approved", "批准"),
    "event_awaiting_schedule": ("Waits for schedule", "等待排程"),
    "event_awaiting_material": ("Waits for material", "等待备件"),
    "event_awaiting_plant_condition": ("Waits for plant condition", "等待停机条件"),
    "event_started": ("Work started", "开始作业"),
    "event_completed": ("Work done", "作业完成"),
    "event_closed": ("Closed", "关闭"),
    "event_cancelled": ("Cancelled", "取消"),
    "event_booked": ("Work or cost booked", "登记工时或费用"),
    "event_engineering_accepted": ("Accepted by engineering", "工程方已接受"),
    "event_engineering_asked": ("Engineering asks", "工程方提问"),
    "event_engineering_rejected": ("Rejected by engineering", "工程方已拒绝"),
    "event_question_answered": ("Question answered", "已答复问题"),
    "event_raised": ("Raised", "创建"),
    "event_joined": ("Another finding joined", "合并了新的诊断"),
    "event_worsened": ("Worsened", "恶化"),
    "event_acknowledged": ("Acknowledged", "已确认"),
}
_CODES: dict[str, Names] = {
    **WORDS,
    **{f"mode_{code}": names for code, names in FAILURE_MODES.items()},
    **{f"cause_{code}": names for code, names in FAILURE_CAUSES.items()},
    **{f"action_{code}": names for code, names in ACTIVITIES.items()},
    **{f"gate_{gate.value}": names for gate, names in GATE_NAMES.items()},
}


def claim_word(language: str, kind: str, code: str) -> str:
    """Return the word for a code in a language, `en` or `zh`; one that we have no word for stands for itself.

    >>> claim_word("zh", "state", "APPR"), claim_word("en", "action", "replace"), claim_word("en", "event", "shelved")
    ('已批准', 'Replace', 'shelved')
    """
    english, chinese = _CODES.get(f"{kind}_{code}", (code, code))
    return chinese if language == "zh" else english
