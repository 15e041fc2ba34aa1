"""Commands of `assetloop`, each a process of its own, and a copy of one that has imported the product.

A command takes half a second to start and nothing to work: some hundred of them cost the suite a minute. What runs
for long (`up`, the roles) is started as its user starts it.
"""

from __future__ import annotations

import atexit
import contextlib
import functools
import gc
import importlib
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

ASSETLOOP = str(Path(sys.executable).with_name("assetloop"))
_STARTED_S = 120.0
_IMPORTED = (
    *("service.cli", "service.runtime.surroundings", "storage.core.database", "storage.schema.migrate"),
    *(
        "storage.identity.people",
        "ingest.admission.admit",
        "ingest.learning.learner",
        "service.commands.telemetry.trial",
    ),
)


def run_command(
    *arguments: str, said: bytes = b"", environment: Mapping[str, str] | None = None, timeout_s: float = 300.0
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end with what is said to it, and this environment (this process's own unless told)."""
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        (place / "0").write_bytes(said)
        request = {
            "arguments": arguments,
            "environment": dict(os.environ if environment is None else environment),
            "directory": str(Path.cwd()),
            "streams": folder,
        }
        with _connected() as connection:
            connection.settimeout(timeout_s)
            connection.sendall(json.dumps(request).encode() + b"\n")
            answers = connection.makefile("r", encoding="utf-8")
            pid = int(answers.readline())
            try:
                code = int(answers.readline())
            except TimeoutError as error:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired([*arguments], timeout_s) from error
        return subprocess.CompletedProcess(
            [ASSETLOOP, *arguments], code, (place / "1").read_bytes(), (place / "2").read_bytes()
        )


def run_text_command(
    *arguments: str, environment: Mapping[str, str] | None = None, timeout_s: float = 300.0
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; what it prints is text."""
    done = run_command(*arguments, environment=environment, timeout_s=timeout_s)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def without_settings(**settings: str) -> dict[str, str]:
    """Return this process's environment with these settings of the product and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    return clean | settings


@contextlib.contextmanager
def _connected() -> Iterator[socket.socket]:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(_server())
        yield connection


@functools.cache
def _server() -> str:
    """Start the process of which commands are copies; return the address of its socket."""
    folder = tempfile.mkdtemp(prefix="assetloop-commands-")
    address = f"{folder}/socket"
    environment = os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)}
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.commands", address],
        stdin=subprocess.PIPE,  # its end tells the process that this one is gone
        stdout=subprocess.PIPE,
        env=environment,
        cwd=Path(__file__).parents[1],
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"

    def end() -> None:
        process.kill()
        process.communicate()
        Path(address).unlink(missing_ok=True)
        Path(folder).rmdir()

    atexit.register(end)
    return address


def _serve(address: str) -> dict[str, object]:
    """Copy this process for each request; returns only in such a copy, with the request."""
    for module in _IMPORTED:
        importlib.import_module(module)
    gc.collect()
    gc.freeze()
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(address)
    listening.listen(64)
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how those ended that wait for commands
    print("ready", flush=True)  # noqa: T201 - whoever started it waits for this
    while True:
        connection, _ = listening.accept()
        if os.fork() == 0:
            listening.close()
            return _be_copied_for(connection)
        connection.close()


def _be_copied_for(connection: socket.socket) -> dict[str, object]:
    """Wait for one command and tell how it ended; returns only in the command's own process."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    request: dict[str, object] = json.loads(connection.makefile("r", encoding="utf-8").readline())
    pid = os.fork()
    if pid == 0:
        connection.close()
        return request
    connection.sendall(f"{pid}\n".encode())
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    with contextlib.suppress(OSError):  # who asked has lost patience
        connection.sendall(f"{code}\n".encode())
    os._exit(0)


def _become(request: dict[str, object]) -> None:
    """Take on what a process is given when it is started: its words, environment, folder and streams."""
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
    sys.argv = [ASSETLOOP, *request["arguments"]]  # type: ignore[misc]


if __name__ == "__main__":
    _become(_serve(sys.argv[1]))
    from service.cli import main

    main()
