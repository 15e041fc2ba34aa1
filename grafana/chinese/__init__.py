"""The Chinese of every text in the dashboards, by the English one."""

from __future__ import annotations

from grafana.chinese.improving import IMPROVING
from grafana.chinese.operating import OPERATING

CHINESE: dict[str, str] = {**OPERATING, **IMPROVING}
