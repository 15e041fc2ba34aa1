"""`assetloop bench console` opens pages of a plant of its own over cut connections, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import subprocess

import pytest

from tests.stack import ASSETLOOP


@pytest.mark.long
def test_pages_over_cut_connections_lose_nothing_and_leave_no_memory(server_url: str) -> None:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    sizes = ["--sessions", "5", "--reconnects", "15", "--seconds", "15", "--opens", "60", "--assets", "20"]
    done = subprocess.run(
        [ASSETLOOP, "bench", "console", *sizes, "--json"],
        capture_output=True,
        text=True,
        check=False,
        env={**clean, "ASSETLOOP_DATABASE_URL": server_url, "ASSETLOOP_ALLOW_UNSUPPORTED": "1"},
        timeout=500,
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout.splitlines()[-1])
    assert figures["reconnects"] >= 15
    assert [figures[what] for what in ("reloads", "lost", "doubled")] == [0, 0, 0]
    assert figures["opens_grew_mb"] < 25, "pages that were left are kept"
