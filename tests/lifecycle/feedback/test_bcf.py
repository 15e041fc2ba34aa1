"""A request goes out as a BCF 2.1 file and its status comes back; what strangers made of a file is bounded."""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime

import pytest
from defusedxml import ElementTree

from lifecycle.feedback.bcf import BcfComponent, BcfTopic, read_bcf, write_bcf
from lifecycle.feedback.pictures import snapshot
from plant.errors import Rejected

AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
GUID = "6e5c1a50-3c1f-4f0e-9a54-0a5a1d2a9c11"
RATE = {"failures": 10, "years": 4.0, "a_year": 2.5, "low": 1.2, "high": 4.6}
PICTURE = snapshot({"rate": RATE, "rest": {**RATE, "a_year": 0.2, "low": 0.1, "high": 0.5}}, [("T", [AT], [1.0])])
TOPIC = BcfTopic(
    guid=GUID,
    title="demo: pump Acme, 泄漏 <b>\x07",
    status="Open",
    description="10 failures\nin 4 years",
    author="assetloop",
    created_at=AT,
    project="demo",
    components=[BcfComponent(tag="P-1", ifc_guid="2O2Fr$t4X7Zf8NOew3FNr2"), BcfComponent(tag="P-2")],
    snapshot=PICTURE,
    links=["https://plant.example/engineering"],
    comments=[(AT, "Cy", "seals run hot")],
)


def unzipped(file: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(file)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def test_a_file_holds_what_the_format_asks_for_in_its_order() -> None:
    """The order of elements is that of buildingSMART's schemas of BCF 2.1."""
    files = unzipped(write_bcf(TOPIC))
    assert set(files) == {
        "bcf.version",
        "project.bcfp",
        f"{GUID}/markup.bcf",
        f"{GUID}/viewpoint.bcfv",
        f"{GUID}/snapshot.png",
    }
    markup, view = (
        ElementTree.fromstring(files[f"{GUID}/markup.bcf"]),
        ElementTree.fromstring(files[f"{GUID}/viewpoint.bcfv"]),
    )
    assert [one.tag for one in markup] == ["Topic", "Comment", "Viewpoints"]
    assert [one.tag for one in markup[0]] == ["ReferenceLink", "Title", "CreationDate", "CreationAuthor", "Description"]
    assert [one.tag for one in markup[1]] == ["Date", "Author", "Comment", "Viewpoint"]
    assert [one.tag for one in view] == ["Components", "PerspectiveCamera"]
    assert [one.get("IfcGuid") for one in view.iter("Component")] == ["2O2Fr$t4X7Zf8NOew3FNr2", None]
    assert [one.text for one in view.iter("AuthoringToolId")] == ["P-1", "P-2"]
    assert view.get("Guid") == markup[2].get("Guid")
    assert ElementTree.fromstring(files["bcf.version"]).get("VersionId") == "2.1"
    assert files[f"{GUID}/snapshot.png"].startswith(b"\x89PNG")
    assert write_bcf(TOPIC) == write_bcf(TOPIC)


def test_a_status_that_a_tool_gave_it_comes_back() -> None:
    files = unzipped(write_bcf(TOPIC))
    name = f"{GUID}/markup.bcf"
    files[name] = files[name].replace(b'TopicStatus="Open"', b'TopicStatus="In progress"')
    (status,) = read_bcf(zipped(**files))
    assert (status.guid, status.status, status.comments) == (GUID, "In progress", ("seals run hot",))


BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><Markup><Topic Guid="x">&b;</Topic></Markup>'
OUTSIDE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><Markup><Topic Guid="x">&a;</Topic></Markup>'


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (b"", "bad_bcf"),
        (b"PK\x03\x04", "bad_bcf"),
        (zipped(readme=b"x"), "bad_bcf"),
        (zipped(**{"a/markup.bcf": b"<Markup"}), "bad_bcf"),
        (zipped(**{"a/markup.bcf": b"<Other/>"}), "bad_bcf"),
        (zipped(**{"a/markup.bcf": b'<Markup><Topic Guid="x"/></Markup>'}), "bad_bcf"),
        (zipped(**{"a/markup.bcf": BOMB}), "bad_bcf"),
        (zipped(**{"a/markup.bcf": OUTSIDE}), "bad_bcf"),
        (zipped(**{"a/markup.bcf": b" " * 2_000_000}), "too_large"),
        (zipped(**{"a/markup.bcf": b"<Markup/>", "a/snapshot.png": b"\0" * 40_000_000}), "too_large"),
        (b"x" * (8 * 2**20 + 1), "too_large"),
    ],
)
def test_what_is_no_bcf_file_or_too_much_is_refused(file: bytes, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        read_bcf(file)
    assert caught.value.reason == reason
