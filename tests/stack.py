"""A running `assetloop up` for acceptance tests, driven as a user drives it: by its commands, its topics, its pages."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from tests.commands import ASSETLOOP, run_text_command
from tests.patience import seconds_of, seconds_of_the_machine, wait_for


def assetloop(*arguments: str, data: Path | None = None, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line to its end."""
    where = ("--data", str(data)) if data else ()
    return run_text_command(*arguments, *where, timeout_s=timeout_s)


@dataclass
class Stack:
    """One `assetloop up` on a folder and a port of its own."""

    folder: Path
    port: int
    arguments: tuple[str, ...] = ()
    began: float = 0.0
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _machine: tuple[float, float] = (0.0, 0.0)
    _token: str = ""
    _children: list[psutil.Process] = field(default_factory=list)
    _client: httpx.Client = field(default_factory=lambda: httpx.Client(verify=False))  # noqa: S501 - it speaks no TLS

    def __enter__(self) -> Self:
        self.began = time.time()
        self._machine = seconds_of_the_machine()
        log = (self.folder.parent / f"{self.folder.name}.up.log").open("w")
        self._process = subprocess.Popen(
            [ASSETLOOP, "up", "--data", str(self.folder), "--port", str(self.port), "--json", *self.arguments],
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
            env={**os.environ, **self.environment},
            start_new_session=True,
        )
        log.close()
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()
        if self._process is None or self._process.stdout is None:
            return
        if self._process.poll() is None:
            self.stop()
        self._process.stdout.close()  # also where it did not start, and nobody has read it

    def own_share(self) -> float:
        """Return which part of the machine others have left to the stack since it began: 1 where it is alone.

        What is promised of a free machine is held against the time that passed times this share. Idle time counts as
        left to it, so on a free machine the promise is held to the second; what other programs took does not count.
        """
        assert self._process is not None
        busy, capacity = (now - then for now, then in zip(seconds_of_the_machine(), self._machine, strict=True))
        up = psutil.Process(self._process.pid)
        mine = sum(map(seconds_of, [up, *up.children(recursive=True)]))
        return 1.0 - max(0.0, busy - mine) / capacity

    def stop(self) -> tuple[int, dict[str, Any]]:
        """Press Ctrl-C; return the exit code and the summary."""
        assert self._process is not None
        self._children = psutil.Process(self._process.pid).children(recursive=True)
        self._process.send_signal(signal.SIGINT)
        output, _ = self._process.communicate(timeout=300)
        return self._process.returncode, json.loads(output.strip().splitlines()[-1])

    def kill(self) -> None:
        """End `up` at once, as a power cut would; what it started notices by itself."""
        assert self._process is not None
        self._process.kill()
        self._process.communicate(timeout=300)
        (self.folder / "running.json").unlink(missing_ok=True)

    def left_over(self) -> list[psutil.Process]:
        """Return processes of the stack that outlived it."""
        return [child for child in self._children if child.is_running() and child.status() != psutil.STATUS_ZOMBIE]

    def said(self) -> str:
        """Return what it printed for people."""
        return (self.folder.parent / f"{self.folder.name}.up.log").read_text()

    def running(self) -> dict[str, Any]:
        """Return where it is to be reached, once it says so."""

        def look() -> dict[str, Any] | None:
            assert self._process is not None
            assert self._process.poll() is None, self.said()
            file = self.folder / "running.json"
            return json.loads(file.read_text()) if file.exists() else None

        return wait_for(look, what=f"running.json ({self.said()})")

    def token(self) -> str:
        """Return a token as which the acceptance tests ask: issued once, by the command that a person would use."""
        if not self._token:
            issued = assetloop("token", "issue", "acceptance", "--role", "supervisor", data=self.folder)
            self._token = issued.stdout.strip() if issued.returncode == 0 else ""
        return self._token

    def get(self, path: str) -> Any:
        """GET a path of the API; None while it does not answer."""
        token = self.token()
        if not token:
            return None
        shown = {"Authorization": f"Bearer {token}"}
        try:
            answer = self._client.get(f"http://127.0.0.1:{self.port}/api/v1{path}", headers=shown, timeout=60)
        except httpx.TransportError:
            return None
        return answer.json() if answer.status_code == 200 else None

    def embedded(self, word: str) -> psutil.Process:
        """Return the embedded server whose command line holds a word, once it runs."""
        assert self._process is not None

        def look() -> psutil.Process | None:
            for child in psutil.Process(self._process.pid).children():  # type: ignore[union-attr]
                with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
                    if any(word in part for part in child.cmdline()):
                        return child
            return None

        return wait_for(look, what=f"process of {word}")

    def role(self, name: str) -> psutil.Process:
        """Return the process that plays a role now."""
        assert self._process is not None

        def look() -> psutil.Process | None:
            for child in psutil.Process(self._process.pid).children(recursive=True):  # type: ignore[union-attr]
                try:
                    if child.cmdline()[1:4] == ["-m", "service", name]:
                        return child
                except (psutil.NoSuchProcess, psutil.AccessDenied, IndexError):
                    continue
            return None

        return wait_for(look, what=f"process of {name}")
