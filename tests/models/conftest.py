"""A plant whose readings a test writes straight into the record, as ingest would have."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
import psycopg
import pytest
from numpy.typing import NDArray

from lifecycle.register.healthy_time import declare_healthy
from models.training.train import TrainedModel, TrainingRefused, train
from plant.clock import ManualClock
from plant.model import Succession
from storage.core.database import Database
from storage.models import labels
from tests.plant_rows import PlantRows

START = datetime(2026, 3, 2, 12, tzinfo=UTC)
SIGNALS = (("vibration", "mm/s"), ("temperature", "°C"), ("pressure", "bar"))


def healthy_rows(n: int, seed: int = 0) -> NDArray[np.float64]:
    """Rows of a machine that is well."""
    return np.array([2.0, 60.0, 5.0]) + np.random.default_rng(seed).normal(size=(n, 3)) * [0.1, 0.5, 0.05]


class Rows:
    """Writes the rows that others than models would write."""

    def __init__(self, connection: psycopg.Connection[tuple[object, ...]], database: Database) -> None:
        self.connection = connection
        self.database = database
        self.clock = ManualClock(START)
        self.signals: dict[int, list[int]] = {}
        self.plant = PlantRows(connection)
        self.plant.site("demo", name="Demo")
        self.plant.asset_class("pump", name="Pump", grace_s=2)

    def asset(self, tag: str = "P-1", signals: tuple[tuple[str, str], ...] = SIGNALS) -> int:
        asset_id = self.plant.asset(tag, name="")
        self.plant.installation(asset_id)
        self.signals[asset_id] = [
            self.plant.signal(asset_id, key, unit=unit, position=place) for place, (key, unit) in enumerate(signals)
        ]
        return asset_id

    def write(
        self, asset_id: int, rows: NDArray[np.float64], *, first_s: float = 0.0, flags: int = 0, step_s: float = 1.0
    ) -> None:
        """Store a row every `step_s` from `first_s` after the start, NaN not sent; the clock moves to the last row."""
        times = [START + timedelta(seconds=first_s + step_s * k) for k in range(len(rows))]
        self.clock.sleep(max(0.0, (times[-1] - self.clock.now()).total_seconds()))
        with self.connection.transaction():
            self.connection.execute("SELECT ensure_partition(%s, %s)", [times[0], times[-1]])
            with self.connection.cursor().copy("COPY reading (time, signal_id, flags, value) FROM STDIN") as copy:
                for time, row in zip(times, rows, strict=True):
                    for signal_id, value in zip(self.signals[asset_id], row, strict=True):
                        if not np.isnan(value):
                            copy.write_row((time, signal_id, flags, float(value)))
            for signal_id in self.signals[asset_id]:
                self.connection.execute(
                    "INSERT INTO latest VALUES (%s, %s, 0, 0, %s) ON CONFLICT (signal_id) "
                    "DO UPDATE SET time = excluded.time, stored_at = excluded.stored_at",
                    [signal_id, times[-1], self.clock.now()],
                )

    def fall_silent(self) -> None:
        """Let the clock go on until nothing more is waited for."""
        self.clock.sleep(10)

    def declare(self, asset_id: int, from_s: float, to_s: float) -> bool:
        with self.database.transaction() as tx:
            return declare_healthy(
                tx,
                asset_id,
                START + timedelta(seconds=from_s),
                START + timedelta(seconds=to_s),
                origin="commissioning",
                by="a test",
            )

    def train(self, *asset_ids: int) -> list[TrainedModel | TrainingRefused]:
        return train(
            self.database,
            clock=self.clock,
            trained_by="a test",
            asset_ids=asset_ids or None,
            succession=Succession.PROMOTE,
        )

    def trained_asset(self, tag: str = "P-1", seed: int = 0) -> int:
        """An asset with 400 healthy rows and a model trained on them."""
        asset_id = self.asset(tag)
        self.write(asset_id, healthy_rows(400, seed))
        self.declare(asset_id, 0, 399)
        (trained,) = self.train(asset_id)
        assert isinstance(trained, TrainedModel)
        return asset_id

    def all(self, query: str, *parameters: object) -> list[tuple[object, ...]]:
        return self.connection.execute(query.encode(), parameters).fetchall()

    def _id(self, query: str, *parameters: object) -> int:
        ((found,),) = self.all(query, *parameters)
        assert isinstance(found, int)
        return found


@pytest.fixture
def rows(superuser: psycopg.Connection[tuple[object, ...]], app_database: Database) -> Rows:
    """A plant of one site and one class with a grace of 2 s, and nothing in it yet."""
    return Rows(superuser, app_database)


def closed_order(
    rows: Rows,
    asset_id: int,
    *,
    outcome: str,
    onset_s: float,
    started_s: float,
    restored_s: float,
    failed_s: float | None = None,
    score: float = 0.7,
    told: bool = True,
) -> int:
    """Write what people leave of a finding that became an order and was closed; returns the order's id.

    Seconds count from the start. Without `told` there is no finding: a person reported the failure.
    """

    def at(seconds: float) -> datetime:
        return START + timedelta(seconds=seconds)

    order_id = rows.plant.work_order(
        asset_id,
        state="CLOSE",
        requested_finish=at(restored_s),
        created_at=at(onset_s + 10),
        changed_at=at(restored_s),
        started_at=at(started_s),
        completed_at=at(restored_s),
    )
    rows.connection.execute(
        "INSERT INTO work_order_closing VALUES (%s, %s, 'VIB', '3.4', 'check', '', %s, %s, false, %s, 'Ada')",
        [order_id, outcome, None if failed_s is None else at(failed_s), at(restored_s), at(restored_s)],
    )
    if told:
        over = at(restored_s)
        finding_id = rows.plant.finding(
            asset_id, at=at(onset_s), source_version="v1", updated=over, cleared=over, score=score, window_to=over
        )
        alert_id = rows.plant.alert(
            asset_id, at=at(onset_s), raised_at=at(onset_s + 5), active=False, acknowledged=True
        )
        rows.plant.add("alert_finding", finding_id=finding_id, alert_id=alert_id)
        rows.plant.add("work_order_finding", order_id=order_id, finding_id=finding_id)
    with rows.database.transaction() as tx:
        labels.write(tx, order_id)
    return order_id
