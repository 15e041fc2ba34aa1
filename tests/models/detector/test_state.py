"""A stored state holds numbers without names: its layout does not change unnoticed, and another one is refused."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from models.detector.estimator import ConditionDetector
from models.detector.state import LAYOUT, Extent, State, last_rows, sizes, width

SIGNAL, SETTING, ASSET = Extent.PER_SIGNAL, Extent.PER_SETTING, Extent.PER_ASSET
LAYOUTS = {1: (SIGNAL,) * 14 + (SETTING,) * 2 + (ASSET,) * 11}
FIELDS = {
    1: "deviation baseline former_baseline slow seen received moved value steady pending leapt loudness spikes ailing "
    "setting setting_seen last alarm peak below_s excess_s blamed unseen_s unseen minute wear_level worn"
}


def test_whoever_changes_the_fields_of_the_state_counts_its_layout_up() -> None:
    """A mere change of a name is made here too; anything else gets the next number, and its own line here."""
    assert [each.name for each in fields(State)] == FIELDS[LAYOUT].split()
    assert tuple(each.metadata["extent"] for each in fields(State)) == LAYOUTS[LAYOUT]


def test_a_state_comes_out_of_its_flat_row_as_it_went_in() -> None:
    flat = np.arange(3.0 * width(4, 2)).reshape(3, -1)
    state = State.unpack(flat, 4, 2)
    assert state.pack().tobytes() == flat.tobytes()
    assert state.last.tolist() == last_rows(flat, 4, 2).tolist()
    assert {name: getattr(state, name).size for name in sizes(4, 2)} == {
        name: 3 * size for name, size in sizes(4, 2).items()
    }


@pytest.mark.parametrize("numbers", [122, 124, 153])
def test_a_flat_state_of_another_length_is_refused_with_both_lengths(numbers: int) -> None:
    with pytest.raises(ValueError, match=rf"has 123 numbers \(8 signals, 0 settings\), this one {numbers}: its layout"):
        State.unpack(np.zeros((1, numbers)), 8, 0)


def test_a_detector_of_another_layout_is_refused_though_its_state_is_as_long() -> None:
    detector = ConditionDetector().fit(np.random.default_rng(0).normal(size=(600, 2)))
    assert detector.state_layout == LAYOUT
    detector.layout_ = LAYOUT + 1
    with pytest.raises(
        ValueError, match=f"its states have layout {LAYOUT + 1}, this program reads and writes {LAYOUT}"
    ):
        detector.start()


def test_a_detector_that_was_stored_before_layouts_had_numbers_is_of_the_first() -> None:
    detector = ConditionDetector().fit(np.random.default_rng(0).normal(size=(600, 2)))
    del detector.layout_
    assert detector.state_layout == 1
