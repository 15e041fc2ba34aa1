"""An outage is told once, and waited for ever more slowly."""

from __future__ import annotations

import pytest

from ingest.mqtt.outage import Outage


def test_an_outage_is_told_when_it_begins_and_when_it_ends(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    outage = Outage("the broker is away", "the broker is back")
    outage.over()
    for _ in range(3):
        outage.failed("refused")
    outage.over()
    outage.over()
    outage.failed("refused")
    assert caplog.messages == ["the broker is away", "the broker is back", "the broker is away"]


def test_the_waits_double_up_to_a_limit_and_begin_anew_after_success() -> None:
    outage = Outage("away", "back", first_s=1, most_s=5)
    assert [outage.failed("") for _ in range(5)] == [1, 2, 4, 5, 5]
    outage.over()
    assert not outage.is_on
    assert outage.failed("") == 1
