"""A class whose machines ran to failure gets a model of its own, from the record and back into it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from models.remaining.classes import learn_classes
from models.remaining.estimates import estimate_remaining_life
from models.remaining.estimator import RemainingLife
from models.remaining.history import Life
from models.remaining.regressor import LifeRegressor
from storage.models import remaining
from tests.models.conftest import START, Rows, closed_order, rows
from tests.models.remaining.engines import life
from tests.models.remaining.test_estimator import QUICK

__all__ = ["rows"]
HOUR_S = 3_600.0
TOLD_BY = (1, 2, 3, 6)
SIGNALS = tuple((f"signal_{n}", "mm/s") for n in TOLD_BY)
ESTIMATOR = RemainingLife(regressor=QUICK, virtual_lives=20)
ROUGH = RemainingLife(regressor=LifeRegressor(members=2, updates=30, trees=5, most_rows=1_000), virtual_lives=20)


def record(rows: Rows, asset_id: int, one: Life, *, until: int | None = None) -> None:
    """Write the hours of a machine's life, one for each unit of its time."""
    hours = len(one.history.time[:until])
    first, last = START, START + timedelta(hours=hours + 1)
    rows.connection.execute("SELECT ensure_rollup_partition(%s, %s)", [first, last])
    with rows.connection.cursor().copy(
        "COPY reading_1h (signal_id, time, lowest, highest, total, n, last) FROM STDIN"
    ) as copy:
        for signal_id, place in zip(rows.signals[asset_id], TOLD_BY, strict=True):
            for hour, value in enumerate(one.history.rows[:until, place].tolist()):
                copy.write_row((signal_id, START + timedelta(hours=hour), value, value, 60 * value, 60, value))
    rows.clock.sleep(max(0.0, (last - rows.clock.now()).total_seconds()))


def failed(rows: Rows, seed: int) -> int:
    """A machine that ran to a confirmed failure."""
    one = life(seed)
    asset_id = rows.asset(f"P-{seed}", SIGNALS)
    record(rows, asset_id, one)
    failed_s = (one.failed_at + 1) * HOUR_S
    closed_order(
        rows, asset_id, outcome="confirmed", onset_s=failed_s - 10 * HOUR_S, started_s=failed_s + 60,
        failed_s=failed_s, restored_s=failed_s + 600,
    )  # fmt: skip
    return asset_id


def running(rows: Rows, seed: int, hours: int) -> int:
    """A machine that still runs, and has a model that scoring follows it by."""
    asset_id = rows.asset(f"P-{seed}", SIGNALS)
    record(rows, asset_id, life(seed), until=hours)
    ((installation_id,),) = rows.all("SELECT installation_id FROM installation WHERE asset_id = %s", asset_id)
    assert isinstance(installation_id, int)
    model_id = rows.plant.model(installation_id, data_from=START, data_to=START, trained_at=START)
    rows.connection.execute(
        "INSERT INTO scoring (asset_id, model_id, watermark) VALUES (%s, %s, %s)"
        " ON CONFLICT (asset_id) DO UPDATE SET model_id = excluded.model_id, watermark = excluded.watermark",
        [asset_id, model_id, START + timedelta(hours=hours)],
    )
    return asset_id


def told(rows: Rows, asset_id: int) -> remaining.RemainingLifeEstimate:
    with rows.database.transaction() as tx:
        newest = remaining.newest(tx, asset_id)
    assert newest is not None
    return newest


def test_after_eight_failures_a_class_tells_how_long_its_machines_have_left(rows: Rows) -> None:
    for seed in range(7):
        failed(rows, seed)
    assert learn_classes(rows.database, clock=rows.clock, estimator=ESTIMATOR) == 0
    for seed in range(7, 12):
        failed(rows, seed)
    assert learn_classes(rows.database, clock=rows.clock, estimator=ESTIMATOR) == 1
    assert learn_classes(rows.database, clock=rows.clock, estimator=ESTIMATOR) == 0, "nothing new has failed"
    machine = life(50)
    asset_id = running(rows, 50, len(machine.history.time) - 20)
    assert estimate_remaining_life(rows.database, clock=rows.clock) == 1
    left = told(rows, asset_id)
    assert left.source_version == "life/pump/v1"
    assert left.outlook == "known"
    assert left.likely_s == pytest.approx(20 * HOUR_S, abs=15 * HOUR_S)
    assert left.low_s is not None
    assert left.low_s <= left.likely_s
    assert estimate_remaining_life(rows.database, clock=rows.clock) == 0, "its data have not gone on"


def test_a_further_failure_makes_a_further_version(rows: Rows) -> None:
    for seed in range(9):
        failed(rows, seed)
    learn_classes(rows.database, clock=rows.clock, estimator=ROUGH)
    failed(rows, 9)
    learn_classes(rows.database, clock=rows.clock, estimator=ROUGH)
    assert rows.all("SELECT version, lives FROM life_model ORDER BY version") == [(1, 9), (2, 10)]


def test_a_model_of_another_scikit_learn_is_refused_and_the_wear_is_asked(rows: Rows) -> None:
    for seed in range(8):
        failed(rows, seed)
    learn_classes(rows.database, clock=rows.clock, estimator=ROUGH)
    rows.connection.execute("""UPDATE life_model SET libraries = '{"scikit-learn": "0.1"}'""")
    asset_id = running(rows, 50, 80)
    estimate_remaining_life(rows.database, clock=rows.clock)
    left = told(rows, asset_id)
    assert (left.source_version, left.outlook) == ("wear/P-50/v1", "too_short")
