"""English and Chinese: dashboards are written in English, each text has its Chinese in `grafana.chinese`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any

from grafana.chinese import CHINESE
from grafana.links import CONSOLE, UIDS

_ALIAS = re.compile(r'AS "([^"]+)"')
_IN_LANGUAGE = re.compile(r"\{(\w+)\}")
_TEXTS = frozenset({"title", "description", "displayName", "noValue", "label", "legendFormat", "content", "text"})
_SQL = frozenset({"rawSql", "query"})
_OURS = frozenset({*UIDS, "asset_id", "site", "asset"})  # names that nobody reads


class DashboardLanguage(StrEnum):
    """The language of a dashboard; its value is that of `--lang`."""

    ENGLISH = "en"
    CHINESE = "zh"

    def text(self, english: str) -> str:
        """Return a text of ours in this language.

        Raises:
            KeyError: nobody has translated it.

        >>> DashboardLanguage.CHINESE.text("Plant"), DashboardLanguage.ENGLISH.text("Plant")
        ('工厂', 'Plant')
        """
        return english if self is DashboardLanguage.ENGLISH or not english.strip("–% ") else CHINESE[english]

    def choose(self, english: str, chinese: str) -> str:
        """Choose between two names of a thing; the English one stands for a Chinese one that nobody gave."""
        return chinese or english if self is DashboardLanguage.CHINESE else english

    @property
    def suffix(self) -> str:
        """Return what uids, tags and folders of this language end in."""
        return "" if self is DashboardLanguage.ENGLISH else f"-{self.value}"

    def address(self, url: str) -> str:
        """Return the address of the same page in this language.

        >>> DashboardLanguage.CHINESE.address("/d/assetloop-asset?var-asset=7")
        '/d/assetloop-asset-zh?var-asset=7'
        """
        return re.sub(r"(/d/assetloop-[\w-]+?)(?=[?]|$)", rf"\1{self.suffix}", url)

    def sql(self, sql: str) -> str:
        """Return SQL whose columns have names in this language, and whose `{name}` is the name in it.

        >>> DashboardLanguage.CHINESE.sql('SELECT {name} AS "Asset"')
        'SELECT name_zh AS "设备"'
        """
        ending = "" if self is DashboardLanguage.ENGLISH else "_zh"
        return _IN_LANGUAGE.sub(rf"\1{ending}", _ALIAS.sub(lambda match: f'AS "{self.text(match[1])}"', sql))


def translated(dashboard: Any, language: DashboardLanguage, *, console_url: str) -> Any:
    """Return a dashboard that was written in English, as JSON, in a language, with the console's address."""
    return _walk(dashboard, language, console_url.rstrip("/"))


def settled(dashboard: Any, language: DashboardLanguage, *, timezone: str) -> Any:
    """Return a dashboard that is in its language under the uid and tags of that language, in the site's time zone."""
    links = [{**link, "tags": _of(link.get("tags", ()), language)} for link in dashboard.get("links", ())]
    return {
        **dashboard,
        "timezone": timezone,
        "uid": f"{dashboard['uid']}{language.suffix}",
        "tags": _of(dashboard["tags"], language),
        "links": links,
    }


def _of(tags: Iterable[str], language: DashboardLanguage) -> list[str]:
    return [f"{tag}{language.suffix}" for tag in tags]


def _walk(part: Any, language: DashboardLanguage, console_url: str) -> Any:
    if isinstance(part, list):
        return [_walk(one, language, console_url) for one in part]
    if not isinstance(part, dict):
        return part
    if part.get("type") == "canvas":
        return part  # drawn in its language
    walked = {}
    for key, value in part.items():
        change = _change(key, value, part, language, console_url)
        walked[key] = change() if change else _walk(value, language, console_url)
    return walked


def _change(
    key: str, value: Any, part: dict[str, Any], language: DashboardLanguage, console_url: str
) -> Callable[[], Any] | None:
    """Say how a text is to be changed; None where it is to be looked into, or left as it is."""
    if not isinstance(value, str):
        return None
    if key in _SQL:
        return lambda: language.sql(value)
    if key == "url":
        return lambda: language.address(value.replace(CONSOLE, console_url))
    if key in _TEXTS or _is_a_name(key, part):
        return lambda: _in_words(value, language)
    if key == "value" and part.get("id") in {"displayName", "noValue"}:
        return lambda: _in_words(value, language)
    return None


def _is_a_name(key: str, part: dict[str, Any]) -> bool:
    """Say whether this names a column, or marks on a chart."""
    return (
        (key == "options" and part.get("id") == "byName") or key == "xField" or (key == "name" and "iconColor" in part)
    )


def _in_words(text: str, language: DashboardLanguage) -> str:
    return text if text in _OURS or text.startswith(("{{", "${")) else language.text(text)
