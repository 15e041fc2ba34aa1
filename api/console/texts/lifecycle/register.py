"""The texts of imports into the register and its history, in English and Simplified Chinese."""

from __future__ import annotations

REGISTER_TEXTS: dict[str, tuple[str, str]] = {
    "nav_register": ("Register", "登记表"),
    "register": ("Register", "登记表"),
    "register_hint": (
        "Tag lists, COBie workbooks, building models and register files come in here, seen first.",
        "在此导入位号表、COBie 工作簿、建筑模型和登记表文件，先查看差异再确认。",
    ),
    "import_send": ("Send a file", "上传文件"),
    "import_hint": (
        "Nothing is taken in before you have seen what would change, and confirmed it.",
        "在您查看并确认差异之前，不会写入任何内容。",
    ),
    "import_asset": ("Asset of a maker's package (AASX)", "制造商数据包（AASX）所属设备"),
    "import_retires": ("Retire what the file no longer names", "停用文件中已不再出现的内容"),
    "import_retires_hint": (
        "Only what an earlier version of the same file put here; the record keeps it.",
        "仅限此文件先前版本导入的内容；历史记录保留。",
    ),
    "imports": ("Files that were sent", "已上传的文件"),
    "import_difference": ("What changes", "差异"),
    "import_confirm": ("Take it in", "确认导入"),
    "import_dismiss": ("Dismiss", "放弃"),
    "import_look": ("Look again", "刷新"),
    "import_tried": ("waits for you", "待确认"),
    "import_confirmed": ("is being taken in", "正在导入"),
    "import_done": ("taken in", "已导入"),
    "import_failed": ("failed", "失败"),
    "import_dismissed": ("dismissed", "已放弃"),
    "register_changes": ("What changed between two days", "两日之间的变化"),
    "register_changes_hint": (
        "From the end of one day to the end of the other, each with who, when and from which file.",
        "从一日结束到另一日结束，每项变化均注明操作人、时间和来源文件。",
    ),
    "changes_from": ("From the end of", "起（当日结束）"),
    "changes_to": ("to the end of", "止（当日结束）"),
    "changes_show": ("Compare", "比较"),
    "changes_none": ("Nothing changed.", "没有变化。"),
}
