"""Units as Grafana writes them: always a suffix, so that a unit is shown as the register spells it."""

from __future__ import annotations


def grafana_unit(unit: str) -> str:
    """Return Grafana's name for a unit; its own scaling (k, M) never applies to a unit of ours.

    >>> grafana_unit("mm/s"), grafana_unit("°C"), grafana_unit("%"), grafana_unit("")
    ('suffix: mm/s', 'suffix: °C', 'suffix:%', 'none')
    """
    if not unit:
        return "none"
    return f"suffix:{unit}" if unit == "%" else f"suffix: {unit}"
