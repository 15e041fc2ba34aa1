"""The evidence for a claim as one file: pages to print, the rows behind them, and the SHA-256 of each."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import PurePosixPath
from typing import Any
from uuid import UUID

from lifecycle.exporting.defusing import MARK, csv_of
from lifecycle.warranty.claim_evidence import ClaimEvidence
from lifecycle.warranty.claim_page import certificate_page, claim_page
from lifecycle.warranty.claim_wording import claim_phrase
from plant.orders.attachment import Attachment
from storage.orders.warranty_claims import StoredReading

MOST_ENCLOSED = 100 * 2**20
"""How many bytes of an order's own files are enclosed; of those beyond, the page has the SHA-256."""
_THE_SAME_TIME = (2000, 1, 1, 0, 0, 0)

ReadFile = Callable[[Attachment], bytes]


def claim_file(evidence: ClaimEvidence, languages: Sequence[str], read_file: ReadFile) -> bytes:
    """Write the file, with a page in each language, `en` or `zh`; the same evidence gives the same bytes.

    Raises:
        Unavailable: a file of the order cannot be read.
    """
    beside = dict(_rows(evidence))
    enclosed, left_out = _enclosed(evidence.files, read_file)
    beside |= enclosed
    if evidence.readings:
        from lifecycle.warranty.signal_picture import draw_signals  # matplotlib is for those who look

        beside["signals.csv"] = _csv(evidence.readings)
        leading = [str(one.get("signal")) for one in evidence.order.evidence.get("signals") or ()]
        beside["signals.png"] = draw_signals(evidence.readings, evidence.failed_at, leading)
    files: dict[str, bytes] = {}
    for language in languages:
        if evidence.handover is not None:
            files[f"certificate.{language}.html"] = certificate_page(evidence.handover, language).encode()
    files |= beside
    for language in languages:
        absent = [claim_phrase(language, "not_enclosed", name=one.name, sha256=one.sha256) for one in left_out]
        files[f"claim.{language}.html"] = claim_page(evidence, language, [*sorted(files), *absent]).encode()
    return _zipped(files)


def _rows(evidence: ClaimEvidence) -> Iterator[tuple[str, bytes]]:
    claim = {"claim": evidence.claim, "steps": evidence.steps, "warranty": evidence.warranty}
    machine = {"machine": evidence.machine, "limits_as_handed_over": evidence.limits, "failed_at": evidence.failed_at}
    yield "claim.json", _json({**claim, **machine})
    yield (
        "order.json",
        _json(
            {
                "order": evidence.order,
                "closing": evidence.closing,
                "events": evidence.events,
                "bookings": evidence.bookings,
                "spent": evidence.spent,
                "downtimes": evidence.downtimes,
                "comments": evidence.comments,
                "files": evidence.files,
            }
        ),
    )
    if evidence.alert is not None:
        yield "alert.json", _json({"alert": evidence.alert, "events": evidence.alert_events})
    if evidence.handover is not None:
        yield "handover.json", _json(evidence.handover)
    yield "ledger.json", _json(evidence.ledger)


def _enclosed(files: Sequence[Attachment], read_file: ReadFile) -> tuple[dict[str, bytes], list[Attachment]]:
    """Return the order's own files by names of their own, and those for which there is no room."""
    enclosed: dict[str, bytes] = {}
    left_out, room = list[Attachment](), MOST_ENCLOSED
    for place, one in enumerate(files, start=1):
        if one.bytes > room:
            left_out.append(one)
            continue
        room -= one.bytes
        enclosed[f"files/{place:02d}-{PurePosixPath(one.name).name}"] = read_file(one)
    return enclosed, left_out


def _csv(readings: Sequence[StoredReading]) -> bytes:
    rows = (
        (one.time.astimezone(UTC).isoformat(), one.key, one.unit, one.value, "bad" if one.is_bad else "good")
        for one in readings
    )
    return (MARK + csv_of([("time", "signal", "unit", "value", "quality"), *rows])).encode()


def _json(value: Any) -> bytes:
    return json.dumps(_plain(value), ensure_ascii=False, indent=1, sort_keys=True).encode()


def _plain(value: Any) -> Any:
    """Return a value as JSON has it; amounts are text, so that they stay decimal."""
    if is_dataclass(value) and not isinstance(value, type):
        return _plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, str) or not isinstance(value, Sequence | frozenset):
        return value.isoformat() if isinstance(value, date | datetime) else _scalar(value)
    return [_plain(one) for one in value]


def _scalar(value: Any) -> Any:
    return str(value) if isinstance(value, Decimal | UUID) else value


def _zipped(files: Mapping[str, bytes]) -> bytes:
    manifest = "".join(f"{hashlib.sha256(files[name]).hexdigest()}  {name}\n" for name in sorted(files))
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in [*sorted(files.items()), ("MANIFEST", manifest.encode())]:
            packed.writestr(zipfile.ZipInfo(name, date_time=_THE_SAME_TIME), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()
