"""ThingsBoard's gateway API: one connection speaks for many devices, which it calls by their names.

`v1/gateway/telemetry` is `{"Device A": [{"ts": ms, "values": {…}}, …], …}`; what stands for a device is read like a
native document. `v1/gateway/connect` and `/disconnect` are `{"device": "Device A"}`. A device is the asset of that tag,
where one site alone has such, or else is named `site/asset`. Who speaks on `v1/devices/me/…` is known to ThingsBoard's
own broker alone: such a topic names no device, and is declined (docs/formats.md says what to do instead).
"""

from __future__ import annotations

from typing import Any

from ingest.admission.device_profile import ANYWHERE
from ingest.decoding.decoded import Decoded, DeviceReport, Extras, Presence
from ingest.decoding.format import Format
from ingest.decoding.json_text import parsed
from ingest.formats.native import report
from plant.errors import Rejected

_ROOT = "v1/gateway"
_NAME = "thingsboard"
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
        return _telemetry(parsed(payload))
    if topic in {f"{_ROOT}/connect", f"{_ROOT}/disconnect"}:
        return _presence(parsed(payload), is_online=topic.endswith("/connect"))
    raise Rejected("unknown_topic", topic)


def _telemetry(document: Any) -> Decoded:
    if type(document) is not dict or not document:
        raise Rejected("not_thingsboard", 'the gateway\'s telemetry is {"device": [{"ts": …, "values": {…}}]}')
    reports, refused = [], []
    for device, said in document.items():
        if not _is_name(device):
            raise Rejected("not_thingsboard", f"{ascii(device)[:80]} names no device")
        try:
            reports.append(report(ANYWHERE, device, said))
        except Rejected as nothing:
            refused.append(nothing)
            reports.append(_refused(device, nothing))
    if len(refused) == len(reports):
        raise Rejected(refused[0].reason, refused[0].detail, readings=sum(one.readings for one in refused))
    return Decoded(reports)


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
    filters=(f"{_ROOT}/telemetry", f"{_ROOT}/connect", f"{_ROOT}/disconnect"),
    decode=decode,
    declines={"v1/devices/me/#": _NAMELESS},
)
