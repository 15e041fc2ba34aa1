"""Connecting to the broker: its address, how clients log in, and visits that leave no session behind."""

from __future__ import annotations

import select
from dataclasses import dataclass, field
from typing import Literal

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion, MQTTErrorCode

from plant.errors import Unavailable
from plant.mqtt.broker_address import BrokerAddress
from plant.mqtt.certificates import Certificates

_CONNECT_S = 3.0


@dataclass(frozen=True, kw_only=True, slots=True)
class BrokerSettings:
    """How to reach the broker.

    `url` is `mqtt://user:password@host:port` or `mqtts://…`. With `session_expiry_s` the broker forgets a session that
    was absent for so long (MQTT 5); without, as the broker is configured. `reader` `paho` does without the shortcuts of
    `ingest.mqtt.client`.
    """

    url: str
    certificates: Certificates = field(default_factory=Certificates)
    session_expiry_s: int | None = None
    keepalive_s: int = 20
    reader: Literal["frames", "paho"] = "frames"


def end_session(settings: BrokerSettings, client_id: str) -> None:
    """Make the broker forget a session, and with it whatever waits in it.

    Raises:
        Unavailable: the broker cannot be reached.
    """
    client = visitor(settings, client_id)
    try:
        attend(client, _CONNECT_S)
    finally:
        client.disconnect()


def attend(client: mqtt.Client, wait_s: float) -> MQTTErrorCode:
    """Wait at most `wait_s` for the broker, then read and write what is due; paho's own loop leaves sockets open."""
    source = client.socket()
    if source is None:
        return MQTTErrorCode.MQTT_ERR_NO_CONN
    try:
        readable, writable, _ = select.select([source], [source] if client.want_write() else [], [], wait_s)
    except (OSError, ValueError):  # it was closed meanwhile
        return MQTTErrorCode.MQTT_ERR_CONN_LOST
    if writable:
        client.loop_write()
    code = client.loop_read() if readable else MQTTErrorCode.MQTT_ERR_SUCCESS
    return code or client.loop_misc()


def visitor(settings: BrokerSettings, client_id: str = "") -> mqtt.Client:
    """Return a client that has begun to connect, and of which the broker remembers nothing afterwards.

    Raises:
        Unavailable: the broker cannot be reached.
    """
    address = BrokerAddress.parse(settings.url)
    client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=client_id, clean_session=True)
    introduce(client, settings, address)
    try:
        client.connect(address.host, address.port, keepalive=settings.keepalive_s)
    except (OSError, ValueError) as error:
        raise Unavailable(f"no broker at {address}: {error}") from error
    return client


def introduce(client: mqtt.Client, settings: BrokerSettings, address: BrokerAddress) -> None:
    """Give a client the user, the certificates and the patience with which to connect."""
    if address.username:
        client.username_pw_set(address.username, address.password)
    if address.tls:
        client.tls_set_context(settings.certificates.context())
    client.connect_timeout = _CONNECT_S
