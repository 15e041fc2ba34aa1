"""`assetloop bench api` asks a plant of its own for its twins, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.stack import ASSETLOOP


@pytest.mark.long
def test_the_twin_is_asked_for_beside_a_route_that_answers_nothing(server_url: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    done = subprocess.run(
        [ASSETLOOP, "bench", "api", "--assets", "50", "--rate", "20", "--seconds", "1", "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**clean, "ASSETLOOP_DATABASE_URL": server_url, "ASSETLOOP_ALLOW_UNSUPPORTED": "1"},
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert 0 < figures["twin_p50_ms"] <= figures["twin_p99_ms"]
    assert figures["twin_cpu_ms"] > figures["nothing_cpu_ms"] > 0
    assert figures["twin_bytes"] > 1000
