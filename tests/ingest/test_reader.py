"""Whether a session has caught up is known by what was measured just now, and by nothing else."""

from __future__ import annotations

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any

import orjson
import pytest

from ingest.admission.admit import AdmissionRules
from ingest.commit.batch import Gathering
from ingest.decoding.decode import Decoder
from ingest.decoding.device_profile import DeviceProfile
from ingest.formats import every_format
from ingest.mqtt.session import Session
from ingest.reader import Reader
from plant.clock import ManualClock

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
NOW_MS = int(NOW.timestamp() * 1000)
TOPIC = b"assetloop/v1/demo/P-1/telemetry"


class Known:
    """A register of one asset with one signal."""

    device = DeviceProfile(site="demo", asset="P-1", asset_id=1, grace_us=2_000_000, signals={"n": 1}, credit=10**9)

    def recall(self, _site: str, _asset: str, _now_s: float) -> DeviceProfile:
        return self.device


class Line:
    """A session that is behind, and what is read of it, as the intake does."""

    def __init__(self) -> None:
        devices: Any = Known()
        self._gathering = Gathering(most_values=10**6, longest_s=1)
        rules = AdmissionRules(retention_us=3650 * 86_400_000_000)
        self._reader = Reader(
            ManualClock(NOW), Decoder(every_format(), most_bytes=2**20), devices, rules, self._gathering
        )
        subscriber: Any = SimpleNamespace(is_listening=True, connection=object())
        self.session = Session(subscriber, behind_since_s=1.0)

    def brings(self, *ages_s: float | None, retained: int = 0) -> bool:
        """Read messages measured so long ago (None: without a time); say whether it has caught up by now."""
        said = [{"n": 1} if age is None else {"ts": NOW_MS - round(age * 1000), "values": {"n": 1}} for age in ages_s]
        self._reader.read(None, [(TOPIC, orjson.dumps(one), 1, retained) for one in said])
        if self._reader.was_fresh():
            self.session.note_caught_up()
        return self.session.behind_since_s is None


def test_a_backlog_followed_by_live_traffic_has_caught_up_only_when_that_is_live() -> None:
    line = Line()
    assert not line.brings(600, 500, 400)
    assert not line.brings(60, 30, 10)
    assert not line.brings(5, 4, 3, 1), "most of it is old"
    assert line.brings(0.5, 0.1)


def test_a_retained_message_that_was_just_measured_does_not_tell() -> None:
    line = Line()
    assert not line.brings(0.1, retained=1)
    assert not line.brings(600, 500)
    assert line.brings(0.1)


def test_retained_messages_do_not_outvote_what_is_live() -> None:
    line = Line()
    line.brings(600, 600, 600, retained=1)
    assert line.brings(0.1)


def test_payloads_without_a_time_do_not_tell_but_do_not_hide_those_with_one_either() -> None:
    line = Line()
    assert not line.brings(None, None)
    assert not line.brings(None, 600)
    assert line.brings(None, None, 0.1)


@pytest.mark.parametrize("batches", [1, 3])
def test_only_what_was_read_last_counts(batches: int) -> None:
    line = Line()
    line.session.owes = True  # what was left out still comes: nothing is caught up
    for _ in range(batches):
        assert not line.brings(0.1)
    line.session.owes = False
    assert not line.brings(600)
