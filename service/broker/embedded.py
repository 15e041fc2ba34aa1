"""The embedded broker as `assetloop up` runs it: a gate on the devices' port, and the broker behind it."""

from __future__ import annotations

import contextlib
import secrets
import socket
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from plant.errors import Unavailable
from service.broker.journal import is_held
from service.broker.packets import LARGEST_BYTES
from service.broker.process import GateOptions, GateProcess

if TYPE_CHECKING:
    from iotcore import Broker

HOST = "127.0.0.1"
_PREDECESSOR_GONE_WITHIN_S = 10.0
_BEHIND = """\
id = 0
[router]
id = 0
max_connections = 10010
max_outgoing_packet_count = 200
max_segment_size = 10485760
max_segment_count = 10
"""
_LISTENS = """\
[{version}.1]
name = "{version}"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1
[{version}.1.connections]
connection_timeout_ms = 60000
max_payload_size = {largest}
max_inflight_count = 100
dynamic_filters = true
"""


class EmbeddedBroker:
    """The gate and the broker behind it, on `port` of this machine, or on another where that is taken.

    `folder` is theirs. `filters` are the topics of ingest, of which at most `most_bytes` are kept in `journal` for it.
    """

    def __init__(
        self, folder: Path, journal: Path, *, port: int, filters: Sequence[str], most_bytes: int, log: Path
    ) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.port = _free_port_soon(port, journal)
        self._secret = secrets.token_urlsafe(24)
        ports = (_free_port(0), _free_port(0))
        self._behind = _behind(folder, ports)
        self._gate = GateProcess(
            GateOptions(
                host=HOST,
                port=self.port,
                ports=ports,
                journal=str(journal),
                most_bytes=most_bytes,
                filters=tuple(filters),
                secret=self._secret,
            ),
            log,
        )

    @property
    def url(self) -> str:
        """Return where everybody reaches it."""
        return f"mqtt://{HOST}:{self.port}"

    @property
    def ingest_url(self) -> str:
        """Return where ingest reaches it, with the word by which it is known."""
        return f"mqtt://ingest:{self._secret}@{HOST}:{self.port}"

    @property
    def is_running(self) -> bool:
        """Say whether both of it run."""
        return self._behind.is_running and self._gate.pid is not None

    @property
    def pids(self) -> list[int]:
        """Return the process ids of what runs of it."""
        behind = self._behind._process  # noqa: SLF001 - there is no other way to its number
        found = (self._gate.pid, behind.pid if behind is not None and self._behind.is_running else None)
        return [pid for pid in found if pid is not None]

    def start(self) -> None:
        """Start what of it does not run.

        Raises:
            Unavailable: the gate does not start.
            OSError, RuntimeError: the broker behind does not.
        """
        if not self._behind.is_running:
            self._behind.stop()  # lets go of the pipe to one that died
            self._behind.start()
        if self._gate.pid is None:
            self._gate.start()

    def stop(self) -> None:
        """Stop both, the gate first, so that nothing more comes in."""
        self._gate.stop()
        self._behind.stop()


def _behind(folder: Path, ports: tuple[int, int]) -> Broker:
    from iotcore import Broker

    listeners = [
        _LISTENS.format(version=version, port=port, largest=LARGEST_BYTES)
        for version, port in zip(("v4", "v5"), ports, strict=True)
    ]
    settings = folder / "behind.toml"
    settings.write_text("".join([_BEHIND, *listeners]), encoding="utf-8")
    return Broker(config_path=str(settings))


def _free_port_soon(wanted: int, journal: Path) -> int:
    """Return the port that is wanted, once a gate of this journal that is just ending has let go of it."""
    until_s = time.monotonic() + _PREDECESSOR_GONE_WITHIN_S
    while is_held(journal) and time.monotonic() < until_s:
        time.sleep(0.05)
    return _free_port(wanted)


def _free_port(wanted: int) -> int:
    for port in (wanted, 0):
        with contextlib.suppress(OSError), socket.create_server((HOST, port)) as probe:
            return int(probe.getsockname()[1])
    raise Unavailable(f"this machine has no free port on {HOST} for the broker")
