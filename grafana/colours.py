"""Health in colours: those of its words, and the steps of its figures, alike on every dashboard."""

from __future__ import annotations

from collections.abc import Mapping

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import Threshold, ThresholdsMode

from plant.asset import SILENT_AFTER_S
from plant.health import ALARM_LINE, WATCH_LINE, Health
from plant.product_state import FaultKind

Steps = tuple[tuple[float | None, str], ...]

NONE, UNKNOWN, GOOD, WATCH, ALARM = "#464C54", "#6E7681", "semi-dark-green", "semi-dark-orange", "semi-dark-red"

OFF, LEARNING, SILENT = "#4B5159", "semi-dark-blue", "semi-dark-purple"

OF_HEALTH = {
    Health.OFF: OFF,
    Health.GOOD: GOOD,
    Health.LEARNING: LEARNING,
    Health.NO_MODEL: UNKNOWN,
    Health.UNKNOWN: UNKNOWN,
    Health.SILENT: SILENT,
    Health.WATCH: WATCH,
    Health.ALARM: ALARM,
}
PRODUCT_COLOURS = {"ok": GOOD, **{kind.value: ALARM if kind.stops_storing else WATCH for kind in FaultKind}}
SEVERITIES = {
    "CRITICAL": ALARM,
    "MAJOR": WATCH,
    "MINOR": "semi-dark-yellow",
    "WARNING": "semi-dark-blue",
    "INDETERMINATE": UNKNOWN,
}

# Grafana gives the first step to a missing value and to a query that failed: never the colour of health.
RANK_STEPS: Steps = ((None, UNKNOWN), *((float(health.rank), colour) for health, colour in OF_HEALTH.items()))
# A score runs from 0 to 1, where 1 is worst.
SCORE_STEPS: Steps = ((None, UNKNOWN), (0.0, GOOD), (WATCH_LINE, WATCH), (ALARM_LINE, ALARM))
# Health in percent is 100 × (1 − score); a step holds from its value upwards, hence the hair above 50 and 65.
HEALTH_STEPS: Steps = ((None, UNKNOWN), (0.0, ALARM), (50.000001, WATCH), (65.000001, GOOD))
# Of the whole plant, whose classes may fall silent after other times; which of its assets are silent, health says.
AGE_STEPS_S: Steps = ((None, UNKNOWN), (-600.0, GOOD), (SILENT_AFTER_S, SILENT))
COUNT_STEPS: Steps = ((None, UNKNOWN), (0.0, GOOD), (1.0, ALARM))


def thresholds(steps: Steps) -> ThresholdsConfig:
    """Return the steps as the library wants them."""
    return (
        ThresholdsConfig()
        .mode(ThresholdsMode.ABSOLUTE)
        .steps([Threshold(value=value, color=colour) for value, colour in steps])
    )


def thresholds_json(steps: Steps) -> dict[str, object]:
    """Return the steps as Grafana stores them."""
    return {"mode": "absolute", "steps": [{"color": colour, "value": value} for value, colour in steps]}


def mappings_json(words: Mapping[str, tuple[str, str | None]]) -> list[dict[str, object]]:
    """Return what people read in place of words of the record, with colours, as Grafana stores them."""
    options = {
        word: {"text": text, "index": index, **({"color": colour} if colour else {})}
        for index, (word, (text, colour)) in enumerate(words.items())
    }
    return [{"type": "value", "options": options}]
