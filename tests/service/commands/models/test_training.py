"""`assetloop train` as a person calls it: on a real database, by asset and by class, at once and through the queue."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from plant.errors import AssetloopError
from service.commands.models.training import TrainOptions, train
from service.commands.models.training import told as say
from service.runtime.surroundings import Surroundings
from tests.commands import run_text_command, start_command, without_settings
from tests.models.conftest import START, Rows, healthy_rows, rows

__all__ = ["rows"]


class Told:
    """What the command line calls, in this process, on a test's database."""

    def __init__(self, folder: Path) -> None:
        self.around = Surroundings.of(folder)

    def train(self, **options: Any) -> dict[str, Any]:
        return train(self.around, TrainOptions(**options), lambda *_: None)


@pytest.fixture
def told(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    monkeypatch.setenv("ASSETLOOP_DATABASE_URL", database_url)
    return Told(tmp_path)


@contextmanager
def worker(database_url: str, folder: Path) -> Iterator[None]:
    """A real worker of the training lane, in a process of its own; it needs no broker."""
    environment = without_settings(ASSETLOOP_DATABASE_URL=database_url)
    process = start_command("work", "--only", "training", streams=folder / "worker", environment=environment)
    try:
        yield
    finally:
        process.terminate()
        assert process.wait(60) == 0


@pytest.fixture
def fleet(rows: Rows) -> Rows:
    """Three pumps with healthy readings, of which nobody has said yet that they were healthy."""
    for place in range(3):
        rows.write(rows.asset(f"P-{place}"), healthy_rows(400, place))
    return rows


SPAN = {"since": START.isoformat(), "until": (START + timedelta(seconds=399)).isoformat()}


def test_a_whole_class_is_declared_healthy_and_trained_by_several_processes(told: Told, fleet: Rows) -> None:
    silent = fleet.asset("P-9")
    outcome = told.train(classes=("pump",), jobs=2, **SPAN)
    assert [(one["asset"], one["version"], one["state"]) for one in outcome["trained"]] == [
        ("P-0", 1, "champion"),
        ("P-1", 1, "champion"),
        ("P-2", 1, "champion"),
    ]
    assert outcome["refused"] == []
    assert fleet.all("SELECT count(*) FROM healthy_interval") == [(3,)]
    assert fleet.all("SELECT 1 FROM model JOIN installation USING (installation_id) WHERE asset_id = %s", silent) == []


@pytest.mark.usefixtures("fleet")
def test_a_second_training_challenges_unless_it_is_to_be_promoted(told: Told) -> None:
    told.train(assets=("demo/P-0",), **SPAN)
    (second,) = told.train(assets=("demo/P-0",))["trained"]
    assert (second["version"], second["state"]) == (2, "challenger")
    (third,) = told.train(assets=("demo/P-0",), promote=True)["trained"]
    assert (third["version"], third["state"]) == (3, "champion")
    said = say(told.train(assets=("demo/P-0",)))
    assert "demo/P-0: version 4, challenger" in said
    assert "assetloop model promote" in said


def test_a_worker_trains_what_is_asked_for_through_the_queue(
    told: Told, fleet: Rows, database_url: str, tmp_path: Path
) -> None:
    short = fleet.asset("P-8")
    fleet.write(short, healthy_rows(20))
    fleet.declare(short, 0, 19)
    with worker(database_url, tmp_path):
        outcome = told.train(classes=("pump",), queue=True, **SPAN)
    assert (outcome["queued"], len(outcome["trained"])) == (4, 3)
    assert [one["asset"] for one in outcome["refused"]] == ["P-8"]
    for already in (0, 4):
        assert told.train(classes=("pump",), queue=True, wait=False)["already_queued"] == already


@pytest.mark.parametrize(
    ("by", "user", "said"),
    [("Ada", "root", "Ada"), (None, "ben", "ben"), (None, None, "assetloop train")],
)
def test_the_record_says_who_asked_for_a_model_and_declared_its_healthy_time(
    told: Told, fleet: Rows, monkeypatch: pytest.MonkeyPatch, by: str | None, user: str | None, said: str
) -> None:
    def getuser() -> str:
        if user is None:
            raise KeyError("no such user")
        return user

    monkeypatch.setattr("getpass.getuser", getuser)
    told.train(assets=("demo/P-0",), by=by, **SPAN)
    assert fleet.all("SELECT trained_by FROM model") == [(said,)]
    assert fleet.all("SELECT declared_by FROM healthy_interval") == [(said,)]


SENSELESS_CALLS: list[tuple[dict[str, Any], str]] = [
    ({"since": "2026-01-01T00:00Z"}, "--from and --to go together"),
    (SPAN, "say which with --asset or --class"),
    ({"assets": ("P-0",)}, "write SITE/TAG"),
    ({"classes": ("fan",)}, "there is no class of equipment fan"),
    ({"queue": True, "jobs": 2}, "--queue leaves the work"),
    ({"scheduler": "tcp://127.0.0.1:1", "jobs": 2}, "choose one"),
    ({"assets": ("demo/P-0",), "since": "2026-01-01", "until": "2026-01-02"}, "does not say its time zone"),
    ({"assets": ("demo/P-0",), "since": "2020-01-01T00Z", "until": "2020-01-02T00Z"}, "has no reading from"),
    ({"assets": ("demo/P-0",), "since": "2020-01-01T00Z", "until": "2990-01-02T00Z"}, "lies in the future"),
]


@pytest.mark.usefixtures("fleet")
def test_a_call_that_makes_no_sense_is_refused(told: Told) -> None:
    for options, says in SENSELESS_CALLS:
        with pytest.raises(AssetloopError, match=says):
            told.train(**options)


def test_the_command_answers_in_json_and_ends_with_1_where_something_was_refused(
    fleet: Rows, database_url: str
) -> None:
    fleet.declare(1, 0, 399)
    fleet.declare(2, 0, 40)
    done = run_text_command("train", "--json", environment={**os.environ, "ASSETLOOP_DATABASE_URL": database_url})
    assert done.returncode == 1
    answer = json.loads(done.stdout.splitlines()[-1])
    assert [one["asset"] for one in answer["trained"]] == ["P-0"]
    assert "more needed" in answer["refused"][0]["reason"]
