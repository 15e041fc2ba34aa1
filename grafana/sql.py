"""A query that Grafana's PostgreSQL source runs: the one thing the dashboard library lacks."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Literal

from grafana_foundation_sdk.cog import builder, variants
from grafana_foundation_sdk.models.common import DataSourceRef

from storage.core.named_sql import split_statements

SOURCE_UID = "assetloop"
SOURCE_TYPE = "grafana-postgresql-datasource"

Format = Literal["table", "time_series"]


def source() -> DataSourceRef:
    """Name the one data source, by its fixed uid."""
    return DataSourceRef(type_val=SOURCE_TYPE, uid=SOURCE_UID)


def target(sql: str, *, shape: Format = "table", ref_id: str = "A") -> dict[str, object]:
    """Return the query as Grafana stores it."""
    return {
        "refId": ref_id,
        "datasource": {"type": SOURCE_TYPE, "uid": SOURCE_UID},
        "format": shape,
        "rawQuery": True,
        "editorMode": "code",
        "rawSql": sql,
    }


class Sql(variants.Dataquery):
    """A query in SQL, with Grafana's macros."""

    def __init__(self, sql: str, *, shape: Format = "table", ref_id: str = "A") -> None:
        self.sql = sql
        self.shape = shape
        self.ref_id = ref_id

    def to_json(self) -> dict[str, object]:
        """Return the query as Grafana stores it."""
        return target(self.sql, shape=self.shape, ref_id=self.ref_id)


class Ask(builder.Builder[variants.Dataquery]):
    """Builds the query named `dashboard.statement`, one of `queries/<dashboard>.sql`."""

    def __init__(self, name: str, *, shape: Format = "table", ref_id: str = "A") -> None:
        self._sql = Sql(statement(name), shape=shape, ref_id=ref_id)

    def build(self) -> variants.Dataquery:
        """Return the query."""
        return self._sql


def statement(name: str) -> str:
    """Return the text of a named statement.

    >>> statement("plant.energy_total").splitlines()[1]
    'SELECT sum(kwh) AS "Energy"'
    """
    dashboard, _, wanted = name.partition(".")
    return _statements(dashboard)[wanted].decode()


@cache
def _statements(dashboard: str) -> dict[str, bytes]:
    return split_statements((files("grafana") / "queries" / f"{dashboard}.sql").read_text(encoding="utf-8"))
