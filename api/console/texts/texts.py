"""Every text of the console, in English and Simplified Chinese."""

from __future__ import annotations

from datetime import date

from babel.dates import format_skeleton

from api.console.texts.connection import CONNECTION_TEXTS
from api.console.texts.engineering import ENGINEERING_TEXTS
from api.console.texts.figures import FIGURE_TEXTS
from api.console.texts.knowledge import KNOWLEDGE_TEXTS
from api.console.texts.lifecycle.handover import HANDOVER_TEXTS
from api.console.texts.lifecycle.ledger import LEDGER_TEXTS
from api.console.texts.lifecycle.ledger_entries import LEDGER_ENTRY_TEXTS
from api.console.texts.lifecycle.register import REGISTER_TEXTS
from api.console.texts.lifecycle.requirements import REQUIREMENT_TEXTS
from api.console.texts.lifecycle.review import REVIEW_TEXTS
from api.console.texts.lifecycle.warranty import WARRANTY_TEXTS
from api.console.texts.lists.alerts import ALERT_TEXTS
from api.console.texts.lists.asset import ASSET_TEXTS
from api.console.texts.lists.orders import ORDER_LIST_TEXTS
from api.console.texts.lists.system import SYSTEM_TEXTS
from api.console.texts.models import MODEL_TEXTS
from api.console.texts.notices import NOTICE_TEXTS
from api.console.texts.order_contents import ORDER_CONTENT_TEXTS
from api.console.texts.order_spending import ORDER_SPENDING_TEXTS
from api.console.texts.order_tasks import ORDER_TASK_TEXTS
from api.console.texts.orders import ORDER_TEXTS
from api.console.texts.plant import PLANT_TEXTS
from api.console.texts.telemetry import TELEMETRY_TEXTS
from api.console.texts.work import WORK_TEXTS
from api.identity.signing_in.texts import IDENTITY_TEXTS
from api.language import Language, said_in
from plant.escaped import escaped
from plant.iso14224 import FAILURE_MODES
from plant.orders.code_words import CODE_WORDS


def text(language: Language, key: str, /, **values: object) -> str:
    """Return a text with its values filled in.

    >>> text(Language.ZH, "nav_alerts"), text(Language.EN, "unacknowledged", count=2)
    ('报警', '2 not acknowledged')
    """
    return said_in(language, TEXTS[key], values)


def word(language: Language, kind: str, code: str) -> str:
    """Return the word for a code, for instance a state; a code we have no word for stands for itself."""
    key = f"{kind}_{code}"
    return text(language, key) if key in TEXTS else code


def month(language: Language, day: date) -> str:
    """Write the month of a day.

    >>> month(Language.EN, date(2026, 11, 30)), month(Language.ZH, date(2026, 11, 30))
    ('November 2026', '2026年11月')
    """
    return format_skeleton("yMMMM", day, locale=language.locale)


def named(language: Language, name: str, name_zh: str) -> str:
    """Choose between a thing's two names, and show it safely: somebody else wrote it.

    >>> named(Language.ZH, "Pump A", "泵A"), named(Language.ZH, "Pump A", "")
    ('泵A', 'Pump A')
    """
    return escaped(name_zh if language is Language.ZH and name_zh else name)


TEXTS: dict[str, tuple[str, str]] = {
    "nav_overview": ("Overview", "总览"),
    "nav_orders": ("Work orders", "工单"),
    "nav_alerts": ("Alerts", "报警"),
    "nav_telemetry": ("Telemetry", "遥测"),
    "nav_quarantine": ("Quarantine", "隔离区"),
    "ways": ("Pages", "页面导航"),
    "all_ways": ("More", "更多"),
    "theme": ("Light or dark", "浅色或深色"),
    "look": ("How pages look", "页面外观"),
    "look_hint": ("This browser keeps it.", "由此浏览器保存。"),
    "contrast": ("Contrast", "对比度"),
    "contrast_auto": ("As the system asks", "随系统"),
    "contrast_more": ("High", "高"),
    "contrast_usual": ("Usual", "标准"),
    "logout": ("Log out", "退出"),
    "skip": ("Skip to content", "跳到正文"),
    "fault_database_away": ("The database is away.", "数据库不可用。"),
    "fault_database_read_only": (
        "The database takes no writes, so nothing is stored.",
        "数据库不可写入，因此无法存储任何数据。",
    ),
    "fault_not_storing": (
        "Telemetry is not stored at present. Nothing that was acknowledged is lost: it waits.",
        "当前未存储遥测数据。已确认的数据不会丢失：正在等待存储。",
    ),
    "fault_ingest_away": (
        "No ingest process is running, so no telemetry is stored.",
        "采集进程未运行，因此未存储遥测数据。",
    ),
    "fault_broker_away": (
        "Ingest has no connection to the broker, so no telemetry comes in.",
        "采集进程未连接消息代理，因此没有遥测数据进入。",
    ),
    "fault_jobs_stuck": (
        "Jobs wait and nobody does them: work orders do not go out, nothing is trained or tidied up.",
        "任务在等待但无人执行：工单不会发出，也不会训练模型或整理数据。",
    ),
    "fault_disk_nearly_full": ("The disk is nearly full.", "磁盘空间即将耗尽。"),
    "away": (
        "The database is away. This page shows what was last known and goes on by itself.",
        "数据库暂时无法访问。页面显示最后已知的数据，恢复后会自动更新。",
    ),
    "away_first": (
        "The database is away. This page fills by itself once it is back.",
        "数据库暂时无法访问，恢复后页面会自动显示。",
    ),
    "export": ("Export", "导出"),
    "export_bookings": ("Export labour and costs", "导出工时与费用"),
    "export_csv": ("CSV", "CSV"),
    "export_xlsx": ("Excel (XLSX)", "Excel（XLSX）"),
    "export_parquet": ("Parquet", "Parquet"),
    "loading": ("Reading the plant …", "正在读取工厂数据……"),
    **CONNECTION_TEXTS,
    **PLANT_TEXTS,
    **ALERT_TEXTS,
    **ASSET_TEXTS,
    **ORDER_LIST_TEXTS,
    **IDENTITY_TEXTS,
    **ORDER_TEXTS,
    **ORDER_CONTENT_TEXTS,
    **ORDER_TASK_TEXTS,
    **ORDER_SPENDING_TEXTS,
    **WORK_TEXTS,
    **MODEL_TEXTS,
    **KNOWLEDGE_TEXTS,
    **FIGURE_TEXTS,
    **NOTICE_TEXTS,
    **ENGINEERING_TEXTS,
    **HANDOVER_TEXTS,
    **REGISTER_TEXTS,
    **REQUIREMENT_TEXTS,
    **LEDGER_TEXTS,
    **LEDGER_ENTRY_TEXTS,
    **REVIEW_TEXTS,
    **WARRANTY_TEXTS,
    **SYSTEM_TEXTS,
    **TELEMETRY_TEXTS,
    **CODE_WORDS,
    **{f"mode_{code}": names for code, names in FAILURE_MODES.items()},
}
