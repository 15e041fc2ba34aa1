"""What Grafana's API answers of folders, data sources, dashboards and service accounts, kept in memory."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Answer = tuple[int, Any]


class GrafanaDouble:
    """Keeps what it is given; `refuses` says which status a method and a path's beginning gets instead."""

    def __init__(self) -> None:
        self.version = "12.3.0"
        self.folders: dict[str, Any] = {}
        self.sources: dict[str, Any] = {}
        self.dashboards: dict[str, Any] = {}
        self.accounts: list[Any] = []
        self.rules: dict[str, Any] = {}
        self.provisioned: set[str] = set()
        self.refuses: dict[tuple[str, str], int] = {}
        self.asked: list[tuple[str, str]] = []
        self.url = ""

    def answer(self, method: str, path: str, body: Any) -> Answer:
        self.asked.append((method, path))
        for (refused, beginning), status in self.refuses.items():
            if method == refused and path.startswith(beginning):
                return status, {"message": "no"}
        parts = path.partition("?")[0].strip("/").split("/")
        if parts in (["health"], ["org"]):
            return 200, {"version": self.version}
        return getattr(self, f"_{parts[0]}")(method, parts[1:], body)  # type: ignore[no-any-return]

    def _v1(self, method: str, parts: list[str], body: Any) -> Answer:
        if method in ("POST", "PUT"):
            self.rules[body["uid"]] = {**body, "updated": f"change {len(self.asked)}"}
            return 201, body
        return _found(self.rules.get(parts[2]))

    def changed_by_hand(self, uid: str, **changes: Any) -> None:
        """Change a dashboard as a person does in Grafana."""
        found = self.dashboards[uid]
        self.dashboards[uid] = {**found, **changes, "version": found["version"] + 1}

    def writes(self) -> list[tuple[str, str]]:
        return [one for one in self.asked if one[0] != "GET"]

    def _folders(self, method: str, parts: list[str], body: Any) -> Answer:
        if method == "POST":
            self.folders[body["uid"]] = body
            return 200, body
        return _found(self.folders.get(parts[0]))

    def _datasources(self, method: str, parts: list[str], body: Any) -> Answer:
        if method in ("POST", "PUT"):
            self.sources[body["uid"]] = {key: value for key, value in body.items() if key != "secureJsonData"}
            return 200, {"message": "done"}
        return _found(self.sources.get(parts[1]))

    def _dashboards(self, method: str, parts: list[str], body: Any) -> Answer:
        if method == "POST":
            sent = body["dashboard"]
            there = self.dashboards.get(sent["uid"])
            if there is not None and sent.get("version") != there["version"]:
                return 412, {"status": "version-mismatch", "message": "changed"}
            version = 1 if there is None else there["version"] + 1
            self.dashboards[sent["uid"]] = {**sent, "id": len(self.dashboards), "version": version}
            return 200, {"uid": sent["uid"], "version": version}
        if method == "DELETE":
            return (200, {}) if self.dashboards.pop(parts[1], None) else (404, {"message": "none"})
        found = self.dashboards.get(parts[1])
        meta = {"provisioned": parts[1] in self.provisioned}
        return _found(found and {"dashboard": found, "meta": meta})

    def _serviceaccounts(self, method: str, parts: list[str], body: Any) -> Answer:
        if method == "POST" and parts:
            return 200, {"key": "glsa_once"}
        if method == "POST":
            self.accounts.append({**body, "id": 7})
            return 201, self.accounts[-1]
        return 200, {"serviceAccounts": self.accounts, "totalCount": len(self.accounts), "page": 1, "perPage": 100}


def _found(thing: Any) -> Answer:
    return (200, thing) if thing else (404, {"message": "none"})


@contextmanager
def running(double: GrafanaDouble) -> Iterator[GrafanaDouble]:
    """Let it answer on a port of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def _handle(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            status, answer = double.answer(self.command, self.path.removeprefix("/api"), body)
            data = json.dumps(answer).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815 - the base class calls them so

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        double.url = f"http://127.0.0.1:{server.server_port}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        yield double
        server.shutdown()
        thread.join()
