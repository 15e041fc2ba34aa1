"""What a command works with: settings, and the database and broker they or the running stack name."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from plant.clock import Clock, SystemClock
from plant.errors import Misconfigured, Unavailable
from plant.mqtt.certificates import Certificates
from plant.people.principal import Principal
from service.runtime.data_folder import DataFolder, Running
from service.settings import Settings, read_settings
from storage.core.database import Database, Role

if TYPE_CHECKING:
    from alerts.dispatch.mail import MailServer
    from alerts.dispatch.mqtt_publisher import MqttPublisher
    from alerts.orders.attachments import AttachmentStore
    from ingest.mqtt.connecting import BrokerSettings
    from ingest.trial import TrialRules
    from lifecycle.register.broker_accounts import Accounts
    from simulators.wire import Wire

_DAY_US = 86_400_000_000


@dataclass(frozen=True, kw_only=True, slots=True)
class Surroundings:
    """Settings, folder and clock of one command."""

    settings: Settings
    folder: DataFolder
    clock: Clock

    @classmethod
    def of(cls, data: Path | None = None) -> Surroundings:
        """Read the settings; `data` overrules the data folder they name."""
        settings = read_settings()
        return cls(settings=settings, folder=DataFolder(data or settings.data), clock=SystemClock())

    def running(self) -> Running | None:
        """Return the stack that runs on the data folder, if one does."""
        return self.folder.running()

    def database_url(self, role: Role | None = None) -> str:
        """Return the database's address: the role's own, the common one, or the running stack's.

        Raises:
            Misconfigured: nothing names a database.
        """
        own = {Role.INGEST: self.settings.database_url_ingest, Role.APP: self.settings.database_url_app}
        named = (own.get(role) if role else None) or self.settings.database_url
        if named is not None:
            return named.get_secret_value()
        running = self.running()
        if running is None:
            raise Misconfigured(_nowhere("database", "ASSETLOOP_DATABASE_URL", self.folder.path))
        return running.database_url

    def mqtt_url(self) -> str:
        """Return the broker's address, as `database_url` does."""
        if self.settings.mqtt_url is not None:
            return self.settings.mqtt_url.get_secret_value()
        running = self.running()
        if running is None:
            raise Misconfigured(_nowhere("broker", "ASSETLOOP_MQTT_URL", self.folder.path))
        return running.mqtt_url

    def ingest_mqtt_url(self) -> str:
        """Return the broker's address for ingest alone, whose session the embedded broker gives to nobody else."""
        url, running = self.mqtt_url(), self.running()
        return running.ingest_mqtt_url or url if running is not None and running.mqtt_url == url else url

    @property
    def certificates(self) -> Certificates:
        """Return those with which the broker is reached, for whatever reaches it."""
        named = self.settings
        return Certificates(ca_file=named.mqtt_ca_file, cert_file=named.mqtt_cert_file, key_file=named.mqtt_key_file)

    def broker_settings(self) -> BrokerSettings:
        """Say how ingest reaches the broker: the same for the role and for whoever only listens in.

        Raises:
            Misconfigured: nothing names a broker.
        """
        from ingest.mqtt.connecting import BrokerSettings

        return BrokerSettings(
            url=self.ingest_mqtt_url(),
            certificates=self.certificates,
            session_expiry_s=self.settings.mqtt_session_expiry_s,
            keepalive_s=self.settings.mqtt_keepalive_s,
            reader=self.settings.mqtt_reader,
        )

    def broker_accounts(self) -> Accounts | None:
        """Return the devices' logins at mosquitto; None where no folder of them is named.

        Raises:
            Misconfigured: the folder cannot be written.
        """
        from lifecycle.register.broker_accounts import Accounts

        folder = self.settings.broker_accounts
        return None if folder is None else Accounts(folder, self.settings.broker_pid_file)

    def end_session(self, name: str) -> None:
        """End the connection of a client that came by certificate: whoever comes in its name ends it."""
        from ingest.mqtt.connecting import end_session

        with contextlib.suppress(Misconfigured, Unavailable):  # it may do nothing any more in any case
            end_session(self.broker_settings(), name)

    def trial_rules(self) -> TrialRules:
        """Say by what ingest judges a payload."""
        from ingest.trial import TrialRules

        named = self.settings
        return TrialRules(
            most_payload_bytes=named.most_payload_bytes,
            most_signals=named.most_signals,
            retention_us=round(named.raw_retention_days * _DAY_US),
        )

    def wire(self, url: str | None = None) -> Wire:
        """Make what publishes as a device does; it connects when entered. `url` is that of a stack that only begins."""
        from simulators.wire import Wire

        return Wire(url or self.mqtt_url(), certificates=self.certificates)

    def attachments(self) -> AttachmentStore:
        """Say where the files of orders are kept."""
        from alerts.orders.attachments import AttachmentStore

        return AttachmentStore(url=self.settings.attachments_url, most_bytes=self.settings.attachment_bytes)

    def order_publisher(self) -> MqttPublisher:
        """Make what publishes work orders; it connects when first used."""
        from alerts.dispatch.mqtt_publisher import MqttPublisher

        return MqttPublisher(self.mqtt_url(), certificates=self.certificates)

    def mail_server(self) -> MailServer | None:
        """Return what mail is handed in to; None where no setting names it.

        Raises:
            Misconfigured: the setting is no address of a mail server, or its file cannot be read.
        """
        from alerts.dispatch.mail import MailServer

        url, file = self.settings.mail, self.settings.mail_file
        if url is not None:
            return MailServer(url=url.get_secret_value())
        if file is None:
            return None
        try:
            return MailServer(url=file.read_text(encoding="utf-8").strip())
        except OSError as error:
            raise Misconfigured(f"ASSETLOOP_MAIL_FILE {file}: {error.strerror}") from error

    def database(
        self,
        role: Role = Role.APP,
        *,
        most: int = 4,
        wait_s: float = 10.0,
        holder: str = "",
        actor: Principal | None = None,
    ) -> Database:
        """Open a pool of connections that speak as `role`; who asks waits at most `wait_s` for one.

        With an `actor`, what is written says how they were recognised: by the command line, or by a name they typed.
        """
        database = Database(self.database_url(role), role=role, most=most, wait_s=wait_s, holder=holder)
        return database if actor is None else database.on_behalf_of(actor, sites=None)


def _nowhere(what: str, variable: str, folder: Path) -> str:
    return f"no {what}: nothing runs on {folder}; start `assetloop up` there, or set {variable}"


def holder() -> str:
    """Name this process in leases: host, process id, and what tells two containers of one host apart."""
    return f"{os.uname().nodename}:{os.getpid()}:{secrets.token_hex(4)}"
