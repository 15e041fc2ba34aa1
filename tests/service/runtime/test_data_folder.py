"""A data folder is held by one stack, says where it is to be reached, and refuses what is newer."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from plant.errors import Conflict, Misconfigured
from service.runtime.data_folder import DataFolder, Running


def test_a_folder_is_held_by_one_stack_at_a_time(tmp_path: Path) -> None:
    with DataFolder(tmp_path), pytest.raises(Conflict, match="already runs on"), DataFolder(tmp_path):
        pass
    with DataFolder(tmp_path):
        pass


def test_where_the_stack_is_reached_is_for_its_owner_alone_and_ends_with_it(tmp_path: Path) -> None:
    running = Running(pid=os.getpid(), database_url="postgresql://x", mqtt_url="mqtt://y", console_url="http://z")
    with DataFolder(tmp_path) as folder:
        folder.announce(running)
        assert stat.S_IMODE((tmp_path / "running.json").stat().st_mode) == 0o600
        assert DataFolder(tmp_path).running() == running
    assert DataFolder(tmp_path).running() is None


def test_what_a_killed_stack_left_behind_does_not_count_as_running(tmp_path: Path) -> None:
    with DataFolder(tmp_path) as folder:
        folder.announce(Running(pid=2**22 - 1, database_url="", mqtt_url="", console_url=""))
        assert folder.running() is None


def test_a_newer_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "FORMAT").write_text("2\n")
    with pytest.raises(Conflict, match="newer assetloop"), DataFolder(tmp_path):
        pass


def test_a_folder_that_cannot_be_made_names_the_mend(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(Misconfigured, match="--data DIR"), DataFolder(tmp_path / "file" / "below"):
        pass
