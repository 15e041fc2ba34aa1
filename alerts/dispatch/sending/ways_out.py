"""One message by its way: on MQTT, to a webhook, by mail or into a chat."""

from __future__ import annotations

import logging
import os
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import assert_never

from alerts.dispatch.mail import MailServer
from alerts.dispatch.messages import text_of, title_of
from alerts.dispatch.plans import NoticePlans, Way, WayKind
from alerts.dispatch.sending import webhook
from alerts.dispatch.sending.addresses import Resolve, resolve
from plant.errors import Misconfigured, Unavailable
from plant.mqtt.topics import notice_topic
from storage.notices.dispatches import ClaimedDispatch

Publish = Callable[[str, bytes], None]


def read_secret(place: str, environment: Mapping[str, str] = os.environ) -> str:
    """Read a secret from where it is: `env:NAME` or `file:/path`.

    Raises:
        Misconfigured: it is not there. The text names the place, never what is in it.
    """
    kind, _, where = place.partition(":")
    if kind == "env":
        found = environment.get(where, "")
    else:
        try:
            found = Path(where).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise Misconfigured(f"{place} cannot be read: {type(error).__name__}") from error
    if not found:
        raise Misconfigured(f"{place} holds nothing")
    return found


@dataclass(frozen=True, kw_only=True, slots=True)
class WaysOut:
    """Sends messages. `publish` is how one gets on MQTT, `mail` the server for mail, `mails` people's addresses."""

    plans: NoticePlans
    publish: Publish | None = None
    mail: MailServer | None = None
    trust: ssl.SSLContext | None = field(default=None, repr=False)
    resolver: Resolve = resolve

    def send(self, claimed: ClaimedDispatch, *, mail_address: str, language: str, at: datetime) -> str:
        """Send one message and say what was answered; its id is the same however often it is sent.

        Raises:
            Misconfigured: the way, or a secret of it, is not there.
            Unavailable: it did not go out, or nobody knows whether.
        """
        way = self.plans.ways.get(claimed.way)
        if way is None:
            raise Misconfigured(f"there is no way {claimed.way} any more")
        match way.kind:
            case WayKind.MQTT:
                return self._publish(way, claimed)
            case WayKind.WEBHOOK:
                secret = read_secret(way.secret)
                return webhook.post(
                    way,
                    secret,
                    claimed.dispatch_id,
                    claimed.document,
                    at=at,
                    trust=self.trust,
                    resolver=self.resolver,
                )
            case WayKind.MAIL:
                return self._mail(way, claimed, mail_address, language or way.language)
            case WayKind.CHAT:
                return self._chat(way, claimed, language or way.language)
            case _:
                assert_never(way.kind)

    def _publish(self, way: Way, claimed: ClaimedDispatch) -> str:
        if self.publish is None:
            raise Misconfigured("no broker is named")
        data = claimed.document["data"]
        topic = way.address or notice_topic(data["site"], data["team"])
        self.publish(topic, webhook.body_of({**claimed.document, "id": claimed.dispatch_id}))
        return "the broker has it"

    def _mail(self, way: Way, claimed: ClaimedDispatch, mail_address: str, language: str) -> str:
        if self.mail is None:
            raise Misconfigured("ASSETLOOP_MAIL names no mail server")
        addresses = [mail_address] if way.each else way.address.split(",")
        for address in filter(None, addresses):
            self.mail.send(address, title_of(claimed.document, language), text_of(claimed.document, language))
        if not any(addresses):
            raise Misconfigured("there is no mail address")
        return "the mail server has it"

    def _chat(self, way: Way, claimed: ClaimedDispatch, language: str) -> str:
        place = self.plans.chats.get(claimed.person, {}).get(way.name, "") if way.each else way.address
        if not place:
            raise Misconfigured(f"{claimed.person} has no address for {way.name}")
        tell_by_apprise(
            read_secret(place), title_of(claimed.document, language), text_of(claimed.document, language), way.name
        )
        return "the service has it"


def tell_by_apprise(url: str, title: str, text: str, name: str) -> None:
    """Hand one message to a service of Apprise. Neither its address nor what Apprise says of it is logged.

    Raises:
        Misconfigured: it is no address of a service.
        Unavailable: the service does not take it.
    """
    import apprise

    logging.getLogger("apprise").setLevel(logging.CRITICAL)
    teller = apprise.Apprise(asset=apprise.AppriseAsset(app_id="assetloop", secure_logging=True))
    if not teller.add(url):
        raise Misconfigured(f"the secret of the way {name} is no address of a service that Apprise knows")
    if not teller.notify(title=title, body=text, body_format=apprise.NotifyFormat.TEXT):
        raise Unavailable(f"the service of the way {name} does not take it")
