"""Engineering's replies on MQTT: `assetloop/v1/engineering/{team}/reply/{order}`; what is no good is quarantined."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Any

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from alerts.dispatch.answering.answers import AnswerKind, GivenAnswer, answer_by_token
from plant.backoff import Outage
from plant.clock import Clock
from plant.errors import AssetloopError, Misconfigured, Rejected, Unavailable
from plant.mqtt.broker_address import BrokerAddress
from plant.mqtt.certificates import Certificates
from plant.mqtt.topics import matches, topic_to_tag
from storage.core.database import Database
from storage.notices import answers
from storage.telemetry import quarantine, slots
from storage.telemetry.quarantine import RefusedPayload

_log = logging.getLogger(__name__)
REPLIES = "assetloop/v1/engineering/+/reply/+"
_MOST_BYTES = 64 * 1024
_LEASE_S = 15.0

TakesMessage = Callable[[str, bytes, bool], object]
"""Takes a topic, a payload, and whether the broker had kept the message."""


class Reply(BaseModel):
    """What a team publishes."""

    model_config = ConfigDict(extra="forbid")

    token: str = Field(max_length=1000)
    revision: int = Field(ge=1, le=2**31 - 1)
    answer: AnswerKind
    planned_on: str | None = Field(default=None, pattern=r"^\d{4}-\d{2}-\d{2}$")
    said: str = Field(default="", max_length=4000)

    def given(self) -> GivenAnswer:
        """Return what is answered.

        Raises:
            ValueError: the date is none.
        """
        planned_on = date.fromisoformat(self.planned_on) if self.planned_on else None
        return GivenAnswer(kind=self.answer, revision=self.revision, planned_on=planned_on, said=self.said)


class ReplyDesk:
    """Takes one reply after the other; what cannot be taken is quarantined with its reason."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    def may_listen(self, holder: str) -> bool:
        """Say whether a process is the one that listens, for the next while."""
        now = self._clock.now()
        with self._database.transaction() as tx:
            return answers.may_listen(tx, holder=holder, now=now, until=now + timedelta(seconds=_LEASE_S))

    def client_id(self) -> str:
        """Return the name under which the broker keeps what came while nobody listened."""
        with self._database.transaction() as tx:
            return f"{slots.installation(tx)}-replies"

    def take(self, topic: str, payload: bytes) -> str:
        """Take a reply and return what became of it: an order's number, or the reason for which it is held.

        Raises:
            Unavailable: the database is away; nothing was written.
        """
        try:
            return self._answer(topic, payload)
        except (Unavailable, Misconfigured):
            raise
        except Rejected as error:
            reason, detail = error.reason, error.detail
        except AssetloopError as error:
            reason, detail = f"reply_{_word(error)}", str(error)
        self._hold(topic, payload, reason, detail)
        return reason

    def _answer(self, topic: str, payload: bytes) -> str:
        _, _, _, team, _, number = (topic_to_tag(part) for part in topic.split("/"))
        if len(payload) > _MOST_BYTES:
            raise Rejected("reply_too_large", f"a reply has at most {_MOST_BYTES} bytes")
        try:
            reply = Reply.model_validate_json(payload)
            given = reply.given()
        except ValidationError as error:
            first = error.errors(include_input=False)[0]
            said = f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
            raise Rejected("bad_reply", said) from error
        except ValueError as error:
            raise Rejected("bad_reply", f"planned_on: {error}") from error
        order = answer_by_token(
            self._database, reply.token, given, way="mqtt", clock=self._clock, number=number, team=team
        )
        return order.number

    def _hold(self, topic: str, payload: bytes, reason: str, detail: str) -> None:
        _log.warning("a reply of engineering's is held", extra={"topic": topic, "reason": reason})
        refused = RefusedPayload.withheld(topic, payload, reason=reason, detail=detail, at=self._clock.now())
        with self._database.transaction() as tx:
            quarantine.hold(tx, [refused])


def _word(error: AssetloopError) -> str:
    return {"StaleRevision": "stale", "Conflict": "conflict", "Forbidden": "forbidden"}.get(
        type(error).__name__, "not_found"
    )


class ReplyListener:
    """Listens on the broker under one client id; a reply is acknowledged once it is kept, as an answer or as held.

    `beside` takes what comes on further topics, by filter; whether a message was kept by the broker (retained) is said
    too, for such a one is no news.
    """

    def __init__(
        self,
        url: str,
        desk: ReplyDesk,
        *,
        holder: str,
        certificates: Certificates | None = None,
        beside: Mapping[str, TakesMessage] | None = None,
    ) -> None:
        self._address = BrokerAddress.parse(url)
        self._tls = (certificates or Certificates()).context() if self._address.tls else None
        self._desk = desk
        self._holder = holder
        self._beside = dict(beside or {})

    def run(self, stop: threading.Event) -> None:
        """Listen until `stop` is set; connect again whenever the connection is gone."""
        outage = Outage("engineering's replies wait for the broker", "replies are heard again", log=_log)
        while not stop.is_set():
            try:
                if self._desk.may_listen(self._holder):
                    self._listen(stop, outage)
                else:
                    stop.wait(_LEASE_S)
            except (OSError, Unavailable) as error:
                stop.wait(outage.failed(error))

    def _listen(self, stop: threading.Event, outage: Outage) -> None:
        client = self._client(outage)
        client.connect(self._address.host, self._address.port, keepalive=30)
        try:
            renew_at = 0.0
            while not stop.is_set():
                if time.monotonic() > renew_at:
                    if not self._desk.may_listen(self._holder):
                        return
                    renew_at = time.monotonic() + _LEASE_S / 3
                done = client.loop(timeout=0.5)
                if done != mqtt.MQTT_ERR_SUCCESS:
                    raise Unavailable(f"the broker at {self._address} is away")
        finally:
            client.disconnect()
            client.loop(timeout=0.1)

    def _client(self, outage: Outage) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            client_id=self._desk.client_id(),
            clean_session=False,
            protocol=mqtt.MQTTv311,
            manual_ack=True,
        )
        if self._address.username:
            client.username_pw_set(self._address.username, self._address.password)
        if self._tls is not None:
            client.tls_set_context(self._tls)

        def on_connect(connected: mqtt.Client, _userdata: Any, _flags: Any, reason: Any, _properties: Any) -> None:
            if not reason.is_failure:
                outage.over()
                connected.subscribe([(one, 1) for one in (REPLIES, *self._beside)])

        def on_message(connected: mqtt.Client, _userdata: Any, message: mqtt.MQTTMessage) -> None:
            self._take(message)  # Unavailable: not acknowledged, so it comes again
            connected.ack(message.mid, message.qos)

        client.on_connect = on_connect
        client.on_message = on_message
        return client

    def _take(self, message: mqtt.MQTTMessage) -> None:
        topic, payload = message.topic, bytes(message.payload)
        takes = next((take for wanted, take in self._beside.items() if matches(wanted, topic)), None)
        if takes is None:
            self._desk.take(topic, payload)
        else:
            takes(topic, payload, message.retain)
