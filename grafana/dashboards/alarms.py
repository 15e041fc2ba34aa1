"""The dashboard *Alarm system*: whether the operators can follow it, after EEMUA 191 (docs/alarms.md)."""

from __future__ import annotations

from grafana_foundation_sdk.builders import barchart
from grafana_foundation_sdk.builders.common import VizLegendOptions
from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import columns
from grafana.board import board, fill
from grafana.colours import ALARM, GOOD, UNKNOWN, WATCH, Steps
from grafana.links import ALARMS_UID
from grafana.panels import bars, listing, number, of_assets, plain_number, stacked
from grafana.words import ALERT_STATES, FOUND, SEVERITY, YES_NO

_FLOOD_STEPS: Steps = ((None, UNKNOWN), (0.0, GOOD), (0.01, WATCH), (0.05, ALARM))
_IN_TIME_STEPS: Steps = ((None, UNKNOWN), (0.0, ALARM), (0.5, WATCH), (0.9, GOOD))


def alarms_dashboard() -> Dashboard:
    """Build the dashboard; it does not depend on what is registered."""
    return fill(
        board("Alarm system", uid=ALARMS_UID, time_from="now-24h", refresh="1m"),
        [
            (plain_number("The last 30 days", "alarms.load"), 12, 4),
            (number("Time in floods", "alarms.in_flood", steps=_FLOOD_STEPS, unit="percentunit", decimals=1), 6, 4),
            (number("In time", "alarms.in_time", steps=_IN_TIME_STEPS, unit="percentunit"), 6, 4),
            (_distribution(), 12, 9),
            (_rate(), 12, 9),
            (of_assets("Worst ten", "alarms.worst", _WORST, nothing="No alert was raised in 30 days"), 12, 10),
            (of_assets("Chattering", "alarms.chattering", _CHATTERING, nothing="Nothing chatters"), 12, 10),
            (of_assets("Ageing", "alarms.ageing", _AGEING, nothing="Nothing has stood for a day"), 12, 12),
            (listing("Floods", "alarms.floods", _FLOODS, nothing="There was no flood in 30 days"), 12, 6),
            (listing("States", "alarms.states", _STATES, nothing="No alert is open"), 12, 6),
        ],
    )


_WORST = {"Kind": columns.growing(FOUND, 170), "Times": columns.wide(90), "Share": columns.part(90)}
_CHATTERING = {
    "Kind": columns.growing(FOUND, 170),
    "Most in ten minutes": columns.wide(150),
    "Occasions": columns.wide(100),
}
_AGEING = {
    "Kind": columns.growing(FOUND, 170),
    "Severity": columns.words(SEVERITY, 90),
    "State": columns.named(ALERT_STATES, 185),
    "Stands for": columns.duration(110),
}
_FLOODS = {
    "Began": columns.moment(),
    "Lasted": columns.duration(90),
    "Goes on": columns.words(YES_NO, 80),
    "Incidents": columns.wide(85),
}
_STATES = {"State": columns.words(ALERT_STATES, 190)}


def _distribution() -> barchart.Panel:
    return (
        bars(
            "How often people were told",
            "alarms.distribution",
            by="Told in ten minutes",
            unit="percentunit",
            nothing="Nobody was told anything in 30 days",
        )
        .description("EEMUA 191: one in ten minutes is steady, ten and more are a flood. Of each area's operator.")
        .legend(VizLegendOptions().show_legend(show_legend=False))
    )


def _rate() -> object:
    return stacked("alarms.rate", title="Told in ten minutes", nothing="Nobody was told anything in this time")
