"""Which of the three grades of database this is, and whether the product runs on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from plant.errors import Misconfigured
from storage.database import Role, Transaction

_OLDEST_PLAIN = 150_000
_OLDEST_WITH_TIMESCALE = 160_000
_OLDEST_TIMESCALE = (2, 20)


class Grade(StrEnum):
    """Plain PostgreSQL, TimescaleDB Apache edition, TimescaleDB community edition."""

    PLAIN = "plain"
    APACHE = "apache"
    COMMUNITY = "community"


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """What `migrate` found out about a server."""

    grade: Grade
    version: str
    timescale: str | None
    has_roles: bool


def judge(tx: Transaction, *, allow_unsupported: bool = False) -> Server:
    """Look at the server and name its grade.

    Raises:
        Misconfigured: it is older than the product supports; the text says what to install.
    """
    row = tx.one("migrate.server")
    timescale = row["timescale"] or _loadable(row)
    if row["version"] < _OLDEST_PLAIN:
        raise Misconfigured(f"PostgreSQL {row['version_text']} is too old; install 15 or newer (17 recommended)")
    if timescale and not allow_unsupported:
        _refuse_old_timescale(row["version"], row["version_text"], timescale)
    return Server(
        grade=_grade(timescale, row["license"]),
        version=row["version_text"],
        timescale=timescale,
        has_roles=set(Role) <= set(row["roles"] or ()),
    )


def _loadable(row: dict[str, Any]) -> str | None:
    return row["timescale_available"] if row["preloaded"] else None


def _refuse_old_timescale(version: int, version_text: str, timescale: str) -> None:
    if version < _OLDEST_WITH_TIMESCALE:
        raise Misconfigured(
            f"TimescaleDB on PostgreSQL {version_text} is not supported; use PostgreSQL 16 or newer "
            "(ASSETLOOP_ALLOW_UNSUPPORTED=1 accepts it for tests)"
        )
    major, minor, *_ = (int(part) for part in timescale.split("-", maxsplit=1)[0].split("."))
    if (major, minor) < _OLDEST_TIMESCALE:
        raise Misconfigured(f"TimescaleDB {timescale} is too old; update the extension to 2.20 or newer")


def _grade(timescale: str | None, license_: str | None) -> Grade:
    if timescale is None:
        return Grade.PLAIN
    return Grade.APACHE if license_ == "apache" else Grade.COMMUNITY
