"""Retraining is proposed with its evidence, and what becomes of it is a person's decision."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pytest
from numpy.typing import NDArray

from lifecycle import ledger
from models.feedback import proposing, watching
from models.scoring import refusals
from models.scoring.scorer import Scorer
from models.training import promotion, queue
from plant.errors import Conflict, NotFound
from plant.model import RetrainingReason
from plant.people.principal import typed
from storage.core.database import Transaction
from storage.models import catalogue as store
from storage.models import drift, proposals
from storage.models.proposals import Proposal
from storage.register import relearning
from tests.models.conftest import START, Rows, healthy_rows

HOUR_S = 3600


def watch(rows: Rows) -> list[Proposal]:
    watching.watch(rows.database, clock=rows.clock)
    return proposed(rows)


def proposed(rows: Rows, *, open_only: bool = True) -> list[Proposal]:
    with rows.database.transaction() as tx:
        return proposals.list_proposals(tx, open_only=open_only)


def train_all(rows: Rows) -> None:
    for (training_id,) in rows.all("SELECT training_id FROM training WHERE state = 'queued'"):
        assert isinstance(training_id, int)
        queue.run_training(rows.database, training_id, clock=rows.clock)


def slow_rows(hours: float, first_s: float, shift: float = 0.0) -> NDArray[np.float64]:
    """Rows a minute apart, shifted by so many scales of each signal."""
    n = int(hours * 60)
    return healthy_rows(n, int(first_s)) + shift * np.array([0.1, 0.5, 0.05])


@pytest.fixture
def asset_id(rows: Rows) -> int:
    """An asset whose champion has learnt from two hours of rows a minute apart."""
    asset_id = rows.asset()
    rows.write(asset_id, slow_rows(2, 0), step_s=60)
    rows.declare(asset_id, 0, 2 * HOUR_S)
    rows.train(asset_id)
    return asset_id


def changed(rows: Rows, asset_id: int, at_s: float) -> None:
    with rows.database.transaction() as tx:
        since = START + timedelta(seconds=at_s)
        relearning.open_interval(tx, asset_id=asset_id, reason="action", at=since, by="Ada")


class TestLearningAgain:
    """After a repair."""

    @pytest.fixture
    def changed_asset(self, rows: Rows, asset_id: int) -> int:
        """The asset, changed after two hours."""
        changed(rows, asset_id, 2 * HOUR_S)
        return asset_id

    def test_it_is_proposed_after_as_much_clean_time_as_the_model_had(self, rows: Rows, changed_asset: int) -> None:
        rows.write(changed_asset, slow_rows(1.5, 2 * HOUR_S, 3.0), first_s=2 * HOUR_S, step_s=60)
        assert watch(rows) == []
        rows.write(changed_asset, slow_rows(1, 3.5 * HOUR_S, 3.0), first_s=3.5 * HOUR_S, step_s=60)
        (proposal,) = watch(rows)
        assert proposal.reason is RetrainingReason.RELEARNING
        assert proposal.data_from == START + timedelta(hours=2)
        assert proposal.evidence["clean_s"] >= proposal.evidence["needed_s"] == pytest.approx(7140)
        moved = proposal.evidence["signals"][0]
        assert moved["drifts"]
        assert abs(moved["now"] - moved["before"]) > 0
        assert watch(rows) == [proposal], "it is proposed once"

    def test_the_old_model_that_looks_on_speaks_in_the_evidence(self, rows: Rows, changed_asset: int) -> None:
        rows.write(changed_asset, slow_rows(2.5, 2 * HOUR_S, 8.0), first_s=2 * HOUR_S, step_s=60)
        rows.fall_silent()
        Scorer(rows.database, rows.clock, "w", most_rows=20).round()
        Scorer(rows.database, rows.clock, "w", most_rows=20).round()
        (proposal,) = watch(rows)
        assert 0 < proposal.evidence["old_model_alarm_part"] <= 1

    @pytest.mark.parametrize(
        ("kind", "source", "is_clean"),
        [("limit", "limit", False), ("sensor_stuck", "model", False), ("sensor_drift", "model", True)],
    )
    def test_time_in_which_a_limit_was_exceeded_or_a_sensor_stuck_is_not_clean(
        self, rows: Rows, changed_asset: int, kind: str, source: str, is_clean: bool
    ) -> None:
        rows.write(changed_asset, slow_rows(2.5, 2 * HOUR_S), first_s=2 * HOUR_S, step_s=60)
        rows.plant.finding(changed_asset, at=START + timedelta(hours=3), kind=kind, source=source)
        assert bool(watch(rows)) == is_clean

    def test_accepted_it_becomes_a_challenger_and_promoted_the_machine_is_learnt(
        self, rows: Rows, changed_asset: int
    ) -> None:
        rows.write(changed_asset, slow_rows(2.5, 2 * HOUR_S, 3.0), first_s=2 * HOUR_S, step_s=60)
        (proposal,) = watch(rows)
        accepted = proposing.accept(
            rows.database, proposal.proposal_id, actor=typed("Ada"), clock=rows.clock, note="bearing"
        )
        assert (accepted.state, accepted.decided_by, accepted.note) == ("accepted", "Ada", "bearing")
        assert watch(rows) == [], "nothing more is proposed while it is under way"
        train_all(rows)
        (told,) = proposed(rows, open_only=False)
        assert (told.training_state, told.model_id) == ("trained", 2)
        with rows.database.transaction() as tx:
            challenger = store.load(tx, 2)
        assert (challenger.state, challenger.data_from) == ("challenger", START + timedelta(hours=2))
        assert challenger.figures["held_back"]["alarms"] == 0
        promotion.promote(rows.database, 2, actor=typed("Bo"), clock=rows.clock)
        with rows.database.transaction() as tx:
            assert relearning.standing(tx, changed_asset) is None
            assert isinstance(ledger.verify(tx, "demo"), ledger.VerifiedChain)

    def test_dismissed_the_old_model_counts_again(self, rows: Rows, changed_asset: int) -> None:
        rows.write(changed_asset, slow_rows(2.5, 2 * HOUR_S), first_s=2 * HOUR_S, step_s=60)
        (proposal,) = watch(rows)
        proposing.dismiss(rows.database, proposal.proposal_id, actor=typed("Ada"), clock=rows.clock)
        with rows.database.transaction() as tx:
            assert relearning.standing(tx, changed_asset) is None
        assert rows.all("SELECT ended_how FROM relearning") == [("dismissed",)]

    def test_where_the_machine_itself_is_new_it_is_proposed_again_after_as_much_time_again(
        self, rows: Rows, asset_id: int
    ) -> None:
        rows.connection.execute("UPDATE installation SET installed_to = %s", [START + timedelta(hours=2)])
        rows.plant.installation(asset_id)
        changed(rows, asset_id, 2 * HOUR_S)
        rows.write(asset_id, slow_rows(2.5, 2 * HOUR_S), first_s=2 * HOUR_S, step_s=60)
        (proposal,) = watch(rows)
        proposing.dismiss(rows.database, proposal.proposal_id, actor=typed("Ada"), clock=rows.clock)
        assert watch(rows) == []
        with rows.database.transaction() as tx:
            assert relearning.standing(tx, asset_id) is not None
        rows.write(asset_id, slow_rows(2.5, 4.5 * HOUR_S), first_s=4.5 * HOUR_S, step_s=60)
        (again,) = watch(rows)
        assert again.proposal_id != proposal.proposal_id
        proposing.accept(rows.database, again.proposal_id, actor=typed("Ada"), clock=rows.clock)
        train_all(rows)
        with rows.database.transaction() as tx:
            (challenger,) = (one for one in store.list_models(tx) if one.installed)
        assert challenger.state == "challenger", "also of a machine that has no model yet: promoting is a person's act"
        assert (
            promotion.promote(rows.database, challenger.model_id, actor=typed("Bo"), clock=rows.clock).state
            == "champion"
        )


class TestDrift:
    """Of inputs and of the alarm rate."""

    def run_on(self, rows: Rows, asset_id: int, from_h: float, hours: float, shift: float) -> list[Proposal]:
        rows.write(asset_id, slow_rows(hours, from_h, shift), first_s=from_h * HOUR_S, step_s=60)
        return watch(rows)

    def checks(self, rows: Rows) -> list[drift.DriftCheck]:
        with rows.database.transaction() as tx:
            return drift.checks(tx, 1)

    def test_inputs_that_stay_away_are_proposed_with_what_has_moved(self, rows: Rows, asset_id: int) -> None:
        assert self.run_on(rows, asset_id, 2, 7, 3.0) == [], "once may be a passing thing"
        (proposal,) = self.run_on(rows, asset_id, 9, 7, 3.0)
        assert proposal.reason is RetrainingReason.INPUT_DRIFT
        assert [one["drifts"] for one in proposal.evidence["signals"]] == [True, True, True]
        vibration = next(one for one in proposal.evidence["signals"] if one["signal"] == "vibration")
        assert vibration["now"] - vibration["before"] == pytest.approx(0.3, abs=0.05)
        assert (vibration["unit"], vibration["psi"] > 0.25, vibration["distance"] > 0.2) == ("mm/s", True, True)

    def test_inputs_as_in_training_are_checked_and_nothing_is_proposed(self, rows: Rows, asset_id: int) -> None:
        for from_h in (2, 9, 16):
            assert self.run_on(rows, asset_id, from_h, 7, 0.0) == []
        checks = self.checks(rows)
        assert len(checks) == 3
        assert not any(one.inputs_drift or one.alarms_drift for one in checks)
        assert watch(rows) == []
        assert len(self.checks(rows)) == 3, "a check is due only when the data have gone on"

    def test_a_drift_that_passes_is_not_proposed(self, rows: Rows, asset_id: int) -> None:
        assert self.run_on(rows, asset_id, 2, 7, 3.0) == []
        assert self.run_on(rows, asset_id, 9, 24, 0.0) == []
        assert [one.inputs_drift for one in self.checks(rows)] == [False, True]

    def episodes(self, rows: Rows, asset_id: int, count: int, kind: str = "condition") -> None:
        for k in range(count):
            at = START + timedelta(hours=3 + k)
            rows.plant.finding(asset_id, at=at, cleared=at, kind=kind, severity="MINOR", score=0.6)

    def test_more_alarms_than_chance_gives_are_proposed_with_their_count(self, rows: Rows, asset_id: int) -> None:
        self.episodes(rows, asset_id, 4)
        (proposal,) = self.run_on(rows, asset_id, 2, 7, 0.0)
        assert proposal.reason is RetrainingReason.ALARM_RATE
        assert (proposal.evidence["episodes"], proposal.evidence["expected"] < 0.1) == (4, True)

    def test_alarms_about_a_sensor_are_no_drift_of_the_model(self, rows: Rows, asset_id: int) -> None:
        self.episodes(rows, asset_id, 6, "sensor_spikes")
        assert self.run_on(rows, asset_id, 2, 7, 0.0) == []
        self.episodes(rows, asset_id, 4, "unseen_regime")
        assert [one.reason for one in self.run_on(rows, asset_id, 9, 7, 0.0)] == [RetrainingReason.ALARM_RATE]

    def test_alarms_of_an_open_or_a_confirmed_order_are_no_drift(self, rows: Rows, asset_id: int) -> None:
        self.episodes(rows, asset_id, 4)
        rows.plant.work_order(asset_id, state="INPRG")
        rows.connection.execute("INSERT INTO work_order_finding SELECT 1, finding_id FROM finding")
        assert self.run_on(rows, asset_id, 2, 7, 0.0) == []

    def test_a_machine_that_is_learnt_again_has_no_normal_to_drift_from(self, rows: Rows, asset_id: int) -> None:
        changed(rows, asset_id, 2 * HOUR_S)
        rows.connection.execute("UPDATE latest SET time = time + interval '7 hours'")
        watching.watch(rows.database, clock=rows.clock)
        assert self.checks(rows) == []


def put(tx: Transaction, asset_id: int) -> int:
    proposal_id = proposals.put(
        tx, installation_id=1, asset_id=asset_id, reason=RetrainingReason.INPUT_DRIFT, evidence={}, at=START
    )
    assert proposal_id is not None
    return proposal_id


def test_a_proposal_is_decided_once(rows: Rows, asset_id: int) -> None:
    with rows.database.transaction() as tx:
        proposal_id = put(tx, asset_id)
    proposing.dismiss(rows.database, proposal_id, actor=typed("Ada"), clock=rows.clock)
    for decide in (proposing.accept, proposing.dismiss):
        with pytest.raises(Conflict, match="is dismissed already, by Ada"):
            decide(rows.database, proposal_id, actor=typed("Bo"), clock=rows.clock)
    with pytest.raises(NotFound, match="there is no proposal 99"):
        proposing.accept(rows.database, 99, actor=typed("Bo"), clock=rows.clock)


def test_a_promotion_ends_what_was_proposed_before(rows: Rows, asset_id: int) -> None:
    with rows.database.transaction() as tx:
        put(tx, asset_id)
    rows.train(asset_id)
    assert [one.state for one in proposed(rows, open_only=False)] == ["superseded"]


def test_a_refused_champion_is_trained_again_by_itself_and_that_is_written_down(rows: Rows, asset_id: int) -> None:
    rows.connection.execute(b'UPDATE model SET libraries = \'{"scikit-learn": "1.2.0"}\'')
    rows.write(asset_id, slow_rows(1, 2 * HOUR_S), first_s=2 * HOUR_S, step_s=60)
    rows.fall_silent()
    scorer = Scorer(rows.database, rows.clock, "w")
    assert scorer.round().rows == 0
    (told,) = proposed(rows, open_only=False)
    assert (told.reason, told.state, told.decided_by) == (RetrainingReason.MODEL_REFUSED, "accepted", "assetloop")
    assert "was trained under scikit-learn 1.2.0" in told.evidence["because"]
    train_all(rows)
    assert rows.all("SELECT version, state, refused IS NULL FROM model ORDER BY version") == [
        (1, "retired", False),
        (2, "champion", True),
    ]
    assert scorer.round().rows == 59, "the first instant was declared healthy, and learnt from"


def test_a_model_is_refused_in_the_record_once(rows: Rows, asset_id: int) -> None:
    assert asset_id
    with rows.database.transaction() as tx:
        assert refusals.remember(tx, 1, "no good", clock=rows.clock)
        assert not refusals.remember(tx, 1, "no good at all", clock=rows.clock)
    assert rows.all("SELECT count(*) FROM training") == [(1,)]
