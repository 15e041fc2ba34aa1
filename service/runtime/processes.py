"""The processes of the stack: one per role, started, watched, started again, and stopped without a trace."""

from __future__ import annotations

import contextlib
import errno
import fcntl
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from plant.backoff import GrowingWait
from plant.errors import Conflict
from service.runtime.waiting import ToldToStopError

_LARGE_LOG_BYTES = 8 * 2**20
_RESTART_AFTER = GrowingWait(first_s=0.5, most_s=10.0)
_PREDECESSORS_GONE_WITHIN_S = 30.0


@dataclass(slots=True)
class RoleProcess:
    """One role's process. `deaths` counts how often it ended without being told to."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: dict[str, str]
    inherited: tuple[int, int]
    deaths: int = 0
    _process: subprocess.Popen[bytes] | None = None
    _restart_at: float = field(default=0.0)

    @property
    def pid(self) -> int | None:
        """Return the process id while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process; its output goes to its log, of which one predecessor is kept."""
        if self.log.exists() and self.log.stat().st_size > _LARGE_LOG_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(  # noqa: S603 - this very program
                [sys.executable, "-m", "service", *self.command],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**self.environment, "ASSETLOOP_LIFELINE": str(self.inherited[0])},
                pass_fds=self.inherited,
                start_new_session=True,
            )

    def watch(self) -> bool:
        """Start the process again, after a growing wait, where it died; say whether it runs."""
        if self._process is None or self.pid is not None:
            return self._process is not None
        now = time.monotonic()
        if not self._restart_at:
            self._restart_at = now + _RESTART_AFTER.after(self.deaths)
            self.deaths += 1
        elif now >= self._restart_at:
            self._restart_at = 0.0
            self.start()
        return self.pid is not None

    def tell_to_stop(self) -> None:
        """Ask the process to finish what it is at and end."""
        if self.pid is not None and self._process is not None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(signal.SIGTERM)

    def stop(self, wait_s: float = 8.0) -> None:
        """Stop the process, by force where it does not end in time."""
        self.tell_to_stop()
        if self._process is None:
            return
        try:
            self._process.wait(wait_s)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def last_words(self) -> str:
        """Return the last line of the log, for a person who must mend it."""
        try:
            lines = self.log.read_text(encoding="utf-8", errors="replace").strip().splitlines()
        except OSError:
            lines = []
        return lines[-1] if lines else "it said nothing"


class Lifeline:
    """A pipe that this process holds open: when it is gone, every role notices and ends.

    With it each role inherits a lock, which is held until the last of them has ended.
    """

    def __init__(self, lock: Path) -> None:
        self._read_end, self._write_end = os.pipe()
        self._lock = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    @property
    def inherited(self) -> tuple[int, int]:
        """Return what a role inherits, the end of the pipe first."""
        return self._read_end, self._lock

    def close(self) -> None:
        """Let go of both."""
        for descriptor in (self._read_end, self._write_end, self._lock):
            with contextlib.suppress(OSError):
                os.close(descriptor)


def have_ended(lock: Path) -> bool:
    """Say whether all roles that inherited a lock have ended, also those of an `up` that was killed."""
    with lock.open("a+b") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
    return True


class Crew:
    """All role processes of one stack, stopped in the reverse of the order of their start."""

    def __init__(self, logs: Path, environment: dict[str, str], *, lock: Path) -> None:
        self._logs = logs
        self._environment = environment
        self._lifeline = Lifeline(lock)
        self.processes: dict[str, RoleProcess] = {}

    def start(self, name: str, *command: str) -> RoleProcess:
        """Start a role under a name of its own."""
        process = RoleProcess(
            name=name,
            command=command or (name,),
            log=self._logs / f"{name}.log",
            environment=self._environment,
            inherited=self._lifeline.inherited,
        )
        process.start()
        self.processes[name] = process
        return process

    def watch(self) -> dict[str, str]:
        """Start again what died; return the roles that do not run at this moment, each with its last words."""
        return {name: process.last_words() for name, process in self.processes.items() if not process.watch()}

    @property
    def deaths(self) -> dict[str, int]:
        """Return how often each role died, where it did."""
        return {name: process.deaths for name, process in self.processes.items() if process.deaths}

    def stop(self) -> None:
        """Stop all: who produces first, who stores last; most of them at the same time."""
        order = list(reversed(self.processes.values()))
        for process in order:
            if process.name != "ingest":
                process.tell_to_stop()
        for process in order:
            process.stop()
        self.processes.clear()
        self._lifeline.close()


def await_port(host: str, port: int, roles_lock: Path, *, say: Callable[[str], None], stop: threading.Event) -> None:
    """Wait for the port while a role of an `up` that was killed on this folder, and is just ending, may have it.

    Raises:
        Conflict: it is taken by another program, or cannot be had for another reason that the text says.
        ToldToStopError: somebody asked for the end meanwhile.
    """
    until_s, has_said = time.monotonic() + _PREDECESSORS_GONE_WITHIN_S, False
    while True:
        had_ended = have_ended(roles_lock)
        try:
            refuse_taken_port(host, port)
        except Conflict:
            if had_ended or time.monotonic() > until_s:
                raise
            if not has_said:
                say(f"port {port} is held by what a killed `assetloop up` started here; waiting for its end")
                has_said = True
            if stop.wait(0.05):
                raise ToldToStopError from None
        else:
            return


def refuse_taken_port(host: str, port: int) -> None:
    """Refuse, before anything is started, a port that cannot be listened on.

    Raises:
        Conflict: it is taken, or cannot be had for another reason that the text says.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        with socket.create_server((host, port), family=family):
            pass
    except socket.gaierror as error:
        raise Conflict(f"{host} is no address of this machine; choose another with --host") from error
    except OSError as error:
        why = "is taken" if error.errno == errno.EADDRINUSE else f"cannot be had: {os.strerror(error.errno or 0)}"
        raise Conflict(f"port {port} on {host} {why}; choose another with --port") from error
