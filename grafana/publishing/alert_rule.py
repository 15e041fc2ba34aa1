"""The one alert rule that Grafana keeps: that nothing stores telemetry any more. Who is told is not ours to say.

Everything else is told by the product itself; this is for when the product cannot.
"""

from __future__ import annotations

import json
from typing import Any

from grafana.sql import SOURCE_TYPE, SOURCE_UID, statement

RULE_UID = "assetloop-collector-dead"
_AFTER = "2m"
_GROUP = "assetloop"
FOLDER_UID = "assetloop-alerts"
FOLDER = "assetloop alerts"  # one of its own: the dashboards' folder may not be there yet, and would be made twice


def alert_rule() -> str:
    """Return the file of the rule. It names no contact point: Grafana's own default policy sends it on.

    A query that fails, as with a database that is away, counts as an alarm: nothing is stored then either.
    """
    group = {"orgId": 1, "name": _GROUP, "folder": FOLDER, "interval": "30s", "rules": [_rule()]}
    return json.dumps({"apiVersion": 1, "groups": [group]}, indent=2, ensure_ascii=False) + "\n"


def alert_rule_document() -> dict[str, Any]:
    """Return the same rule as the API takes it."""
    return {**_rule(), "folderUID": FOLDER_UID, "ruleGroup": _GROUP, "orgID": 1}


def _rule() -> dict[str, Any]:
    return {
        "uid": RULE_UID,
        "title": "The collector is dead",
        "condition": "dead",
        "data": [_query(), _reduced(), _threshold()],
        "noDataState": "Alerting",
        "execErrState": "Alerting",
        "for": _AFTER,
        "labels": {"severity": "critical", "product": "assetloop"},
        "annotations": {
            "summary": "No process stores telemetry: nothing has been committed for two minutes.",
            "description": "See `assetloop doctor`, and that `assetloop ingest` and the database run.",
        },
        "isPaused": False,
    }


def _query() -> dict[str, object]:
    model = {
        "refId": "slots",
        "datasource": {"type": SOURCE_TYPE, "uid": SOURCE_UID},
        "format": "table",
        "rawQuery": True,
        "editorMode": "code",
        "rawSql": statement("alerting.collector_dead"),
    }
    return _step("slots", SOURCE_UID, model)


def _reduced() -> dict[str, object]:
    model: dict[str, object] = {"refId": "last", "type": "reduce", "reducer": "last", "expression": "slots"}
    return _step("last", "__expr__", model)


def _threshold() -> dict[str, object]:
    conditions = [{"evaluator": {"type": "gt", "params": [0]}}]
    return _step(
        "dead", "__expr__", {"refId": "dead", "type": "threshold", "expression": "last", "conditions": conditions}
    )


def _step(ref_id: str, source: str, model: dict[str, object]) -> dict[str, object]:
    return {"refId": ref_id, "relativeTimeRange": {"from": 600, "to": 0}, "datasourceUid": source, "model": model}
