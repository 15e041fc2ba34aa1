"""An example of every document that a route takes, made of what its fields say of themselves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Schema = Mapping[str, Any]
_BY_NAME: Mapping[str, Any] = {
    "site": "demo",
    "asset": "P-101",
    "asset_class": "centrifugal_pump",
    "into_site": "demo",
    "team": "engineering",
    "signal": "vibration_de_mm_s",
    "signals": ["vibration_de_mm_s"],
    "failure_mode": "VIB",
    "currency": "EUR",
    "mail": "ada@plant.example",
    "phone": "+49 151 1234567",
    "time_zone": "Europe/Berlin",
    "hours": "Mon-Fri 07:00-19:00",
    "sign_in": "li.wei",
    "person": "li.wei",
    "assignee": "li.wei",
    "rule": "FREQ=WEEKLY;BYDAY=MO",
    "sha256": "0" * 64,
    "manifest_sha256": "0" * 64,
    "language": "en",
}
_BY_FORMAT: Mapping[str, Any] = {
    "date-time": "2026-03-01T08:00:00Z",
    "date": "2026-03-01",
    "time": "08:00:00",
    "uuid": "00000000-0000-4000-8000-000000000000",
    "duration": "PT8H",
}


def example_of(schema: Schema, schemas: Mapping[str, Schema], name: str = "") -> Any:
    """Return an example of a schema: what it says itself, else what its kind and its name suggest.

    >>> example_of({"type": "object", "required": ["note"], "properties": {"note": {"type": "string"}}}, {})
    {'note': 'as seen on site'}
    """
    if "$ref" in schema:
        return example_of(schemas[schema["$ref"].rpartition("/")[2]], schemas, name)
    if schema.get("examples"):
        return schema["examples"][0]
    for key in ("const", "default"):
        if schema.get(key) not in (None, "", []):
            return schema[key]
    if schema.get("enum"):
        return schema["enum"][0]
    either = [one for one in schema.get("anyOf", schema.get("oneOf", ())) if one.get("type") != "null"]
    if either:
        return example_of(either[0], schemas, name)
    return _of_kind(schema, schemas, name)


def _of_kind(schema: Schema, schemas: Mapping[str, Schema], name: str) -> Any:
    kind = schema.get("type", "object")
    fits = {"string": str, "number": int | float, "integer": int, "array": list}.get(kind, dict)
    if isinstance(_BY_NAME.get(name), fits):
        return _BY_NAME[name]
    if kind == "object":
        wanted = schema.get("required", ())
        fields = {key: below for key, below in schema.get("properties", {}).items() if key in wanted}
        return {key: example_of(below, schemas, key) for key, below in fields.items()}
    if kind == "array":
        return [example_of(schema.get("items", {}), schemas, name)] if schema.get("minItems") else []
    if kind in {"integer", "number"}:
        return _number(schema)
    if kind == "boolean":
        return True
    said = _BY_FORMAT.get(schema.get("format", ""), "as seen on site")
    return said[: schema.get("maxLength", len(said))]


def _number(schema: Schema) -> int:
    least = schema.get("minimum", schema.get("exclusiveMinimum", 0))
    return max(1, int(least) + (1 if "exclusiveMinimum" in schema else 0))
