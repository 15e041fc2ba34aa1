"""SenML (RFC 8428): a list of records, of which each may say what holds for those after it too (`bn`, `bt`, `bv`)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from plant.errors import Rejected

VALUES = frozenset({"v", "vb", "vs", "vd", "s"})
FIELDS = VALUES | {"n", "u", "t", "ut", "bn", "bt", "bu", "bv", "bs", "bver"}
_SHOWN = 60
_OTHERS = ("vb", "vs", "vd")
_BASES = ("bn", "bt", "bu", "bv", "bs", "bver")


def resolved(document: Any) -> Iterator[Mapping[str, Any]]:
    """Yield what each record says of one value: `name`, `value`, `time` (s, absent where it is now), `unit`.

    Raises:
        Rejected: `not_senml`.

    >>> pack = [{"bn": "pump:", "bt": 1700000000, "n": "flow", "u": "l/s", "v": 7.5}, {"n": "on", "t": -5, "vb": True}]
    >>> [(one["name"], one["value"], one["time"]) for one in resolved(pack)]
    [('pump:flow', 7.5, 1700000000), ('pump:on', True, 1699999995)]
    """
    if not isinstance(document, list) or not all(isinstance(record, dict) for record in document):
        raise Rejected("not_senml", "a SenML payload is a list of records")
    base: dict[str, Any] = {}
    for record in document:
        base |= {key: record[key] for key in _BASES if key in record}
        said = _record(record, base)
        if said:
            yield said


def _record(record: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """Return what one record says of a value, nothing where it has none."""
    said: dict[str, Any] = {}
    if "v" in record or ("bv" in base and "n" in record and not any(key in record for key in (*_OTHERS, "s"))):
        said["value"] = _plus(record.get("v", 0), base.get("bv", 0))
    elif "s" in record:
        said["value"] = _plus(record["s"], base.get("bs", 0))
    elif other := next((key for key in _OTHERS if key in record), None):
        said["value"] = record[other]
    if not said:
        return said
    time = _plus(record.get("t", 0), base.get("bt", 0))
    return {
        **said,
        "name": f"{base.get('bn', '')}{record.get('n', '')}",
        "unit": record.get("u", base.get("bu", "")),
        "time": None if time == 0 else time,
    }


def _plus(said: Any, base: Any) -> Any:
    """Return a number that counts from a base one; what is no number stays what it is, to be refused."""
    for one in (said, base):
        if isinstance(one, bool) or not isinstance(one, (int, float)):
            return one
    try:
        return said + base
    except OverflowError:
        return f"{said} and {base}"[:_SHOWN]
