"""Processes that are copies of one that has imported what they need: they start in no time.

What copies are made of is imported once for all workers of a run, by whichever needs it first. It ends with the run.
A kind of copy is named by its module, which says what is imported, `IMPORTED`, and what a copy does, `begin`.
"""

from __future__ import annotations

import contextlib
import fcntl
import functools
import gc
import importlib
import json
import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

_FOLDER = "assetloop-copies-"
_LOOKS_EVERY_S = 1.0  # whether the run still goes on


class Copy:
    """A copy at work, used as a `subprocess.Popen` is. Whoever lets go of it before it has ended, kills it.

    It begins with this process's environment unless told, reads file 0 of the folder `streams`, where there is one, and
    writes 1 and 2.
    """

    def __init__(self, kind: str, *arguments: str, streams: Path, environment: Mapping[str, str] | None = None) -> None:
        self.streams = streams
        streams.mkdir(exist_ok=True)
        (streams / "0").touch()
        request = {
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "directory": str(Path.cwd()),
            "streams": str(streams),
        }
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_address(kind))
        self._connection.sendall(json.dumps(request).encode() + b"\n")
        self._answers = self._connection.makefile("r", encoding="utf-8")
        self.pid = int(self._answers.readline())
        self._code: int | None = None

    def wait(self, timeout: float | None = None) -> int:
        """Return the exit code, as `subprocess` gives it; raises `TimeoutError`."""
        if self._code is None:
            self._connection.settimeout(timeout)
            self._code = int(self._answers.readline())
            self.close()
        return self._code

    def has_ended(self) -> bool:
        """Say whether it has ended, without waiting."""
        return self._code is not None or bool(select.select([self._connection], [], [], 0)[0])

    def send_signal(self, number: int) -> None:
        """Send it a signal, unless it has ended."""
        if not self.has_ended():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def said(self) -> str:
        """Return what it has written to its error output so far."""
        return (self.streams / "2").read_text(encoding="utf-8")

    def close(self) -> None:
        """Let go of it."""
        self._answers.close()
        self._connection.close()


@contextlib.contextmanager
def copied(kind: str, *arguments: str, streams: Path, environment: Mapping[str, str] | None = None) -> Iterator[Copy]:
    """Begin a copy that does not outlive the block."""
    copy = Copy(kind, *arguments, streams=streams, environment=environment)
    try:
        yield copy
    finally:
        copy.close()


@functools.cache
def _address(kind: str) -> str:
    """Return the socket of the process that is copied; who comes first starts it, and the others wait for that."""
    run = os.environ.get("PYTEST_XDIST_TESTRUNUID")
    keeper = os.getppid() if run else os.getpid()
    folder = Path(tempfile.gettempdir()) / f"{_FOLDER}{run}" if run else Path(tempfile.mkdtemp(prefix=_FOLDER))
    folder.mkdir(mode=0o700, exist_ok=True)
    address = folder / kind
    with (folder / f"{kind}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            subprocess.run(
                [sys.executable, "-m", __name__, kind, str(address), str(keeper)],
                env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
                cwd=Path(__file__).parents[1],
                stdin=subprocess.DEVNULL,
                check=True,
            )
    return str(address)


def _serve(kind: str, address: Path, keeper: int) -> dict[str, object]:
    """Import what copies need; then be copied for each request. Returns only in a copy, with the request."""
    for module in importlib.import_module(kind).IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # else a copy would touch, and so copy, every object at its first collection
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(address))
    listening.listen(64)
    listening.settimeout(_LOOKS_EVERY_S)
    if os.fork():
        os._exit(0)  # it listens: whoever started it can go on
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how those ended that wait for copies
    while Path(f"/proc/{keeper}").exists():
        with contextlib.suppress(TimeoutError):
            connection, _ = listening.accept()
            connection.settimeout(None)
            if os.fork() == 0:
                listening.close()
                return _be_copied_for(connection)
            connection.close()
    shutil.rmtree(address.parent, ignore_errors=True)
    os._exit(0)


def _be_copied_for(connection: socket.socket) -> dict[str, object]:
    """Wait for one copy and tell how it ended, or end it when nobody listens; returns only in the copy itself."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell ignores it in what it starts with `&`
    request: dict[str, object] = json.loads(connection.makefile("r", encoding="utf-8").readline())
    pid = os.fork()
    if pid == 0:
        connection.close()
        return request
    with contextlib.suppress(OSError):
        connection.sendall(f"{pid}\n".encode())
    ready, _, _ = select.select([os.pidfd_open(pid), connection], [], [])
    if connection in ready:  # nothing more is said to it: this is its end
        os.kill(pid, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(OSError):
        connection.sendall(f"{code}\n".encode())
    os._exit(0)


def _become(request: dict[str, object]) -> list[str]:
    """Take on what a process is given when it is started: environment, folder and streams; return its words."""
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    os.chdir(str(request["directory"]))
    streams = Path(str(request["streams"]))
    for number, flags in ((0, os.O_RDONLY), (1, os.O_WRONLY | os.O_CREAT), (2, os.O_WRONLY | os.O_CREAT)):
        opened = os.open(streams / str(number), flags, 0o600)
        os.dup2(opened, number)
        os.close(opened)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False) for number in range(3)
    )
    return list(request["arguments"])  # type: ignore[call-overload]


if __name__ == "__main__":
    arguments = _become(_serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
    importlib.import_module(sys.argv[1]).begin(*arguments)
