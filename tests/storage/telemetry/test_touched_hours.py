"""Every row of a batch lies in one of the notes about it, and the notes are few."""

from __future__ import annotations

import numpy as np
import pytest

from storage.telemetry.touched_hours import MINUTE_US, notes_of

HOUR_US = 60 * MINUTE_US


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("span_hours", [0.01, 3, 400, 40_000, 600_000])
def test_every_row_is_noted(seed: int, span_hours: float) -> None:
    chance = np.random.default_rng(seed)
    signal_ids = np.sort(chance.integers(1, 50, 500)).astype(np.int32)
    times = chance.integers(0, round(span_hours * HOUR_US), 500)
    notes = notes_of(signal_ids, times)
    assert len(notes) <= 64
    for signal_id, time_us in zip(signal_ids, times, strict=True):
        assert any(
            note.since_us <= time_us < note.until_us + MINUTE_US
            and (note.signal_ids is None or signal_id in note.signal_ids)
            for note in notes
        )


def test_notes_name_no_more_than_was_touched() -> None:
    notes = notes_of(np.array([4, 4, 9], np.int32), np.array([HOUR_US - 1, 3 * HOUR_US, HOUR_US - MINUTE_US]))
    assert [(note.since_us, note.until_us, note.signal_ids) for note in notes] == [
        (HOUR_US - MINUTE_US, HOUR_US - MINUTE_US, (4, 9)),
        (3 * HOUR_US, 3 * HOUR_US, (4,)),
    ]


def test_a_note_of_many_signals_is_one_of_all() -> None:
    many = np.arange(1, 5_000, dtype=np.int32)
    (note,) = notes_of(many, np.zeros(len(many), np.int64))
    assert note.signal_ids is None
    assert notes_of(np.empty(0, np.int32), np.empty(0, np.int64)) == []
