"""Train many machines at once: in processes of this machine, or on a Dask cluster, through joblib."""

from __future__ import annotations

import atexit
import logging
from collections.abc import Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

import joblib

from models.training.train import TrainedModel, TrainingRefused, refused, train_one
from models.training_requests import TrainingRequest
from plant.clock import Clock
from plant.errors import AssetloopError, Misconfigured, Unavailable
from storage.core.database import Database, Role
from storage.models.installations import Installation

_log = logging.getLogger(__name__)
_WAIT_FOR_WORKERS_S = 30
_WAIT_FOR_SCHEDULER_S = 5


class DatabaseSource(Hashable, Protocol):
    """Where a worker finds the database. It is sent to the workers, and must be hashable there."""

    def open(self) -> Database:
        """Open a pool of connections that speak as the application."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class DatabaseAddress:
    """The database at an address. It may hold a password, so it is sent to workers of this machine alone."""

    url: str

    def open(self) -> Database:
        """Open a pool of connections that speak as the application."""
        return Database(self.url, role=Role.APP, most=2)


def train_fleet(
    source: DatabaseSource,
    chosen: Sequence[Installation],
    task: TrainingRequest,
    *,
    clock: Clock,
    jobs: int = 1,
    scheduler: str | None = None,
) -> Iterator[TrainedModel | TrainingRefused]:
    """Yield the outcome of each machine as it comes, in any order; a refusal does not stop the rest.

    `jobs` processes of this machine do the work, or, where `scheduler` is the address of a Dask scheduler, its workers.

    Raises:
        Misconfigured: `assetloop[dask]` is not installed, or no scheduler answers at `scheduler`.
        Unavailable: the database is away; what was trained before stands.
    """
    if scheduler is None and (jobs == 1 or len(chosen) < 2):
        yield from (_train(source, one, task, clock) for one in chosen)
        return
    with _backend(scheduler):
        workers = joblib.Parallel(n_jobs=-1 if scheduler else jobs, return_as="generator_unordered")
        try:
            yield from workers(joblib.delayed(_train)(source, one, task, clock) for one in chosen)
        except (TimeoutError, ImportError) as error:
            raise Misconfigured(_cluster_fault(scheduler, error)) from error


def _train(
    source: DatabaseSource, installation: Installation, task: TrainingRequest, clock: Clock
) -> TrainedModel | TrainingRefused:
    """Train one machine, wherever this runs; an error is the outcome of this machine and stops no other."""
    try:
        return train_one(_database(source), installation, task, clock=clock)
    except (Unavailable, Misconfigured):
        raise
    except AssetloopError as error:
        return refused(installation, str(error))
    except Exception as error:  # noqa: BLE001 - one bad machine must not stop the others
        _log.exception("a machine could not be trained", extra={"asset_id": installation.asset_id})
        return refused(installation, f"internal fault: {type(error).__name__}: {error}")


@cache
def _database(source: DatabaseSource) -> Database:
    """Open the database once a process."""
    database = source.open()
    atexit.register(database.close)
    return database


@contextmanager
def _backend(scheduler: str | None) -> Iterator[None]:
    if scheduler is None:
        with joblib.parallel_config(backend="loky"):
            yield
        return
    with _client(scheduler) as client, joblib.parallel_config(backend=_on_the_cluster(client)):
        yield


def _on_the_cluster(client: Any) -> Any:
    """Return joblib's backend for a cluster, which uses the cluster even where that has a single core.

    joblib by itself would do the work of one job in this process, which is not where it is wanted.
    """
    from joblib._dask import DaskDistributedBackend

    class Cluster(DaskDistributedBackend):  # type: ignore[misc]  # joblib is not typed
        def effective_n_jobs(self, n_jobs: int) -> int:
            return max(2, int(super().effective_n_jobs(n_jobs)))

    return Cluster(client=client, wait_for_workers_timeout=_WAIT_FOR_WORKERS_S)


def _cluster_fault(scheduler: str | None, error: Exception) -> str:
    if isinstance(error, ImportError):
        return f"a worker of {scheduler or 'this machine'} lacks what training needs ({error}): install assetloop there"
    return f"the Dask scheduler at {scheduler} has had no worker for {_WAIT_FOR_WORKERS_S} s; start one there"


def _client(scheduler: str) -> Any:
    try:
        from distributed import Client
    except ImportError as error:
        raise Misconfigured("--scheduler needs Dask: pip install 'assetloop[dask]'") from error
    try:
        return Client(scheduler, timeout=_WAIT_FOR_SCHEDULER_S)  # type: ignore[no-untyped-call]  # Dask is not typed
    except (OSError, ValueError) as error:
        raise Misconfigured(
            f"no Dask scheduler answers at {scheduler}: {error}; write tcp://host:8786 and start it there"
        ) from error
