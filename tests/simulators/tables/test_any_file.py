"""Whatever stands in a file, it is a recording or is refused in one line."""

from __future__ import annotations

from pathlib import Path

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from simulators.tables.recording import RecordedTable, UnreadableRecording

NUMBERS = ["", "1", "1,5", "1.234,5", "1e400", "#N/A", "99999999999999", "温度"]
CELLS = st.sampled_from([*NUMBERS, "2026-01-01", "2026/1/1 8:00", "31/02/2026", '"', "#"])
TABLES = st.lists(st.lists(CELLS, min_size=1, max_size=4), max_size=6)


def read(path: Path) -> None:
    refusal = ""
    try:
        table = RecordedTable.read(path)
    except UnreadableRecording as error:
        refusal = str(error)
    else:
        assert len(table.times_ms) == len(table.values) > 0
        assert len(table.keys) == table.values.shape[1] == len(table.units)
    assert not refusal or (refusal.startswith(f"{path.name}: ") and "\n" not in refusal)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=200))
def test_any_bytes(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(data)
    read(path)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=TABLES, separator=st.sampled_from([",", ";", "\t", "|"]))
def test_any_cells(tmp_path: Path, rows: list[list[str]], separator: str) -> None:
    path = tmp_path / "any.csv"
    path.write_text("\n".join(separator.join(row) for row in [["time", "flow"], *rows]), encoding="utf-8")
    read(path)
