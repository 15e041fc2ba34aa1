"""Requests and punches as a BCF 2.1 file, buildingSMART's format for issues, and the status that comes back in one.

A BCF file is a zip of four small XML files and a picture: `bcf.version`, `project.bcfp`, and in a folder named after
the topic `markup.bcf`, `viewpoint.bcfv`, `snapshot.png`.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.etree import ElementTree as ET

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from plant.errors import Rejected
from plant.escaped import escaped

_MOST_FILES = 2000
_MOST_BYTES = 8 * 2**20
_MOST_UNPACKED = 32 * 2**20
_MOST_MARKUP = 2**20
_EPOCH = (1980, 1, 1, 0, 0, 0)  # a zip is the same each time


@dataclass(frozen=True, kw_only=True, slots=True)
class BcfComponent:
    """An element of a model: its IFC GlobalId where it is known, and the tag it has here."""

    tag: str
    ifc_guid: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class BcfTopic:
    """What goes into the file; without a `snapshot` it has no picture."""

    guid: str
    title: str
    status: str
    description: str
    author: str
    created_at: datetime
    project: str
    components: Sequence[BcfComponent]
    snapshot: bytes
    links: Sequence[str] = ()
    comments: Sequence[tuple[datetime, str, str]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class BcfStatus:
    """What a file says of one topic."""

    guid: str
    status: str
    comments: tuple[str, ...]


def write_bcf(first: BcfTopic, *more: BcfTopic) -> bytes:
    """Write a file with topics of one project; the same topics give the same bytes."""
    files = {"bcf.version": _xml(_version()), "project.bcfp": _xml(_project(first))}
    for topic in (first, *more):
        files[f"{topic.guid}/markup.bcf"] = _xml(_markup(topic))
        files[f"{topic.guid}/viewpoint.bcfv"] = _xml(_viewpoint(topic))
        if topic.snapshot:
            files[f"{topic.guid}/snapshot.png"] = topic.snapshot
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(zipfile.ZipInfo(name, date_time=_EPOCH), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _version() -> ET.Element:
    root = ET.Element("Version", VersionId="2.1")
    ET.SubElement(root, "DetailedVersion").text = "2.1"
    return root


def _project(topic: BcfTopic) -> ET.Element:
    root = ET.Element("ProjectExtension")
    project = ET.SubElement(root, "Project", ProjectId=str(uuid5(NAMESPACE_URL, f"assetloop/{topic.project}")))
    _text(project, "Name", topic.project)
    ET.SubElement(root, "ExtensionSchema")
    return root


def _markup(topic: BcfTopic) -> ET.Element:
    root = ET.Element("Markup")
    element = ET.SubElement(root, "Topic", Guid=topic.guid, TopicType="Request", TopicStatus=topic.status)
    for link in topic.links:
        _text(element, "ReferenceLink", link)
    _text(element, "Title", topic.title)
    _text(element, "CreationDate", _time(topic.created_at))
    _text(element, "CreationAuthor", topic.author)
    _text(element, "Description", topic.description)
    viewpoint = _viewpoint_guid(topic)
    for place, (at, author, said) in enumerate(topic.comments):
        comment = ET.SubElement(root, "Comment", Guid=str(uuid5(UUID(topic.guid), f"comment {place}")))
        _text(comment, "Date", _time(at))
        _text(comment, "Author", author)
        _text(comment, "Comment", said)
        ET.SubElement(comment, "Viewpoint", Guid=viewpoint)
    views = ET.SubElement(root, "Viewpoints", Guid=viewpoint)
    _text(views, "Viewpoint", "viewpoint.bcfv")
    if topic.snapshot:
        _text(views, "Snapshot", "snapshot.png")
    return root


def _viewpoint(topic: BcfTopic) -> ET.Element:
    root = ET.Element("VisualizationInfo", Guid=_viewpoint_guid(topic))
    components = ET.SubElement(root, "Components")
    selection = ET.SubElement(components, "Selection")
    for one in topic.components:
        component = ET.SubElement(selection, "Component")
        if one.ifc_guid:
            component.set("IfcGuid", one.ifc_guid)
        _text(component, "OriginatingSystem", "assetloop")
        _text(component, "AuthoringToolId", one.tag)
    ET.SubElement(components, "Visibility", DefaultVisibility="true")
    camera = ET.SubElement(root, "PerspectiveCamera")
    for name, (x, y, z) in (
        ("CameraViewPoint", (-10, -10, 10)),
        ("CameraDirection", (1, 1, -1)),
        ("CameraUpVector", (0, 0, 1)),
    ):
        vector = ET.SubElement(camera, name)
        for axis, value in zip("XYZ", (x, y, z), strict=True):
            _text(vector, axis, str(float(value)))
    _text(camera, "FieldOfView", "60.0")
    return root


def _viewpoint_guid(topic: BcfTopic) -> str:
    return str(uuid5(UUID(topic.guid), "viewpoint"))


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = escaped(text, keeps_lines=True)


def _time(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _xml(root: ET.Element) -> bytes:
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def read_bcf(file: bytes) -> list[BcfStatus]:
    """Read what a file of BCF 2.0 or 2.1 says of its topics; nothing in it is believed before it is bounded.

    Raises:
        Rejected: it is no such file, or larger than is read.
    """
    if len(file) > _MOST_BYTES:
        raise Rejected("too_large", f"a BCF file has at most {_MOST_BYTES} bytes")
    try:
        with zipfile.ZipFile(io.BytesIO(file)) as archive:
            return [_read_topic(archive, info) for info in _markups(archive)]
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, ValueError, OSError) as error:
        raise Rejected("bad_bcf", f"this is no BCF file: {type(error).__name__}") from error


def _markups(archive: zipfile.ZipFile) -> Iterable[zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > _MOST_FILES or sum(one.file_size for one in entries) > _MOST_UNPACKED:
        raise Rejected("too_large", "the BCF file unfolds to more than is read")
    markups = [one for one in entries if one.filename.lower().endswith("/markup.bcf")]
    if not markups:
        raise Rejected("bad_bcf", "the file holds no topic")
    return markups


def _read_topic(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> BcfStatus:
    with archive.open(info) as entry:
        content = entry.read(_MOST_MARKUP + 1)  # whatever size the entry says it has
    if len(content) > _MOST_MARKUP:
        raise Rejected("too_large", f"a topic of a BCF file has at most {_MOST_MARKUP} bytes")
    try:
        root = fromstring(content, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException) as error:
        raise Rejected("bad_bcf", f"{escaped(info.filename)} is not the XML it should be") from error
    topic = root.find("Topic")
    if root.tag != "Markup" or topic is None:
        raise Rejected("bad_bcf", f"{escaped(info.filename)} holds no topic")
    try:
        guid = str(UUID(topic.get("Guid", "")))
    except ValueError as error:
        raise Rejected("bad_bcf", "a topic's Guid is none") from error
    said = tuple((one.findtext("Comment") or "").strip()[:4000] for one in root.findall("Comment"))
    return BcfStatus(guid=guid, status=(topic.get("TopicStatus") or "").strip()[:100], comments=said)
