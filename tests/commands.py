"""Commands of `assetloop`, each a process of its own, and a copy of one that has imported the product.

A command takes half a second to start, a role some seconds, and nothing to work: some hundred of them cost the suite
minutes. `up`, and what it starts, is started as its user starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path
from unittest.mock import patch

from typer.testing import CliRunner, Result

from tests.copies import Copy, copied

ASSETLOOP = str(Path(sys.executable).with_name("assetloop"))
IMPORTED = (
    *("service.cli", "service.runtime.roles", "service.runtime.entry", "service.runtime.surroundings"),
    *("storage.core.database", "storage.schema.migrate", "storage.identity.people"),
    *("ingest.admission.admit", "ingest.learning.learner", "ingest.runner", "service.commands.telemetry.trial"),
    *("models.training.train", "models.scoring.guard", "models.scoring.scorer", "models.scoring.worker", "skops.io"),
    *("alerts.alarms.desk", "service.runtime.dispatching"),
)


def prepare() -> None:
    """Put the commands together, once for all copies."""
    from service.cli import command_line

    command_line()


def run_command(
    *arguments: str, said: bytes = b"", environment: Mapping[str, str] | None = None, timeout_s: float = 300.0
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end with what is said to it, and this environment (this process's own unless told)."""
    with tempfile.TemporaryDirectory() as folder:
        streams = Path(folder)
        (streams / "0").write_bytes(said)
        with copied(__name__, *arguments, streams=streams, environment=environment) as copy:
            try:
                code = copy.wait(timeout_s)
            except TimeoutError as error:
                raise subprocess.TimeoutExpired([*arguments], timeout_s) from error
        return subprocess.CompletedProcess(
            [ASSETLOOP, *arguments], code, (streams / "1").read_bytes(), (streams / "2").read_bytes()
        )


def run_text_command(
    *arguments: str, environment: Mapping[str, str] | None = None, timeout_s: float = 300.0
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; what it prints is text."""
    done = run_command(*arguments, environment=environment, timeout_s=timeout_s)
    return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())


def run_here(*arguments: str) -> Result:
    """Run a command within this process, whose commands are put together once."""
    from service.cli import app, command_line

    with patch("typer.testing._get_command", lambda _: command_line()):
        return CliRunner().invoke(app, arguments)


def without_settings(**settings: str) -> dict[str, str]:
    """Return this process's environment with these settings of the product and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    return clean | settings


def start_command(*arguments: str, streams: Path, environment: Mapping[str, str] | None = None) -> Copy:
    """Start a command that runs for long; what it prints is in files 1 and 2 of the folder `streams`."""
    return Copy(__name__, *arguments, streams=streams, environment=environment)


def start_program(program: str, *arguments: str, streams: Path, environment: Mapping[str, str] | None = None) -> Copy:
    """Start a program as `python -c` does, where the product has been imported."""
    return Copy(__name__, "-c", program, *arguments, streams=streams, environment=environment)


def begin(*arguments: str) -> None:
    """Be the command or program, in a copy of the process that has imported the product."""
    if arguments[0] == "-c":
        sys.argv = ["-c", *arguments[2:]]
        exec(compile(arguments[1], "a program of a test", "exec"), {"__name__": "__main__"})  # noqa: S102
        return
    from service.cli import main

    sys.argv = [ASSETLOOP, *arguments]
    main()
