"""Fill a migrated database with the shipped register and an hour of rows, as the stages would have left them."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import NAMESPACE_OID, uuid5

import psycopg

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
        _remaining_life(connection, asset_id, now)
        if tag != UNSCORED:
            _model(connection, asset_id, now)


def _register(connection: Connection, register: Mapping[str, Any]) -> dict[str, int]:
    site = register["site"]
    site_id = _id(
        connection, "INSERT INTO site (tag, name) VALUES (%s, %s) RETURNING site_id", [site["tag"], site["name"]]
    )
    classes = {one["tag"]: (_class(connection, one), one["signal"]) for one in register["class"]}
    assets: dict[str, int] = {}
    for asset in register["asset"]:
        class_id, signals = classes[asset["class"]]
        assets[asset["tag"]] = _id(
            connection,
            "INSERT INTO asset (site_id, class_id, tag, name, x, y) VALUES (%s, %s, %s, %s, %s, %s) RETURNING asset_id",
            [site_id, class_id, asset["tag"], asset["name"], asset.get("x"), asset.get("y")],
        )
        _signals(connection, assets[asset["tag"]], signals)
    for asset in register["asset"]:
        for to in asset["feeds"]:
            connection.execute("INSERT INTO feed VALUES (%s, %s)", [assets[asset["tag"]], assets[to]])
    return assets


def _class(connection: Connection, one: Mapping[str, Any]) -> int:
    return _id(
        connection,
        "INSERT INTO asset_class (tag, name) VALUES (%s, %s) RETURNING class_id",
        [one["tag"], one["name"]],
    )


def _signals(connection: Connection, asset_id: int, signals: Sequence[Mapping[str, Any]]) -> None:
    for position, signal in enumerate(signals):
        connection.execute(
            "INSERT INTO signal (asset_id, key, name, unit, role, low, high, key_value, position)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                asset_id,
                signal["key"],
                signal["name"],
                signal["unit"],
                signal["role"],
                signal.get("low"),
                signal.get("high"),
                signal.get("key_value", False),
                position,
            ],
        )


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
        connection.execute("INSERT INTO latest VALUES (%s, %s, %s, 0, %s)", [signal_id, last, values[-1], last])


def _scores(connection: Connection, asset_id: int, start: datetime, minutes: int, *, last: float) -> None:
    for minute in range(minutes + 1):
        score = 0.05 + (last - 0.05) * (minute / minutes) ** 3
        connection.execute(
            "INSERT INTO score (asset_id, time, model_id, score_max, score_last) VALUES (%s, %s, 1, %s, %s)",
            [asset_id, start + timedelta(minutes=minute), score, score],
        )


def _remaining_life(connection: Connection, asset_id: int, now: datetime) -> None:
    connection.execute("INSERT INTO installation (asset_id) VALUES (%s)", [asset_id])
    connection.execute(
        "INSERT INTO remaining_life"
        " SELECT asset_id, %s, installation_id, 'wear/P-102/v1', 'known', 864000, 432000, NULL,"
        " 0.8, %s, 2.5 FROM installation WHERE asset_id = %s",
        [now, now, asset_id],
    )


def _model(connection: Connection, asset_id: int, now: datetime) -> None:
    connection.execute(
        "INSERT INTO model (installation_id, kind, version, state, signal_ids, data_from, data_to, data_rows,"
        " data_sha256, libraries, artifact, trained_by, trained_at)"
        " SELECT installation_id, 'condition', 1, 'champion', '{}', %s, %s, 1, '', '{}', '', 'demo', %s"
        " FROM installation WHERE asset_id = %s",
        [now, now, now, asset_id],
    )


def _alarm(connection: Connection, asset_id: int, now: datetime) -> None:
    alert = uuid5(NAMESPACE_OID, str(asset_id))
    onset = now - timedelta(minutes=9)
    connection.execute(
        "INSERT INTO alert (alert_id, asset_id, kind, severity, onset, raised_at) VALUES (%s, %s, %s, %s, %s, %s)",
        [alert, asset_id, "anomaly", "MAJOR", onset, onset],
    )
    connection.execute(
        "INSERT INTO work_order (asset_id, alert_id, failure_mode, state, priority, severity, title, evidence,"
        " requested_finish, created_at, changed_at) VALUES (%s, %s, 'VIB', 'WAPPR', 2, 'MAJOR', %s, '{}', %s, %s, %s)",
        [asset_id, alert, "Cooling-water pump B: vibration is rising", now + timedelta(days=2), onset, onset],
    )


def _id(connection: Connection, statement: str, values: list[object]) -> int:
    row = connection.execute(statement.encode(), values).fetchone()
    assert row is not None
    return int(next(iter(row.values())) if isinstance(row, dict) else row[0])
