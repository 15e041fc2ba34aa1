"""Which of the three grades of database this is, and whether the product runs on it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from plant.errors import Misconfigured
from storage.core.database import Transaction

_OLDEST_PLAIN = 150_000
_OLDEST_WITH_TIMESCALE = 160_000
_OLDEST_APACHE = (2, 19)  # what Debian 13 ships
_OLDEST_COMMUNITY = (2, 20)


class Grade(StrEnum):
    """Plain PostgreSQL, TimescaleDB Apache edition, TimescaleDB community edition."""

    PLAIN = "plain"
    APACHE = "apache"
    COMMUNITY = "community"

    def is_above(self, other: Grade) -> bool:
        """Say whether this grade can do more.

        >>> Grade.COMMUNITY.is_above(Grade.APACHE), Grade.PLAIN.is_above(Grade.PLAIN)
        (True, False)
        """
        grades = list(Grade)
        return grades.index(self) > grades.index(other)


@dataclass(frozen=True, kw_only=True, slots=True)
class Server:
    """What `migrate` found out about a server."""

    grade: Grade
    version: str
    timescale: str | None


def judge(tx: Transaction, *, allow_unsupported: bool = False) -> Server:
    """Look at the server and name its grade.

    Raises:
        Misconfigured: it is older than the product supports; the text says what to install.
    """
    row = tx.one("migrate.server")
    timescale = row["timescale"]
    grade = _grade(timescale, row["license"])
    if row["version"] < _OLDEST_PLAIN:
        raise Misconfigured(f"PostgreSQL {row['version_text']} is too old; install 15 or newer (17 recommended)")
    if timescale and not allow_unsupported:
        _refuse_old_timescale(row["version"], row["version_text"], timescale, grade)
    return Server(grade=grade, version=row["version_text"], timescale=timescale)


def lacks_extension(tx: Transaction) -> bool:
    """Say whether the server has TimescaleDB ready and this database does not use it yet."""
    row = tx.one("migrate.server")
    return row["timescale"] is None and row["timescale_available"] is not None and row["preloaded"]


def _refuse_old_timescale(version: int, version_text: str, timescale: str, grade: Grade) -> None:
    if version < _OLDEST_WITH_TIMESCALE:
        raise Misconfigured(
            f"TimescaleDB on PostgreSQL {version_text} is not supported; use PostgreSQL 16 or newer "
            "(ASSETLOOP_ALLOW_UNSUPPORTED=1 accepts it for tests)"
        )
    oldest = _OLDEST_APACHE if grade is Grade.APACHE else _OLDEST_COMMUNITY
    major, minor, *_ = (int(part) for part in timescale.split("-", maxsplit=1)[0].split("."))
    if (major, minor) < oldest:
        raise Misconfigured(
            f"TimescaleDB {timescale} is too old: install {oldest[0]}.{oldest[1]} or newer on the server, then let an "
            "administrator run ALTER EXTENSION timescaledb UPDATE in this database"
        )


def _grade(timescale: str | None, license_: str | None) -> Grade:
    if timescale is None:
        return Grade.PLAIN
    return Grade.APACHE if license_ == "apache" else Grade.COMMUNITY
