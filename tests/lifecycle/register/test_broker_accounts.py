"""Logins of devices: names and topics that are theirs, files that mosquitto can read at any moment."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lifecycle.register.broker_accounts import Accounts, asset_rights, topic_rights
from plant.errors import Conflict, Misconfigured, NotFound, Rejected
from tests.patience import PATIENCE_S


@pytest.mark.parametrize("name", ["", "a:b", "a b", "a\n", "#", "+", "a/b", "ingest", "engineering", "x" * 65, "-a"])
def test_a_name_that_mosquitto_would_take_for_something_else_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(Rejected, match="bad_name"):
        Accounts(tmp_path).add(name, ("topic write a",))
    assert not (tmp_path / "passwords").exists()


@pytest.mark.parametrize(
    "wanted",
    [
        "",
        "#",
        "+/a",
        "a/#/b",
        "assetloop/v1/demo/P-1/telemetry",
        "spBv1.0/#",
        "$SYS/#",
        "v1/gateway/telemetry",
        "a\nuser x",
        " a",
    ],
)
def test_a_topic_of_others_is_refused(wanted: str) -> None:
    with pytest.raises(Rejected, match="bad_topic"):
        topic_rights(wanted)


def test_an_asset_whose_tag_holds_wildcards_has_one_topic(tmp_path: Path) -> None:
    Accounts(tmp_path).add("a", asset_rights("demo", "P#1/+\nuser ingest"))
    assert (tmp_path / "acl").read_text().splitlines()[:2] == [
        "user a",
        "topic write assetloop/v1/demo/P%231%2F%2B%0Auser ingest/telemetry",
    ]


def test_logins_are_added_once_listed_and_removed(tmp_path: Path) -> None:
    accounts = Accounts(tmp_path)
    first = accounts.add("a", asset_rights("demo", "A"))
    accounts.add("b", asset_rights("demo", "B"), has_password=False)
    assert len(first) == 32
    assert first not in (tmp_path / "passwords").read_text()
    assert [(one.name, one.has_password) for one in accounts.every()] == [("a", True), ("b", False)]
    with pytest.raises(Conflict):
        accounts.add("a", ("topic write x",))
    accounts.remove("a")
    assert (tmp_path / "passwords").read_text() == ""
    assert [one.name for one in accounts.every()] == ["b"]
    with pytest.raises(NotFound):
        accounts.remove("a")


@pytest.mark.needs("mosquitto")
def test_the_hash_is_one_that_mosquitto_writes_itself(tmp_path: Path) -> None:
    Accounts(tmp_path).add("a", ("topic write x",))
    subprocess.run(["mosquitto_passwd", "-b", tmp_path / "passwords", "b", "word"], check=True, capture_output=True)
    ours, theirs = (line.split("$") for line in (tmp_path / "passwords").read_text().splitlines())
    assert (ours[1], len(ours[4])) == (theirs[1], len(theirs[4]))


def test_a_broker_of_ones_own_is_told_to_read_again(tmp_path: Path) -> None:
    waits = (
        "import signal; signal.pthread_sigmask(signal.SIG_BLOCK, [1]); print(flush=True); print(signal.sigwait([1]))"
    )
    with subprocess.Popen([sys.executable, "-c", waits], stdout=subprocess.PIPE) as broker:
        assert broker.stdout is not None
        broker.stdout.readline()
        (tmp_path / "pid").write_text(f"{broker.pid}\n")
        Accounts(tmp_path, tmp_path / "pid").add("a", ("topic write x",))
        assert b"SIGHUP" in broker.stdout.read() or broker.wait(PATIENCE_S) == 0
    (tmp_path / "pid").write_text("no number")
    with pytest.raises(Misconfigured, match="ASSETLOOP_BROKER_PID_FILE"):
        Accounts(tmp_path, tmp_path / "pid").add("b", ("topic write x",))
    assert (tmp_path / "passwords").stat().st_size > 0
