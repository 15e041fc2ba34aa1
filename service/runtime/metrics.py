"""`/metrics`: what a process counts, for Prometheus, at an address of its own."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector, start_http_server

_log = logging.getLogger(__name__)


def registry() -> CollectorRegistry:
    """Make a registry that holds what is known of this process already: its memory, processor seconds, open files."""
    made = CollectorRegistry()
    ProcessCollector(registry=made)
    PlatformCollector(registry=made)
    return made


@contextmanager
def served(counted: CollectorRegistry, host: str, port: int) -> Iterator[None]:
    """Serve what is counted on `host`; port 0 does not. A port that is taken is said, and nothing else is held up."""
    if port == 0:
        yield
        return
    try:
        server, thread = start_http_server(port, host, counted)
    except OSError as error:
        _log.warning(
            "metrics are not served: another process has the port",
            extra={"setting": "ASSETLOOP_METRICS_PORT", "port": port, "why": str(error)},
        )
        yield
        return
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
