"""The texts about what belongs to an order: why it is there, who does it, what is said about it."""

from __future__ import annotations

ORDER_CONTENT_TEXTS: dict[str, tuple[str, str]] = {
    "why": ("Why this order", "为何产生此工单"),
    "why_rule": ("Rule “{rule}”", "规则“{rule}”"),
    "why_severity": ("Severity {found}, wanted {least} or worse", "严重程度 {found}，规则要求 {least} 或更高"),
    "why_lasted": ("Lasted {found} s, wanted {least} s", "已持续 {found} 秒，规则要求 {least} 秒"),
    "why_remaining_life": ("{found} left, wanted {most} or less", "剩余寿命 {found}，规则要求不超过 {most}"),
    "why_failure_mode": ("Failure mode {found}", "失效模式 {found}"),
    "why_gave": (
        "Hence: {work_type}, priority {priority}, within {within}",
        "因此：{work_type}，优先级 {priority}，{within}内完成",
    ),
    "worktype_corrective": ("Corrective", "故障检修"),
    "worktype_condition_based": ("Condition-based", "状态检修"),
    "worktype_preventive": ("Preventive", "预防性维护"),
    "worktype_inspection": ("Inspection", "巡检"),
    "worktype_modification": ("Modification", "改造"),
    "work_type": ("Work type", "作业类型"),
    "their_words": ("In their words", "报告原文"),
    "words": ("What more there is to say", "补充说明"),
    "assignment": ("Who does it", "执行者"),
    "team": ("Team", "班组"),
    "assignee": ("Person", "人员"),
    "nobody_yet": ("Nobody yet", "尚未指派"),
    "assign": ("Assign", "指派"),
    "assign_hint": (
        "They see it on their list. Your name goes into the record.",
        "对方会在列表中看到。您的姓名将写入记录。",
    ),
    "edit_order": ("Edit", "编辑"),
    "edit_do": ("Save", "保存"),
    "edit_hint": (
        "Tasks, comments, photos and bookings stay as they are. Your name goes into the record.",
        "任务、评论、照片和登记均保持不变。您的姓名将写入记录。",
    ),
    "title_line": ("Title", "标题"),
    "conflict": (
        "Somebody else changed this order meanwhile. Save again to keep yours, or close this to keep theirs.",
        "其他人已修改此工单。再次保存将保留您的内容，关闭则保留对方的内容。",
    ),
    "conflict_theirs": ("As it stands", "当前内容"),
    "conflict_yours": ("As you want it", "您的内容"),
    "comments": ("Comments", "评论"),
    "comment": ("Comment", "评论"),
    "comment_do": ("Add comment", "添加评论"),
    "comment_hint": ("It is kept as it is said, under your name.", "评论以您的姓名保存，不可更改。"),
    "comment_needed": ("Say something first", "请先填写内容"),
    "no_comments": ("Nobody has said anything yet.", "暂无评论。"),
    "files": ("Files and photos", "文件与照片"),
    "no_files": ("There are none yet.", "暂无文件。"),
    "files_hint": (
        "Photos, PDF, Office documents, text; at most {most} MB each. They stay, under your name.",
        "照片、PDF、Office 文档、文本；每个不超过 {most} MB。文件以您的姓名保存，不可删除。",
    ),
    "files_refused": (
        "The order is raised, but not every file was taken: {why}",
        "工单已创建，但部分文件未被接受：{why}",
    ),
    "only_mine": ("Given to me", "指派给我"),
    "overdue": ("Overdue", "已逾期"),
}
