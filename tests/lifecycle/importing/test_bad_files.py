"""What a file holds decides, whatever it is called: one of another kind is refused with the reason by every reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from lifecycle.feedback.bcf import read_bcf
from lifecycle.importing.facts import SourceKind
from lifecycle.importing.reading import ReadOptions, kind_of, read_facts
from lifecycle.requirements.ids import read_ids
from lifecycle.schedule.milestones import read_schedule
from plant.errors import Rejected
from tests.lifecycle.importing.workbooks import rewritten, workbook

ENTITIES = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><x>&a;</x>'


def zipped(**entries: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as package:
        for name, body in entries.items():
            package.writestr(name.replace("__", "/"), body)
    return held.getvalue()


STRANGE = {
    "a PDF": b"%PDF-1.7\n1 0 obj",
    "a picture": b"\x89PNG\r\n\x1a\n\x00\x00",
    "a program": b"\x7fELF\x02\x01\x01\x00\x00",
    "an old workbook": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
    "a web page": b"<html><body><table><tr><td>Tag</td></tr></table></body></html>",
    "entities": ENTITIES.encode(),
    "an empty zip": zipped(),
    "another zip": zipped(readme=b"x"),
    "a damaged zip": b"PK\x03\x04 and then nothing",
    "nothing": b"",
    "noise": bytes(range(256)) * 4,
}
FILES: dict[str, SourceKind] = {
    "tags.csv": "tags", "tags.xlsx": "tags", "hall.xlsx": "cobie", "hall.ifc": "ifc", "hall.ifczip": "ifc",
    "pump.aasx": "aasx", "plant.toml": "plant",
}  # fmt: skip
TRIED_AS_MODELS = ("noise", "another zip")  # a model is read in a process of its own, which takes a second each
BODIES: dict[str, Callable[[bytes], Any]] = {"schedule": read_schedule, "IDS": read_ids, "BCF": read_bcf}


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("name", FILES)
def test_a_file_of_another_kind_is_refused_by_the_reader_of_its_name(tmp_path: Path, name: str, strange: str) -> None:
    path = tmp_path / name
    path.write_bytes(STRANGE[strange])
    said = None if FILES[name] == "ifc" and strange not in TRIED_AS_MODELS else FILES[name]
    for kind in {said, None}:
        with pytest.raises(Rejected) as refused:
            read_facts(path, ReadOptions(site="s", kind=kind, asset="P-1", class_tag="pump"))
        assert refused.value.detail


@pytest.mark.parametrize(
    ("body", "kind", "called", "right"),
    [
        (b"ISO-10303-21;\nHEADER;", "ifc", ("a.xlsx", "a.CSV", "a.aasx", "a.toml"), ("a.ifc", "a.step")),
        (zipped(**{"hall.ifc": b"x"}), "ifc", ("a.xlsx", "a.aasx"), ("a.ifczip", "a.zip")),
        (zipped(aasx__origin=b"x"), "aasx", ("a.xlsx", "a.ifc", "a.txt"), ("a.aasx", "a")),
    ],
)
def test_a_model_or_a_package_that_is_called_something_else_is_refused_with_its_right_name(
    tmp_path: Path, body: bytes, kind: str, called: tuple[str, ...], right: tuple[str, ...]
) -> None:
    for name in (*called, *right):
        (tmp_path / name).write_bytes(body)
    for name in called:
        with pytest.raises(Rejected, match=rf"{name} is a .* by what it holds; call it \.{kind}"):
            kind_of(tmp_path / name)
    assert {kind_of(tmp_path / name) for name in right} == {kind}


def test_every_reader_says_how_much_it_read(tmp_path: Path) -> None:
    path, told = tmp_path / "tags.csv", list[tuple[int, int]]()
    path.write_text("Tag,Name\nP-1,pump\n", encoding="utf-8")
    read_facts(path, ReadOptions(site="s", class_tag="pump", progress=lambda done, total: told.append((done, total))))
    assert told[-1] == (path.stat().st_size, path.stat().st_size)


@pytest.mark.parametrize("strange", STRANGE)
@pytest.mark.parametrize("kind", BODIES)
def test_what_is_no_schedule_requirements_or_issues_is_refused(kind: str, strange: str) -> None:
    with pytest.raises(Rejected) as refused:
        BODIES[kind](STRANGE[strange])
    assert refused.value.detail


@pytest.mark.parametrize(
    ("added", "says"),
    [
        ({"xl__vbaProject.bin": b"x"}, "has_macros"),
        ({"xl__externalLinks__externalLink1.xml": b"<x/>"}, "has_links"),
        ({"xl__media__big.xml": b"<x>" + b" " * 60_000_000 + b"</x>"}, "unfolds_too_far"),
        ({"xl__custom.xml": ENTITIES.encode()}, "has_entities"),
    ],
)
def test_a_cobie_workbook_that_could_do_harm_is_not_opened(tmp_path: Path, added: dict[str, bytes], says: str) -> None:
    path = rewritten(workbook(tmp_path / "c.xlsx", {"Facility": [["Name"]]}), lambda _, body: body, **added)
    with pytest.raises(Rejected, match=says):
        read_facts(path, ReadOptions(kind="cobie"))
