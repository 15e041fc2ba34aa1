"""docs/architecture.md names only modules that there are, each once, and every room and floor."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.sources
REPOSITORY = Path(__file__).parent.parent
ROOMS = "plant|storage|lifecycle|ingest|models|alerts|grafana|simulators|api|service"
TEXT = (REPOSITORY / "docs" / "architecture.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(rf"`((?:{ROOMS})(?:\.\w+)+)`", TEXT)))


@pytest.mark.parametrize("dotted", NAMED)
def test_a_module_that_is_named_is_there(dotted: str) -> None:
    whole, above = REPOSITORY.joinpath(*dotted.split(".")), REPOSITORY.joinpath(*dotted.split(".")[:-1])
    is_module = whole.is_dir() or whole.with_suffix(".py").is_file()
    name = dotted.rpartition(".")[2]
    assert is_module or has(above.with_suffix(".py"), name) or exports(above / "__init__.py", name)


def has(module: Path, name: str) -> bool:
    """Say whether a module defines a class or function of this name."""
    return module.is_file() and re.search(rf"^(?:class|def) {name}\b", module.read_text(), re.MULTILINE) is not None


def exports(package: Path, name: str) -> bool:
    """Say whether a package lists a name as its own."""
    return package.is_file() and re.search(rf'__all__ = .*"{name}"', package.read_text()) is not None


def test_its_walk_names_each_module_once() -> None:
    named = re.findall(rf"`((?:{ROOMS})(?:\.\w+)+)`", TEXT)
    assert len(named) > 60
    assert sorted(named) == NAMED


def test_every_room_and_every_floor_has_its_row() -> None:
    cells = [line.split("|")[1] for line in TEXT.splitlines() if line.startswith("| `")]
    named = set[str]()
    for cell in cells:
        room, _, rest = cell.strip(" `").partition("/")
        named |= {room} | {f"{room}/{floor}" for floor in re.findall(r"\w+", rest)}
    packages = {
        one.parent.relative_to(REPOSITORY)
        for room in ROOMS.split("|")
        for one in REPOSITORY.glob(f"{room}/**/__init__.py")
    }
    assert {one.as_posix() for one in packages if len(one.parts) < 3} == {
        one for one in named if one.partition("/")[0] in ROOMS.split("|")
    }


def test_every_page_is_declared_with_the_consoles_own_patience() -> None:
    """NiceGUI's is 3 s, after which it answers 500."""
    console = (REPOSITORY / "api" / "console").rglob("*.py")
    declared = {file.name: re.findall(r"@([\w.]*page)\(", file.read_text(encoding="utf-8")) for file in console}
    assert {file: set(how) for file, how in declared.items() if how} == {"addresses.py": {"page"}}


def test_the_api_comes_up_without_what_only_models_need() -> None:
    """scikit-learn takes two seconds to import, and a hundred megabytes."""
    asked = "import sys, api.app; print(*{'sklearn', 'skops', 'scipy'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True).stdout == "\n"
