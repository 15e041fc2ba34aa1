"""`assetloop bench api` asks a plant of its own for its twins, and leaves nothing behind."""

from __future__ import annotations

import json

import pytest

from tests.service.bench.running import run_bench


@pytest.mark.long
def test_the_twin_is_asked_for_beside_a_route_that_answers_nothing(server_url: str) -> None:
    said = run_bench(server_url, "api", "--assets", "50", "--rate", "20", "--seconds", "1", "--json")
    figures = json.loads(said.splitlines()[-1])
    assert 0 < figures["twin_p50_ms"] <= figures["twin_p99_ms"]
    assert figures["twin_cpu_ms"] > figures["nothing_cpu_ms"] > 0
    assert figures["twin_bytes"] > 1000
