"""The mapping over HTTP: how the plant's own topics are read; another one is checked, and a payload tried with it."""

from __future__ import annotations

import base64
import binascii
import hashlib
from pathlib import Path

from fastapi import APIRouter

from api.parts import GivenParts, Parts
from api.problems import answers
from api.schemas.administration import CheckedMappingShape, MappingShape, MappingText, PayloadTried, TrialShape
from ingest.decoding.format import Format
from ingest.mapping import known_formats, mapping_format
from ingest.mapping.file import TopicRule, parse_rules
from ingest.trial import try_payload
from plant.errors import Misconfigured, Rejected, Unavailable

router = APIRouter(prefix="/mapping", tags=["administration"])


@router.get("", responses=answers(403, 404))
def get_mapping(parts: GivenParts) -> MappingShape:
    """Show the mapping that is in force, as its file has it."""
    path = parts.installation.mapping_file()
    body, text = _read(path)
    return MappingShape(
        file=path.name, sha256=hashlib.sha256(body).hexdigest(), patterns=_patterns(_rules(text, path.name)), text=text
    )


@router.post("/check", responses=answers(400, 403))
def check_mapping(parts: GivenParts, asked: MappingText) -> CheckedMappingShape:  # noqa: ARG001 - the right is wanted
    """Say whether a mapping makes sense, and which topics it would read; a fault is named with its line."""
    return CheckedMappingShape(patterns=_patterns(_rules(asked.mapping, "the mapping")))


@router.post("/try", responses=answers(400, 403))
def try_mapping(parts: GivenParts, tried: PayloadTried) -> TrialShape:
    """Show what ingest would make of a payload that came now on a topic; nothing of it is stored."""
    arrival_us = round(parts.clock.now().timestamp() * 1e6)
    formats, rules = _formats(parts, tried.mapping), parts.installation.trial_rules
    return TrialShape.of(try_payload(formats, tried.topic, _payload(tried), rules, arrival_us=arrival_us))


def _payload(tried: PayloadTried) -> bytes:
    if (tried.payload is None) == (tried.payload_base64 is None):
        raise Rejected("one_payload", "say the payload as `payload` or as `payload_base64`")
    if tried.payload_base64 is None:
        return (tried.payload or "").encode()
    try:
        return base64.b64decode(tried.payload_base64, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Rejected("bad_base64", "`payload_base64` is no base64") from error


def _formats(parts: Parts, text: str | None) -> tuple[Format, ...]:
    known = known_formats(joins_sparkplug_names=parts.installation.joins_sparkplug_names)
    if text is not None:
        return (*known, mapping_format(_rules(text, "the mapping")))
    path = parts.installation.mapping
    return known if path is None else (*known, mapping_format(_rules(_read(path)[1], path.name)))


def _read(path: Path) -> tuple[bytes, str]:
    """Return what the mapping's file holds, and the text that it is."""
    try:
        body = path.read_bytes()
        return body, body.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise Unavailable(f"the mapping {path.name} cannot be read: {type(error).__name__}") from error


def _rules(text: str, name: str) -> list[TopicRule]:
    try:
        return parse_rules(text, name=name)
    except Misconfigured as error:
        raise Rejected("bad_mapping", str(error)) from error


def _patterns(rules: list[TopicRule]) -> list[str]:
    return [one.pattern for one in rules]
