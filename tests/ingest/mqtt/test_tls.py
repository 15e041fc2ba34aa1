"""TLS read in blocks, against the standard library's own: however the records are cut on the way, whatever is full."""

from __future__ import annotations

import random
import socket
import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ingest.mqtt.tls import BlockTls

pytestmark = pytest.mark.needs("openssl")


class Cut:
    """The other side, which hands its records over as it likes: everything it enciphers waits in `outgoing`."""

    def __init__(self, connection: socket.socket, folder: Path) -> None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(folder / "server.crt", folder / "server.key")
        self.connection = connection
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = context.wrap_bio(self.incoming, self.outgoing, server_side=True)

    def shake_hands(self) -> None:
        while True:
            try:
                self.tls.do_handshake()
            except ssl.SSLWantReadError:
                self.connection.sendall(self.outgoing.read())
                self.incoming.write(self.connection.recv(65536))
            else:
                self.connection.sendall(self.outgoing.read())
                return

    def read(self, expected: int) -> bytes:
        read = b""
        while len(read) < expected:
            try:
                read += self.tls.read(65536)
            except ssl.SSLWantReadError:
                self.incoming.write(self.connection.recv(65536))
        return read


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("block-tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"),
            *("-days", "2", "-keyout", folder / "server.key", "-out", folder / "server.crt", "-subj", "/CN=broker"),
            *("-addext", "subjectAltName=DNS:broker"),
        ],
        check=True,
        capture_output=True,
    )
    return folder


def connect(folder: Path, host: str = "broker") -> tuple[BlockTls, Cut]:
    ours, theirs = socket.socketpair()
    other = Cut(theirs, folder)
    with ThreadPoolExecutor(1) as pool:
        shaken = pool.submit(other.shake_hands)
        try:
            tls = BlockTls(ours, ssl.create_default_context(cafile=str(folder / "server.crt")), host)
        except OSError:
            shaken.exception()
            theirs.close()
            raise
    tls.setblocking(False)
    return tls, other


@pytest.fixture
def ends(folder: Path) -> Iterator[tuple[BlockTls, Cut]]:
    tls, other = connect(folder)
    yield tls, other
    tls.close()
    other.connection.close()


@pytest.mark.parametrize("about_bytes", [1, 1000, 2**18])
@pytest.mark.parametrize("seed", range(3))
def test_records_that_come_in_pieces_are_read_once_and_whole(
    ends: tuple[BlockTls, Cut], seed: int, about_bytes: int
) -> None:
    tls, other = ends
    chance = random.Random(seed)  # noqa: S311
    messages = [chance.randbytes(chance.choice([1, 90, 5000, 16384, 40000])) for _ in range(40)]
    for message in messages:
        other.tls.write(message)
    enciphered, read = other.outgoing.read(), b""
    while enciphered:
        size = chance.choice([1, 4, 5, 6, 300, 20000])
        other.connection.sendall(enciphered[:size])
        enciphered = enciphered[size:]
        while True:
            try:
                read += tls.recv_block(about_bytes)
            except BlockingIOError:
                break
    assert read == b"".join(messages)


def test_what_is_written_to_a_full_connection_arrives_once(ends: tuple[BlockTls, Cut]) -> None:
    tls, other = ends
    data = random.Random(7).randbytes(2**21)  # noqa: S311
    sent = refused = 0
    with ThreadPoolExecutor(1) as pool:
        start = threading.Event()
        read = pool.submit(lambda: start.wait() and other.read(len(data)))
        while sent < len(data):
            try:
                sent += tls.send(data[sent:])
            except BlockingIOError:
                refused += 1
                start.set()
        assert read.result() == data
    assert refused


def test_an_end_is_told_whether_it_was_announced_or_not(folder: Path) -> None:
    for is_announced in (True, False):
        tls, other = connect(folder)
        other.tls.write(b"last")
        if is_announced:
            with pytest.raises(ssl.SSLWantReadError):
                other.tls.unwrap()
        other.connection.sendall(other.outgoing.read())
        other.connection.close()
        assert tls.recv_block(100) == b"last"
        assert tls.recv_block(100) == b""
        tls.close()


def test_a_server_of_another_name_is_not_spoken_to(folder: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        connect(folder, "somebody-else")
