"""Requirements written as the TOML file in which both sides agree on them."""

from __future__ import annotations

from dataclasses import asdict

from lifecycle.importing.tables.mapping_file import quoted
from lifecycle.requirements.requirement import ClassRequirement, Requirements


def as_toml(requirements: Requirements) -> str:
    """Write requirements as the file that `read_requirements` reads."""
    return "\n".join(line for one in requirements.classes for line in _class_lines(one))


def _class_lines(one: ClassRequirement) -> list[str]:
    lines = ["[[class]]", f"tag = {quoted(one.class_tag)}"]
    for name in ("documents", "signals", "limits", "spares"):
        named = getattr(one, name)
        if named:
            lines.append(f"{name} = [{', '.join(map(quoted, named))}]")
    if one.training:
        lines.append(f"training = {one.training}")
    if one.serial:
        lines.append("serial = true")
    for parameter in one.parameters:
        said = {
            name: value
            for name, value in asdict(parameter).items()
            if value not in ("", None, ()) and value is not False and (name, value) != ("shortest", 0)
        }
        lines += ["[[class.parameter]]", *(_line(name, value) for name, value in said.items())]
    return [*lines, ""]


def _line(name: str, value: object) -> str:
    if isinstance(value, bool):
        return f"{name} = {str(value).lower()}"
    if isinstance(value, tuple):
        return f"{name} = [{', '.join(quoted(str(one)) for one in value)}]"
    return f"{name} = {quoted(value) if isinstance(value, str) else repr(value)}"
