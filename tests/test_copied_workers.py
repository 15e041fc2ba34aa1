"""What workers are copies of has imported the tests, and hides nothing that is wrong with them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY
from tests.worker import COLLECTED

COLLECT = "import sys; from tests import worker; worker.prepare(); print('tests.test_one' in sys.modules)"


@pytest.mark.parametrize(("text", "stays"), [("def test_one(): ...\n", True), ("import sys\ndef test_one(:\n", False)])
def test_a_module_that_cannot_be_imported_is_left_to_each_worker_to_say_so(
    text: str, stays: bool, tmp_path: Path
) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / "tests" / "test_one.py").write_text(text)
    asked = ["--import-mode=importlib", "--rootdir", str(tmp_path), "-p", "no:hypothesispytest", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-c", COLLECT],
        cwd=REPOSITORY,
        env=os.environ | {COLLECTED: json.dumps(asked)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.split() == [str(stays)]
