from __future__ import annotations

import numpy as np
import pytest

from simulators.faults import Fault, UnknownFault

START = 1_767_268_800.0


def test_fault_is_read_from_text_and_written_back() -> None:
    text = "P-101:bearing_wear:1767268800:30"
    fault = Fault.parse(text)
    assert fault == Fault(asset="P-101", kind="bearing_wear", start_s=START, growth_s=30.0)
    assert str(fault) == text


def test_fault_text_may_hold_a_colon_in_the_tag() -> None:
    assert Fault.parse("line:2:imbalance:0.5:1").asset == "line:2"


@pytest.mark.parametrize(
    "text", ["", "P-101:bearing_wear", "P:k:soon:1", "P:k:1:-1", "P:k:nan:1", "P:k:1:inf", ":k:1:1", "P::1:1"]
)
def test_malformed_fault_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(UnknownFault) as refused:
        Fault.parse(text)
    assert "\n" not in str(refused.value)
    assert repr(text) in str(refused.value)


def test_severity_grows_evenly_and_stays_at_one() -> None:
    fault = Fault(asset="P-101", kind="bearing_wear", start_s=START, growth_s=40.0)
    ages = np.array([-1.0, 0.0, 10.0, 20.0, 40.0, 1e6])
    assert fault.severity(START + ages).tolist() == [0.0, 0.0, 0.25, 0.5, 1.0, 1.0]


def test_fault_without_growth_is_full_at_once() -> None:
    fault = Fault(asset="P-101", kind="bearing_wear", start_s=START, growth_s=0.0)
    assert fault.severity(START + np.array([-0.001, 0.0])).tolist() == [0.0, 1.0]
