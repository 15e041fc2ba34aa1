"""`assetloop bench score` scores a plant of its own, says how long that took, and leaves nothing behind."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.service.bench.running import run_bench

KEYS = {
    "assets", "signals", "seconds", "cores", "values_a_round", "round_s", "read_s", "detect_s", "write_s",
    "bare_copy_s", "ratio", "detector_us", "cpu_s", "first_round_s", "findings_opened",
}  # fmt: skip


@pytest.mark.parametrize("as_json", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_small_plant_is_scored_in_full(server_url: str, as_json: bool) -> None:
    said = run_bench(server_url, "score", "--assets", "200", "--signals", "3", "--rounds", "1", *["--json"] * as_json)
    if as_json:
        figures = json.loads(said.splitlines()[-1])
        assert figures.keys() == KEYS
        assert figures["values_a_round"] == 200 * 3 * 10
        assert figures["findings_opened"] == 2
        assert 0 < figures["read_s"] + figures["detect_s"] + figures["write_s"] < figures["round_s"]
    else:
        assert "200 assets × 3 signals at 1 Hz, 6,000 values" in said
    with psycopg.connect(server_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'assetloop_scratch_%'").fetchall() == []
