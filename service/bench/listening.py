"""What a bench hears at a broker: JSON messages, each with the instant at which it came."""

from __future__ import annotations

import contextlib
import json
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from plant.errors import Unavailable
from plant.mqtt.broker_address import BrokerAddress

_WAIT_S, _QUIET_S = 10.0, 0.5


@dataclass(kw_only=True, slots=True)
class Heard:
    """Messages as they came: topic, document, and when, in seconds since 1970."""

    messages: list[tuple[str, dict[str, Any], float]] = field(default_factory=list)

    def settle(self) -> None:
        """Wait until nothing comes any more: what the broker has may still be on its way."""
        count = -1
        while count != len(self.messages):
            count = len(self.messages)
            time.sleep(_QUIET_S)


@contextlib.contextmanager
def listening(url: str, topics: Sequence[str]) -> Iterator[Heard]:
    """Listen while the block lasts.

    Raises:
        Unavailable: the broker does not let anybody listen.
    """
    heard, ready, address = Heard(), threading.Event(), BrokerAddress.parse(url)

    def on_message(_client: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
        heard.messages.append((message.topic, json.loads(message.payload), time.time()))

    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv311)
    client.on_message = on_message
    client.on_subscribe = lambda *_: ready.set()
    client.connect(address.host, address.port)
    client.subscribe([(topic, 1) for topic in topics])
    client.loop_start()
    try:
        if not ready.wait(_WAIT_S):
            raise Unavailable(f"the broker at {address} does not let us listen")
        yield heard
    finally:
        client.disconnect()
        client.loop_stop()
