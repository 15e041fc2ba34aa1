"""The dashboard *Shared figures*: what operations and engineering agreed to look at together (docs/figures.md)."""

from __future__ import annotations

from grafana_foundation_sdk.builders.dashboard import Dashboard

from grafana import columns
from grafana.board import board, fill
from grafana.colours import ALARM, GOOD, UNKNOWN
from grafana.links import FIGURES_UID
from grafana.panels import in_words, lines, listing, of_assets, plain_number, stacked
from grafana.words import MEASURES, TRENDS, YES_NO, Words

_REACHED: Words = {"true": ("reached", GOOD), "false": ("missed", ALARM)}


def figures_dashboard() -> Dashboard:
    """Build the dashboard; it does not depend on what is registered."""
    return fill(
        board("Shared figures", uid=FIGURES_UID, time_from="now-13M", refresh="15m"),
        [
            (plain_number("Thirteen months", "figures.summary", unit="percentunit", decimals=1), 9, 4),
            (plain_number("Between failures and until restored", "figures.times", unit="suffix: h", decimals=1), 9, 4),
            (plain_number("As known", "figures.known_at", unit="dtdhms"), 6, 4),
            (_goals(), 12, 9),
            (_shares("Availability", "figures.availability"), 12, 9),
            (_between(), 12, 8),
            (_shares("Work", "figures.work"), 12, 8),
            (_months("Cost by month", "figures.cost", "none", "Nothing was booked in this time"), 12, 8),
            (_months("Energy by month", "figures.energy", "kwatth", "No signal is in W, kW or MW"), 12, 8),
            (listing("Classes", "figures.classes", _CLASSES), 12, 9),
            (of_assets("Longest down", "figures.worst_assets", _ASSETS), 12, 9),
            (_first_month(), 24, 5),
            (_design(), 24, 5),
        ],
    )


_CLASSES = {
    "Failures": columns.wide(80),
    "MTBF": columns.figure(130, "suffix: h"),
    "Availability": columns.part(100, 2),
    "Down": columns.figure(90, "suffix: h"),
}
_ASSETS = {"Failures": columns.least(80), "Down": columns.figure(90, "suffix: h"), "Availability": columns.part(100, 2)}


def _goals() -> object:
    looks = {
        "Project": columns.leads_to_project(),
        "Figure": columns.growing(MEASURES, 110),
        "Value": columns.figure(90, decimals=2),
        "Goal": columns.figure(90, decimals=2),
        "Reached": columns.words(_REACHED, 90),
        "Trend": columns.named(TRENDS, 90),
    }
    return listing("Agreed goals", "figures.goals", looks, nothing="No goal was agreed yet").description(
        "Of both sides of a project: days late, cost, kWh a day, part of required time, failures of the first month."
    )


def _shares(title: str, name: str) -> object:
    return lines(name, title=title, unit="percentunit").span_nulls(True).axis_soft_max(1)


def _between() -> object:
    panel = lines("figures.mtbf", title="MTBF and MTTR", unit="suffix: h").span_nulls(True)
    return in_words(panel, {"MTTR": columns.right_axis("suffix: h")})


def _months(title: str, name: str, unit: str, nothing: str) -> object:
    return stacked(name, title=title, unit=unit, nothing=nothing)


def _first_month() -> object:
    looks = {
        "Project": columns.leads_to_project(),
        "Signed off": columns.day(),
        "Assets": columns.wide(70),
        "Failures": columns.wide(80),
        "Goes on": columns.words({"true": YES_NO["true"], "false": ("no", UNKNOWN)}, 80),
    }
    return listing("Failures in the first month", "figures.first_month", looks, nothing="Nothing was handed over yet")


def _design() -> object:
    looks = {
        "Request": columns.wide(80),
        "Failure mode": columns.wide(110),
        "Decided": columns.day(),
        "A year before": columns.figure(110, decimals=2),
        "A year since": columns.figure(110, decimals=2),
        "Machine-years since": columns.figure(175),
    }
    return listing("Effect of design changes", "figures.design", looks, nothing="No change was accepted yet")
