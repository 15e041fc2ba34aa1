"""No two public classes of the product share a name, and no folder or module outgrows itself."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

REPOSITORY = Path(__file__).parents[1]
ROOMS = ["plant", "storage", "lifecycle", "ingest", "models", "alerts", "grafana", "simulators", "api", "service"]
MODULES = sorted(module for room in ROOMS for module in (REPOSITORY / room).rglob("*.py"))
MOST_LINES, MOST_MODULES, MOST_LINES_OF_A_FUNCTION = 300, 15, 40


def test_a_public_class_has_a_name_of_its_own() -> None:
    trees = (ast.parse(module.read_text(encoding="utf-8")) for module in MODULES)
    names = Counter(node.name for tree in trees for node in tree.body if isinstance(node, ast.ClassDef))
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
        for module in MODULES
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and _lines_of(node) > MOST_LINES_OF_A_FUNCTION
    ]
    assert long == []


def _lines_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    first = function.body[1 if ast.get_docstring(function) and len(function.body) > 1 else 0]
    return (function.end_lineno or 0) - first.lineno + 1
