from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from simulators.tables.recording import RecordedTable, UnreadableRecording

NOON_MS = 1_767_268_800_000


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return tmp_path / "pump.csv"


@pytest.mark.needs("shared-data")
def test_skab_recording_is_read_as_it_was_measured(shared: Path) -> None:
    recording = RecordedTable.read(shared / "data" / "skab" / "valve1" / "0.csv", drop=("anomaly", "changepoint"))
    assert len(recording) == 1_147
    assert recording.keys[0] == "Accelerometer1RMS"
    assert recording.keys[-1] == "Volume Flow RateRMS"
    assert recording.start_s == 1_583_748_873.0
    assert recording.row(0)["Current"] == 1.3302
    assert (recording.merged, recording.left_out) == (0, ())


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separator_is_found(table: Path, separator: str) -> None:
    rows = [["time", "flow", "speed rpm"], ["2026-01-01 12:00:00", "1.5", "2"], ["2026-01-01 12:00:01", "", "3"]]
    table.write_text("\n".join(separator.join(row) for row in rows), encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.keys == ("flow", "speed rpm")
    assert recording.row(0) == {"flow": 1.5, "speed rpm": 2.0}
    assert recording.row(1) == {"speed rpm": 3.0}


def test_decimal_commas_are_understood_between_semicolons(table: Path) -> None:
    table.write_text("Zeit;flow\n2026-01-01 12:00:00;1,5\n2026-01-01 12:00:01;-2,25\n", encoding="utf-8-sig")
    assert RecordedTable.read(table).values.tolist() == [[1.5], [-2.25]]


def test_thousands_between_commas_are_not_taken_for_decimals(table: Path) -> None:
    table.write_text('time,flow,speed\n2026-01-01 12:00:00,1,"1,500"\n', encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.keys == ("flow", "speed")
    assert recording.row(0)["speed"] == 1500.0
    assert "column 'speed': thousands are separated" in recording.notes


def test_columns_of_text_are_left_out_and_named(table: Path) -> None:
    table.write_text("time,state,flow\n1767268800,open,1\n1767268801,shut,2\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.keys == ("flow",)
    assert recording.left_out == ("state",)


def test_time_column_needs_no_name(table: Path) -> None:
    table.write_text("flow,measured at\n1,2026-01-01 12:00:00\n2,2026-01-01 12:00:01\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.keys == ("flow",)
    assert recording.times_ms.tolist() == [NOON_MS, NOON_MS + 1_000]


def test_date_and_time_of_day_in_two_columns_are_joined(table: Path) -> None:
    table.write_text("Date,Time,flow\n2026-01-01,12:00:00,1\n2026-01-01,12:00:01.5,2\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.times_ms.tolist() == [NOON_MS, NOON_MS + 1_500]
    assert recording.left_out == ()


def test_dropped_columns_are_gone(table: Path) -> None:
    table.write_text("time,flow,label\n1767268800,1,0\n", encoding="utf-8")
    assert RecordedTable.read(table, drop=["label"]).keys == ("flow",)


def test_rows_of_one_instant_become_one_and_the_first_value_wins(table: Path) -> None:
    table.write_text("time,flow,speed\n1767268800,1,\n1767268800,9,5\n1767268801,2,6\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.values.tolist() == [[1.0, 5.0], [2.0, 6.0]]
    assert recording.merged == 1
    assert len(recording) == 2


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "the file is empty"),
        ("\n \n", "the file is empty"),
        ("time,flow\n", "a header and no rows"),
        ("flow,speed\n1,2\n", "no time column among flow, speed"),
        ("time,flow\n1767268800,1\nlater,2\n", "time column 'time' is not a time"),
        ("time,state\n1767268800,open\n", "no column of numbers"),
        ("time,flow\n1767268800,1\n1767268800,2\n1767268800,3\n", "too coarse: 2 rows"),
        ("time,flow\n1767268800,1,7\n", "line 2 has 3 cells, the header 2"),
        ("2026-01-01 12:00:00,1\n2026-01-01 12:00:01,2\n", "first line must name the columns"),
        ('time,flow\n1767268800,"1\n', "not a table"),
        (f"{{{'x' * 200_000}}}", "not a table"),
    ],
)
def test_file_that_is_no_recording_is_refused_in_one_line(table: Path, text: str, fault: str) -> None:
    table.write_text(text, encoding="utf-8")
    with pytest.raises(UnreadableRecording) as refused:
        RecordedTable.read(table)
    assert fault in str(refused.value)
    assert str(refused.value).startswith("pump.csv: ")
    assert "\n" not in str(refused.value)


def test_file_of_other_bytes_is_refused(table: Path) -> None:
    table.write_bytes(b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\x04\x00")
    with pytest.raises(UnreadableRecording, match="no text"):
        RecordedTable.read(table)


def test_unknown_column_to_drop_is_refused(table: Path) -> None:
    table.write_text("time,flow\n1767268800,1\n", encoding="utf-8")
    with pytest.raises(UnreadableRecording, match="no column 'label' to drop; it has time, flow"):
        RecordedTable.read(table, drop=["label"])


def test_shifted_recording_ends_when_told_and_keeps_its_spacing(table: Path) -> None:
    table.write_text("time,flow\n1767268800,1\n1767268800.25,2\n1767268807,3\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    shifted = recording.shifted_to(1_900_000_000.5)
    assert shifted.end_s == 1_900_000_000.5
    assert shifted.span_s == recording.span_s == 7.0
    assert np.array_equal(np.diff(shifted.times_ms), np.diff(recording.times_ms))


def test_rows_cut_a_recording(table: Path) -> None:
    table.write_text("time,flow\n1767268800,1\n1767268801,2\n1767268802,3\n", encoding="utf-8")
    recording = RecordedTable.read(table)
    assert recording.rows(0, 2).values.tolist() == [[1.0], [2.0]]
    assert recording.rows(2).start_s == 1_767_268_802.0
    assert len(recording.rows(3)) == 0
