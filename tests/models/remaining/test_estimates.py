"""What is told of machines, from rows to rows: once an hour of data, of the present normal alone."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest

from models.remaining.estimates import estimate_remaining_life
from storage.models import remaining
from tests.models.conftest import START, Rows, rows

__all__ = ["rows"]
A_DAY = 144  # ten minutes each


@pytest.fixture
def worn(rows: Rows) -> int:
    """A machine whose wear has grown evenly for ten days, from 0.2 to 1.1 lines: ten days from the limit."""
    asset_id = rows.trained_asset()
    ((model_id,),) = rows.all("SELECT model_id FROM model")
    wear = (
        0.2 + 0.9 * np.arange(10 * A_DAY) / (10 * A_DAY) + 0.02 * np.random.default_rng(0).standard_normal(10 * A_DAY)
    )
    with rows.connection.cursor().copy("COPY wear (asset_id, time, model_id, wear, wear_signals) FROM STDIN") as copy:
        for n, level in enumerate(wear.tolist()):
            copy.write_row((asset_id, START + timedelta(minutes=10 * n), model_id, level, []))
    followed(rows, timedelta(days=10))
    return asset_id


def followed(rows: Rows, since_start: timedelta) -> None:
    """Scoring has come so far."""
    rows.connection.execute("UPDATE scoring SET watermark = %s", [START + since_start])
    rows.clock.sleep(max(0.0, (START + since_start - rows.clock.now()).total_seconds()))


def tell(rows: Rows, asset_id: int) -> remaining.RemainingLifeEstimate:
    estimate_remaining_life(rows.database, clock=rows.clock)
    with rows.database.transaction() as tx:
        newest = remaining.newest(tx, asset_id)
    assert newest is not None
    return newest


def test_wear_in_rows_becomes_a_row_with_an_interval(rows: Rows, worn: int) -> None:
    left = tell(rows, worn)
    assert (left.outlook, left.source_version, left.time) == ("known", "wear/P-1/v1", START + timedelta(days=10))
    assert left.likely_s == pytest.approx(10 * 86_400, rel=0.1)
    assert left.low_s is not None
    assert left.high_s is not None
    assert left.low_s < left.likely_s < left.high_s


@pytest.mark.parametrize(
    ("of_class", "own", "limit", "days"), [(None, None, 2.0, 10.0), (1.55, None, 1.55, 5.0), (3.0, 1.55, 1.55, 5.0)]
)
def test_the_limit_is_the_assets_own_or_its_classs_or_the_convention(
    rows: Rows, worn: int, of_class: float | None, own: float | None, limit: float, days: float
) -> None:
    rows.connection.execute("UPDATE asset_class SET wear_limit = %s", [of_class])
    rows.connection.execute("UPDATE asset SET wear_limit = %s", [own])
    left = tell(rows, worn)
    assert (left.outlook, left.wear_limit) == ("known", limit)
    assert left.likely_s == pytest.approx(days * 86_400, rel=0.12)


@pytest.mark.usefixtures("worn")
def test_it_is_told_once_an_hour_of_data(rows: Rows) -> None:
    assert estimate_remaining_life(rows.database, clock=rows.clock) == 1
    followed(rows, timedelta(days=10, minutes=59))
    assert estimate_remaining_life(rows.database, clock=rows.clock) == 0
    followed(rows, timedelta(days=10, minutes=60))
    assert estimate_remaining_life(rows.database, clock=rows.clock) == 1


def test_seconds_count_from_where_scoring_stands_not_from_the_last_wear(rows: Rows, worn: int) -> None:
    first = tell(rows, worn)
    followed(rows, timedelta(days=11))
    later = tell(rows, worn)
    assert first.likely_s is not None
    assert later.likely_s == pytest.approx(first.likely_s - 86_400)


def test_a_machine_that_is_learnt_again_is_not_judged_by_its_past_normal(rows: Rows, worn: int) -> None:
    assert tell(rows, worn).outlook == "known"
    rows.connection.execute(
        "INSERT INTO relearning (installation_id, asset_id, reason, began, opened_by)"
        " SELECT installation_id, asset_id, 'action', %s, 'Ada' FROM installation",
        [START + timedelta(days=5)],
    )
    followed(rows, timedelta(days=10, hours=2))
    left = tell(rows, worn)
    assert (left.outlook, left.likely_s) == ("too_short", None)


def test_a_machine_that_cannot_be_told_of_stops_no_other(
    rows: Rows, worn: int, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    other = rows.trained_asset("P-2", seed=1)
    followed(rows, timedelta(days=10))
    real = remaining.wear

    def broken(tx: object, asset_id: int, **wanted: object) -> object:
        if asset_id == worn:
            raise ValueError("broken")
        return real(tx, asset_id, **wanted)  # type: ignore[arg-type]

    monkeypatch.setattr(remaining, "wear", broken)
    assert tell(rows, other).outlook == "too_short"
    assert "remaining life cannot be estimated" in caplog.text
