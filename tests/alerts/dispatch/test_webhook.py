"""A webhook reaches its receiver, whatever the receiver does with it, and no machine of the house that nobody named."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from typing import Any

import psycopg
import pytest
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from alerts.dispatch.plans import Way, WayKind
from alerts.dispatch.sending import webhook
from alerts.dispatch.sending.addresses import checked_addresses
from plant.errors import Conflict, Unavailable
from storage.notices import dispatches
from storage.notices.dispatches import DispatchRecord
from tests.alerts.dispatch.conftest import Dispatching

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBwbGFudA=="
AT = datetime(2026, 3, 1, 12, tzinfo=UTC)
Look = psycopg.Connection[tuple[object, ...]]


@dataclass
class Receiver:
    """A real HTTP server that keeps what it was sent and does what it is told."""

    does: Callable[[BaseHTTPRequestHandler], None]
    received: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    released: threading.Event = field(default_factory=threading.Event)
    port: int = 0


def answer(status: int, **headers: str) -> Callable[[BaseHTTPRequestHandler], None]:
    def does(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("content-length", "0")
        handler.end_headers()

    return does


@contextmanager
def listening(does: Callable[[BaseHTTPRequestHandler], None]) -> Iterator[Receiver]:
    receiver = Receiver(does)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.received.append(({name.lower(): value for name, value in self.headers.items()}, body))
            receiver.does(self)

        def log_message(self, *_: Any) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield receiver
        finally:
            receiver.released.set()
            server.shutdown()
            thread.join()


def way_to(receiver: Receiver, **changes: Any) -> Way:
    values = {
        "name": "cmms",
        "kind": WayKind.WEBHOOK,
        "address": f"http://127.0.0.1:{receiver.port}/hook?plant=1",
        "secret": "env:HOOK",
        "internal": (ip_network("127.0.0.0/8"),),
        "timeout_s": 2.0,
    }
    return Way(**{**values, **changes})


def test_a_receiver_can_check_that_it_is_we_who_speak() -> None:
    at = datetime.now(UTC)
    with listening(answer(204)) as receiver:
        said = webhook.post(way_to(receiver), SECRET, "m-1", {"title": "泵"}, at=at)
    ((headers, body),) = receiver.received
    assert said == "HTTP 204"
    assert headers["webhook-id"] == "m-1"
    assert Webhook(SECRET).verify(body, headers) == {"title": "泵"}
    with listening(answer(204)) as receiver:
        webhook.post(way_to(receiver), SECRET, "m-1", {"title": "泵"}, at=at - timedelta(minutes=6))
    ((headers, body),) = receiver.received
    with pytest.raises(WebhookVerificationError, match="too old"):
        Webhook(SECRET).verify(body, headers)  # as where somebody sends again what they have heard


@pytest.mark.parametrize(
    ("does", "says"),
    [
        (answer(500), "answers 500"),
        (answer(404), "answers 404"),
        (answer(302, location="http://169.254.169.254/"), "redirects are not followed"),
    ],
)
def test_what_a_receiver_refuses_is_tried_again(does: Any, says: str) -> None:
    with listening(does) as receiver, pytest.raises(Unavailable, match=says) as caught:
        webhook.post(way_to(receiver), SECRET, "m-1", {}, at=AT)
    assert not isinstance(caught.value, webhook.ReceiverGoneError | webhook.LaterError)
    assert len(receiver.received) == 1


@pytest.mark.parametrize(
    ("text", "after_s"),
    [
        ("120", 120.0),
        ("Sun, 01 Mar 2026 12:01:00 GMT", 60.0),
        ("999999", 3600.0),
        ("Sun, 01 Mar 2020 12:00:00 GMT", 0.0),
    ],
)
def test_a_receiver_says_when_to_come_again(text: str, after_s: float) -> None:
    with listening(answer(503, retry_after=text)) as receiver, pytest.raises(webhook.LaterError) as caught:
        webhook.post(way_to(receiver), SECRET, "m-1", {}, at=AT)
    assert caught.value.after_s == after_s


def test_a_receiver_that_never_answers_is_waited_for_no_longer_than_was_agreed() -> None:
    with listening(lambda _: receiver.released.wait(30) and None) as receiver:  # type: ignore[func-returns-value]
        with pytest.raises(Unavailable, match="has not answered in time"):
            webhook.post(way_to(receiver, timeout_s=0.2), SECRET, "m-1", {}, at=AT)
        receiver.released.set()


def test_a_receiver_that_answers_a_byte_at_a_time_is_cut_off_as_well() -> None:
    def trickle(handler: BaseHTTPRequestHandler) -> None:
        for byte in b"HTTP/1.1 200 OK\r\nx: " + b"y" * 10_000:
            if receiver.released.wait(0.02):
                return
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()

    with listening(trickle) as receiver:
        with pytest.raises(Unavailable, match="has not answered in time"):
            webhook.post(way_to(receiver, timeout_s=0.3), SECRET, "m-1", {}, at=AT)
        receiver.released.set()


INTERNAL = [
    *("127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "224.0.0.1"),  # noqa: S104
    *("::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1"),
    *("2002:7f00:1::", "ff02::1", "::127.0.0.1", "no address"),
]


@pytest.mark.parametrize("address", INTERNAL)
def test_no_address_of_the_house_is_reached(address: str) -> None:
    with pytest.raises(Unavailable, match="internal network"):
        checked_addresses("hook.example", 443, resolver=lambda *_: [address])


@pytest.mark.parametrize("address", INTERNAL[:2])
def test_one_bad_address_among_good_ones_is_enough(address: str) -> None:
    with pytest.raises(Unavailable, match="internal network"):
        checked_addresses("hook.example", 443, resolver=lambda *_: ["93.184.216.34", address])


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "127.1", "localhost", "0177.0.0.1"])
def test_however_an_address_is_written_it_is_checked(host: str) -> None:
    with listening(answer(200)) as receiver, pytest.raises(Unavailable, match=r"internal network|cannot be resolved"):
        webhook.post(way_to(receiver, internal=(), address=f"http://{host}:{receiver.port}/"), SECRET, "m-1", {}, at=AT)
    assert receiver.received == []


@pytest.mark.parametrize("address", ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946", "64:ff9b::5db8:d822"])
def test_an_address_of_the_world_is_reached(address: str) -> None:
    assert checked_addresses("hook.example", 443, resolver=lambda *_: [address]) == [address]


def test_an_address_of_the_house_that_somebody_configured_is_reached() -> None:
    networks = (ip_network("10.1.0.0/16"),)
    assert checked_addresses("cmms", 443, internal=networks, resolver=lambda *_: ["10.1.2.3"]) == ["10.1.2.3"]
    with pytest.raises(Unavailable, match="internal network"):
        checked_addresses("cmms", 443, internal=networks, resolver=lambda *_: ["10.2.2.3"])


def test_a_name_that_means_something_else_the_second_time_is_asked_for_once() -> None:
    asked: list[str] = []

    def rebinding(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    with listening(answer(200)) as receiver:
        way = way_to(receiver, address=f"http://hook.example:{receiver.port}/")
        webhook.post(way, SECRET, "m-1", {}, at=AT, resolver=rebinding)
    assert asked == ["hook.example"]
    assert receiver.received[0][0]["host"] == f"hook.example:{receiver.port}"


TOML = """
[way.cmms]
kind = "webhook"
url = "http://127.0.0.1:{port}/hook"
secret = "env:HOOK_SECRET"
internal = ["127.0.0.0/8"]
timeout_s = 60

