"""Every text of the console, in English and Simplified Chinese."""

from __future__ import annotations

from api.console.texts.codes import CODE_TEXTS
from api.console.texts.models import MODEL_TEXTS
from api.console.texts.orders import ORDER_TEXTS
from api.console.texts.plant import PLANT_TEXTS
from api.console.texts.telemetry import TELEMETRY_TEXTS
from api.console.texts.work import WORK_TEXTS
from api.language import Language
from plant.iso14224 import FAILURE_MODES


def text(language: Language, key: str, /, **values: object) -> str:
    """Return a text with its values filled in.

    >>> text(Language.ZH, "nav_alerts"), text(Language.EN, "unacknowledged", count=2)
    ('报警', '2 not acknowledged')
    """
    english, chinese = TEXTS[key]
    return (chinese if language is Language.ZH else english).format(**values)


def word(language: Language, kind: str, code: str) -> str:
    """Return the word for a code, for instance a state; a code we have no word for stands for itself."""
    key = f"{kind}_{code}"
    return text(language, key) if key in TEXTS else code


def named(language: Language, name: str, name_zh: str) -> str:
    """Choose between a thing's two names.

    >>> named(Language.ZH, "Pump A", "泵A"), named(Language.ZH, "Pump A", "")
    ('泵A', 'Pump A')
    """
    return name_zh if language is Language.ZH and name_zh else name


TEXTS: dict[str, tuple[str, str]] = {
    "nav_overview": ("Overview", "总览"),
    "nav_orders": ("Work orders", "工单"),
    "nav_alerts": ("Alerts", "报警"),
    "nav_telemetry": ("Telemetry", "遥测"),
    "nav_quarantine": ("Quarantine", "隔离区"),
    "theme": ("Light or dark", "浅色或深色"),
    "logout": ("Log out", "退出"),
    "skip": ("Skip to content", "跳到正文"),
    "away": (
        "The database is away. This page shows what was last known and goes on by itself.",
        "数据库暂时无法访问。页面显示最后已知的数据，恢复后会自动更新。",
    ),
    "away_first": (
        "The database is away. This page fills by itself once it is back.",
        "数据库暂时无法访问，恢复后页面会自动显示。",
    ),
    "loading": ("Reading the plant …", "正在读取工厂数据……"),
    "login_title": ("Log in", "登录"),
    "login_hint": ("This console asks for its access token.", "访问此控制台需要访问令牌。"),
    "login_token": ("Access token", "访问令牌"),
    "login_enter": ("Enter", "进入"),
    "login_wrong": ("That is not the token.", "令牌不正确。"),
    **PLANT_TEXTS,
    **ORDER_TEXTS,
    **WORK_TEXTS,
    **MODEL_TEXTS,
    **TELEMETRY_TEXTS,
    **CODE_TEXTS,
    **{f"mode_{code}": names for code, names in FAILURE_MODES.items()},
}
