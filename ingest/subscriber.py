"""The subscriber: a session at the broker that keeps what we have not acknowledged, read by one thread.

MQTT 3.1.1: paho spends eight times as long on a message of MQTT 5. The session is persistent and its name fixed, so
that a successor of the same name is given what this one had not acknowledged.
"""

from __future__ import annotations

import select
import socket
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Protocol

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode, MQTTProtocolVersion

from plant.broker_address import BrokerAddress
from plant.errors import Unavailable
from plant.topics import TELEMETRY_FILTER

if TYPE_CHECKING:
    from paho.mqtt.properties import Properties
    from paho.mqtt.reasoncodes import ReasonCode

_CONNECT_S = 3.0
_KEEPALIVE_S = 20
_READ_AT_ONCE = 500  # messages, before the other duties have their turn


class Receive(Protocol):
    """What takes a message; `packet_id` 0 wants no acknowledgement, `retained` says that the broker had kept it."""

    def __call__(self, topic: str, payload: bytes, packet_id: int, *, retained: bool) -> None:
        """Take one message; must not raise."""
        ...


class Subscriber:
    """One session at the broker. All methods are for one thread; `receive` is called within `pump`.

    `connection` counts the connections made: what came over an earlier one can no longer be acknowledged.

    Raises:
        Misconfigured: `url` is not `mqtt://user:password@host:port` or `mqtts://…`.
    """

    def __init__(self, url: str, *, client_id: str, share: str, receive: Receive) -> None:
        self._address = BrokerAddress.parse(url)
        self._filter = f"$share/{share}/{TELEMETRY_FILTER}" if share else TELEMETRY_FILTER
        self._receive = receive
        self._received = 0
        self._is_subscribed = False
        self._is_leaving = False
        self._trouble = ""
        self.connection = 0
        self.is_listening = False
        self._client = self._new_client(client_id)

    def _new_client(self, client_id: str) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=False,
            protocol=MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        if self._address.username:
            client.username_pw_set(self._address.username, self._address.password)
        if self._address.tls:
            client.tls_set()
        client.connect_timeout = _CONNECT_S
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_disconnect = self._on_disconnect
        client.on_message = self._on_message
        return client

    @property
    def is_connected(self) -> bool:
        """Say whether there is a connection, be it still without the broker's answer."""
        return self._client.socket() is not None

    def connect(self) -> None:
        """Begin a connection; `is_listening` once the broker has granted the subscription.

        Raises:
            Unavailable: the broker cannot be reached, or the last connection was lost unnoticed.
        """
        self._raise_trouble()
        try:
            self._client.connect(self._address.host, self._address.port, keepalive=_KEEPALIVE_S)
        except (OSError, ValueError) as error:
            raise Unavailable(f"no broker at {self._address}: {error}") from error
        self.connection += 1

    def pump(self, wait_s: float, wake: socket.socket | None = None, *, reads: bool = True) -> bool:
        """Wait until the broker or `wake` has something, at most `wait_s`; read, and say whether all has been read.

        Without `reads` the broker is left waiting, which must not last as long as the keep-alive of 20 s.

        Raises:
            Unavailable: the connection is lost or was refused.
        """
        self._raise_trouble()
        broker: Any = self._client.socket()
        reading = [one for one in (broker if reads else None, wake) if one is not None]
        writing = [broker] if broker is not None and self._client.want_write() else []
        readable, writable, _ = select.select(reading, writing, [], wait_s)
        if wake is not None and wake in readable:
            wake.recv(4096)
        if broker is None:
            return True
        if writable:
            self._client.loop_write()
        drained = self._read() if broker in readable else True
        self._client.loop_misc()
        self._raise_trouble()
        return drained

    def _read(self) -> bool:
        for _ in range(_READ_AT_ONCE):
            before = self._received
            if self._client.loop_read() != MQTTErrorCode.MQTT_ERR_SUCCESS or self._received == before:
                return True
        return False

    def _raise_trouble(self) -> None:
        trouble = self._trouble
        if trouble:
            self.drop()
            raise Unavailable(trouble)

    def acknowledge(self, connection: int, packet_ids: Sequence[int]) -> None:
        """Acknowledge messages, in the order in which they came; those of an earlier connection are left alone.

        The broker sends these again, with packet ids that may by now belong to other messages.
        """
        for packet_id in packet_ids if connection == self.connection and self.is_connected else ():
            if packet_id:
                self._client.ack(packet_id, 1)

    def drop(self) -> None:
        """End the connection; the session stays, and with it what has not been acknowledged."""
        self.is_listening = False
        if self.is_connected:
            self._client.disconnect()
        left: Any = self._client.socket()
        if left is not None:
            left.close()
            self._client.loop_read()
        self._trouble = ""

    def close(self, wait_s: float = 0.5) -> None:
        """End the connection once the broker has read every acknowledgement, or after `wait_s`.

        The embedded broker forgets acknowledgements that it reads together with the farewell. What it answers to a
        second subscription it answers after them.
        """
        if self.is_listening:
            self._is_leaving, self.is_listening = True, False
            self._client.subscribe(self._filter, qos=1)
            self._await_answer(time.monotonic() + wait_s)
        self.drop()

    def _await_answer(self, until_s: float) -> None:
        try:
            while not self.is_listening and self.is_connected and time.monotonic() < until_s:
                self.pump(0.05)
        except Unavailable:
            return

    def _on_connect(
        self,
        _client: mqtt.Client,
        _userdata: Any,
        flags: mqtt.ConnectFlags,
        answer: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        if answer.is_failure:
            self._trouble = f"the broker refuses the connection: {answer}"
        elif flags.session_present and self._is_subscribed:
            self.is_listening = True
        else:
            self._is_subscribed = False
            self._client.subscribe(self._filter, qos=1)

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: Any,
        _packet_id: int,
        granted: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [code for code in granted if code.is_failure]
        if refused:
            self._trouble = f"the broker refuses the subscription to {self._filter}: {refused[0]}"
            return
        self._is_subscribed = True
        self.is_listening = True

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: Any,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._trouble = self._trouble or f"the connection to the broker is lost: {reason}"
        self.is_listening = False

    def _on_message(self, _client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        self._received += 1
        if self._is_leaving:
            return  # not acknowledged, so that the next connection is given it
        try:
            topic = message.topic
        except UnicodeDecodeError as error:
            topic = error.object.decode(errors="replace")
        self._receive(topic, bytes(message.payload), message.mid if message.qos else 0, retained=message.retain)
