"""The dashboard *Plant*: how everything is and was, what is open and due, what changed, and whether it is heard."""

from __future__ import annotations

from typing import Any

from grafana_foundation_sdk.builders import table
from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.models.common import BigValueTextMode

from grafana import columns
from grafana.board import board, fill
from grafana.colours import AGE_STEPS_S, HEALTH_STEPS, NONE, SEVERITIES, thresholds_json
from grafana.links import PLANT_UID
from grafana.panels import (
    history,
    in_words,
    listing,
    number,
    of_assets,
    plain_number,
    properties,
    score_panel,
    stacked,
    timeline,
)
from grafana.words import ALERT_STATES, EVENTS, FOUND, HEALTH, HEARD, KINDS, PRODUCT, RANKS, SEVERITY


def plant_dashboard() -> Dashboard:
    """Build the dashboard; it does not depend on what is registered."""
    return fill(
        board("Plant", uid=PLANT_UID),
        [
            (_by_health(), 12, 4),
            (_incidents_by_severity(), 6, 4),
            (number("Open", "plant.attention"), 6, 4),
            (_areas(), 12, 8),
            (of_assets("Incidents", "plant.incidents", _INCIDENTS, nothing="No incident is open"), 12, 8),
            (_assets(), 12, 12),
            (score_panel("plant.scores", title="Scores of the worst ten", description=_SCORES), 12, 12),
            (_health(), 12, 12),
            (_changes(), 12, 12),
            (of_assets("Work orders due", "plant.orders_due", _ORDERS, nothing="No work order is open"), 11, 9),
            (of_assets("Open alerts", "plant.open_alerts", _ALERTS, nothing="No alert is open"), 13, 9),
            (_energy(), 18, 8),
            (plain_number("Energy", "plant.energy_total", unit="kwatth"), 3, 8),
            (number("Newest reading", "plant.newest", steps=AGE_STEPS_S, unit="dtdhms"), 3, 8),
            (of_assets("Freshness", "plant.freshness", _FRESHNESS), 16, 10),
            (_product(), 8, 10),
        ],
    )


_SCORES = "0 is as in its healthy past, 1 is worst."
_INCIDENTS = {
    "Severity": columns.words(SEVERITY, 85),
    "Area": columns.wide(100),
    "Kind": columns.named(FOUND, 160),
    "Began": columns.moment(),
    "Who has it": columns.least(95),
}
_ALERTS = {
    "Severity": columns.words(SEVERITY, 85),
    "Kind": columns.growing(FOUND, 160),
    "State": columns.named(ALERT_STATES, 185),
    "Onset": columns.moment(),
    "Count": columns.wide(65),
}
_ORDERS = {
    "No.": columns.leads_to_order(100),
    "State": columns.wide(65),
    "Finish by": columns.moment(),
    "Left": columns.figure(75, "suffix: h", 0),
}
_FRESHNESS = {
    "Device": columns.words(HEARD, 100),
    "Newest value is from": columns.duration(160),
    "Last stored": columns.duration(115),
    "Oldest signal": columns.duration(130),
    "Signals": columns.least(75),
    "Never heard": columns.least(105),
}


def _by_health() -> Any:
    panel = number("Health", "plant.by_health").text_mode(BigValueTextMode.VALUE_AND_NAME)
    panel = panel.description("How many assets there are of each health, the best first.")
    looks = {text: properties(thresholds=_from_one(colour or NONE)) for text, colour in HEALTH.values()}
    return in_words(panel, looks)


def _incidents_by_severity() -> Any:
    panel = number("Incidents", "plant.incidents_by_severity").text_mode(BigValueTextMode.VALUE_AND_NAME)
    colours = {"Critical": "CRITICAL", "Major": "MAJOR", "Minor": "MINOR", "Lesser": "WARNING"}
    return in_words(panel, {text: properties(thresholds=_from_one(SEVERITIES[word])) for text, word in colours.items()})


def _from_one(colour: str) -> dict[str, object]:
    return thresholds_json(((None, NONE), (1.0, colour)))


def _areas() -> object:
    return timeline(
        "plant.area_health",
        title="Areas",
        said=RANKS,
        points=96,
        description="The worst health of an asset in each area.",
    )


def _assets() -> object:
    return history(
        "plant.asset_health",
        title="Assets over time",
        said=RANKS,
        points=48,
        description="Forty assets at most, those that were worst first; choose an area to see the others.",
    )


def _health() -> table.Panel:
    looks = {
        "Health": columns.words(HEALTH, 110),
        "Percent": columns.bar(HEALTH_STEPS, "percent", 100),
        "Area": columns.wide(110),
    }
    return of_assets("Assets", "plant.health", looks)


def _changes() -> table.Panel:
    looks = {
        "Time": columns.moment(),
        "What changed": columns.named(KINDS, 120),
        "To": columns.named(EVENTS, 130),
    }
    panel = of_assets("Since the last shift", "plant.changes", looks, nothing="Nothing has changed")
    return panel.description("Since the shift before this one began; shifts begin at 6, 14 and 22 o'clock.")


def _energy() -> object:
    return stacked("plant.energy", title="Energy by hour", unit="kwatth", nothing="No signal is in W, kW or MW")


def _product() -> table.Panel:
    looks = {"Product": columns.words(PRODUCT, 170), "What": columns.least(120), "Since": columns.moment()}
    return listing("The product itself", "plant.product", looks)
