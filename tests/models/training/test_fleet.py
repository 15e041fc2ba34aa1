"""A fleet is trained by many processes, here or on a real Dask cluster, with the models that one process gives."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from models.training import fleet
from models.training.fleet import DatabaseAddress, train_fleet
from models.training.train import TrainedModel, TrainingRefused
from models.training_requests import TrainingRequest
from plant.clock import SystemClock
from plant.errors import Misconfigured
from service.commands.models.training import DatabaseOfWorker
from storage.models import installations
from storage.models.installations import Installation
from tests.conftest import free_port
from tests.models.conftest import Rows, healthy_rows
from tests.patience import PATIENCE_S, wait_for

TASK = TrainingRequest(trained_by="a test")


@pytest.fixture
def chosen(rows: Rows) -> list[Installation]:
    """Five machines with healthy time, one of them too short."""
    for place, n in enumerate((400, 400, 50, 400, 400)):
        asset_id = rows.asset(f"P-{place}")
        rows.write(asset_id, healthy_rows(n, place))
        rows.declare(asset_id, 0, n - 1)
    with rows.database.transaction() as tx:
        return installations.to_train(tx, None)


def artifacts(rows: Rows) -> list[tuple[object, ...]]:
    return rows.all(
        "SELECT asset.tag, version, model.state, data_sha256, figures->'held_back' FROM model"
        " JOIN installation USING (installation_id) JOIN asset USING (asset_id) ORDER BY 1, 2"
    )


def test_processes_train_what_one_process_trains_and_a_refusal_stops_no_other(
    rows: Rows, chosen: list[Installation], database_url: str
) -> None:
    for jobs in (1, 2):
        outcomes = list(train_fleet(DatabaseAddress(url=database_url), chosen, TASK, clock=SystemClock(), jobs=jobs))
        assert [one.asset for one in outcomes if isinstance(one, TrainingRefused)] == ["P-2"]
        assert len([one for one in outcomes if isinstance(one, TrainedModel)]) == 4
    pairs = artifacts(rows)
    alone, together = pairs[::2], pairs[1::2]
    assert [one[3:] for one in alone] == [one[3:] for one in together]
    assert {one[1:3] for one in alone} == {(1, "champion")}
    assert {one[1:3] for one in together} == {(2, "challenger")}


def test_what_fails_in_an_unforeseen_way_is_the_outcome_of_that_machine_alone(
    chosen: list[Installation], database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fleet.train_one

    def sometimes(database: object, installation: Installation, *more: object, **named: object) -> object:
        if installation.asset == "P-1":
            raise RuntimeError("no such luck")
        return real(database, installation, *more, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(fleet, "train_one", sometimes)
    outcomes = list(train_fleet(DatabaseAddress(url=database_url), chosen, TASK, clock=SystemClock()))
    reasons = {one.asset: one.reason for one in outcomes if isinstance(one, TrainingRefused)}
    assert reasons["P-1"] == "internal fault: RuntimeError: no such luck"
    assert len(outcomes) == 5


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def cluster(folder: Path, workers: int, **environment: str) -> Iterator[str]:
    """A real Dask scheduler and its workers on loopback; yields the scheduler's address."""
    port = free_port()
    address = f"tcp://127.0.0.1:{port}"
    quiet = ["--dashboard-address", "127.0.0.1:0", "--host", "127.0.0.1"]
    started = [
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *quiet, "--port", str(port)],
        [
            sys.executable, "-m", "distributed.cli.dask_worker", address, *quiet, "--nworkers", str(workers),
            "--nthreads", "1", "--local-directory", str(folder),
        ],
    ]  # fmt: skip
    processes = []
    with (folder / "dask.log").open("w") as log:
        for command in started:
            environ = {**os.environ, **environment}
            processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=folder, env=environ))
        try:
            wait_for(lambda: listens(port), what="Dask scheduler")
            yield address
        finally:
            for process in reversed(processes):
                process.terminate()
            for process in processes:
                process.wait(PATIENCE_S)


@pytest.mark.long
@pytest.mark.parametrize("workers", [1, 2])
def test_a_dask_cluster_trains_the_fleet_from_the_database_its_workers_know(
    rows: Rows, chosen: list[Installation], database_url: str, tmp_path: Path, workers: int
) -> None:
    source = DatabaseOfWorker(url="postgresql://nobody@127.0.0.1:1/none")
    with cluster(tmp_path, workers, ASSETLOOP_DATABASE_URL=database_url) as scheduler:
        outcomes = list(train_fleet(source, chosen, TASK, clock=SystemClock(), scheduler=scheduler))
    assert sorted(one.asset for one in outcomes if isinstance(one, TrainedModel)) == ["P-0", "P-1", "P-3", "P-4"]
    assert [one.asset for one in outcomes if isinstance(one, TrainingRefused)] == ["P-2"]
    assert len(artifacts(rows)) == 4


def test_a_scheduler_that_is_not_there_is_one_line(chosen: list[Installation], database_url: str) -> None:
    nowhere = f"tcp://127.0.0.1:{free_port()}"
    with pytest.raises(Misconfigured, match="no Dask scheduler answers at"):
        list(train_fleet(DatabaseAddress(url=database_url), chosen, TASK, clock=SystemClock(), scheduler=nowhere))
