"""Processes that are copies of one that has imported what they need: they start in no time.

What copies are made of is imported once for all workers of a run, by whichever needs it first. It ends with the run.
A kind of copy is named by its module, which says what is imported, `IMPORTED`, what else is made ready once, `prepare`,
and what a copy does, `begin`.
"""

from __future__ import annotations

import atexit
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
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NoReturn

RUN = "SUITE_RUN"
"""What names the run that shares what is copied: the process that it ends with, and a word of its own."""
_FOLDER = "assetloop-copies-"
_LOOKS_EVERY_S = 1.0  # whether the run still goes on


class Copy:
    """A copy at work, used as a `subprocess.Popen` is. Whoever lets go of it before it has ended, kills it.

    It begins with this process's environment unless told, reads file 0 of the folder `streams`, where there is one, and
    writes 1 and 2; without a folder it has this process's own streams.
    """

    def __init__(
        self, kind: str, *arguments: str, streams: Path | None = None, environment: Mapping[str, str] | None = None
    ) -> None:
        self.streams = streams
        request = {
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "directory": str(Path.cwd()),
        }
        self._connection = socket.socket(socket.AF_UNIX)
        self._connection.connect(_address(kind))
        with contextlib.ExitStack() as opened:
            given = _opened(streams, opened) if streams else [0, 1, 2]
            line = json.dumps(request).encode() + b"\n"
            self._connection.sendall(line[socket.send_fds(self._connection, [line], given) :])
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
        assert self.streams is not None
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


def _opened(streams: Path, opened: contextlib.ExitStack) -> list[int]:
    """Open the files that a copy reads and writes."""
    streams.mkdir(exist_ok=True)
    (streams / "0").touch()
    files = (opened.enter_context((streams / str(number)).open(mode)) for number, mode in enumerate(("rb", "ab", "ab")))
    return [file.fileno() for file in files]


@functools.cache
def _address(kind: str) -> str:
    """Return the socket of the process that is copied; who comes first starts it, and the others wait for that."""
    run = os.environ.get(RUN)
    keeper = int(run.partition("-")[0]) if run else os.getpid()
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
                stdout=subprocess.DEVNULL,
                check=True,
            )
    return str(address)


def _serve(kind: str, address: Path, keeper: int) -> dict[str, object]:
    """Import what copies need; then be copied for each request. Returns only in a copy, with the request."""
    described = importlib.import_module(kind)
    for module in described.IMPORTED:
        importlib.import_module(module)
    described.prepare()
    gc.collect()
    gc.freeze()  # else a copy would touch, and so copy, every object at its first collection
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(address))
    listening.listen(64)
    if os.fork():
        os._exit(0)  # it listens: whoever started it can go on
    os.setsid()
    request = _be_copied(listening, keeper)
    if request is not None:
        return request
    shutil.rmtree(address.parent, ignore_errors=True)
    os._exit(0)


# By what shows that a copy has ended: its process, and the connection of who asked for it.
_Copies = dict[int, tuple[int, socket.socket]]


def _be_copied(listening: socket.socket, keeper: int) -> dict[str, object] | None:
    """Be copied for each request, and tell how copies end; None when the run is over. Only a copy gets a request."""
    copies: _Copies = {}
    while Path(f"/proc/{keeper}").exists():
        waited_for = (listening, *copies, *(connection for _, connection in copies.values()))
        ready, _, _ = select.select(waited_for, [], [], _LOOKS_EVERY_S)
        _look_after(copies, set(ready))
        if listening in ready:
            connection, _ = listening.accept()
            request = _wanted(connection)
            if request is None:
                connection.close()
                continue
            if (pid := os.fork()) == 0:
                for one in (listening, connection, *(other for _, other in copies.values())):
                    one.close()
                # A shell has it ignored in what it starts with `&`.
                signal.signal(signal.SIGINT, signal.default_int_handler)
                return request
            for stream in request["streams"]:  # type: ignore[attr-defined]
                os.close(stream)
            copies[os.pidfd_open(pid)] = (pid, connection)
            with contextlib.suppress(OSError):
                connection.sendall(f"{pid}\n".encode())
    return None


def _look_after(copies: _Copies, ready: set[object]) -> None:
    """Tell how copies ended, and end those whose askers have gone."""
    for ended in copies.keys() & ready:
        pid, connection = copies.pop(ended)
        os.close(ended)
        code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        with contextlib.suppress(OSError), connection:
            connection.sendall(f"{code}\n".encode())
    for pid, connection in copies.values():
        if connection in ready:  # nothing more is said to it: this is its end
            os.kill(pid, signal.SIGKILL)


def _wanted(connection: socket.socket) -> dict[str, object] | None:
    """Return what is asked for, with the streams it brings; None where who asked has gone."""
    line, streams, _, _ = socket.recv_fds(connection, 2**16, 3)
    while not line.endswith(b"\n"):
        more = connection.recv(2**16)
        if not more:
            return None
        line += more
    return {**json.loads(line), "streams": streams}


def _become(request: dict[str, object]) -> list[str]:
    """Take on what a process is given when it is started: environment, folder and streams; return its words."""
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    os.chdir(str(request["directory"]))
    for number, given in enumerate(request["streams"]):  # type: ignore[arg-type, var-annotated]
        os.dup2(given, number)
        os.close(given)
    sys.stdin, sys.stdout, sys.stderr = (
        os.fdopen(number, "r" if number == 0 else "w", encoding="utf-8", closefd=False) for number in range(3)
    )
    return list(request["arguments"])  # type: ignore[call-overload]


def _end(code: object) -> NoReturn:
    """End as the interpreter does, but for taking everything apart that was imported.

    That would touch, and so copy, every page of the process this is a copy of: thirty thousand, 0.15 s.
    """
    threading._shutdown()
    atexit._run_exitfuncs()
    if code is not None and not isinstance(code, int):
        print(code, file=sys.stderr)  # noqa: T201 - as `sys.exit` does
        code = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code or 0)


if __name__ == "__main__":
    arguments = _become(_serve(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3])))
    try:
        importlib.import_module(sys.argv[1]).begin(*arguments)
    except SystemExit as asked:
        _end(asked.code)
    except BaseException:  # noqa: BLE001 - whatever it is, a process ends by it
        sys.excepthook(*sys.exc_info())
        _end(1)
    _end(0)
