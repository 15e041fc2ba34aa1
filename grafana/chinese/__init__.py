"""The Chinese of every text in the dashboards, by the English one; codes are worded as everywhere in the product."""

from __future__ import annotations

from grafana.chinese.improving import IMPROVING
from grafana.chinese.operating import OPERATING
from plant.orders.code_words import CODE_WORDS

_CODES = ("severity_", "alert_", "kind_", "reason_")

CHINESE: dict[str, str] = {
    **OPERATING,
    **IMPROVING,
    **{english: chinese for key, (english, chinese) in CODE_WORDS.items() if key.startswith(_CODES)},
}
