"""One connection to the broker, kept between messages, on which orders go out with QoS 1."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from plant.errors import Unavailable
from plant.mqtt.broker_address import BrokerAddress
from plant.mqtt.certificates import Certificates

_KEEPALIVE_S = 30


class MqttPublisher:
    """Publish and wait for the broker's PUBACK; MQTT 3.1.1, thread-safe, connects when first used.

    A connection on which a message was not confirmed is given up, so that the message is never sent
    behind the back of a caller who was told that it failed.

    Raises:
        Misconfigured: `url` is not `mqtt://user:password@host:port` or `mqtts://…`, or the certificates cannot be used.
    """

    def __init__(self, url: str, *, certificates: Certificates | None = None, wait_s: float = 10.0) -> None:
        self._address = BrokerAddress.parse(url)
        self._tls = (certificates or Certificates()).context() if self._address.tls else None
        self._wait_s = wait_s
        self._lock = threading.Lock()
        self._client: mqtt.Client | None = None

    def publish(self, topic: str, payload: bytes) -> None:
        """Hand one message to the broker and return when it has it.

        Raises:
            Unavailable: no broker, or no confirmation in time; whether the message arrived is unknown.
        """
        self.publish_all([(topic, payload)])

    def publish_all(self, messages: Sequence[tuple[str, bytes]]) -> None:
        """Hand messages to the broker, in order and without waiting between them; return when it has all.

        Raises:
            Unavailable: as above; which of them arrived is unknown.
        """
        with self._lock:
            client = self._connected()
            handed = [client.publish(topic, payload, qos=1, retain=False) for topic, payload in messages]
            for message in handed:
                if message.rc == mqtt.MQTT_ERR_SUCCESS:
                    message.wait_for_publish(self._wait_s)
                if message.rc != mqtt.MQTT_ERR_SUCCESS or not message.is_published():
                    self._give_up()
                    raise Unavailable(f"the broker at {self._address} did not confirm a message")

    def close(self) -> None:
        """Disconnect; the next `publish` connects again."""
        with self._lock:
            self._give_up()

    def _connected(self) -> mqtt.Client:
        if self._client is not None and self._client.is_connected():
            return self._client
        self._give_up()
        self._client = self._connect()
        return self._client

    def _connect(self) -> mqtt.Client:
        answered = threading.Event()
        refusal: list[str] = []

        def on_connect(_client: mqtt.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if reason.is_failure:
                refusal.append(str(reason))
            answered.set()

        client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
        client.on_connect = on_connect
        client.connect_timeout = self._wait_s
        if self._address.username:
            client.username_pw_set(self._address.username, self._address.password)
        if self._tls is not None:
            client.tls_set_context(self._tls)
        try:
            client.connect(self._address.host, self._address.port, keepalive=_KEEPALIVE_S)
        except OSError as error:
            raise Unavailable(f"no broker at {self._address} ({error})") from error
        client.loop_start()
        if not answered.wait(self._wait_s) or refusal:
            _end(client)
            said = refusal[0] if refusal else "no answer"
            raise Unavailable(f"the broker at {self._address} let nobody in: {said}")
        return client

    def _give_up(self) -> None:
        if self._client is not None:
            _end(self._client)
            self._client = None


def _end(client: mqtt.Client) -> None:
    client.disconnect()
    client.loop_stop()
