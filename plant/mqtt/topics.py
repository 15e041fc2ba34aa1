"""The MQTT topics of the product, and how a free-text tag becomes one part of a topic."""

from __future__ import annotations

from urllib.parse import unquote

_ROOT = "assetloop/v1"


def tag_to_topic(tag: str) -> str:
    """Percent-encode what a topic part may not hold: `/ + # %` and control characters.

    >>> tag_to_topic("P-101/A 50%")
    'P-101%2FA 50%25'
    >>> tag_to_topic("泵1")
    '泵1'
    """
    return "".join(_encoded(char) for char in tag)


def _encoded(char: str) -> str:
    if char in "/+#%" or ord(char) < 0x20 or 0x7F <= ord(char) <= 0x9F:
        return "".join(f"%{byte:02X}" for byte in char.encode())
    return char


def topic_to_tag(part: str) -> str:
    """Undo `tag_to_topic`.

    >>> topic_to_tag(tag_to_topic("a/b+c#d%e"))
    'a/b+c#d%e'
    """
    return unquote(part)


def telemetry_topic(site: str, asset: str) -> str:
    """Name the topic on which an asset publishes its readings.

    >>> telemetry_topic("demo", "P-101")
    'assetloop/v1/demo/P-101/telemetry'
    """
    return f"{_ROOT}/{tag_to_topic(site)}/{tag_to_topic(asset)}/telemetry"


def work_order_topic(site: str, asset: str) -> str:
    """Name the topic on which an asset's work orders are published.

    >>> work_order_topic("demo", "P-101")
    'assetloop/v1/demo/P-101/workorder'
    """
    return f"{_ROOT}/{tag_to_topic(site)}/{tag_to_topic(asset)}/workorder"


def alert_topic(site: str, asset: str) -> str:
    """Name the topic on which each change of an asset's alerts is published.

    >>> alert_topic("demo", "P-101")
    'assetloop/v1/demo/P-101/alert'
    """
    return f"{_ROOT}/{tag_to_topic(site)}/{tag_to_topic(asset)}/alert"


def control_room_topic(site: str, asset: str) -> str:
    """Name the topic on which a control room acknowledges and shelves an asset's alerts; answers come one below it.

    >>> control_room_topic("demo", "P-101")
    'assetloop/v1/demo/P-101/alert/ack'
    """
    return f"{alert_topic(site, asset)}/ack"


def control_room_reply_topic(site: str, asset: str) -> str:
    """Name the topic on which a control room is answered.

    >>> control_room_reply_topic("demo", "P-101")
    'assetloop/v1/demo/P-101/alert/ack/reply'
    """
    return f"{control_room_topic(site, asset)}/reply"


def reply_topic(team: str, order: str) -> str:
    """Name the topic on which a team of engineering answers an order.

    >>> reply_topic("seals", "WO-000001")
    'assetloop/v1/engineering/seals/reply/WO-000001'
    """
    return f"{_ROOT}/engineering/{tag_to_topic(team)}/reply/{tag_to_topic(order)}"


def notice_topic(site: str, team: str | None) -> str:
    """Name the topic on which notices of a site go out to a team; None: to operations. An empty site is every site.

    >>> notice_topic("demo", None), notice_topic("", "seals")
    ('assetloop/v1/demo/operations/notice', 'assetloop/v1/all/seals/notice')
    """
    return f"{_ROOT}/{tag_to_topic(site or 'all')}/{tag_to_topic(team or 'operations')}/notice"


TELEMETRY_FILTER = f"{_ROOT}/+/+/telemetry"


def matches(wanted: str, topic: str) -> bool:
    """Say whether an MQTT topic filter takes a topic; `+` stands for one part, `#` at the end for all that follow.

    >>> matches("a/+/c", "a/b/c"), matches("a/#", "a/b/c"), matches("a/#", "a"), matches("a/+", "a/b/c")
    (True, True, True, False)
    >>> matches("#", "$SYS/broker/uptime")
    False
    """
    if topic.startswith("$") and not wanted.startswith("$"):
        return False
    parts = topic.split("/")
    for place, part in enumerate(wanted.split("/")):
        if part == "#":
            return True
        if place >= len(parts) or part not in {"+", parts[place]}:
            return False
    return len(parts) == wanted.count("/") + 1


def topic_text(topic: bytes) -> str:
    """Return a topic as text, whatever bytes it holds."""
    return topic.decode(errors="replace")


def device_of(topic: str) -> tuple[str, str] | None:
    """Read (site, asset) out of a native telemetry topic; None where it is not one.

    >>> device_of("assetloop/v1/demo/P-101/telemetry")
    ('demo', 'P-101')
    >>> device_of("assetloop/v1/demo/telemetry") is None
    True
    """
    parts = topic.split("/")
    if len(parts) != 5 or parts[:2] != ["assetloop", "v1"] or parts[4] != "telemetry":
        return None
    site, asset = topic_to_tag(parts[2]), topic_to_tag(parts[3])
    return (site, asset) if site and asset else None
