"""A mail server for tests: it speaks SMTP on this machine, asks for a password, and keeps what it was given."""

from __future__ import annotations

import base64
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import cast


@dataclass
class TakenMail:
    """One mail, and to whom it was really addressed."""

    to: list[str]
    message: EmailMessage

    @property
    def text(self) -> str:
        body = self.message.get_body(("plain",))
        assert body is not None
        return str(body.get_content())


@dataclass
class TestedMailServer:
    """Where it listens, and what it has; `refuses` makes it take nothing."""

    __test__ = False

    port: int = 0
    taken: list[TakenMail] = field(default_factory=list)
    refuses: bool = False

    @property
    def url(self) -> str:
        return f"mailto://sender:s3cret-word@127.0.0.1:{self.port}?from=assetloop@example.com&mode=insecure"


class _Handler(socketserver.StreamRequestHandler):
    def say(self, line: str) -> None:
        self.wfile.write(line.encode() + b"\r\n")

    def handle(self) -> None:
        self.kept = cast("_Server", self.server).kept
        self.to: list[str] = []
        self.say("220 tests ESMTP")
        answers = {"EHLO": self.greet, "AUTH": self.recognise, "RCPT": self.address, "DATA": self.take}
        while line := self.rfile.readline().decode().strip():
            verb, _, rest = line.partition(" ")
            self.say(answers.get(verb.upper(), lambda _: "250 ok")(rest))
            if verb.upper() == "QUIT":
                return

    def greet(self, _: str) -> str:
        return "250-tests\r\n250 AUTH PLAIN"

    def recognise(self, rest: str) -> str:
        right = base64.b64decode(rest.split()[1]) == b"\0sender\0s3cret-word"
        return "235 come in" if right and not self.kept.refuses else "535 no"

    def address(self, rest: str) -> str:
        self.to.append(rest.partition("<")[2].rstrip(">"))
        return "250 ok"

    def take(self, _: str) -> str:
        self.say("354 go on")
        lines = bytearray()
        while (line := self.rfile.readline()) != b".\r\n":
            lines += line.removeprefix(b".") if line.startswith(b"..") else line
        message = cast("EmailMessage", message_from_bytes(bytes(lines), policy=policy.default))
        self.kept.taken.append(TakenMail(to=self.to, message=message))
        self.to = []
        return "250 taken"


class _Server(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def __init__(self, kept: TestedMailServer) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.kept = kept


@contextmanager
def serving() -> Iterator[TestedMailServer]:
    """Serve until the block ends."""
    kept = TestedMailServer()
    with _Server(kept) as server:
        kept.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield kept
        finally:
            server.shutdown()
            thread.join()
