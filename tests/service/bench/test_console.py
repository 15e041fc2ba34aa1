"""`assetloop bench console` opens pages of a plant of its own over cut connections, and leaves nothing behind."""

from __future__ import annotations

import json

import pytest

from tests.service.bench.running import run_bench


@pytest.mark.long
def test_pages_over_cut_connections_lose_nothing_and_leave_no_memory(server_url: str) -> None:
    sizes = ["--sessions", "5", "--reconnects", "15", "--seconds", "15", "--opens", "60", "--assets", "20"]
    said = run_bench(server_url, "console", *sizes, "--json", timeout_s=500)
    figures = json.loads(said.splitlines()[-1])
    assert figures["reconnects"] >= 15
    assert [figures[what] for what in ("reloads", "lost", "doubled")] == [0, 0, 0]
    assert figures["opens_grew_mb"] < 25, "pages that were left are kept"
