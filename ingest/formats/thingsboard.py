"""ThingsBoard's gateway API: one connection speaks for many devices, which it calls by their names.

`v1/gateway/telemetry` is `{"Device A": [{"ts": ms, "values": {…}}, …], …}`; what stands for a device is read like a
native document, but that numbers in quotes are numbers, as ThingsBoard has it. `v1/gateway/connect` and `/disconnect`
are `{"device": "Device A"}`. A device is the asset of that tag, where one site alone has such, or else is named
`site/asset`. Before it sends anything, ThingsBoard's gateway asks on `v1/devices/me/rpc/request/{id}` how much it may
send (`getSessionLimits`), and waits until it hears; it hears that there are no limits. Who speaks on other topics below
`v1/devices/me` is known to ThingsBoard's own broker alone: such a topic names no device, and is declined
(docs/formats.md says what to do instead).
"""

from __future__ import annotations

import re
from typing import Any

from ingest.decoding.decoded import Answer, Decoded, DeviceReport, Extras, Presence
from ingest.decoding.device_profile import ANYWHERE
from ingest.decoding.format import Format
from ingest.decoding.json_text import parsed, whole_integers
from ingest.formats.native import report
from plant.errors import Rejected

_ROOT = "v1/gateway"
_NAME = "thingsboard"
_REQUEST, _RESPONSE = "v1/devices/me/rpc/request/", "v1/devices/me/rpc/response/"
_NO_LIMITS = b'{"rateLimits":{},"gatewayRateLimits":{}}'
_TIMES = frozenset({"ts", "timestamp"})
_QUOTED_WORDS = frozenset({"true", "false"})
_QUOTED_NUMBER = re.compile(r"-?(\d{1,40}(\.\d{1,40})?|\.\d{1,40})", re.ASCII)
_NAMELESS = (
    "the topic names no device: only the broker knows who logged in as me. Let the device speak on "
    "assetloop/v1/SITE/ASSET/telemetry, a gateway on v1/gateway/telemetry, or the broker put a name before the topic "
    "and mapping.toml read it (docs/formats.md, ThingsBoard)"
)


def decode(topic: str, payload: bytes) -> Decoded:
    """Decode one message of a gateway.

    Raises:
        Rejected: `unknown_topic`, `not_json`, `not_thingsboard` or `no_numbers`, for the message as a whole.

    >>> decoded = decode("v1/gateway/telemetry", b'{"P-101": [{"ts": 1700000000000, "values": {"flow": 7}}]}')
    >>> decoded.reports[0].asset, decoded.reports[0].values.tolist()
    ('P-101', [7.0])
    """
    if topic == f"{_ROOT}/telemetry":
        return _telemetry(whole_integers(payload, parsed(payload)))
    if topic in {f"{_ROOT}/connect", f"{_ROOT}/disconnect"}:
        return _presence(parsed(payload), is_online=topic.endswith("/connect"))
    if topic.startswith(_REQUEST):
        return _answered(topic.removeprefix(_REQUEST), parsed(payload))
    raise Rejected("unknown_topic", topic)


def _telemetry(document: Any) -> Decoded:
    if type(document) is not dict or not document:
        raise Rejected("not_thingsboard", 'the gateway\'s telemetry is {"device": [{"ts": …, "values": {…}}]}')
    reports, refused = [], []
    for device, said in document.items():
        if not _is_name(device):
            raise Rejected("not_thingsboard", f"{ascii(device)[:80]} names no device")
        try:
            reports.append(report(ANYWHERE, device, _unquoted(said)))
        except Rejected as nothing:
            refused.append(nothing)
            reports.append(_refused(device, nothing))
    if len(refused) == len(reports):
        raise Rejected(refused[0].reason, refused[0].detail, readings=sum(one.readings for one in refused))
    return Decoded(reports)


def _unquoted(said: Any) -> Any:
    """Return what stands for a device with numbers and truth in quotes without them; times stay as they are.

    >>> _unquoted([{"ts": 1, "values": {"flow": "7.5", "mode": "eco"}}, {"level": "-3", "on": "true", "ts": "5"}])
    [{'ts': 1, 'values': {'flow': 7.5, 'mode': 'eco'}}, {'level': -3, 'on': True, 'ts': '5'}]
    """
    if type(said) is list:
        return [_unquoted(one) for one in said]
    if type(said) is not dict:
        return said
    values = said.get("values")
    if type(values) is dict:
        return {**said, "values": {key: _number(value) for key, value in values.items()}}
    return {key: value if key in _TIMES else _number(value) for key, value in said.items()}


def _number(value: Any) -> Any:
    if type(value) is not str:
        return value
    if value.casefold() in _QUOTED_WORDS:
        return value.casefold() == "true"
    if _QUOTED_NUMBER.fullmatch(value) is None:
        return value
    return float(value) if "." in value else int(value)


def _answered(request: str, document: Any) -> Decoded:
    """Answer a gateway that asks for its limits, and nothing else."""
    if type(document) is not dict or document.get("method") != "getSessionLimits" or not request.isdecimal():
        return Decoded([])
    return Decoded([], Extras(answers=[Answer(topic=_RESPONSE + request, payload=_NO_LIMITS)]))


def _refused(device: str, cause: Rejected) -> DeviceReport:
    refused = DeviceReport.empty(ANYWHERE, device)
    refused.refuse(cause.reason, cause.detail, cause.readings)
    return refused


def _presence(document: Any, *, is_online: bool) -> Decoded:
    device = document.get("device") if type(document) is dict else None
    if type(device) is not str or not _is_name(device):
        raise Rejected("not_thingsboard", 'a gateway speaks of its devices as {"device": "name"}')
    word = Presence(site=ANYWHERE, asset=device, format=_NAME, speaker="gateway", is_online=is_online)
    return Decoded([], Extras(presences=[word]))


def _is_name(device: str) -> bool:
    return bool(device) and "\x00" not in device


FORMAT = Format(
    name=_NAME,
    filters=(f"{_ROOT}/telemetry", f"{_ROOT}/connect", f"{_ROOT}/disconnect", f"{_REQUEST}+"),
    decode=decode,
    declines={"v1/devices/me/#": _NAMELESS},
)