[way.mail]
kind = "mail"

[[plan]]
name = "system"
subjects = ["system"]
steps = [{{ ways = ["mail"], people = ["ann"] }}]

[[plan]]
name = "all"
steps = [{{ ways = ["cmms"] }}]
"""


def messages(plant: Dispatching, way: str = "cmms") -> list[DispatchRecord]:
    with plant.database.transaction() as tx:
        return [one for one in dispatches.list_dispatches(tx) if one.way == way]


@pytest.fixture
def secret(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOOK_SECRET", SECRET)


@pytest.mark.usefixtures("secret", "crew")
class TestDelivery:
    def test_a_message_is_sent_once_and_its_receipt_is_kept(self, dispatching: Callable[..., Dispatching]) -> None:
        with listening(answer(200)) as receiver:
            plant = dispatching(TOML.format(port=receiver.port))
            plant.post()
            for _ in range(3):
                plant.after(60)
        (message,) = messages(plant)
        assert (message.state, message.said, message.attempts) == ("sent", "HTTP 200", 1)
        assert [headers["webhook-id"] for headers, _ in receiver.received] == [message.dispatch_id]

    def test_what_fails_goes_out_later_and_later_with_the_same_key_and_body(
        self, dispatching: Callable[..., Dispatching]
    ) -> None:
        with listening(answer(500)) as receiver:
            plant = dispatching(TOML.format(port=receiver.port))
            plant.post()
            plant.after(0)
            plant.after(0.05)
            assert len(receiver.received) == 1, "not before 5 s"
            for _ in range(4):
                plant.after(2)
            receiver.does = answer(200)
            plant.after(60)
        assert len({headers["webhook-id"] for headers, _ in receiver.received}) == 1
        assert len({body for _, body in receiver.received}) == 1
        (message,) = messages(plant)
        assert (message.state, message.attempts) == ("sent", len(receiver.received))

    def test_after_a_day_it_is_a_dead_end_that_is_told_and_that_a_person_sends_again(
        self, dispatching: Callable[..., Dispatching]
    ) -> None:
        with listening(answer(500)) as receiver:
            plant = dispatching(TOML.format(port=receiver.port))
            plant.post()
            for _ in range(30):
                plant.after(60)
            (message,) = messages(plant)
            assert (message.state, message.said) == ("dead", "the receiver answers 500")
            assert 10 < message.attempts < 40
            assert [mail[1] for mail in plant.mailbox.mails] == ["[MAJOR] Notices do not get out by cmms"]
            receiver.does = answer(200)
            with plant.database.transaction() as tx:
                dispatches.send_again(tx, message.dispatch_id, at=plant.clock.now(), by="Ann")
            plant.after(0)
        (message,) = messages(plant)
        assert message.state == "sent"
        assert {headers["webhook-id"] for headers, _ in receiver.received} == {message.dispatch_id}
        with plant.database.transaction() as tx, pytest.raises(Conflict, match="ended badly"):
            dispatches.send_again(tx, message.dispatch_id, at=plant.clock.now(), by="Ann")

    def test_a_receiver_that_is_gone_closes_its_way_until_a_person_opens_it(
        self, dispatching: Callable[..., Dispatching]
    ) -> None:
        with listening(answer(410)) as receiver:
            plant = dispatching(TOML.format(port=receiver.port))
            plant.post()
            plant.after(0)
            plant.post(subject_id="i-2")
            plant.after(0)
            assert [one.state for one in messages(plant)] == ["dead", "dead"]
            assert len(receiver.received) == 1
            with plant.database.transaction() as tx:
                assert [one.way for one in dispatches.closed_ways(tx)] == ["cmms"]
                dispatches.open_way(tx, "cmms")
            receiver.does = answer(200)
            plant.post(subject_id="i-3")
            plant.after(0)
        assert [one.state for one in messages(plant)].count("sent") == 1

    def test_a_crash_between_sending_and_the_receipt_sends_again_under_the_same_key(
        self, dispatching: Callable[..., Dispatching], superuser: Look
    ) -> None:
        with listening(answer(200)) as receiver:
            plant = dispatching(TOML.format(port=receiver.port))
            plant.post()
            plant.after(0)
            superuser.execute("UPDATE dispatch SET state = 'waiting', ended_at = NULL, leased_until = %s",
                              [plant.clock.now() + timedelta(minutes=3)])  # fmt: skip
            plant.after(2)
            assert len(receiver.received) == 1, "the lease still holds"
            plant.after(2)
        first, second = receiver.received
        assert first[0]["webhook-id"] == second[0]["webhook-id"]
        assert first[1] == second[1]

    def test_a_receiver_that_hangs_holds_up_nobody_else(self, dispatching: Callable[..., Dispatching]) -> None:
        both = TOML.replace('ways = ["cmms"]', 'ways = ["cmms", "mail"], people = ["ann"]')
        with listening(lambda _: receiver.released.wait(30) and None) as receiver:  # type: ignore[func-returns-value]
            plant = dispatching(both.format(port=receiver.port))
            for number in range(6):
                plant.post(subject_id=f"i-{number}")
            plant.dispatcher.round(wait=False)
            plant.dispatcher.round(wait=False)
            plant.dispatcher._pools["mail"].shutdown(wait=True)
            assert plant.mailbox.addresses()[:4] == ["ann"] * 4
            assert len(receiver.received) <= 4, "as many as go at once"
            receiver.released.set()

    def test_no_secret_is_kept_beside_a_message(
        self, dispatching: Callable[..., Dispatching], superuser: Look, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOOK_SECRET", "not base64!")
        with listening(answer(200)) as receiver:
            plant = dispatching(TOML.format(port=receiver.port))
            plant.post()
            plant.after(0)
        (message,) = messages(plant)
        assert message.state == "waiting"
        rows = superuser.execute("SELECT d::text, n::text FROM dispatch AS d JOIN notice AS n USING (notice_id)")
        assert "not base64" not in str(rows.fetchall())
