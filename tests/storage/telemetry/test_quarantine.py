"""Quarantine keeps a payload once for each reason, and counts how often it came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from storage.core.database import Database
from storage.telemetry import quarantine
from storage.telemetry.quarantine import ReasonTotal, RefusedPayload

AT = datetime(2026, 3, 4, tzinfo=UTC)
REFUSED = RefusedPayload(topic="t", reason="not_json", payload=b"{", length=1, sha256=b"1" * 32, at=AT, readings=2)


def test_the_same_payload_again_only_raises_the_counts(ingest_database: Database) -> None:
    later = replace(REFUSED, at=AT + timedelta(hours=1))
    with ingest_database.transaction() as tx:
        quarantine.hold(tx, [later, REFUSED])
        quarantine.hold(tx, [REFUSED, replace(REFUSED, reason="too_old", readings=5)])
        assert quarantine.totals(tx) == {
            "not_json": ReasonTotal(reason="not_json", payloads=1, times=3, readings=6),
            "too_old": ReasonTotal(reason="too_old", payloads=1, times=1, readings=5),
        }
        held = quarantine.recent(tx)[0]
    assert (held.payload, held.count, held.last_seen) == (b"{", 3, later.at)


def test_what_postgres_cannot_keep_is_replaced_or_cut(ingest_database: Database) -> None:
    wild = replace(REFUSED, topic="a\x00b" + "泵" * 9000, detail="\ud800\x00", site="\x00", asset="x" * 70_000)
    with ingest_database.transaction() as tx:
        quarantine.hold(tx, [wild])
        (held,) = quarantine.recent(tx)
    assert held.topic.startswith("a\N{REPLACEMENT CHARACTER}b泵")
    assert (len(held.topic), len(held.asset_tag or "")) == (500, 500)
