"""`assetloop bench latency` lets machines fall ill and finds each by its limit and by its model."""

from __future__ import annotations

import json

import psycopg
import pytest

from tests.service.bench.running import run_bench


@pytest.mark.needs("mosquitto")
@pytest.mark.long
def test_every_machine_that_falls_ill_is_found_by_its_limit_and_by_its_model(server_url: str) -> None:
    said = run_bench(server_url, "latency", "--assets", "10", "--seconds", "2", "--round-s", "1", "--json")
    figures = json.loads(said.splitlines()[-1])
    assert (figures["limit_findings"], figures["model_findings"]) == (10, 10)
    assert figures["bound_s"] == 1 + 2 + 2
    assert figures["grace_s"] <= figures["limit_p50_s"] <= figures["limit_p99_s"] <= figures["limit_max_s"]
    assert 0 <= figures["detected_p50_s"] < 10
    with psycopg.connect(server_url) as connection:
        assert connection.execute("SELECT 1 FROM pg_database WHERE datname LIKE 'assetloop_scratch_%'").fetchall() == []
