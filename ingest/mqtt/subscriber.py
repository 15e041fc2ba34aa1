"""The subscriber: a session at the broker that keeps what we have not acknowledged, read by one thread.

The session is persistent and its name fixed, so that a successor of the same name is given what this one had not
acknowledged. It speaks MQTT 3.1.1, or MQTT 5 where the session is to expire.
"""

from __future__ import annotations

import contextlib
import logging
import select
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from ingest.mqtt.client import FrameClient, PlainClient
from ingest.mqtt.connecting import BrokerSettings, introduce
from ingest.mqtt.frames import Publish
from plant.errors import Unavailable
from plant.mqtt.broker_address import BrokerAddress

if TYPE_CHECKING:
    from paho.mqtt.reasoncodes import ReasonCode

_log = logging.getLogger(__name__)
_DISCONNECT = b"\xe0\x00"


class Connection:
    """One connection of a subscriber: what came over it can be acknowledged over no other."""

    def __init__(self, subscriber: Subscriber) -> None:
        self._subscriber = subscriber

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge messages, in the order in which they came, if the connection still stands.

        If not, the broker sends them again, with packet ids that may by now belong to other messages.
        """
        if self._subscriber.connection is self:
            self._subscriber.acknowledge(packet_ids)


class Subscriber:
    """One session at the broker. All methods are for one thread.

    `filters` are what it subscribes to. `connection` is the present one, None where there is none; `is_listening` once
    the broker has granted the subscriptions, or has kept them. Where the broker `should_know` the session and does not,
    that is said: whatever waited in it is lost.

    Raises:
        Misconfigured: the settings name no broker, or certificates that cannot be used.
    """

    def __init__(
        self, settings: BrokerSettings, *, client_id: str, filters: Sequence[str], should_know: bool = False
    ) -> None:
        self._settings = settings
        self._address = BrokerAddress.parse(settings.url)
        self._filters = [(wanted, 1) for wanted in filters]
        self._should_know = should_know
        self._is_subscribed = False
        self._trouble = ""
        self.client_id = client_id
        self.connection: Connection | None = None
        self.is_listening = False
        self._client = self._new_client(client_id)

    def _new_client(self, client_id: str) -> FrameClient | PlainClient:
        kind = FrameClient if self._settings.reader == "frames" else PlainClient
        expires = self._settings.session_expiry_s is not None
        client = kind(
            CallbackAPIVersion.VERSION2,
            client_id=client_id,
            clean_session=None if expires else False,
            protocol=MQTTProtocolVersion.MQTTv5 if expires else MQTTProtocolVersion.MQTTv311,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        introduce(client, self._settings, self._address)
        client.on_connect = self._on_connect
        client.on_subscribe = self._on_subscribe
        client.on_unsubscribe = self._on_unsubscribe
        client.on_disconnect = self._on_disconnect
        return client

    @property
    def socket(self) -> Any:
        """Return the socket to wait for, None where there is no connection."""
        return self._client.socket()

    @property
    def wants_write(self) -> bool:
        """Say whether something waits to be written."""
        return self._client.want_write()

    def connect(self) -> None:
        """Begin a connection.

        Raises:
            Unavailable: the broker cannot be reached.
        """
        self._trouble = ""
        self._client.begin()
        try:
            self._client.connect(
                self._address.host, self._address.port, keepalive=self._settings.keepalive_s, **self._wishes()
            )
        except (OSError, ValueError) as error:
            raise Unavailable(f"no broker at {self._address}: {error}") from error
        self.connection = Connection(self)

    def _wishes(self) -> dict[str, Any]:
        if self._settings.session_expiry_s is None:
            return {}
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = self._settings.session_expiry_s
        return {"clean_start": False, "properties": properties}

    def read_sent(self) -> tuple[list[Publish], bool]:
        """Read what the broker has sent, up to a bound; return the messages, and whether that was all.

        Raises:
            Unavailable: nothing came, and the connection is lost or was refused.
        """
        publishes, is_all = self._client.take_messages()
        if not publishes:
            self.raise_trouble()
        return publishes, is_all

    def tend(self, *, writable: bool) -> None:
        """Write what waits to be written, if the socket takes it, and keep the connection alive.

        Raises:
            Unavailable: the connection is lost.
        """
        if writable:
            self._client.loop_write()
        self._client.loop_misc()
        self.raise_trouble()

    def raise_trouble(self) -> None:
        """Drop a connection that is in trouble.

        Raises:
            Unavailable: it is lost or was refused.
        """
        trouble = self._trouble
        if trouble:
            self.drop()
            raise Unavailable(trouble)

    def acknowledge(self, packet_ids: Sequence[int]) -> None:
        """Acknowledge messages that came over the present connection, in the order in which they came."""
        self._client.acknowledge(packet_ids)

    def publish(self, topic: str, payload: bytes, *, qos: int = 0) -> None:
        """Say something to the devices, at most once, or to ourselves."""
        self._client.publish(topic, payload, qos=qos)

    def ask_again(self) -> None:
        """Subscribe once more; once `is_listening` again, the broker has read everything said before.

        The embedded broker forgets acknowledgements that it reads together with the farewell.
        """
        self.is_listening = False
        self._client.subscribe(self._filters)

    def unsubscribe(self) -> None:
        """Ask for no further messages; those that wait still come. `is_listening` ends with the broker's word."""
        self._client.unsubscribe([wanted for wanted, _ in self._filters])

    def leave(self, within_s: float = 1.0) -> list[Publish]:
        """End the connection in good order, and return what the broker had sent before it heard of that.

        The session stays, as with `drop`; but of QoS 0, which does not come again, nothing is left in the connection.
        """
        left: list[Publish] = []
        until_s = time.monotonic() + within_s
        source = self._client.socket()
        if source is not None and not self.wants_write:
            with contextlib.suppress(OSError, Unavailable):
                source.send(_DISCONNECT)
                while self._client.socket() is not None and (wait_s := until_s - time.monotonic()) > 0:
                    publishes, is_all = self._client.take_messages()
                    left += publishes
                    if is_all and self._client.socket() is not None:
                        select.select([source], [], [], wait_s)
        self.drop()
        return left

    def drop(self) -> None:
        """End the connection; the session stays, and with it what has not been acknowledged."""
        self.is_listening, self.connection = False, None
        if self._client.socket() is not None:
            self._client.disconnect()
        left: Any = self._client.socket()
        if left is not None:
            left.close()
            self._client.loop_read()
        self._trouble = ""

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
            if self._should_know and not flags.session_present:
                _log.warning(
                    "the broker has forgotten the session, and with it whatever waited there",
                    extra={"client_id": self.client_id},
                )
            self._is_subscribed = False
            self._client.subscribe(self._filters)

    def _on_subscribe(
        self,
        _client: mqtt.Client,
        _userdata: Any,
        _packet_id: int,
        granted: list[ReasonCode],
        _properties: Properties | None,
    ) -> None:
        refused = [(wanted, code) for (wanted, _), code in zip(self._filters, granted, strict=False) if code.is_failure]
        if len(refused) == len(self._filters):
            self._trouble = f"the broker refuses the subscription to {refused[0][0]}: {refused[0][1]}"
            return
        for wanted, code in refused:
            _log.error("the broker refuses a subscription", extra={"filter": wanted, "why": str(code)})
        self._is_subscribed = self._should_know = True
        self.is_listening = True

    def _on_unsubscribe(self, *_: Any) -> None:
        self._is_subscribed = self._should_know = False
        self.is_listening = False

    def _on_disconnect(
        self,
        _client: mqtt.Client,
        _userdata: Any,
        _flags: mqtt.DisconnectFlags,
        reason: ReasonCode,
        _properties: Properties | None,
    ) -> None:
        self._trouble = self._trouble or f"the connection to the broker is lost: {reason}"
        self.is_listening, self.connection = False, None
