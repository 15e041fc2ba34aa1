"""A publisher of its own process: numbers its messages, and keeps a record of what the broker has confirmed.

`python publisher.py PORT RATE QOS RECORD` publishes RATE messages a second until its standard input ends, then waits
until everything is confirmed. RECORD is a file of rows (time in epoch ms, confirmed 0 or 1), one for each number.
"""

from __future__ import annotations

import select
import sys
import time
from collections import deque
from pathlib import Path

import numpy as np
import paho.mqtt.client as mqtt
from numpy.typing import NDArray
from paho.mqtt.enums import CallbackAPIVersion

ASSETS = 40
MOST = 2_000_000
_MOST_UNCONFIRMED = 30_000  # packet ids end at 65,535
_TICK_S = 0.005
_PATIENCE_S = 90.0

Record = NDArray[np.int64]


def open_record(path: Path) -> Record:
    """Open the record of a run, making it where there is none."""
    is_new = not path.exists()
    return np.memmap(path, np.int64, mode="w+" if is_new else "r+", shape=(MOST, 2))


class Publisher:
    """Publishes number after number, to each asset in turn, no two at the same time."""

    def __init__(self, port: int, qos: int, record: Record) -> None:
        self._qos = qos
        self._record = record
        self._number = 0
        self._last_ms = [0] * ASSETS
        self._waiting: dict[int, int] = {}
        self._confirmed: deque[int] = deque()
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"chaos-{qos}", clean_session=False)
        self._client.max_inflight_messages_set(0)
        self._client.reconnect_delay_set(1, 1)
        self._client.on_publish = lambda _client, _data, mid, *_: self._confirmed.append(mid)
        self._client.connect("127.0.0.1", port)
        self._client.loop_start()

    def publish(self) -> None:
        """Publish the next number."""
        number = self._number
        asset = number % ASSETS
        time_ms = self._last_ms[asset] = max(self._last_ms[asset] + 1, int(time.time() * 1000))
        topic = f"assetloop/v1/chaos/Q{self._qos}-{asset:02}/telemetry"
        body = f'{{"ts":{time_ms},"values":{{"n":{number}}}}}' if self._qos else f'{{"n":{number}}}'
        sent = self._client.publish(topic, body, qos=self._qos)
        self._record[number] = (time_ms, 0)
        self._waiting[sent.mid] = number
        self._number += 1

    def listen(self) -> None:
        """Note what has been confirmed; of QoS 0 that it has gone out."""
        while self._confirmed:
            self._record[self._waiting.pop(self._confirmed.popleft()), 1] = 1

    def run(self, rate: float) -> None:
        """Publish until standard input ends, then wait for the last confirmation."""
        began_s = time.monotonic()
        sent = 0
        while not select.select([sys.stdin], [], [], _TICK_S)[0]:
            due = int((time.monotonic() - began_s) * rate)
            room = _MOST_UNCONFIRMED - len(self._waiting)
            for _ in range(min(due - sent, room)):
                self.publish()
            sent = due
            self.listen()
        until_s = time.monotonic() + _PATIENCE_S
        while self._waiting and time.monotonic() < until_s:
            time.sleep(_TICK_S)
            self.listen()
        self._client.disconnect()
        self._client.loop_stop()


if __name__ == "__main__":
    Publisher(int(sys.argv[1]), int(sys.argv[3]), open_record(Path(sys.argv[4]))).run(float(sys.argv[2]))
