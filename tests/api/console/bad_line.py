"""A line between browser and server that can be cut, hold everything back, or take its time."""

from __future__ import annotations

import contextlib
import selectors
import socket
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from urllib.parse import urlsplit

_TICK_S = 0.01


@dataclass
class _Way:
    """One direction of one connection: what was read, and when it may go on."""

    source: socket.socket
    target: socket.socket
    held: deque[tuple[float, bytes]] = field(default_factory=deque)


class BadLine:
    """Passes on what comes to a port of its own; a thread does it until `close`.

    While `is_dead` nothing passes and nothing is closed, as on a train in a tunnel. `delay_s` is for each direction.
    """

    def __init__(self, address: str) -> None:
        self.is_dead = False
        self.delay_s = 0.0
        self._to = urlsplit(address)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._listening.setblocking(False)
        self._ways: list[_Way] = []
        self._refuses = False
        self._cuts = threading.Event()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._pass, name="bad-line", daemon=True)
        self._thread.start()

    @property
    def address(self) -> str:
        """Where the server is reached over this line."""
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def cut(self, *, refuses: bool = False) -> None:
        """Close every connection; `refuses` new ones until told otherwise."""
        self._refuses = refuses
        self._cuts.set()

    def mend(self) -> None:
        """Let everything through again; what was held back while it was dead is lost with its connections."""
        was_dead, self.is_dead, self._refuses = self.is_dead, False, False
        if was_dead:
            self._cuts.set()

    def close(self) -> None:
        """End it."""
        self._ends.set()
        self._thread.join()
        self._drop()
        self._listening.close()

    def _pass(self) -> None:
        with selectors.DefaultSelector() as selector:
            while not self._ends.is_set():
                if self._cuts.is_set():
                    self._cuts.clear()
                    self._drop()
                self._take_new()
                self._move(selector)

    def _drop(self) -> None:
        for way in self._ways:
            way.source.close()
        self._ways.clear()

    def _take_new(self) -> None:
        if self.is_dead:
            return
        with contextlib.suppress(BlockingIOError):
            near, _ = self._listening.accept()
            if self._refuses:
                near.close()
                return
            try:
                far = socket.create_connection((str(self._to.hostname), int(self._to.port or 80)))
            except OSError:
                near.close()
                return
            near.setblocking(False)
            far.setblocking(False)
            self._ways += [_Way(near, far), _Way(far, near)]

    def _move(self, selector: selectors.BaseSelector) -> None:
        for key in list(selector.get_map()):
            selector.unregister(key)
        self._ways = [way for way in self._ways if way.source.fileno() >= 0]
        for way in self._ways:
            selector.register(way.source, selectors.EVENT_READ, way)
        if not self._ways or self.is_dead:
            time.sleep(_TICK_S)
            return
        for key, _ in selector.select(_TICK_S):
            self._read(key.data)
        for way in list(self._ways):
            self._write(way)

    def _read(self, way: _Way) -> None:
        try:
            piece = way.source.recv(2**16)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        way.held.append((time.monotonic() + self.delay_s, piece))

    def _write(self, way: _Way) -> None:
        while way.held and way.held[0][0] <= time.monotonic():
            _, piece = way.held.popleft()
            if not piece:
                self._end(way)
                return
            with contextlib.suppress(OSError):  # the other end may be gone
                way.target.setblocking(True)
                way.target.sendall(piece)
                way.target.setblocking(False)

    def _end(self, way: _Way) -> None:
        self._ways = [one for one in self._ways if {one.source, one.target} != {way.source, way.target}]
        way.source.close()
        way.target.close()
