"""A real Prometheus that scrapes `/metrics` answers all that the dashboard *Ingest by Prometheus* asks."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from prometheus_client import CollectorRegistry, start_http_server

from ingest.metrics import Meter
from tests.conftest import free_port
from tests.grafana.conftest import read
from tests.grafana.panels import panels
from tests.patience import PATIENCE_S, wait_for

pytestmark = [pytest.mark.needs("prometheus"), pytest.mark.long]


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[str]:
    """A Prometheus that scrapes the figures of an ingest process every second."""
    registry, port = CollectorRegistry(), free_port()
    Meter(registry).levels(window_free_bytes=1, spool_bytes=0, listening=1, sessions=1)
    served, thread = start_http_server(free_port(), "127.0.0.1", registry)
    target = f"127.0.0.1:{served.server_port}"
    scraped = {"job_name": "assetloop", "scrape_interval": "1s", "static_configs": [{"targets": [target]}]}
    (tmp_path / "prometheus.yml").write_text(json.dumps({"scrape_configs": [scraped]}))
    options = [f"--config.file={tmp_path}/prometheus.yml", f"--storage.tsdb.path={tmp_path}/data"]
    with subprocess.Popen(
        ["prometheus", *options, f"--web.listen-address=127.0.0.1:{port}"], stderr=subprocess.DEVNULL
    ) as process:
        yield f"http://127.0.0.1:{port}"
        process.terminate()
    served.shutdown()
    thread.join()
    served.server_close()


def test_every_question_of_the_dashboard_has_a_line(prometheus: str, built: Path) -> None:
    asked = [target["expr"] for panel in panels(read(built, "metrics")) for target in panel["targets"]]
    assert len(asked) >= 10
    for expression in asked:
        wait_for(lambda e=expression: _lines(prometheus, e), what=f"line of {expression}")


def _lines(url: str, expression: str) -> list[Any]:
    now = time.time()
    given = {"query": expression.replace("$__rate_interval", "10s"), "start": now - 10, "end": now, "step": 1}
    try:
        answer = httpx.get(
            f"{url}/api/v1/query_range", params={k: str(v) for k, v in given.items()}, timeout=PATIENCE_S
        )
    except httpx.TransportError:
        return []  # it is not up yet
    if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
        return []
    assert answer.status_code == httpx.codes.OK, answer.text
    found: list[Any] = answer.json()["data"]["result"]
    return found
