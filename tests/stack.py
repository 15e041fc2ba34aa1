"""A running `assetloop up` for acceptance tests, driven as a user drives it: by its commands, its topics, its pages."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import httpx
import psutil

from tests.patience import wait_for

ASSETLOOP = str(Path(sys.executable).with_name("assetloop"))


def assetloop(*arguments: str, data: Path | None = None, timeout_s: float = 300) -> subprocess.CompletedProcess[str]:
    """Run one command of the command line to its end."""
    where = ("--data", str(data)) if data else ()
    return subprocess.run(
        [ASSETLOOP, *arguments, *where], capture_output=True, text=True, timeout=timeout_s, check=False
    )


@dataclass
class Stack:
    """One `assetloop up` on a folder and a port of its own."""

    folder: Path
    port: int
    arguments: tuple[str, ...] = ()
    began: float = 0.0
    crowd: float = 1.0  # how many there were for each core when it began: what takes 90 s alone takes so much longer
    environment: dict[str, str] = field(default_factory=dict)
    _process: subprocess.Popen[str] | None = None
    _token: str = ""
    _children: list[psutil.Process] = field(default_factory=list)

    def __enter__(self) -> Self:
        self.began = time.time()
        self.crowd = max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
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
        if self._process is not None and self._process.poll() is None:
            self.stop()

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
            answer = httpx.get(f"http://127.0.0.1:{self.port}/api/v1{path}", headers=shown, timeout=60)
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

        return wait_for(look, within_s=30, what=f"process of {word}")

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
