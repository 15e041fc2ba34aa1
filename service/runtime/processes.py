"""The processes of the stack: one per role, started, watched, started again, and stopped without a trace."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from plant.backoff import GrowingWait

_LARGE_LOG_BYTES = 8 * 2**20
_RESTART_AFTER = GrowingWait(first_s=0.5, most_s=10.0)


@dataclass(slots=True)
class RoleProcess:
    """One role's process. `deaths` counts how often it ended without being told to."""

    name: str
    command: tuple[str, ...]
    log: Path
    environment: dict[str, str]
    lifeline: int
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
                env={**self.environment, "ASSETLOOP_LIFELINE": str(self.lifeline)},
                pass_fds=(self.lifeline,),
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
    """A pipe that this process holds open: when it is gone, every role notices and ends."""

    def __init__(self) -> None:
        self.read_end, self._write_end = os.pipe()

    def close(self) -> None:
        """Let go of the pipe."""
        for end in (self.read_end, self._write_end):
            with contextlib.suppress(OSError):
                os.close(end)


class Crew:
    """All role processes of one stack, stopped in the reverse of the order of their start."""

    def __init__(self, logs: Path, environment: dict[str, str]) -> None:
        self._logs = logs
        self._environment = environment
        self._lifeline = Lifeline()
        self.processes: dict[str, RoleProcess] = {}

    def start(self, name: str, *command: str) -> RoleProcess:
        """Start a role under a name of its own."""
        process = RoleProcess(
            name=name,
            command=command or (name,),
            log=self._logs / f"{name}.log",
            environment=self._environment,
            lifeline=self._lifeline.read_end,
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
