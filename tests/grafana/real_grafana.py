"""A real Grafana, where one can be had, with what it needs around it: data, a login to the record, and a Prometheus.

`ASSETLOOP_TEST_GRAFANA` is the folder of one: `/usr/share/grafana`, or where a release was unpacked or built.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs

import httpx

from tests.conftest import free_port
from tests.patience import PATIENCE_S

NAMED = "ASSETLOOP_TEST_GRAFANA"
_LABELS = {"outcome": ("stored", "duplicate"), "state": ("listening",), "fault": ("broker_away",)}
ADMIN = "admin:for-tests"


def lacking() -> str | None:
    """Say why there is none on this machine; None where there is one."""
    named = os.environ.get(NAMED)
    if not named:
        return f"no Grafana: {NAMED} names the folder of one"
    return None if _program(Path(named)) else f"no Grafana below {named}: there is no bin/grafana, and none on the path"


@contextmanager
def grafana(place: Path, *, provisioning: Path, record: dict[str, str]) -> Iterator[str]:
    """Serve it, with all it keeps below `place`, for as long as the block lasts; yields its address."""
    home = Path(os.environ[NAMED])
    port = free_port()
    for folder in ("data", "log", "plugins"):
        (place / folder).mkdir(parents=True)
    settings = {
        "SERVER_HTTP_ADDR": "127.0.0.1",
        "SERVER_HTTP_PORT": str(port),
        "PATHS_DATA": str(place / "data"),
        "PATHS_LOGS": str(place / "log"),
        "PATHS_PLUGINS": str(place / "plugins"),
        "PATHS_PROVISIONING": str(provisioning),
        "AUTH_ANONYMOUS_ENABLED": "true",
        "AUTH_ANONYMOUS_ORG_ROLE": "Viewer",
        "SECURITY_ADMIN_PASSWORD": ADMIN.partition(":")[2],
        "SECURITY_DISABLE_GRAVATAR": "true",
        "SECURITY_ALLOW_EMBEDDING": "true",
        "ANALYTICS_REPORTING_ENABLED": "false",
        "ANALYTICS_CHECK_FOR_UPDATES": "false",
        "ANALYTICS_CHECK_FOR_PLUGIN_UPDATES": "false",
        "PLUGINS_PREINSTALL_DISABLED": "true",
        "NEWS_NEWS_FEED_ENABLED": "false",
    }
    environment = {**os.environ, **{f"GF_{name}": value for name, value in settings.items()}, **record}
    with (place / "out.log").open("wb") as log:
        process = subprocess.Popen(
            [str(_program(home)), "server", "--homepath", str(home)],
            cwd=home,
            env=environment,
            stdout=log,
            stderr=log,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _await(url, process)
        yield url
    finally:
        process.terminate()
        process.wait(PATIENCE_S)


@contextmanager
def prometheus() -> Iterator[str]:
    """Answer as a Prometheus that scrapes `/metrics` would: a line for each value of the label that is asked by."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Prometheus)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def prometheus_source(url: str) -> str:
    """Return the file by which Grafana finds it."""
    source = {"name": "Prometheus", "type": "prometheus", "uid": "prometheus", "access": "proxy", "url": url}
    return json.dumps({"apiVersion": 1, "datasources": [source]})


class _Prometheus(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self._answer(parse_qs(self.path.partition("?")[2]))

    def do_POST(self) -> None:
        self._answer(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    def _answer(self, asked: dict[str, list[str]]) -> None:
        found: object = []
        if "query_range" in self.path:
            found = {"resultType": "matrix", "result": self._lines(asked)}
        body = json.dumps({"status": "success", "data": found}).encode()
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        self.wfile.write(body)

    def _lines(self, asked: dict[str, list[str]]) -> list[object]:
        start, end, step = (float(asked[key][0]) for key in ("start", "end", "step"))
        times = [start + step * place for place in range(int((end - start) / step))]
        label = next((name for name in _LABELS if f"by ({name})" in asked["query"][0]), None)
        metrics = [{label: value} for value in _LABELS[label]] if label else [{}]
        return [
            {"metric": metric, "values": [[at, str(3 + place + at % 7)] for at in times]}
            for place, metric in enumerate(metrics)
        ]

    def log_message(self, *_: object) -> None:
        pass


def _program(home: Path) -> Path | None:
    own = home / "bin" / "grafana"
    found = shutil.which("grafana")
    return own if own.is_file() else Path(found) if found else None


def _await(url: str, process: subprocess.Popen[bytes], within_s: float = 180) -> None:
    until = time.monotonic() + within_s
    while time.monotonic() < until:
        assert process.poll() is None, "Grafana ended at once; see out.log"
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(f"{url}/api/health", timeout=PATIENCE_S).json().get("database") == "ok":
                return
        time.sleep(0.5)
    raise AssertionError(f"Grafana does not answer within {within_s} s")
