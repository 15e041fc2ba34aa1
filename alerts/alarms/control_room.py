"""A control room acknowledges and shelves alerts by MQTT: `assetloop/v1/{site}/{asset}/alert/ack`.

MQTT does not say who published a message, so each carries the API token of the person who asks. What they may do is
what they may do over HTTP, and the same is written. Each request has an id: one that comes twice is done once and
answered the same. Whoever asks is answered on `…/alert/ack/reply`, also with why not.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, assert_never
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from alerts.alarms.acknowledgement import lock_alert, note_alert, plain_words
from alerts.alarms.shelving import shelve_locked, unshelve_locked
from plant.alert import Alert
from plant.clock import Clock, iso
from plant.errors import AssetloopError, Conflict, Forbidden, Misconfigured, NotFound, Rejected, Unavailable
from plant.mqtt.topics import control_room_reply_topic, topic_to_tag
from plant.people.principal import Principal
from plant.people.rights import Right
from storage.core.database import Database, Transaction
from storage.telemetry import quarantine
from storage.telemetry.quarantine import RefusedPayload
from storage.work import control_room

_log = logging.getLogger(__name__)
REQUESTS = "assetloop/v1/+/+/alert/ack"
_MOST_BYTES = 16 * 1024

Recognise = Callable[[str], Principal | None]
"""Says who acts by a token; None where it opens nothing."""


class AlertAction(StrEnum):
    """What a control room may ask for."""

    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    UNSHELVE = "unshelve"


RIGHTS: Mapping[AlertAction, Right] = {
    AlertAction.ACKNOWLEDGE: Right.ACKNOWLEDGE,
    AlertAction.SHELVE: Right.SHELVE_ALERTS,
    AlertAction.UNSHELVE: Right.SHELVE_ALERTS,
}
"""What each wants, as over HTTP (`api.identity.route_rights`)."""


class ControlRoomRequest(BaseModel):
    """What a control room publishes. `revision` is that of the alert as its operator saw it."""

    model_config = ConfigDict(extra="forbid")

    request: UUID
    token: str = Field(max_length=1000)
    alert_id: UUID
    revision: int = Field(ge=1, le=2**31 - 1)
    action: AlertAction
    comment: str = ""
    until: AwareDatetime | None = None


class ControlRoomDesk:
    """Takes one request after the other, does it, and answers by `publish`, which waits until the broker has it."""

    def __init__(
        self, database: Database, clock: Clock, recognise: Recognise, publish: Callable[[str, bytes], None]
    ) -> None:
        self._database = database
        self._clock = clock
        self._recognise = recognise
        self._publish = publish

    def take(self, topic: str, payload: bytes, is_retained: bool = False) -> dict[str, Any]:
        """Take a request, answer it, and return the answer.

        Raises:
            Unavailable: the database or the broker is away. Who asked is not answered; the same request may come again.
        """
        site, asset = (topic_to_tag(part) for part in topic.split("/")[2:4])
        try:
            answer = self._do(site, asset, payload, is_retained=is_retained)
        except (Unavailable, Misconfigured):
            raise
        except AssetloopError as error:
            answer = self._refuse(topic, payload, error)
        said = json.dumps(answer, ensure_ascii=False, separators=(",", ":")).encode()
        self._publish(control_room_reply_topic(site, asset), said)
        return answer

    def _do(self, site: str, asset: str, payload: bytes, *, is_retained: bool) -> dict[str, Any]:
        if is_retained:
            raise Rejected("retained", "publish requests without the retain flag: what the broker keeps is no news")
        asked = _read(payload)
        with self._database.transaction() as tx:
            given = control_room.answer_of(tx, asked.request)
        if given is not None:
            return given
        principal = self._recognise(asked.token)
        if principal is None:
            raise Forbidden("this token opens nothing; make one under Your account, or `assetloop token issue`")
        behalf = self._database.on_behalf_of(principal, sites=principal.sites_with(Right.SEE))
        with behalf.transaction() as tx:
            alert = lock_alert(tx, asked.alert_id)
            if (alert.site, alert.asset) != (site, asset):
                raise NotFound(f"there is no alert {asked.alert_id} at {site}/{asset}")
            principal.demand(RIGHTS[asked.action], site)
            if asked.revision != alert.revision:
                raise Conflict(f"the alert is at revision {alert.revision} now, not {asked.revision}; look again")
            moved = self._move(tx, alert, asked, principal.name, self._clock.now())
            answer = self._done(asked, moved, principal.name)
            control_room.keep(tx, asked.request, alert.alert_id, answer, at=self._clock.now())
        return answer

    def _move(self, tx: Transaction, alert: Alert, asked: ControlRoomRequest, actor: str, at: datetime) -> Alert:
        match asked.action:
            case AlertAction.ACKNOWLEDGE:
                return note_alert(tx, alert, actor, at, plain_words(asked.comment))
            case AlertAction.SHELVE:
                if asked.until is None:
                    raise Rejected("bad_duration", "say until when it is shelved: `until`, with a zone")
                hours = (asked.until - at).total_seconds() / 3600
                return shelve_locked(tx, alert, hours=hours, reason=asked.comment, actor=actor, at=at)
            case AlertAction.UNSHELVE:
                return unshelve_locked(tx, alert, actor=actor, at=at)
            case _:
                assert_never(asked.action)

    def _done(self, asked: ControlRoomRequest, alert: Alert, actor: str) -> dict[str, Any]:
        now = self._clock.now()
        return {
            "request": str(asked.request),
            "alert_id": str(alert.alert_id),
            "done": True,
            "action": asked.action.value,
            "by": actor,
            "at": iso(now),
            "revision": alert.revision,
            "state": alert.flags.state(now).value,
        }

    def _refuse(self, topic: str, payload: bytes, error: AssetloopError) -> dict[str, Any]:
        reason, said = _why(error)
        _log.warning("a control room's request is refused", extra={"topic": topic, "reason": reason})
        refused = RefusedPayload.withheld(topic, payload, reason=f"ack_{reason}", detail=said, at=self._clock.now())
        with self._database.transaction() as tx:
            quarantine.hold(tx, [refused])
        return {"request": _request_of(payload), "done": False, "reason": reason, "said": said}


def _read(payload: bytes) -> ControlRoomRequest:
    if len(payload) > _MOST_BYTES:
        raise Rejected("too_large", f"a request has at most {_MOST_BYTES} bytes")
    try:
        return ControlRoomRequest.model_validate_json(payload)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        raise Rejected("bad_request", f"{'.'.join(map(str, first['loc']))}: {first['msg']}") from error


def _request_of(payload: bytes) -> str | None:
    """Return the id that a refused request names, so that whoever asked knows which it was."""
    try:
        named = json.loads(payload[:_MOST_BYTES])["request"]
        return str(UUID(named))
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None


def _why(error: AssetloopError) -> tuple[str, str]:
    """Say why in one word that a program knows, and in words."""
    if isinstance(error, Rejected):
        return error.reason, error.detail
    word = {Forbidden: "forbidden", NotFound: "not_found", Conflict: "conflict"}
    return next((said for kind, said in word.items() if isinstance(error, kind)), "refused"), str(error)
