"""The shipped plant with twenty minutes of rows, as the stages would have left them, and a pump that has sickened."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid5

import psycopg

from alerts.alarms.desk import Desk
from lifecycle.register.importing import import_plant
from lifecycle.register.plant_file import read_plant
from plant.clock import ManualClock
from plant.finding import Finding, FindingSource, Share
from plant.severity import Severity
from storage.core.database import Database, Transaction
from storage.models import catalogue, findings, installations
from storage.register import assets

NOW = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
REGISTER = Path(__file__).parents[2] / "service" / "demo" / "plant.toml"
SICK = "P-102"
_MINUTES = 20
_LASTED = timedelta(minutes=4)
_SHARES = (("vibration_de_mm_s", 0.58, "mm/s"), ("bearing_temperature_c", 0.27, "°C"), ("motor_current_a", 0.15, "A"))


def fill(database: Database, superuser: psycopg.Connection[tuple[object, ...]], now: datetime) -> None:
    """Register the plant; add readings every 5 s, latest values, scores and models, all healthy."""
    with database.transaction() as tx:
        import_plant(tx, read_plant(REGISTER), at=now - timedelta(days=30))
        for asset in assets.list_assets(tx):
            _train(tx, asset.asset_id, now)
    superuser.execute("UPDATE asset_class SET silent_after_s = 600")  # a slow machine makes nothing silent
    superuser.execute("SELECT ensure_partition(%s, %s)", [now - timedelta(minutes=_MINUTES), now])
    superuser.execute(
        """
        INSERT INTO reading (time, signal_id, value)
        SELECT
            t,
            signal_id,
            (coalesce(low, 0) + high) / 2
                + (high - coalesce(low, 0)) / 12 * (sin(extract(epoch FROM t) / 60 + signal_id) + random() / 3)
        FROM signal, generate_series(%(since)s::timestamptz, %(now)s, '5 seconds') AS t
        """,
        {"since": now - timedelta(minutes=_MINUTES), "now": now},
    )
    superuser.execute(
        """
        INSERT INTO latest (signal_id, time, value, flags, stored_at)
        SELECT DISTINCT ON (signal_id) signal_id, time, value, flags, time
        FROM reading
        ORDER BY signal_id, time DESC
        """
    )
    superuser.execute(
        "INSERT INTO score SELECT asset_id, %s, 1, 0.1, 0.06 + 0.02 * (asset_id %% 7), 0 FROM asset", [now]
    )


def _train(tx: Transaction, asset_id: int, now: datetime) -> None:
    (installation,) = installations.to_train(tx, [asset_id])
    catalogue.add(
        tx,
        catalogue.NewModel(
            installation_id=installation.installation_id,
            kind="condition",
            signal_ids=(),
            data_from=now - timedelta(days=2),
            data_to=now - timedelta(days=1),
            data_rows=3600,
            data_sha256=b"",
            libraries={},
            figures={},
            artifact=b"",
            trained_by="test",
            trained_at=now - timedelta(days=1),
        ),
        champion=True,
    )


def sicken(
    database: Database,
    superuser: psycopg.Connection[tuple[object, ...]],
    now: datetime,
    *,
    tag: str = SICK,
    severity: Severity = Severity.MAJOR,
) -> None:
    """Let one machine's vibration rise, and the desk raise an alert and a work order for it."""
    onset = now - _LASTED
    superuser.execute(
        """
        UPDATE reading
        SET value = value * (1 + 0.8 * extract(epoch FROM time - %(onset)s) / 240)
        FROM signal JOIN asset USING (asset_id)
        WHERE reading.signal_id = signal.signal_id AND asset.tag = %(tag)s AND time >= %(onset)s
            AND key IN ('vibration_de_mm_s', 'bearing_temperature_c')
        """,
        {"onset": onset, "tag": tag},
    )
    superuser.execute(
        """
        UPDATE latest AS l SET value = r.value
        FROM reading AS r WHERE r.signal_id = l.signal_id AND r.time = l.time
        """
    )
    superuser.execute(
        "UPDATE score SET score_last = 0.78 FROM asset WHERE asset.asset_id = score.asset_id AND tag = %s", [tag]
    )
    with database.transaction() as tx:
        asset = assets.get_asset(tx, "demo", tag)
        findings.record(tx, _finding(asset.asset_id, onset, now, severity))
    Desk(database, ManualClock(now)).round()


def _finding(asset_id: int, onset: datetime, now: datetime, severity: Severity) -> Finding:
    return Finding(
        finding_id=uuid5(UUID(int=asset_id), "first"),
        asset_id=asset_id,
        kind="condition",
        failure_mode="VIB",
        source=FindingSource.MODEL,
        source_version="condition/1",
        onset=onset,
        updated=now,
        severity=severity,
        score=0.78,
        shares=tuple(Share(signal=signal, share=share, unit=unit) for signal, share, unit in _SHARES),
        window_from=onset,
        window_to=now,
        quality={"samples": 48.0, "missing": 0.004},
    )


def quarantine(superuser: psycopg.Connection[tuple[object, ...]], now: datetime) -> None:
    """Hold three payloads."""
    for topic, reason, detail, payload in (
        ("assetloop/v1/demo/P-101/telemetry", "not_json", "line 1 column 2", b"{oops"),
        (
            "assetloop/v1/demo/X-999/telemetry",
            "unknown_asset",
            "X-999 is not registered",
            '{"t_c": 20.5, "note": "20 °C"}'.encode(),
        ),
        ("assetloop/v1/demo/P-103/telemetry", "in_the_future", "3600 s ahead", b"\xff\xfe\x00"),
    ):
        superuser.execute(
            """
            INSERT INTO quarantine (topic, sha256, reason, detail, payload, length, first_seen, last_seen, count)
            VALUES (%s, sha256(%s), %s, %s, %s, %s, %s, %s, 3)
            """,
            [topic, payload, reason, detail, payload, len(payload), now - timedelta(hours=1), now],
        )
