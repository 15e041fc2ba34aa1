"""Commands of `assetloop`, each a process of its own, and a copy of one that has imported the product.

A command takes half a second to start and nothing to work: some hundred of them cost the suite a minute. What runs
for long (`up`, the roles) is started as its user starts it.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from tests.copies import copied

ASSETLOOP = str(Path(sys.executable).with_name("assetloop"))
IMPORTED = (
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


def without_settings(**settings: str) -> dict[str, str]:
    """Return this process's environment with these settings of the product and no others."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("ASSETLOOP_")}
    return clean | settings


def begin(*arguments: str) -> None:
    """Be the command, in a copy of the process that has imported the product."""
    from service.cli import main

    sys.argv = [ASSETLOOP, *arguments]
    main()
