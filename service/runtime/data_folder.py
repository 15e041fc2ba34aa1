"""The data folder: who holds it, which version wrote it, and where the running stack is to be reached."""

from __future__ import annotations

import fcntl
import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Self

from plant.errors import Conflict, Misconfigured

FORMAT = 1
"""The layout of the folder; a folder of a higher number was written by a newer program."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Running:
    """Where the stack that runs on a folder is to be reached, and how ingest reaches the broker, where that differs."""

    pid: int
    database_url: str
    mqtt_url: str
    console_url: str
    ingest_mqtt_url: str = ""


class DataFolder:
    """One folder; `with folder:` holds it for one `up` alone.

    Raises:
        Misconfigured: the folder cannot be made or written.
        Conflict: another `up` holds it, or a newer program wrote it.
    """

    def __init__(self, path: Path) -> None:
        self.path = path.expanduser().absolute()
        self._lock: IO[str] | None = None

    @property
    def database(self) -> Path:
        """Return where the embedded PostgreSQL keeps its files."""
        return self.path / "postgres"

    @property
    def logs(self) -> Path:
        """Return where each role writes its log."""
        return self.path / "logs"

    @property
    def roles_lock(self) -> Path:
        """Return the file that roles hold locked until the last has ended, also where their `up` was killed."""
        return self.path / "roles.lock"

    @property
    def spool(self) -> Path:
        """Return where ingest keeps telemetry of QoS 0 while the database is away."""
        return self.path / "spool"

    @property
    def broker(self) -> Path:
        """Return where the embedded broker has its files."""
        return self.path / "broker"

    @property
    def journal(self) -> Path:
        """Return where the embedded broker keeps what ingest has not stored yet."""
        return self.broker / "journal"

    @property
    def demo(self) -> Path:
        """Return the file that remembers the demo's fault."""
        return self.path / "demo.json"

    @property
    def broker_port(self) -> int | None:
        """Return the port that the embedded broker had here before: devices expect it there again."""
        try:
            return int((self.path / "broker_port").read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None

    @broker_port.setter
    def broker_port(self, port: int) -> None:
        (self.path / "broker_port").write_text(f"{port}\n", encoding="utf-8")

    def __enter__(self) -> Self:
        self._make()
        self._check_format()
        self._take_lock()
        (self.path / "FORMAT").write_text(f"{FORMAT}\n", encoding="utf-8")
        return self

    def __exit__(self, *_: object) -> None:
        (self.path / "running.json").unlink(missing_ok=True)
        if self._lock is not None:
            self._lock.close()

    def announce(self, running: Running) -> None:
        """Write down where the stack is to be reached, for the owner's eyes alone."""
        target = self.path / "running.json"
        draft = target.with_suffix(".new")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump(asdict(running), file)
        draft.replace(target)

    def running(self) -> Running | None:
        """Return where the running stack is to be reached; None where none runs."""
        try:
            found = Running(**json.loads((self.path / "running.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            return None
        return found if Path(f"/proc/{found.pid}").exists() or not Path("/proc/self").exists() else None

    def _make(self) -> None:
        try:
            self.path.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.logs.mkdir(exist_ok=True, mode=0o700)
        except OSError as error:
            raise Misconfigured(
                f"the data folder {self.path} cannot be made: {error.strerror}; name another with --data DIR"
            ) from error

    def _check_format(self) -> None:
        try:
            written = int((self.path / "FORMAT").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return
        except ValueError as error:
            raise Misconfigured(f"{self.path / 'FORMAT'} is damaged; it should say {FORMAT}") from error
        if written > FORMAT:
            raise Conflict(
                f"the data folder {self.path} was written by a newer assetloop (format {written}, this one knows "
                f"{FORMAT}); install that version, or name another folder with --data DIR"
            )

    def _take_lock(self) -> None:
        self._lock = (self.path / "lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            self._lock.close()
            raise Conflict(
                f"another `assetloop up` already runs on {self.path}; stop it, or name another folder with --data DIR"
            ) from error
