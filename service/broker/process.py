"""The gate as a process: told in one line what to do, it works until the pipe that line came through is closed."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import resource
import signal
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from plant.errors import Conflict, Unavailable
from service.broker.gate import Gate
from service.broker.journal import Journal
from service.runtime.log_lines import log_to_stderr

_PREDECESSOR_GONE_WITHIN_S = 10.0
_LISTENING_WITHIN_S = 15.0
_LARGE_LOG_BYTES = 8 * 2**20
_LISTENS = b"listening\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class GateOptions:
    """What a gate has to be told: where it listens, where the broker behind does, and what it keeps where.

    `ports` are the broker's for MQTT 3.1.1 and for MQTT 5. `secret` is the password by which ingest is known.
    """

    host: str
    port: int
    ports: tuple[int, int]
    journal: str
    most_bytes: int
    filters: tuple[str, ...]
    secret: str
    log_level: str = "INFO"


class GateProcess:
    """A gate, run by this process and ended with it. It writes what it has to say to the file `log`."""

    def __init__(self, options: GateOptions, log: Path) -> None:
        self._options = options
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Return its process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start it and wait until it listens; a gate before it that is just ending is waited for.

        Raises:
            Unavailable: it does not listen; the text says why.
        """
        self._let_go()
        if self._log.exists() and self._log.stat().st_size > _LARGE_LOG_BYTES:
            self._log.replace(self._log.with_suffix(".1.log"))
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "service.broker.process"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert self._process.stdin is not None  # noqa: S101 - asked for above
        assert self._process.stdout is not None  # noqa: S101 - as above
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(asdict(self._options)).encode() + b"\n")
            self._process.stdin.flush()
        if self._process.stdout.readline() != _LISTENS:
            self._process.wait(_LISTENING_WITHIN_S)
            raise Unavailable(f"the broker's gate does not start; {self._log} says why")

    def stop(self, wait_s: float = 5.0) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(wait_s)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        self._let_go()

    def _let_go(self) -> None:
        if self._process is not None:
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    with contextlib.suppress(OSError):
                        pipe.close()
        self._process = None


def main() -> None:
    """Be the gate."""
    told = json.loads(sys.stdin.buffer.readline())
    options = GateOptions(**{**told, "ports": tuple(told["ports"]), "filters": tuple(told["filters"])})
    log_to_stderr(options.log_level)
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    journal = _journal(options)
    try:
        asyncio.run(_serve(options, journal))
    finally:
        journal.close()


def _journal(options: GateOptions) -> Journal:
    """Open the journal, once a gate before us has let go of it."""
    until_s = time.monotonic() + _PREDECESSOR_GONE_WITHIN_S
    while True:
        try:
            return Journal(Path(options.journal), most_bytes=options.most_bytes)
        except Conflict:
            if time.monotonic() > until_s:
                raise
            time.sleep(0.05)


async def _serve(options: GateOptions, journal: Journal) -> None:
    loop = asyncio.get_running_loop()
    gate = Gate(journal, ports=options.ports, filters=options.filters, secret=options.secret.encode())
    serving = loop.create_task(gate.serve(options.host, options.port, _say_so))
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, serving.cancel)
    threading.Thread(target=_end_with_parent, name="lifeline", daemon=True).start()
    with contextlib.suppress(asyncio.CancelledError):
        await serving


def _say_so() -> None:
    sys.stdout.buffer.write(_LISTENS)
    sys.stdout.buffer.flush()


def _end_with_parent() -> None:
    with contextlib.suppress(OSError):
        os.read(sys.stdin.fileno(), 1)  # past Python's buffer, whose lock would be in the way of the end
    os.kill(os.getpid(), signal.SIGTERM)


if __name__ == "__main__":
    main()
