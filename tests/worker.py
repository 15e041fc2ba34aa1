"""Workers of a run, each a copy of one process that has imported every test: that takes ten seconds, and is done once.

pytest-xdist starts this module in place of a Python of its own. It has a copy begin with the streams it was given, and
stands in for it until it ends.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
import types

from tests.copies import Copy

IMPORTED = ("skops.io",)  # goes through every module that is there: before the others there are few
COLLECTED = "SUITE_COLLECTED"


def prepare() -> None:
    """Collect the tests of this run, as each worker will: what they import stays.

    Where anything is wrong no test stays: of a module that fails pytest leaves what had been read, and no worker would
    read it again, and say so.
    """
    import pytest

    before = set(sys.modules)
    with contextlib.redirect_stdout(io.StringIO()):
        code = pytest.main(["--collect-only", "--quiet", "-p", "no:cacheprovider", *json.loads(os.environ[COLLECTED])])
    if code != pytest.ExitCode.OK:
        for name in [name for name in sys.modules if name.startswith("tests.") and name not in before]:
            del sys.modules[name]


def begin(*arguments: str) -> None:
    """Run the program that follows `-c`, as Python does, in a copy of the process that has imported every test."""
    program = arguments[arguments.index("-c") + 1]
    sys.argv = ["-c"]
    sys.modules["__main__"] = main = types.ModuleType("__main__")
    exec(compile(program, "a worker", "exec"), vars(main))  # noqa: S102


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the run tells its workers when they have to end
    sys.exit(Copy(__spec__.name, *sys.argv[1:]).wait())
