"""The wire publishes over MQTT 3.1.1 with QoS 1 and knows what the broker has not yet confirmed.

A connection that breaks is made again by itself, and what was unconfirmed is sent again (so a
broker may receive it twice: at least once). Only the first connection is the caller's affair.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol, Self

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from plant.errors import Misconfigured, Unavailable
from plant.mqtt.broker_address import BrokerAddress
from plant.mqtt.certificates import Certificates

if TYPE_CHECKING:
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

_KEEPALIVE_S = 30
_RECONNECT_MAX_S = 4
DEFAULT_WINDOW = 50
DEFAULT_PAYLOAD_LIMIT = 1_000_000


class BrokerAway(Unavailable, ConnectionError):
    """The broker cannot be reached, or confirms nothing; the text is one line without secrets."""


class BrokerRefused(Misconfigured, ConnectionError):
    """The broker answered and said no (account, client id); waiting will not help."""


class PayloadTooLarge(Misconfigured, ValueError):
    """A payload above the limit; brokers end the connection over one, so it is never sent."""


class Publisher(Protocol):
    """What takes messages and says when they have arrived; `Wire` is one."""

    def publish(self, topic: str, payload: bytes, *, timeout_s: float = 30.0) -> None:
        """Take one message, waiting up to `timeout_s`; raises `BrokerAway` if it is not taken."""
        ...

    def flush(self, timeout_s: float) -> None:
        """Wait until all has arrived; raises `BrokerAway` after `timeout_s`."""
        ...


class Wire:
    """A publisher with a bounded window of unconfirmed messages, used by one thread at a time.

    `window` messages at most are unconfirmed (the embedded broker bears 100); `publish` waits for
    room. Use it as a context manager, or call `connect` and `close`. With `mqtts` the broker must
    show a certificate that `certificates` trust, or this machine where they name no authority.
    """

    def __init__(
        self,
        url: str,
        *,
        client_id: str = "",
        certificates: Certificates | None = None,
        window: int = DEFAULT_WINDOW,
        payload_limit: int = DEFAULT_PAYLOAD_LIMIT,
        connect_timeout_s: float = 5.0,
    ) -> None:
        self.address = BrokerAddress.parse(url)
        self._tls = (certificates or Certificates()).context() if self.address.tls else None
        self._window = window
        self._payload_limit = payload_limit
        self._connect_timeout_s = connect_timeout_s
        self._change = threading.Condition()
        self._answer: ReasonCode | None = None
        self._unconfirmed = 0
        self._client = self._new_client(client_id)

    def _new_client(self, client_id: str) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id)
        client.max_inflight_messages_set(0)
        client.reconnect_delay_set(1, _RECONNECT_MAX_S)
        client.connect_timeout = self._connect_timeout_s
        if self.address.username is not None:
            client.username_pw_set(self.address.username, self.address.password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        client.on_connect = self._on_connect
        client.on_disconnect = self._on_disconnect
        client.on_publish = self._on_publish
        return client

    def connect(self) -> Self:
        """Connect and wait for the broker's answer; raises `BrokerAway` or `BrokerRefused`."""
        self._answer = None
        try:
            self._client.connect(self.address.host, self.address.port, keepalive=_KEEPALIVE_S)
        except OSError as error:
            message = f"no broker at {self.address} ({_said(error)})"
            raise BrokerAway(message) from error
        self._client.loop_start()
        with self._change:
            self._change.wait_for(lambda: self._answer is not None, self._connect_timeout_s)
            answer = self._answer
        if answer is None:
            self.close()
            message = f"broker at {self.address} does not answer (wrong account, or not MQTT)"
            raise BrokerAway(message)
        if answer.is_failure:
            self.close()
            message = f"broker at {self.address} refused the connection: {answer}"
            raise BrokerRefused(message)
        return self

    def close(self) -> None:
        """Disconnect at once; call `flush` before if everything must have arrived."""
        self._client.disconnect()
        self._client.loop_stop()

    def __enter__(self) -> Self:
        """Connect."""
        return self.connect()

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    @property
    def connected(self) -> bool:
        """Say whether the broker is there at this moment."""
        return self._client.is_connected()

    @property
    def unconfirmed(self) -> int:
        """Count the messages whose PUBACK is still owed."""
        return self._unconfirmed

    def publish(self, topic: str, payload: bytes, *, timeout_s: float = 30.0) -> None:
        """Hand over one message, waiting up to `timeout_s` for the connection and for room.

        Raises `BrokerAway` if neither comes (the message is then not taken) and `PayloadTooLarge`.
        """
        if len(payload) > self._payload_limit:
            message = f"payload of {len(payload)} bytes for {topic} (limit {self._payload_limit})"
            raise PayloadTooLarge(message)
        with self._change:
            if not self._change.wait_for(self._has_room, timeout_s):
                raise BrokerAway(self._state())
            self._unconfirmed += 1
        code = self._client.publish(topic, payload, qos=1).rc
        if code not in {MQTTErrorCode.MQTT_ERR_SUCCESS, MQTTErrorCode.MQTT_ERR_NO_CONN}:
            self._confirm()
            message = f"broker at {self.address}: {mqtt.error_string(code)}"
            raise BrokerAway(message)

    def flush(self, timeout_s: float) -> None:
        """Wait until the broker has confirmed every message; raises `BrokerAway` after the time."""
        with self._change:
            if not self._change.wait_for(lambda: self._unconfirmed == 0, timeout_s):
                raise BrokerAway(self._state())

    def _has_room(self) -> bool:
        return self._client.is_connected() and self._unconfirmed < self._window

    def _state(self) -> str:
        is_here = "connected" if self._client.is_connected() else "away"
        return f"broker at {self.address} is {is_here}, {self._unconfirmed} messages unconfirmed"

    def _confirm(self) -> None:
        with self._change:
            self._unconfirmed -= 1
            self._change.notify_all()

    def _on_connect(
        self,
        _client: mqtt.Client,
        _userdata: Any,
        _flags: mqtt.ConnectFlags,
        answer: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        with self._change:
            self._answer = answer
            self._change.notify_all()

    def _on_disconnect(self, *_: object) -> None:
        with self._change:
            self._change.notify_all()

    def _on_publish(self, *_: object) -> None:
        self._confirm()


def _said(error: OSError) -> str:
    return error.strerror or str(error) or type(error).__name__
