"""The dashboard *Telemetry*: how much comes in, what becomes of it, and who cannot be heard."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import columns
from grafana.board import board, fill
from grafana.colours import ALARM, COUNT_STEPS, GOOD, SILENT, UNKNOWN, WATCH, Steps, thresholds_json
from grafana.links import TELEMETRY_UID
from grafana.panels import in_words, listing, number, of_assets, plain_number, properties, stacked
from grafana.words import HELD, SLOTS

_LAG_STEPS: Steps = ((None, UNKNOWN), (0.0, GOOD), (10.0, WATCH), (60.0, ALARM))


def telemetry_dashboard() -> Dashboard:
    """Build the dashboard; it does not depend on what is registered."""
    return fill(
        board("Telemetry", uid=TELEMETRY_UID, time_from="now-1h", refresh="30s"),
        [
            (_liveness(), 12, 4),
            (number("Ingest", "telemetry.lag", steps=_LAG_STEPS, unit="suffix: s", decimals=1), 8, 4),
            (number("Lost", "telemetry.lost", steps=COUNT_STEPS), 4, 4),
            (_rates(), 16, 9),
            (listing("Sessions at the broker", "telemetry.slots", _SLOTS, nothing="No ingest has run yet"), 8, 9),
            (plain_number("Delivered", "telemetry.delivered", unit="short"), 24, 4),
            (listing("Quarantine", "telemetry.quarantine", _QUARANTINE, nothing="Nothing is held"), 12, 8),
            (listing("Unknown assets", "telemetry.strangers", _STRANGERS, nothing="Everybody is known"), 12, 8),
            (listing("Who sends most", "telemetry.busiest", nothing="Nothing came in this time"), 12, 8),
            (of_assets("Wrong clocks", "telemetry.clocks", _CLOCKS, nothing="All clocks are right"), 12, 8),
        ],
    )


_SLOTS = {
    "Slot": columns.wide(55),
    "State": columns.words(SLOTS, 190),
    "Lag": columns.figure(75, "suffix: s"),
    "Last commit": columns.duration(100),
}
_QUARANTINE = {
    "Reason": columns.meanings(HELD),
    "Messages": columns.wide(100),
    "Readings": columns.wide(100),
    "Last seen": columns.moment(),
}
_STRANGERS = {"Readings": columns.wide(100), "Last seen": columns.moment()}
_CLOCKS = {"Off": columns.figure(90, "suffix: s", 0), "Last seen": columns.moment()}


def _liveness() -> object:
    looks = {
        "Devices alive": properties(thresholds=thresholds_json(((None, UNKNOWN), (1.0, GOOD)))),
        "Devices silent": properties(thresholds=thresholds_json(((None, GOOD), (1.0, SILENT)))),
        "Never heard": properties(thresholds=thresholds_json(((None, GOOD), (1.0, UNKNOWN)))),
        "Sensors stale": properties(thresholds=thresholds_json(((None, GOOD), (1.0, WATCH)))),
    }
    return in_words(number("Who is heard", "telemetry.liveness"), looks)


def _rates() -> object:
    panel = stacked("telemetry.rates", title="Values a second", unit="short", nothing="Nothing came in this time")
    looks = {
        "stored": columns.coloured(GOOD),
        "quarantined": columns.coloured(WATCH),
        "conflicting": columns.coloured(ALARM),
    }
    return in_words(panel, looks)
