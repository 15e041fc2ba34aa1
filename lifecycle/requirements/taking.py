"""A requirements file as it comes, TOML or IDS, and what it changes of the version that a project has."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from lifecycle.requirements.ids import read_ids
from lifecycle.requirements.requirement import ClassRequirement, Requirements, read_requirements_body
from plant.errors import Rejected

RequirementKind = Literal["document", "parameter", "signal", "limit", "spare", "training", "serial"]


@dataclass(frozen=True, kw_only=True, slots=True)
class RequirementDifference:
    """One thing that is asked of a class from now on, is no longer, or is asked otherwise."""

    change: Literal["added", "removed", "changed"]
    asset_class: str
    kind: RequirementKind
    what: str


def read_requirements_file(body: bytes, file: str, classes: Sequence[str] = ()) -> Requirements:
    """Read a file of requirements, told by what it holds; in an IDS `classes` say which class an entity is.

    Raises:
        Rejected: it is neither TOML nor IDS, makes no sense, or a class is not said as IFCPUMP=pump.
    """
    if not body.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
        return read_requirements_body(body, file)
    named = dict(_pair(one) for one in classes)
    read = read_ids(body)
    renamed = tuple(dataclasses.replace(one, class_tag=named.get(one.class_tag, one.class_tag)) for one in read.classes)
    return dataclasses.replace(read, classes=renamed)


def _pair(said: str) -> tuple[str, str]:
    applies, is_said, class_tag = (part.strip() for part in said.partition("="))
    if not (applies and is_said and class_tag):
        raise Rejected("bad_class", f"{said[:60]!r}: say which class it is as IFCPUMP=pump")
    return applies, class_tag


def requirement_differences(before: Requirements | None, now: Requirements) -> list[RequirementDifference]:
    """Say what a file changes, class by class.

    >>> old = Requirements(classes=(ClassRequirement(class_tag="pump", documents=("03-02",), training=1),))
    >>> new = Requirements(classes=(ClassRequirement(class_tag="pump", documents=("03-04",), training=2),))
    >>> [(one.change, one.what) for one in requirement_differences(old, new)]
    [('removed', '03-02'), ('added', '03-04'), ('changed', '2')]
    """
    asked_before = {one.class_tag: one for one in before.classes} if before else {}
    asked_now = {one.class_tag: one for one in now.classes}
    return [
        one
        for tag in dict.fromkeys((*asked_before, *asked_now))
        for one in _of_class(tag, asked_before.get(tag), asked_now.get(tag))
    ]


def _of_class(
    tag: str, before: ClassRequirement | None, now: ClassRequirement | None
) -> Iterator[RequirementDifference]:
    old, new = _items(before), _items(now)
    for (kind, name), asked in old.items():
        if (kind, name) not in new:
            yield RequirementDifference(change="removed", asset_class=tag, kind=kind, what=name or asked)
    for (kind, name), asked in new.items():
        was = old.get((kind, name))
        if was is None:
            yield RequirementDifference(change="added", asset_class=tag, kind=kind, what=asked)
        elif was != asked:
            yield RequirementDifference(change="changed", asset_class=tag, kind=kind, what=asked)


def _items(one: ClassRequirement | None) -> dict[tuple[RequirementKind, str], str]:
    """Return each thing that is asked under its kind and name, and how it is asked."""
    if one is None:
        return {}
    found: dict[tuple[RequirementKind, str], str] = {}
    found |= {("document", said): said for said in one.documents}
    found |= {("parameter", said.called): said.line for said in one.parameters}
    found |= {("signal", said): said for said in one.signals}
    found |= {("limit", said): said for said in one.limits}
    found |= {("spare", said): said for said in one.spares}
    if one.training:
        found["training", ""] = str(one.training)
    if one.serial:
        found["serial", ""] = ""
    return found


def asked_lines(requirements: Requirements) -> list[tuple[str, RequirementKind, str]]:
    """Return every thing that is asked: of which class, of what kind, and what."""
    return [(one.class_tag, kind, said) for one in requirements.classes for (kind, _), said in _items(one).items()]
