"""Listening in: what is said on a broker's topics for a while, by a guest that leaves no trace."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import paho.mqtt.client as mqtt

from ingest.mqtt.connecting import BrokerSettings, attend, visitor
from plant.errors import Unavailable

_LONGEST_WAIT_S = 0.2
_GRANTED_WITHIN_S = 10.0


def listen(
    broker: BrokerSettings,
    wanted: str,
    seconds: float,
    hear: Callable[[str, bytes], None],
    advance: Callable[[int, int], None],
) -> None:
    """Hand every message on `wanted`, an MQTT filter, to `hear` for some seconds; `advance` hears of the seconds.

    Raises:
        Unavailable: the broker cannot be reached, refuses us or that filter, or is lost meanwhile.
    """
    ear = _Ear(broker, wanted, hear)
    try:
        ear.await_grant()
        began_s = time.monotonic()
        while (passed_s := time.monotonic() - began_s) < seconds:
            advance(int(passed_s), int(seconds))
            ear.listen()
        advance(int(seconds), int(seconds))
    finally:
        ear.leave()


class _Ear:
    """A guest at the broker, subscribed to one filter."""

    def __init__(self, broker: BrokerSettings, wanted: str, hear: Callable[[str, bytes], None]) -> None:
        self._wanted = wanted
        self._is_granted = False
        self._trouble = ""
        self._client = visitor(broker)
        self._client.on_connect = self._on_connect
        self._client.on_subscribe = self._on_subscribe
        self._client.on_message = lambda _client, _userdata, message: hear(message.topic, bytes(message.payload))

    def await_grant(self) -> None:
        until_s = time.monotonic() + _GRANTED_WITHIN_S
        while not self._is_granted:
            self.listen()
            if time.monotonic() > until_s:
                raise Unavailable("the broker does not answer")

    def listen(self) -> None:
        code = attend(self._client, _LONGEST_WAIT_S)
        if self._trouble or code != mqtt.MQTT_ERR_SUCCESS:
            raise Unavailable(self._trouble or f"the connection to the broker is lost: {mqtt.error_string(code)}")

    def leave(self) -> None:
        self._client.disconnect()

    def _on_connect(self, _client: Any, _userdata: Any, _flags: Any, answer: Any, _properties: Any) -> None:
        if answer.is_failure:
            self._trouble = f"the broker refuses the connection: {answer}"
        else:
            self._client.subscribe(self._wanted)

    def _on_subscribe(self, _client: Any, _userdata: Any, _packet_id: Any, granted: Any, _properties: Any) -> None:
        if granted[0].is_failure:
            self._trouble = f"the broker refuses the subscription to {self._wanted}"
        self._is_granted = True
