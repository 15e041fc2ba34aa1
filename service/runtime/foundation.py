"""What the roles stand on: a database and a broker, embedded unless the settings name one, and kept alive."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable

from plant.errors import AssetloopError
from service.broker.embedded import EmbeddedBroker
from service.runtime.postgres import PostgresServer
from service.runtime.screen import Screen
from service.runtime.surroundings import Surroundings
from service.runtime.waiting import patiently
from storage.core.database import connect
from storage.schema.migrate import migrate

_BROKER_PORT = 1883


class Foundation:
    """Database and broker of one stack. `deaths` counts how often an embedded one ended by itself."""

    def __init__(self, around: Surroundings, screen: Screen, stop: threading.Event) -> None:
        self._around = around
        self._screen = screen
        self._stop = stop
        self._server: PostgresServer | None = None
        self._broker: EmbeddedBroker | None = None
        self.deaths: Counter[str] = Counter()
        self.database_url = ""
        self.mqtt_url = self.ingest_mqtt_url = ""

    def start(self) -> None:
        """Have both ready: embedded ones are started, named ones waited for; the schema is brought up to date.

        Raises:
            Misconfigured, Conflict: the database cannot be had or used, or the mapping makes no sense.
            ToldToStopError: somebody asked for the end meanwhile.
        """
        with self._screen.step("database"):
            self._start_database()
            settings = self._around.settings
            migrated = migrate(
                self.database_url,
                rules=settings.rules(),
                allow_unsupported=settings.allow_unsupported,
                say=self._screen.say,
            )
        self._screen.say(f"it is PostgreSQL {migrated.server.version}, {migrated.grade} grade")
        with self._screen.step("broker"):
            self._start_broker()

    def watch(self) -> list[str]:
        """Start again what is embedded and died; return what does not run at this moment."""
        return [
            *self._revive("database", self._server is None or self._server.pid is not None, self._restart_server),
            *self._revive("broker", self._broker is None or self._broker.is_running, self._restart_broker),
        ]

    def stop(self) -> None:
        """Stop what is embedded: the broker first, so that nothing more comes in."""
        if self._broker is not None:
            self._broker.stop()
        if self._server is not None:
            self._server.stop()

    def _start_database(self) -> None:
        settings = self._around.settings
        if settings.database_url is None:
            self._server = PostgresServer(self._around.folder.database).start()
            self.database_url = self._server.url
            return
        self.database_url = settings.database_url.get_secret_value()
        patiently(lambda: connect(self.database_url).close(), say=self._screen.say, stop=self._stop)

    def _start_broker(self) -> None:
        settings = self._around.settings
        if settings.mqtt_url is None:
            self._embed_broker()
            return
        self.mqtt_url = settings.mqtt_url.get_secret_value()

        def knock() -> None:
            with self._around.wire():
                pass

        patiently(knock, say=self._screen.say, stop=self._stop)

    def _embed_broker(self) -> None:
        from ingest.mapping import known_formats

        settings, folder = self._around.settings, self._around.folder
        wanted = folder.broker_port or _BROKER_PORT
        self._broker = EmbeddedBroker(
            folder.broker,
            folder.journal,
            port=wanted,
            filters=[each for one in known_formats(settings.mapping) for each in one.filters],
            most_bytes=settings.journal_bytes,
            log=folder.logs / "broker.log",
        )
        port = self._broker.port
        if port != wanted:
            self._screen.say(f"port {wanted} is taken, so the embedded broker listens on {port}; devices must go there")
        folder.broker_port = port
        self._broker.start()
        self.mqtt_url, self.ingest_mqtt_url = self._broker.url, self._broker.ingest_url

    def _revive(self, name: str, is_alive: bool, restart: Callable[[], object]) -> list[str]:
        if is_alive:
            return []
        self.deaths[name] += 1
        self._screen.say(f"the embedded {name} died; it is started again")
        try:
            restart()
        except (AssetloopError, OSError, RuntimeError) as error:
            self._screen.say(f"the embedded {name} does not start yet: {error}")
            return [name]
        return []

    def _restart_server(self) -> None:
        if self._server is not None:
            self._server.start()

    def _restart_broker(self) -> None:
        if self._broker is not None:
            self._broker.start()
