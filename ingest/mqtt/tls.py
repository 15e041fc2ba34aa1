"""A TLS connection that is read in blocks: many records a system call, deciphered from memory.

`ssl.SSLSocket` asks the system twice for each record, for its head and for its body. A broker puts each message into a
record of its own, so that reading a message cost 4.6 µs, of which this leaves 1.5 (`docs/performance.md`).
"""

from __future__ import annotations

import contextlib
import socket
import ssl
from typing import Final

_RECORD_BYTES: Final = 2**14  # the most that a record holds: RFC 8446, section 5.1
_BLOCK_BYTES: Final = 2**18


class BlockTls:
    """What paho asks of a socket, over TLS, but for reading, which is done in blocks before it asks.

    `connection` is connected, and may have a time-out for the handshake.

    Raises:
        OSError: the handshake fails, a certificate does not hold (`ssl.SSLError`), or the other side is silent.
    """

    def __init__(self, connection: socket.socket, context: ssl.SSLContext, host: str) -> None:
        self._connection = connection
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=host)
        self._unsent = b""  # enciphered
        self._taken = 0  # how many bytes of the writer's are in `_unsent`, of which it has not been told
        try:
            self._shake_hands()
        except OSError:
            with contextlib.suppress(OSError):
                self._flush()  # the alert that says why
            connection.close()
            raise

    def _shake_hands(self) -> None:
        while True:
            try:
                self._tls.do_handshake()
            except ssl.SSLWantReadError:
                self._flush()
                self._fill()
            else:
                self._flush()
                return

    def fileno(self) -> int:
        """Return what `select` waits for."""
        return self._connection.fileno()

    def setblocking(self, flag: bool) -> None:
        """Make the connection wait, or not."""
        self._connection.setblocking(flag)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def recv_block(self, about_bytes: int) -> bytes:
        """Return what is there up to a bound, passed by a block at most; nothing where the other side has ended.

        Nothing that was read is kept back, but for the beginning of a record: so `select` speaks of all that is left.

        Raises:
            BlockingIOError: nothing is there.
            OSError: the connection is broken.
        """
        blocks: list[bytes] = []
        size = 0
        while size < about_bytes:
            try:
                self._fill()
            except BlockingIOError:
                if blocks:
                    break
                raise
            try:
                while block := self._tls.read(_RECORD_BYTES):
                    blocks.append(block)
                    size += len(block)
                break
            except ssl.SSLWantReadError:
                continue
            except (ssl.SSLZeroReturnError, ssl.SSLEOFError):
                break
        return b"".join(blocks)

    def send(self, data: bytes | bytearray) -> int:
        """Send the beginning of `data`, a record at most, and return how much.

        Raises:
            BlockingIOError: the system takes no more at present; call again with the same.
            OSError: the connection is broken.
        """
        if not self._taken:
            self._taken = self._tls.write(data[:_RECORD_BYTES])
        self._flush()
        taken, self._taken = self._taken, 0
        return taken

    def _fill(self) -> None:
        """Read a block of what the other side has sent, or its end; first say what TLS itself has to say."""
        with contextlib.suppress(OSError):  # what breaks is found by who reads
            self._flush()
        block = self._connection.recv(_BLOCK_BYTES)
        if block:
            self._incoming.write(block)
        else:
            self._incoming.write_eof()

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._unsent += self._outgoing.read()
        while self._unsent:
            self._unsent = self._unsent[self._connection.send(self._unsent) :]
