"""Closing codes become labels, and labels become figures that anyone can read."""

from __future__ import annotations

from datetime import timedelta

import pytest

from lifecycle.labels import detection
from plant.errors import Rejected
from storage.models import labels
from tests.models.conftest import START, Rows, closed_order, rows

__all__ = ["rows"]
EVER = (START - timedelta(days=1), START + timedelta(days=1))


def figures(rows: Rows) -> dict[str, object]:
    with rows.database.transaction() as tx:
        (pump,) = detection(tx, since=EVER[0], until=EVER[1])
    return {
        "precision": pump.precision,
        "recall": pump.recall,
        "failure": pump.counts.lead_to_failure_s,
        "work": pump.counts.lead_to_work_s,
    }


def test_without_a_case_there_is_no_figure(rows: Rows) -> None:
    rows.asset()
    assert figures(rows) == dict.fromkeys(("precision", "recall", "failure", "work"))


def test_precision_recall_and_lead_time_count_orders(rows: Rows) -> None:
    asset_id = rows.asset()
    span = {"onset_s": 0.0, "started_s": 3605.0, "restored_s": 7200.0}
    closed_order(rows, asset_id, outcome="confirmed", **span)
    closed_order(rows, asset_id, outcome="confirmed", failed_s=1805.0, **span)
    closed_order(rows, asset_id, outcome="confirmed", failed_s=1805.0, told=False, **span)
    closed_order(rows, asset_id, outcome="false_alarm", **span)
    closed_order(rows, asset_id, outcome="no_fault_found", **span)
    assert figures(rows) == {"precision": 2 / 3, "recall": 2 / 3, "failure": 1800.0, "work": 3600.0}


def test_a_confirmed_fault_that_nothing_noticed_lowers_the_recall_and_leaves_precision_unknown(rows: Rows) -> None:
    asset_id = rows.asset()
    closed_order(rows, asset_id, outcome="confirmed", onset_s=0, started_s=60, restored_s=90, told=False)
    assert figures(rows) == {"precision": None, "recall": 0.0, "failure": None, "work": None}


def test_only_what_was_closed_in_the_span_counts(rows: Rows) -> None:
    asset_id = rows.asset()
    closed_order(rows, asset_id, outcome="false_alarm", onset_s=0, started_s=60, restored_s=90)
    closed_at = START + timedelta(seconds=90)
    with rows.database.transaction() as tx:
        (within,) = detection(tx, since=closed_at, until=closed_at + timedelta(seconds=1))
        (before,) = detection(tx, since=EVER[0], until=closed_at)
        with pytest.raises(Rejected, match="empty_span"):
            detection(tx, since=closed_at, until=closed_at)
    assert (within.counts.false_alarms, within.precision) == (1, 0.0)
    assert (before.counts.false_alarms, before.precision) == (0, None)


def test_an_order_gives_its_labels_once(rows: Rows) -> None:
    order_id = closed_order(rows, rows.asset(), outcome="confirmed", onset_s=0, started_s=60, restored_s=90)
    with rows.database.transaction() as tx:
        assert labels.write(tx, order_id) == 0
        (label,) = labels.to_learn(tx)
        installation_id = label.installation_id
        assert installation_id is not None
        assert labels.of_installation(tx, installation_id) == [label]
    assert (label.onset, label.ended) == (START, START + timedelta(seconds=60))
    assert label.notified_at == START + timedelta(seconds=5)
