"""Rows of a plant, written straight into the record as the rooms would have: every column by its name.

What a test does not name is what it is most often. A row's own number is returned where it has one.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import psycopg
from psycopg import sql
from psycopg.rows import scalar_row
from psycopg.types.json import Jsonb

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


class PlantRows:
    """Writes rows over one connection; site `demo` and class `pump` are there as soon as an asset needs them."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self.connection = connection

    def add(self, table: str, /, **columns: Any) -> Any:
        """Write one row of any table, and return its first column."""
        names = [sql.Identifier(name) for name in columns]
        statement = sql.SQL("INSERT INTO {} ({}) VALUES ({}) RETURNING *").format(
            sql.Identifier(table), sql.SQL(", ").join(names), sql.SQL(", ").join(sql.Placeholder() * len(names))
        )
        with self.connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(statement, list(columns.values())).fetchone()

    def site(self, tag: str = "demo", **columns: Any) -> int:
        return self._number("site", tag=tag, **{"name": tag, **columns})

    def asset_class(self, tag: str = "pump", **columns: Any) -> int:
        return self._number("asset_class", tag=tag, **{"name": tag, **columns})

    def asset(self, tag: str = "P-1", *, site: str = "demo", asset_class: str = "pump", **columns: Any) -> int:
        """An asset at a site, of a class: both by their tags, and made where they are not there yet."""
        site_id = self._known("site", "site_id", site) or self.site(site)
        class_id = self._known("asset_class", "class_id", asset_class) or self.asset_class(asset_class)
        return self._number("asset", site_id=site_id, class_id=class_id, tag=tag, **{"name": tag, **columns})

    def signal(self, asset_id: int, key: str, **columns: Any) -> int:
        return self._number("signal", asset_id=asset_id, key=key, **columns)

    def signals(self, asset_id: int, *keys: str) -> list[int]:
        """Several signals, each at the place at which it is named."""
        return [self.signal(asset_id, key, position=place) for place, key in enumerate(keys)]

    def installation(self, asset_id: int, **columns: Any) -> int:
        return self._number("installation", asset_id=asset_id, **columns)

    def model(self, installation_id: int, **columns: Any) -> int:
        """A champion that nothing was learnt from."""
        usual = {
            "kind": "condition",
            "version": 1,
            "state": "champion",
            "signal_ids": [],
            "data_from": NOON,
            "data_to": NOON,
            "data_rows": 1,
            "data_sha256": b"",
            "libraries": Jsonb({}),
            "artifact": b"",
            "trained_by": "a test",
            "trained_at": NOON,
        }
        return self._number("model", installation_id=installation_id, **{**usual, **columns})

    def reading(self, signal_id: int, time: datetime, value: float, flags: int = 0) -> None:
        self.add("reading", time=time, signal_id=signal_id, value=value, flags=flags)

    def latest(self, signal_id: int, time: datetime, value: float = 0.0, **columns: Any) -> None:
        """The newest value of a signal, which came when it was measured unless `stored_at` says when."""
        self.add("latest", signal_id=signal_id, time=time, value=value, **{"flags": 0, "stored_at": time, **columns})

    def score(self, asset_id: int, time: datetime, score: float, **columns: Any) -> None:
        usual = {"model_id": 1, "score_max": score, "score_last": score, "flags": 0}
        self.add("score", asset_id=asset_id, time=time, **{**usual, **columns})

    def wear(self, asset_id: int, time: datetime, wear: float = 0.0, **columns: Any) -> None:
        """The level of wear that a model saw."""
        self.add("wear", asset_id=asset_id, time=time, wear=wear, **{"model_id": 1, "wear_signals": [], **columns})

    def remaining_life(self, asset_id: int, installation_id: int, time: datetime, **columns: Any) -> None:
        """An estimate by the wear of P-1 that says nothing, unless it is named what."""
        usual = {"source_version": "wear/P-1/v1", "outlook": "no_trend", "coverage": 0.8, "estimated_at": time}
        self.add(
            "remaining_life", asset_id=asset_id, installation_id=installation_id, time=time, **{**usual, **columns}
        )

    def slot(self, slot: int, **columns: Any) -> None:
        """A slot of ingest; whoever holds it holds it for a long time."""
        lease = {"lease_until": datetime(2100, 1, 1, tzinfo=UTC)} if "holder" in columns else {}
        self.add("ingest_slot", slot=slot, **{**lease, **columns})

    def finding(self, asset_id: int, *, at: datetime = NOON, **columns: Any) -> UUID:
        """An open finding of the model, which began, and was seen last, at an instant."""
        usual = {
            "finding_id": uuid4(),
            "kind": "condition",
            "failure_mode": "VIB",
            "source": "model",
            "source_version": "",
            "onset": at,
            "updated": at,
            "severity": "MAJOR",
            "score": 1.0,
            "shares": Jsonb([]),
            "window_from": at,
            "window_to": at,
        }
        return UUID(str(self.add("finding", asset_id=asset_id, **{**usual, **columns})))

    def alert(self, asset_id: int, *, at: datetime = NOON, **columns: Any) -> UUID:
        """An active alert that nobody has acknowledged, raised at the instant at which its fault began."""
        usual = {"alert_id": uuid4(), "kind": "condition", "severity": "MAJOR", "onset": at, "raised_at": at}
        return UUID(str(self.add("alert", asset_id=asset_id, **{**usual, **columns})))

    def work_order(self, asset_id: int, *, at: datetime = NOON, **columns: Any) -> int:
        """An order that waits for approval, raised at an instant."""
        usual = {
            "failure_mode": "VIB",
            "state": "WAPPR",
            "priority": 2,
            "severity": "MAJOR",
            "title": "",
            "evidence": Jsonb({}),
            "requested_finish": at,
            "created_at": at,
            "changed_at": at,
        }
        return self._number("work_order", asset_id=asset_id, **{**usual, **columns})

    def order_event(self, order_id: int, **columns: Any) -> None:
        """What happened to an order: it was raised, unless another event is named."""
        usual = {"revision": 1, "at": NOON, "actor": "desk", "event": "raised", "document": Jsonb({"link": None})}
        self.add("work_order_event", order_id=order_id, **{**usual, **columns})

    def _number(self, table: str, /, **columns: Any) -> int:
        return int(self.add(table, **columns))

    def _known(self, table: str, number: str, tag: str) -> int | None:
        statement = sql.SQL("SELECT {} FROM {} WHERE tag = %s").format(sql.Identifier(number), sql.Identifier(table))
        with self.connection.cursor(row_factory=scalar_row) as cursor:
            return cursor.execute(statement, [tag]).fetchone()
