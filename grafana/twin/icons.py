"""The icon of a class of equipment: one of those that Grafana brings."""

from __future__ import annotations

_UNKNOWN = "cube"
_BY_WORD = {
    "pump": "iot/pump",
    "valve": "iot/faucet",
    "tap": "iot/faucet",
    "motor": "unicons/bolt",
    "transformer": "unicons/bolt",
    "generator": "unicons/bolt",
    "compressor": "unicons/tachometer-fast",
    "turbine": "unicons/windy",
    "fan": "unicons/windy",
    "blower": "unicons/windy",
    "gear": "unicons/cog",
    "conveyor": "unicons/cog",
    "tank": "unicons/box",
    "vessel": "unicons/box",
    "exchanger": "unicons/temperature-half",
    "heater": "unicons/fire",
    "boiler": "unicons/fire",
    "furnace": "unicons/fire",
    "chiller": "unicons/snowflake",
    "tower": "unicons/water",
    "plc": "unicons/server",
}


def icon_of(asset_class: str) -> str:
    """Return the path of a class's icon, found by a word in its tag.

    >>> icon_of("centrifugal_pump"), icon_of("gizmo")
    ('img/icons/iot/pump.svg', 'img/icons/unicons/cube.svg')
    """
    found = next((path for word, path in _BY_WORD.items() if word in asset_class.casefold()), f"unicons/{_UNKNOWN}")
    return f"img/icons/{found}.svg"
