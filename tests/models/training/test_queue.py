"""Training that is asked for with a row is done once, by whichever worker takes it."""

from __future__ import annotations

import pytest

from models import jobs, training_requests
from models.training import queue as training
from models.training.train import TrainedModel
from models.training_requests import TrainingRequest
from plant.model import Succession
from storage.models import catalogue as store
from storage.models import installations, trainings
from tests.models.conftest import Rows, healthy_rows
from tests.queue_worker import work_off

ASKED = TrainingRequest(trained_by="Ada")


def work(rows: Rows, url: str) -> None:
    """Do all training that waits."""
    blueprint = jobs.model_blueprint(rows.database, rows.clock)
    work_off(url, {training_requests.NAMESPACE: blueprint}, [training_requests.QUEUE])


def installation(rows: Rows, asset_id: int) -> int:
    with rows.database.transaction() as tx:
        (found,) = installations.to_train(tx, [asset_id])
    return found.installation_id


def ask(rows: Rows, *installation_ids: int, task: TrainingRequest = ASKED) -> int:
    return training_requests.ask_for_all(rows.database, installation_ids, task, batch="b", clock=rows.clock)


@pytest.fixture
def machine(rows: Rows) -> int:
    """The installation of an asset with healthy time and no model."""
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(400))
    rows.declare(asset_id, 0, 399)
    return installation(rows, asset_id)


def test_what_was_asked_for_is_trained_and_says_so(rows: Rows, machine: int, database_url: str) -> None:
    assert ask(rows, machine) == 1
    work(rows, database_url)
    with rows.database.transaction() as tx:
        (outcome,) = trainings.outcomes(tx, "b")
        (line,) = store.list_models(tx)
    assert (outcome.state, outcome.version, outcome.model_state) == ("trained", 1, "champion")
    assert line.trained_by == "Ada"


def test_a_machine_waits_for_training_only_once(rows: Rows, machine: int, database_url: str) -> None:
    assert (ask(rows, machine), ask(rows, machine)) == (1, 0)
    work(rows, database_url)
    assert ask(rows, machine, task=TrainingRequest(trained_by="Bo", succession=Succession.PROMOTE)) == 1
    work(rows, database_url)
    assert rows.all("SELECT version, state, trained_by FROM model ORDER BY version") == [
        (1, "retired", "Ada"),
        (2, "champion", "Bo"),
    ]


def test_a_refusal_is_written_with_its_reason(rows: Rows, database_url: str) -> None:
    asset_id = rows.asset()
    rows.write(asset_id, healthy_rows(50))
    rows.declare(asset_id, 0, 49)
    ask(rows, installation(rows, asset_id))
    work(rows, database_url)
    with rows.database.transaction() as tx:
        (outcome,) = trainings.outcomes(tx, "b")
    assert (outcome.state, outcome.version) == ("refused", None)
    assert "more needed" in outcome.outcome


def test_a_job_that_is_done_again_trains_nothing(rows: Rows, machine: int) -> None:
    ask(rows, machine)
    ((training_id,),) = rows.all("SELECT training_id FROM training")
    assert isinstance(training_id, int)
    assert isinstance(training.run_training(rows.database, training_id, clock=rows.clock), TrainedModel)
    assert training.run_training(rows.database, training_id, clock=rows.clock) is None
    assert rows.all("SELECT count(*) FROM model") == [(1,)]


def test_a_machine_that_is_gone_meanwhile_is_refused(rows: Rows, machine: int, database_url: str) -> None:
    ask(rows, machine)
    rows.connection.execute("UPDATE installation SET installed_to = %s", [rows.clock.now()])
    work(rows, database_url)
    assert rows.all("SELECT state, outcome FROM training") == [("refused", "its machine is not installed any more")]


def test_what_fails_in_an_unforeseen_way_says_so_and_can_be_asked_for_again(
    rows: Rows, machine: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("no such luck")

    ask(rows, machine)
    ((training_id,),) = rows.all("SELECT training_id FROM training")
    assert isinstance(training_id, int)
    monkeypatch.setattr(training, "train_one", broken)
    with pytest.raises(RuntimeError):
        training.run_training(rows.database, training_id, clock=rows.clock)
    assert rows.all("SELECT state, outcome FROM training") == [("failed", "RuntimeError: no such luck")]
    assert ask(rows, machine) == 1
