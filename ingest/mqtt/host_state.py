"""The STATE of a Sparkplug host: retained at the broker; edge nodes publish while it is online, and store otherwise.

Eclipse, *Sparkplug Specification 3.0.0*, on the session of a host application: the birth and the will of a connection
have the same timestamp, and timestamps never go back. Several ingest processes are one host, and one of them has the
connection for its STATE: the one that holds the slot that hears all nodes.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from dataclasses import dataclass
from typing import Any, Literal

import orjson
import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from ingest.mqtt.connecting import BrokerSettings, attend, introduce
from plant.backoff import Outage
from plant.clock import Clock
from plant.errors import Unavailable
from plant.mqtt.broker_address import BrokerAddress

_log = logging.getLogger(__name__)
_LONGEST_WAIT_S = 0.2  # also how late a change may be noticed
_FAREWELL_S = 1.0


@dataclass(frozen=True, kw_only=True, slots=True)
class HostStateSettings:
    """As which host ingest is known to edge nodes, and in the form of which version of the specification.

    >>> HostStateSettings(host_id="assetloop").payload(is_online=True, timestamp_ms=7)
    b'{"online":true,"timestamp":7}'
    >>> older = HostStateSettings(host_id="assetloop", version="2.2")
    >>> older.topic, older.payload(is_online=False, timestamp_ms=7)
    ('STATE/assetloop', b'OFFLINE')
    """

    host_id: str
    version: Literal["3.0", "2.2"] = "3.0"

    @property
    def topic(self) -> str:
        """Return the topic of the host's STATE."""
        return f"spBv1.0/STATE/{self.host_id}" if self.version == "3.0" else f"STATE/{self.host_id}"

    def payload(self, *, is_online: bool, timestamp_ms: int) -> bytes:
        """Return what is said there."""
        if self.version == "2.2":
            return b"ONLINE" if is_online else b"OFFLINE"
        return orjson.dumps({"online": is_online, "timestamp": timestamp_ms})


class HostState:
    """Keeps the host online at the broker, in a thread of its own, for as long as that is wanted.

    `client_id` is the same in every process that may be the host: a new connection then ends a former one.
    """

    def __init__(self, broker: BrokerSettings, settings: HostStateSettings, clock: Clock, client_id: str) -> None:
        self._broker = broker
        self._settings = settings
        self._clock = clock
        self._client_id = client_id
        self._change = threading.Condition()
        self._is_wanted = False
        self._is_closing = False
        self._timestamp_ms = 0
        self._least_ms = 0
        self._unanswered: set[int] = set()
        self._is_outdated = False
        self._outage = Outage("the host's STATE cannot be published", "the host's STATE is published", log=_log)
        self._thread: threading.Thread | None = None

    def say(self, *, is_online: bool) -> None:
        """Say from now on that the host is online, or that it is offline."""
        if is_online == self._is_wanted:
            return
        with self._change:
            self._is_wanted = is_online
            self._change.notify_all()
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="ingest-host-state", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Say that the host is offline, and end."""
        with self._change:
            self._is_wanted, self._is_closing = False, True
            self._change.notify_all()
        if self._thread is not None:
            self._thread.join(2 * _FAREWELL_S)

    def _run(self) -> None:
        while True:
            with self._change:
                self._change.wait_for(lambda: self._is_wanted or self._is_closing)
            if self._is_closing:
                return
            try:
                self._be_online()
            except Unavailable as error:
                wait_s = self._outage.failed(error)
                with self._change:
                    self._change.wait_for(lambda: self._is_closing, wait_s)

    def _be_online(self) -> None:
        """Say that the host is online for as long as that is wanted and the connection lasts, then that it is not.

        Raises:
            Unavailable: the broker cannot be reached, or the connection is lost; the broker then publishes the will.
        """
        client = self._connected()
        try:
            while self._is_wanted and not self._is_outdated:
                self._attend(client)
            if not self._is_outdated:
                self._say_offline(client)
        finally:
            with contextlib.suppress(OSError):
                client.disconnect()

    def _connected(self) -> mqtt.Client:
        """Return a client that has begun to connect, with a will of the timestamp that its birth will have."""
        address = BrokerAddress.parse(self._broker.url)
        self._timestamp_ms = max(self._now_ms(), self._least_ms)
        self._is_outdated = False
        self._unanswered.clear()
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._client_id,
            clean_session=True,
            reconnect_on_failure=False,
        )
        introduce(client, self._broker, address)
        client.will_set(self._settings.topic, self._said(is_online=False), qos=1, retain=True)
        client.on_connect = self._on_connect
        client.on_subscribe = lambda client, *_: self._publish(client, is_online=True)
        client.on_publish = self._on_publish
        client.on_message = self._on_message
        try:
            client.connect(address.host, address.port, keepalive=self._broker.keepalive_s)
        except (OSError, ValueError) as error:
            raise Unavailable(f"no broker at {address}: {error}") from error
        return client

    def _attend(self, client: mqtt.Client) -> None:
        code = attend(client, _LONGEST_WAIT_S)
        if code != mqtt.MQTT_ERR_SUCCESS:
            raise Unavailable(f"the connection to the broker is lost: {mqtt.error_string(code)}")

    def _say_offline(self, client: mqtt.Client) -> None:
        """Publish the death, and wait until the broker has it: a clean farewell makes it forget the will."""
        self._timestamp_ms = max(self._now_ms(), self._timestamp_ms)
        self._least_ms = self._timestamp_ms
        self._publish(client, is_online=False)
        until_s = time.monotonic() + _FAREWELL_S
        while self._unanswered and time.monotonic() < until_s:
            self._attend(client)

    def _publish(self, client: mqtt.Client, *, is_online: bool) -> None:
        sent = client.publish(self._settings.topic, self._said(is_online=is_online), qos=1, retain=True)
        self._unanswered.add(sent.mid)

    def _said(self, *, is_online: bool) -> bytes:
        return self._settings.payload(is_online=is_online, timestamp_ms=self._timestamp_ms)

    def _now_ms(self) -> int:
        return int(self._clock.now().timestamp() * 1000)

    def _on_connect(self, client: mqtt.Client, _userdata: Any, _flags: Any, answer: Any, _properties: Any) -> None:
        if not answer.is_failure:
            client.subscribe(self._settings.topic, qos=1)

    def _on_publish(self, _client: Any, _userdata: Any, message_id: int, *_: Any) -> None:
        self._unanswered.discard(message_id)
        self._outage.over()

    def _on_message(self, client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        """Contradict who says that the host is offline, as the will of a former connection does.

        Nodes pass over a timestamp that is older than one they have seen. Where the other's is newer than ours, only a
        new connection, with a new will, can contradict it.
        """
        is_online, timestamp_ms = _read(message.payload)
        if is_online or not self._is_wanted:
            return
        if timestamp_ms > self._timestamp_ms:
            self._least_ms = timestamp_ms + 1
            self._is_outdated = True
        elif not message.retain:
            self._publish(client, is_online=True)


def _read(payload: bytes | bytearray) -> tuple[bool, int]:
    """Read a STATE of either form; what is neither is taken for offline, at no time."""
    try:
        document = orjson.loads(payload)
        return document["online"] is True, int(document["timestamp"])
    except (ValueError, TypeError, KeyError):
        return payload == b"ONLINE", 0
