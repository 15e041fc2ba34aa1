"""Fill a migrated database with the shipped register and an hour of rows, as the stages would have left them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import psycopg

from tests.grafana.demo_life import live
from tests.plant_rows import PlantRows

REGISTER = Path(__file__).parents[2] / "service" / "demo" / "plant.toml"
Connection = psycopg.Connection[Any]

SICK, WATCHED, UNSCORED = "P-102", "F-401", "M-303"


def fill(connection: Connection, now: datetime, *, minutes: int = 60) -> None:
    """Add the plant, a reading and a score a minute, and an alert with its work order for the sick pump."""
    register = tomllib.loads(REGISTER.read_text(encoding="utf-8"))
    assets = _register(connection, register)
    start = now - timedelta(minutes=minutes)
    connection.execute("SELECT ensure_partition(%s, %s)", [start, now])
    for number, (tag, asset_id) in enumerate(assets.items()):
        _readings(connection, asset_id, start, minutes, phase=number)
        if tag != UNSCORED:
            _scores(connection, asset_id, start, minutes, last={SICK: 0.72, WATCHED: 0.41}.get(tag, 0.06 + number / 80))
    _alarm(connection, assets[SICK], now)
    for tag, asset_id in assets.items():
        machine = _remaining_life(connection, asset_id, now)
        if tag != UNSCORED:
            _model(connection, machine, now)
    live(PlantRows(connection), assets, now)


def _register(connection: Connection, register: Mapping[str, Any]) -> dict[str, int]:
    plant, site = PlantRows(connection), register["site"]
    plant.site(site["tag"], name=site["name"], name_zh=site["name_zh"])
    signals = {one["tag"]: one["signal"] for one in register["class"]}
    for one in register["class"]:
        plant.asset_class(one["tag"], name=one["name"], name_zh=one["name_zh"])
    assets: dict[str, int] = {}
    for asset in register["asset"]:
        place = {"x": asset.get("x"), "y": asset.get("y")}
        assets[asset["tag"]] = asset_id = plant.asset(
            asset["tag"],
            site=site["tag"],
            asset_class=asset["class"],
            name=asset["name"],
            name_zh=asset["name_zh"],
            **place,
        )
        for position, signal in enumerate(signals[asset["class"]]):
            plant.signal(asset_id, position=position, **{key: signal[key] for key in _COLUMNS if key in signal})
    for asset in register["asset"]:
        for to in asset["feeds"]:
            connection.execute("INSERT INTO feed VALUES (%s, %s)", [assets[asset["tag"]], assets[to]])
    return assets


_COLUMNS = ("key", "name", "name_zh", "unit", "role", "low", "high", "key_value")


def _readings(connection: Connection, asset_id: int, start: datetime, minutes: int, *, phase: int) -> None:
    rows = connection.execute("SELECT signal_id, low, high FROM signal WHERE asset_id = %s", [asset_id]).fetchall()
    for row in rows:
        signal_id, low, high = tuple(row.values()) if isinstance(row, dict) else row
        middle, swing = ((low or 0) + (high or 1)) / 2, ((high or 1) - (low or 0)) / 8
        values = [middle + swing * math.sin(minute / 7 + phase + signal_id) for minute in range(minutes + 1)]
        connection.execute(
            "INSERT INTO reading (time, signal_id, value)"
            " SELECT * FROM unnest(%s::timestamptz[], %s::int[], %s::float8[])",
            [[start + timedelta(minutes=m) for m in range(minutes + 1)], [signal_id] * (minutes + 1), values],
        )
        last = start + timedelta(minutes=minutes)
        PlantRows(connection).latest(signal_id, last, values[-1])


def _scores(connection: Connection, asset_id: int, start: datetime, minutes: int, *, last: float) -> None:
    for minute in range(minutes + 1):
        score = 0.05 + (last - 0.05) * (minute / minutes) ** 3
        PlantRows(connection).score(asset_id, start + timedelta(minutes=minute), score)


def _remaining_life(connection: Connection, asset_id: int, now: datetime) -> int:
    """Say how long its machine has left, and return the machine's installation."""
    plant = PlantRows(connection)
    machine = plant.installation(asset_id)
    known = {"outlook": "known", "likely_s": 864_000, "low_s": 432_000, "wear_limit": 2.5}
    plant.remaining_life(asset_id, machine, now, source_version="wear/P-102/v1", **known)
    return machine


def _model(connection: Connection, machine: int, now: datetime) -> None:
    PlantRows(connection).model(machine, data_from=now, data_to=now, trained_by="demo", trained_at=now)


def _alarm(connection: Connection, asset_id: int, now: datetime) -> None:
    plant, onset = PlantRows(connection), now - timedelta(minutes=9)
    alert = plant.alert(asset_id, alert_id=uuid5(NAMESPACE_OID, str(asset_id)), kind="condition", at=onset)
    plant.work_order(
        asset_id,
        at=onset,
        alert_id=alert,
        title="Cooling-water pump B: vibration is rising",
        requested_finish=now + timedelta(days=2),
    )
