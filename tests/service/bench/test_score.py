"""`assetloop bench score` scores a plant of its own, says how long that took, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess

import psycopg
import pytest

from tests.stack import ASSETLOOP

KEYS = {
    "assets", "signals", "seconds", "cores", "values_a_round", "round_s", "read_s", "detect_s", "write_s",
    "bare_copy_s", "ratio", "detector_us", "cpu_s", "first_round_s", "findings_opened",
}  # fmt: skip


@pytest.mark.parametrize("as_json", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_small_plant_is_scored_in_full(server_url: str, as_json: bool) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    done = subprocess.run(
        [ASSETLOOP, "bench", "score", "--assets", "200", "--signals", "3", "--rounds", "1", *["--json"] * as_json],
        capture_output=True,
        text=True,
        check=False,
        env={**clean, "ASSETLOOP_DATABASE_URL": server_url, "ASSETLOOP_ALLOW_UNSUPPORTED": "1"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    if as_json:
        figures = json.loads(done.stdout.splitlines()[-1])
        assert figures.keys() == KEYS
        assert figures["values_a_round"] == 200 * 3 * 10
        assert figures["findings_opened"] == 2
        assert 0 < figures["read_s"] + figures["detect_s"] + figures["write_s"] < figures["round_s"]
    else:
        assert "200 assets × 3 signals at 1 Hz, 6,000 values" in done.stdout
    with psycopg.connect(server_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'assetloop_scratch_%'").fetchall() == []
