"""The dashboard *Models*: how right they are, whether they still fit, and how old they are (docs/models.md)."""

from __future__ import annotations

from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import columns
from grafana.board import board, fill
from grafana.colours import ALARM, COUNT_STEPS, GOOD, UNKNOWN, WATCH, Steps, thresholds_json
from grafana.links import MODELS_UID
from grafana.panels import bars, in_words, listing, number, of_assets, plain_number, properties, stacked
from grafana.words import DRIFTS, MODEL_KINDS, MODEL_STATES, REASONS

_PRECISION_STEPS: Steps = ((None, UNKNOWN), (0.0, ALARM), (0.5, WATCH), (0.8, GOOD))
_FALSE_STEPS: Steps = ((None, UNKNOWN), (0.0, GOOD), (0.2, WATCH), (0.5, ALARM))


def models_dashboard() -> Dashboard:
    """Build the dashboard; it does not depend on what is registered."""
    return fill(
        board("Models", uid=MODELS_UID, time_from="now-12M", refresh="5m"),
        [
            (plain_number("Models", "models.charge"), 9, 4),
            (number("Drift", "models.drifting", steps=COUNT_STEPS), 7, 4),
            (_precision(), 8, 4),
            (_judged(), 12, 8),
            (_ages(), 12, 8),
            (listing("By class", "models.by_class", _CLASSES, nothing="Nothing was judged yet"), 12, 8),
            (of_assets("Proposals", "models.proposals", _PROPOSALS, nothing="Nothing is proposed"), 12, 8),
            (of_assets("Every model", "models.models", _MODELS, nothing="There is no model yet"), 24, 11),
        ],
    )


_CLASSES = {
    "Confirmed": columns.wide(95),
    "False alarms": columns.wide(105),
    "Precision": columns.bar(_PRECISION_STEPS, "percentunit", 1),
    "Lead time": columns.duration(110),
}
_PROPOSALS = {"Reason": columns.growing(REASONS, 200), "Raised": columns.moment()}
_MODELS = {
    "Kind": columns.named(MODEL_KINDS, 100),
    "Version": columns.wide(75),
    "State": columns.words(MODEL_STATES, 100),
    "Age": columns.duration(110),
    "Rows": columns.wide(90),
    "Alarm line": columns.wide(90),
    "Inputs": columns.words(DRIFTS, 100),
    "Alarms": columns.words(DRIFTS, 100),
}


def _precision() -> object:
    panel = number("Judged by people", "models.precision", steps=_PRECISION_STEPS, unit="percentunit")
    return in_words(panel, {"False alarms": properties(thresholds=thresholds_json(_FALSE_STEPS))})


def _judged() -> object:
    panel = stacked("models.judged", title="What people said of findings", nothing="Nothing was judged in this time")
    looks = {"confirmed": columns.coloured(GOOD), "false alarm": columns.coloured(ALARM)}
    return in_words(panel, looks)


def _ages() -> object:
    return bars("How old they are", "models.ages", by="Age").legend(VizLegendOptions().show_legend(show_legend=False))
