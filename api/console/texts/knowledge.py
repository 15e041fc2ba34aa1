"""The texts about what was learnt: the search, what is nearest, and lessons."""

from __future__ import annotations

KNOWLEDGE_TEXTS: dict[str, tuple[str, str]] = {
    "search_everywhere": ("Search  ( / )", "搜索（/）"),
    "found_asset": ("Asset", "设备"),
    "nav_search": ("Search", "搜索"),
    "search": ("Search", "搜索"),
    "search_hint": (
        "Tags, orders, documents, lessons and alarm rationalisations, asked in English or Chinese.",
        "搜索位号、工单、文件、经验和报警合理化，可用中文或英文提问。",
    ),
    "search_field": ("What was it like? For instance: bearing hot, no grease", "例如：轴承发热 缺油"),
    "search_do": ("Search", "搜索"),
    "search_nothing": ("Nothing like that is known yet", "暂无相关记录"),
    "search_nothing_hint": (
        "Try other words, or fewer. What closed orders say is found at once.",
        "请换用其他词语或减少词语。工单关闭后其内容即可搜到。",
    ),
    "search_no_spelling": (
        "This database server finds no misspelt words: it lacks the extension pg_trgm.",
        "此数据库服务器缺少 pg_trgm 扩展，无法查找拼写有误的词。",
    ),
    "search_found": ("{count} found", "找到 {count} 条"),
    "found_order": ("Order", "工单"),
    "found_alert": ("Alert", "报警"),
    "found_lesson": ("Lesson", "经验"),
    "found_document": ("Document", "文件"),
    "found_rationalisation": ("Rationalisation", "报警合理化"),
    "because_word": ("{found}", "{found}"),
    "because_meaning": ("{asked} = {found}", "{asked} = {found}"),
    "because_spelling": ("{asked} ≈ {found}", "{asked} ≈ {found}"),
    "found_by": ("Found by", "匹配"),
    "nearest": ("Seen before", "以往类似"),
    "nearest_none": ("Nothing like it has been closed in this class.", "同类设备尚无类似的已关闭工单。"),
    "same_mode": ("same failure mode", "失效模式相同"),
    "same_signals": ("same signals: {signals}", "信号相同：{signals}"),
    "lesson": ("Lesson", "经验"),
    "lesson_offer": ("Keep the lesson?", "是否保存经验？"),
    "lesson_offer_hint": (
        "It is shown on the next order of the class {name} that is like this one.",
        "类别 {name} 的下一张类似工单将显示该经验。",
    ),
    "lesson_keep": ("Keep the lesson", "保存经验"),
    "lesson_keep_do": ("Keep it", "保存"),
    "lesson_keep_hint": ("Put the words right first; your name goes with them.", "请先核对内容，您的姓名将一并保存。"),
    "lesson_lacks": ("Say what was seen and what helped", "请填写现象和有效措施"),
    "lesson_seen": ("What was seen", "现象"),
    "lesson_cause": ("What led to it", "原因"),
    "lesson_helped": ("What helped", "有效措施"),
    "lesson_kept": ("Kept by {actor}", "由 {actor} 保存"),
    "lesson_from": ("From {order}", "来自 {order}"),
}
