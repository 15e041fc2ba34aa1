"""A table of several assets is never read as one: each is a recording of its own."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulators.tables.recording import RecordedTable, UnreadableRecording

TABLE = "time,machine,flow (l/s)\n1767268800,P7,1\n1767268800,P8,5\n1767268801,P7,2\n1767268801,P8,6\n"


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "pumps.csv"
    path.write_text(TABLE, encoding="utf-8")
    return path


def test_rows_of_several_assets_at_one_time_are_refused_with_the_mend(table: Path) -> None:
    with pytest.raises(UnreadableRecording, match=r"'machine': P7, P8; take each with --only 'machine=P7'"):
        RecordedTable.read(table)
    table.write_text(TABLE + "1767268800,P9,7\n1767268801,P9,8\n", encoding="utf-8")
    with pytest.raises(UnreadableRecording, match="P7, P8, P9"):
        RecordedTable.read(table)


@pytest.mark.parametrize(("machine", "flows"), [("P7", [1, 2]), ("P8", [5, 6])])
def test_the_rows_of_one_asset_are_a_recording(table: Path, machine: str, flows: list[float]) -> None:
    recording = RecordedTable.read(table, only=("machine", machine))
    assert (recording.keys, recording.units, recording.left_out) == (("flow (l/s)",), ("l/s",), ())
    assert recording.values[:, 0].tolist() == flows
    assert f"2 of 4 rows are read, those with machine = {machine}" in recording.notes


def test_what_is_not_there_is_said_with_what_is(table: Path) -> None:
    with pytest.raises(UnreadableRecording, match="no row has 'P1' in column 'machine'; there are P7, P8"):
        RecordedTable.read(table, only=("machine", "P1"))
    with pytest.raises(UnreadableRecording, match="no column 'asset'; it has time, machine, flow"):
        RecordedTable.read(table, only=("asset", "P1"))


def test_remarks_beside_rows_that_are_repeated_are_no_assets(table: Path) -> None:
    rows = "".join(f"{1767268800 + second},ok,{second}\n" for second in range(20))
    table.write_text(f"time,remark,flow\n{rows}1767268819,again,3\n", encoding="utf-8")
    assert (len(RecordedTable.read(table)), RecordedTable.read(table).merged) == (20, 1)
