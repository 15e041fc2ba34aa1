"""Waking the thread that reads, which waits for sockets."""

from __future__ import annotations

import select
import socket
from typing import Any


class Waker:
    """A pair of sockets by which one thread wakes another from `select`."""

    def __init__(self) -> None:
        self.watched, self._sent = socket.socketpair()
        self.watched.setblocking(False)
        self._sent.setblocking(False)

    def wake(self) -> None:
        """Wake the other thread; it is awake already if the pair is full or closed."""
        try:
            self._sent.send(b"!")
        except OSError:
            return

    def wait(self, wait_s: float) -> None:
        """Wait for somebody to wake us, at most `wait_s`."""
        readable: list[Any] = select.select([self.watched], [], [], max(0.0, wait_s))[0]
        if readable:
            self.watched.recv(4096)

    def close(self) -> None:
        """Close both ends."""
        self.watched.close()
        self._sent.close()
