"""Health in colours: the same steps on every dashboard, those of the view `watch.health`."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import ThresholdsConfig
from grafana_foundation_sdk.models.dashboard import Threshold, ThresholdsMode

Steps = tuple[tuple[float | None, str], ...]

NONE, UNKNOWN, GOOD, WATCH, ALARM = "#464C54", "#6E7681", "semi-dark-green", "semi-dark-orange", "semi-dark-red"

WORDS = {"good": GOOD, "watch": WATCH, "alarm": ALARM, "unknown": UNKNOWN}
SEVERITIES = {
    "CRITICAL": ALARM,
    "MAJOR": WATCH,
    "MINOR": "semi-dark-yellow",
    "WARNING": "semi-dark-blue",
    "INDETERMINATE": UNKNOWN,
}

# Grafana gives the first step to a missing value and to a query that failed: never the colour of health.
# A score runs from 0 to 1, where 1 is worst.
SCORE_STEPS: Steps = ((None, UNKNOWN), (0.0, GOOD), (0.35, WATCH), (0.5, ALARM))
# Health in percent is 100 × (1 − score); a step holds from its value upwards, hence the hair above 50 and 65.
HEALTH_STEPS: Steps = ((None, UNKNOWN), (0.0, ALARM), (50.000001, WATCH), (65.000001, GOOD))
AGE_STEPS_S: Steps = ((None, UNKNOWN), (-600.0, GOOD), (60.0, WATCH), (600.0, ALARM))
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


def mappings_json(colours: dict[str, str]) -> list[dict[str, object]]:
    """Return the colours of words as Grafana stores them."""
    options = {word: {"color": colour, "index": index} for index, (word, colour) in enumerate(colours.items())}
    return [{"type": "value", "options": options}]
