"""`assetloop bench latency` lets machines fall ill and finds each by its limit and by its model."""

from __future__ import annotations

import json
import os
import subprocess

import psycopg
import pytest

from tests.stack import ASSETLOOP


@pytest.mark.needs("mosquitto")
@pytest.mark.long
def test_every_machine_that_falls_ill_is_found_by_its_limit_and_by_its_model(server_url: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    done = subprocess.run(
        [ASSETLOOP, "bench", "latency", "--assets", "10", "--seconds", "2", "--round-s", "1", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**clean, "ASSETLOOP_DATABASE_URL": server_url, "ASSETLOOP_ALLOW_UNSUPPORTED": "1"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["limit_findings"], figures["model_findings"]) == (10, 10)
    assert figures["bound_s"] == 1 + 2 + 2
    assert figures["grace_s"] <= figures["limit_p50_s"] <= figures["limit_p99_s"] <= figures["limit_max_s"]
    assert 0 <= figures["detected_p50_s"] < 10
    with psycopg.connect(server_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'assetloop_scratch_%'").fetchall() == []
