"""The texts about notices."""

from __future__ import annotations

from api.language import Plural

NOTICE_TEXTS: dict[str, tuple[str, str]] = {
    "nav_notices": ("Notices", "通知"),
    "notices": ("Notices", "通知"),
    "notices_hint": (
        "What was told to whom and by which way, and what did not get through.",
        "向谁、经何种途径发出了什么，以及哪些未能送达。",
    ),
    "notice_about": ("About", "内容"),
    "notice_way": ("Way", "途径"),
    "notice_at": ("At", "时间"),
    "no_notices": ("Nothing was sent yet.", "尚未发出任何通知。"),
    "notice_waiting": ("waiting", "等待发送"),
    "notice_sent": ("sent", "已送达"),
    "notice_dead": ("dead end", "发送失败"),
    "notice_superseded": ("superseded", "已被取代"),
    "notice_withdrawn": ("withdrawn", "已撤回"),
    "held_own_hours": ("held until their hours begin", "待其工作时段开始"),
    "held_quiet_hours": ("held until the quiet hours end", "待静默时段结束"),
    "send_again": ("Send again", "重新发送"),
    "tries": (Plural("{count} try", "{count} tries"), "已尝试 {count} 次"),
    "way_closed": ("The way {way} is closed: {because}", "途径 {way} 已关闭：{because}"),
    "open_way": ("Open it again", "重新开放"),
    "your_notices": ("What reaches you", "您接收哪些通知"),
    "your_notices_hint": (
        "What is critical, and what you are on call for, always comes. What comes outside of your hours waits.",
        "紧急通知与您值班时的通知始终送达；工作时段以外的通知将等候。",
    ),
    "from_severity": ("From this severity on", "最低严重程度"),
    "own_areas": ("Areas, with commas; empty: all", "区域，以逗号分隔；留空表示全部"),
    "own_hours": ("Hours, as Mon-Fri 07:00-19:00; empty: always", "时段，如 Mon-Fri 07:00-19:00；留空表示全天"),
    "save_wishes": ("Save", "保存"),
    "wishes_saved": ("Saved", "已保存"),
    "engineering_answers": ("Engineering's answers", "工程方回复"),
    "no_answer_yet": ("Engineering has not answered yet.", "工程方尚未回复。"),
    "answer_kind_accept": ("accepts", "接受"),
    "answer_kind_ask": ("asks", "提问"),
    "answer_kind_reject": ("rejects", "拒绝"),
    "planned_on": ("Planned on {day}", "计划日期 {day}"),
    "planned_day": ("Planned on, if you accept", "计划日期（接受时填写）"),
    "your_answer_is": ("Your answer", "您的回复"),
    "your_answer": ("Your answer to engineering", "对工程方的答复"),
    "answer_said": ("Remark, question or reason", "备注、问题或理由"),
    "give_answer": ("Answer", "回复"),
    "answer_hint": ("You answer for your team.", "您代表本班组回复。"),
    "settle_question": ("Answer the question", "答复问题"),
    "settle_hint": (
        "The order's clock stands still until the question is answered.",
        "在答复之前，工单计时暂停。",
    ),
    "to_everybody": ("all its receivers", "全部接收者"),
}
