"""No two public classes share a name, no folder or module outgrows itself, and tests write rows in one way."""

from __future__ import annotations

import ast
import functools
import gc
import re
from collections import Counter
from pathlib import Path

import pytest

pytestmark = pytest.mark.sources
REPOSITORY = Path(__file__).parents[1]
ROOMS = ["plant", "storage", "lifecycle", "ingest", "models", "alerts", "grafana", "simulators", "api", "service"]
MODULES = sorted(module for room in ROOMS for module in (REPOSITORY / room).rglob("*.py"))
# One row of a table that `PlantRows` writes, by its own words; sets (SELECT) and upserts are what it does not do.
ROW_BY_HAND = re.compile(
    r"INSERT INTO (site|asset_class|asset|signal|installation|model|latest|score|wear|remaining_life|ingest_slot"
    r"|finding|alert|work_order|work_order_event)\b(?!.*(ON CONFLICT|OVERRIDING|SELECT)).*\bVALUES",
    re.DOTALL,
)
OF_RELEASES_BEFORE = "tests/storage/released.py"  # a schema whose columns are no longer those of today
MOST_LINES, MOST_MODULES, MOST_LINES_OF_A_FUNCTION = 300, 15, 40


def test_a_public_class_has_a_name_of_its_own() -> None:
    names = Counter(node.name for tree in _trees().values() for node in tree.body if isinstance(node, ast.ClassDef))
    assert [name for name, times in names.items() if times > 1 and not name.startswith("_")] == []


def test_no_module_has_too_many_lines() -> None:
    lines = {module: len(module.read_text(encoding="utf-8").splitlines()) for module in MODULES}
    assert [str(module.relative_to(REPOSITORY)) for module, count in lines.items() if count > MOST_LINES] == []


def test_no_folder_has_too_many_modules() -> None:
    folders = Counter(module.parent for module in MODULES if module.name != "__init__.py")
    assert [str(folder.relative_to(REPOSITORY)) for folder, count in folders.items() if count > MOST_MODULES] == []


def test_no_function_has_too_many_lines() -> None:
    """Without its signature and docstring: a command's options and an object's parts are a list, not a text."""
    long = [
        f"{module.relative_to(REPOSITORY)}: {node.name}"
        for module, tree in _trees().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines_of(node) > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


@functools.cache
def _trees() -> dict[Path, ast.Module]:
    """Parse every module once; to look for garbage meanwhile, where there is none, takes twice the time."""
    gc.disable()
    try:
        return {module: ast.parse(module.read_text(encoding="utf-8")) for module in MODULES}
    finally:
        gc.freeze()
        gc.enable()


def _lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    return (function.end_lineno or 0) - first.lineno + 1


def test_rows_of_a_plant_are_written_by_plant_rows() -> None:
    sources = {module: module.read_text(encoding="utf-8") for module in (REPOSITORY / "tests").rglob("*.py")}
    by_hand = {
        str(module.relative_to(REPOSITORY))
        for module, source in sources.items()
        if "INSERT" in source and any(ROW_BY_HAND.search(text) for text in _texts(ast.parse(source)))
    }
    assert by_hand == {OF_RELEASES_BEFORE}, "see tests/plant_rows.py"


def _texts(tree: ast.Module) -> list[str]:
    """Every text that stands in a module, but for what is put into it."""
    return [node.value for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, str)]
