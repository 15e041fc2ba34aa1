"""After an alarm it is said what is assumed; a person's word is learnt from; what has long been flat is proposed."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from models.feedback import baselines, proposing, stating
from models.scoring.scorer import Scorer
from models.training import data, queue
from models.training.data import stretches_said
from plant.errors import Rejected
from plant.finding import Assumption, StateWord
from plant.model import RetrainingReason
from plant.people.principal import typed
from storage.models import installations, proposals, state_labels
from storage.models.proposals import Proposal
from storage.models.state_labels import StandingState, StateLabel
from tests.models.conftest import START, Rows, healthy_rows

ADA = typed("Ada")
HOUR_S = 3600.0


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def until(rows: Rows, seconds: float) -> None:
    """Let the clock go on until so long after the start."""
    rows.clock.sleep((at(seconds) - rows.clock.now()).total_seconds())


def standing(rows: Rows, asset_id: int) -> StandingState:
    with rows.database.transaction() as tx:
        return state_labels.standing(tx, asset_id)


def said(rows: Rows, asset_id: int, says: StateWord, since: datetime | None = None) -> None:
    stating.say(rows.database, asset_id, says, actor=ADA, clock=rows.clock, since=since)


def proposed(rows: Rows) -> list[Proposal]:
    baselines.propose(rows.database, clock=rows.clock)
    with rows.database.transaction() as tx:
        return proposals.list_proposals(tx, open_only=True)


def learnt(rows: Rows, asset_id: int) -> set[datetime]:
    """Return the instants that a training would learn from."""
    with rows.database.transaction() as tx:
        (installation,) = installations.to_train(tx, {asset_id})
        healthy = data.read(tx, installation)
    assert not isinstance(healthy, str)
    return {at(int(us) / 1e6 - START.timestamp()) for us in healthy.times_us}


@pytest.mark.parametrize(("afterwards", "assumed"), [(0.0, Assumption.AS_BEFORE), (0.3, Assumption.NEW_NORMAL)])
def test_what_is_assumed_after_an_alarm_depends_on_where_the_machine_is(
    rows: Rows, afterwards: float, assumed: Assumption
) -> None:
    asset_id = rows.asset()
    readings = healthy_rows(900)
    spread = readings[:400].std(axis=0)
    readings[500:600] += 14.0 * spread
    readings[600:] += afterwards * 14.0 * spread
    rows.write(asset_id, readings[:400])
    rows.declare(asset_id, 0, 399)
    rows.train(asset_id)
    assert standing(rows, asset_id).assumed is None
    rows.write(asset_id, readings[400:580], first_s=400)
    scorer = Scorer(rows.database, rows.clock, "w")
    scorer.round()
    during = standing(rows, asset_id)
    assert during.assumed is Assumption.FAULT
    assert at(500) <= (during.assumed_since or START) <= at(510)
    rows.write(asset_id, readings[580:], first_s=580)
    rows.fall_silent()
    scorer.round()
    after = standing(rows, asset_id)
    assert after.assumed is assumed
    assert at(600) < (after.assumed_since or START) <= at(680)


def test_a_later_word_holds_from_its_instant_on_and_of_normal_a_day_is_learnt() -> None:
    def label(number: int, says: StateWord, hour: float) -> StateLabel:
        return StateLabel(
            state_label_id=number, says=says, since=at(hour * HOUR_S), said_at=START, said_by="Ada", note=""
        )

    normal, faulty = StateWord.NORMAL, StateWord.FAULTY
    both = [label(1, normal, 1), label(2, faulty, 5), label(3, normal, 8)]
    assert stretches_said(both, at(10 * HOUR_S)) == (
        [(at(HOUR_S), at(5 * HOUR_S)), (at(8 * HOUR_S), at(10 * HOUR_S))],
        [(at(5 * HOUR_S), at(8 * HOUR_S))],
    )
    taken_back = [*both, label(4, faulty, 0.5)]
    assert stretches_said(taken_back, at(10 * HOUR_S)) == ([], [(at(0.5 * HOUR_S), at(10 * HOUR_S))])
    assert stretches_said(both[:1], at(90 * HOUR_S)) == ([(at(HOUR_S), at(25 * HOUR_S))], [])
    assert stretches_said([], at(0)) == ([], [])


def test_the_next_training_learns_what_is_normal_now_and_leaves_out_what_is_still_faulty(rows: Rows) -> None:
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(1000))
    rows.declare(asset_id, 0, 599)
    until(rows, 2000)
    said(rows, asset_id, StateWord.FAULTY, at(300))
    assert learnt(rows, asset_id) == {at(second) for second in range(301)}
    said(rows, asset_id, StateWord.NORMAL, at(800))
    assert learnt(rows, asset_id) == {at(second) for second in (*range(301), *range(800, 1000))}
    state = standing(rows, asset_id)
    assert [(one.says, one.since, one.said_by) for one in state.labels] == [
        (StateWord.FAULTY, at(300), "Ada"),
        (StateWord.NORMAL, at(800), "Ada"),
    ]


def test_nothing_is_said_of_what_is_still_to_come(rows: Rows) -> None:
    asset_id = rows.asset()
    until(rows, 2000)
    with pytest.raises(Rejected, match="still to come"):
        said(rows, asset_id, StateWord.NORMAL, at(3000))


class TestNewBaselines:
    """A machine that was learnt over two hours is in alarm, at another level, and stays there."""

    @pytest.fixture
    def asset_id(self, rows: Rows) -> int:
        asset_id = rows.asset()
        readings = healthy_rows(29 * 60)
        readings[180:] += [0.8, 4.0, 0.4]
        rows.write(asset_id, readings, step_s=60)
        rows.declare(asset_id, 0, 2 * HOUR_S)
        rows.train(asset_id)
        rows.plant.finding(asset_id, at=at(3 * HOUR_S), kind="condition", source="model")
        until(rows, 30 * HOUR_S)
        return asset_id

    def test_a_state_that_has_been_flat_for_a_day_is_proposed_and_nothing_is_adopted(
        self, rows: Rows, asset_id: int
    ) -> None:
        (proposal,) = proposed(rows)
        assert (proposal.reason, proposal.evidence["said_by"]) == (RetrainingReason.NEW_BASELINE, None)
        assert (proposal.data_from, proposal.data_to) == (at(29 * HOUR_S - 60 - 86_400), at(29 * HOUR_S - 60))
        assert proposed(rows) == [proposal], "it is proposed once"
        assert max(learnt(rows, asset_id)) == at(2 * HOUR_S)
        proposing.accept(rows.database, proposal.proposal_id, actor=ADA, clock=rows.clock)
        assert max(learnt(rows, asset_id)) == at(29 * HOUR_S - 60)
        ((training_id,),) = rows.all("SELECT training_id FROM training WHERE state = 'queued'")
        assert isinstance(training_id, int)
        queue.run_training(rows.database, training_id, clock=rows.clock)
        assert rows.all("SELECT state FROM model ORDER BY version") == [("champion",), ("challenger",)]

    def test_it_is_not_proposed_while_a_person_says_that_it_is_faulty(self, rows: Rows, asset_id: int) -> None:
        said(rows, asset_id, StateWord.FAULTY)
        assert standing(rows, asset_id).labels[0].since == at(3 * HOUR_S)
        assert proposed(rows) == []

    def test_a_word_that_it_is_faulty_withdraws_the_proposal(self, rows: Rows, asset_id: int) -> None:
        assert len(proposed(rows)) == 1
        said(rows, asset_id, StateWord.FAULTY)
        assert proposed(rows) == []
        assert rows.all("SELECT state, decided_by FROM proposal") == [("superseded", "Ada")]

    def test_dismissed_it_is_not_proposed_again(self, rows: Rows, asset_id: int) -> None:
        (proposal,) = proposed(rows)
        proposing.dismiss(rows.database, proposal.proposal_id, actor=ADA, clock=rows.clock)
        assert asset_id
        assert proposed(rows) == []

    def test_what_still_moves_is_not_proposed_unless_a_person_calls_it_normal(self, rows: Rows, asset_id: int) -> None:
        drifting = healthy_rows(12 * 60) + np.array([8.0, 40.0, 4.0])
        rows.write(asset_id, drifting, first_s=29 * HOUR_S, step_s=60)
        until(rows, 42 * HOUR_S)
        assert proposed(rows) == []
        said(rows, asset_id, StateWord.NORMAL, at(29 * HOUR_S))
        (proposal,) = proposed(rows)
        assert (proposal.evidence["said_by"], proposal.data_from) == ("Ada", at(29 * HOUR_S))

    def test_it_is_not_proposed_while_a_limit_stands_broken(self, rows: Rows, asset_id: int) -> None:
        rows.plant.finding(asset_id, at=at(4 * HOUR_S), kind="limit", source="limit")
        assert proposed(rows) == []
