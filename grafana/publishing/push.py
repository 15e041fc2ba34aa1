"""Put dashboards into a Grafana through its API: only what differs, and never over what a person changed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from grafana.build import Wanted, dashboards
from grafana.publishing.alert_rule import FOLDER, FOLDER_UID, RULE_UID, alert_rule_document
from grafana.publishing.provisioning import folder_of, folder_uid_of, source_document
from grafana.publishing.server import GrafanaServer, Json
from grafana.sql import SOURCE_UID
from plant.clock import Clock
from plant.errors import Conflict, Misconfigured
from storage.core.database import Database
from storage.views import grafana_pushes
from storage.views.grafana_pushes import Pushed
from storage.views.twin import Twin, read_twin


class PushStep(StrEnum):
    """What a push does with one thing."""

    MAKE = "make"
    CHANGE = "change"
    SAME = "same"
    REMOVE = "remove"
    CHANGED_BY_A_PERSON = "changed by a person"
    FROM_FILES = "comes from files"


@dataclass(frozen=True, kw_only=True, slots=True)
class PushDone:
    """What was done, or would be, with one thing: a folder, the data source, a dashboard, the alert rule."""

    step: PushStep
    what: str
    uid: str
    title: str = ""


@dataclass(frozen=True, kw_only=True, slots=True)
class PushHow:
    """How to push: `dry_run` changes nothing; `copies` puts ours beside what a person changed."""

    wanted: Wanted
    source_url: str = ""
    dry_run: bool = False
    copies: bool = False


def push(database: Database, clock: Clock, server: GrafanaServer, how: PushHow) -> list[PushDone]:
    """Bring a Grafana to what the register says, and return what was done, thing by thing.

    Of each dashboard that was put there the hash of how Grafana gave it back is kept. One that is otherwise now was
    changed by a person, and is left. What did not come from here is never touched.

    Raises:
        Unavailable, Misconfigured: as the server says; or the data source is not there and nobody said where it is.
    """
    server.check()
    with database.transaction() as tx:
        twin, kept = read_twin(tx), grafana_pushes.kept(tx, server.address)
    pusher = _Pusher(database, clock, server, how, kept)
    return [*pusher.data_source(twin), *pusher.languages(twin), *pusher.alert_rule(), *pusher.leftovers()]


class _Pusher:
    """One push under way."""

    def __init__(
        self, database: Database, clock: Clock, server: GrafanaServer, how: PushHow, kept: Mapping[str, Pushed]
    ) -> None:
        self._database, self._clock, self._server, self._how = database, clock, server, how
        self._kept, self._seen = kept, set[str]()

    def data_source(self, twin: Twin) -> Iterator[PushDone]:
        there = self._server.data_source(SOURCE_UID)
        if there is not None and (there.get("readOnly") or not self._how.source_url):
            yield PushDone(
                step=PushStep.FROM_FILES if there.get("readOnly") else PushStep.SAME, what="data source", uid=SOURCE_UID
            )
            return
        if not self._how.source_url:
            raise Misconfigured(
                "Grafana has no data source `assetloop` yet: set ASSETLOOP_GRAFANA_DATABASE_URL to a login of the role "
                "assetloop_grafana, as Grafana reaches the database"
            )
        document = source_document(twin.grade, self._how.source_url)
        step = PushStep.MAKE if there is None else PushStep.SAME if _agrees(there, document) else PushStep.CHANGE
        if step is not PushStep.SAME and not self._how.dry_run:
            self._server.put_data_source(document, is_there=there is not None)
        yield PushDone(step=step, what="data source", uid=SOURCE_UID)

    def languages(self, twin: Twin) -> Iterator[PushDone]:
        for language in self._how.wanted.languages:
            yield self._folder(folder_uid_of(language), folder_of(language))
            for dashboard in dashboards(twin, language, console_url=self._how.wanted.console_url).values():
                yield from self._dashboard(dashboard, folder_uid_of(language))

    def alert_rule(self) -> Iterator[PushDone]:
        """Put the rule that the collector is dead, unless a person changed it or it comes from a file."""
        rule = alert_rule_document()
        ours, there = hash_of(rule), self._server.alert_rule(RULE_UID)
        is_from_file = bool(there and there.get("provenance"))
        step = _step(there, ours, self._kept.get(RULE_UID), is_from_file=is_from_file)
        if step in (PushStep.MAKE, PushStep.CHANGE):
            yield self._folder(FOLDER_UID, FOLDER)
            if not self._how.dry_run:
                self._server.put_alert_rule(rule, is_there=there is not None)
                self._keep(RULE_UID, ours, self._server.alert_rule(RULE_UID) or {})
        yield PushDone(step=step, what="alert rule", uid=RULE_UID, title=rule["title"])

    def leftovers(self) -> Iterator[PushDone]:
        """Remove drawings of areas that are no more, where nobody changed them."""
        suffixes = tuple(f"{language.suffix}" for language in self._how.wanted.languages)
        for uid, kept in self._kept.items():
            if uid in self._seen or not uid.startswith("assetloop-twin-") or not _is_of(uid, suffixes):
                continue
            there = self._server.dashboard(uid)
            if there is not None and hash_of(there["dashboard"]) != kept.theirs:
                yield PushDone(step=PushStep.CHANGED_BY_A_PERSON, what="dashboard", uid=uid)
                continue
            if not self._how.dry_run:
                if there is not None:
                    self._server.drop_dashboard(uid)
                with self._database.transaction() as tx:
                    grafana_pushes.forget(tx, self._server.address, uid)
            yield PushDone(step=PushStep.REMOVE, what="dashboard", uid=uid)

    def _folder(self, uid: str, title: str) -> PushDone:
        is_there = self._server.folder(uid) is not None
        if not is_there and not self._how.dry_run:
            self._server.make_folder(uid, title)
        return PushDone(step=PushStep.SAME if is_there else PushStep.MAKE, what="folder", uid=uid, title=title)

    def _dashboard(self, dashboard: Json, folder_uid: str) -> Iterator[PushDone]:
        uid, ours = dashboard["uid"], hash_of(dashboard)
        self._seen.add(uid)
        there = self._server.dashboard(uid)
        is_from_file = bool(there and there.get("meta", {}).get("provisioned"))
        step = _step(there and there["dashboard"], ours, self._kept.get(uid), is_from_file=is_from_file)
        if step in (PushStep.MAKE, PushStep.CHANGE) and not self._how.dry_run:
            step = self._put(dashboard, folder_uid, there, ours, step)
        yield PushDone(step=step, what="dashboard", uid=uid, title=dashboard["title"])
        if step is PushStep.CHANGED_BY_A_PERSON and self._how.copies:
            copy = {**dashboard, "uid": f"{uid}-new", "title": f"{dashboard['title']} (assetloop)", "tags": []}
            yield from self._dashboard(copy, folder_uid)

    def _put(self, dashboard: Json, folder_uid: str, there: Json | None, ours: str, step: PushStep) -> PushStep:
        version = None if there is None else there["dashboard"]["version"]
        try:
            self._server.put_dashboard(dashboard, folder_uid=folder_uid, version=version)
        except Conflict:
            return PushStep.CHANGED_BY_A_PERSON
        given = self._server.dashboard(dashboard["uid"])
        self._keep(dashboard["uid"], ours, (given or {}).get("dashboard", {}))
        return step

    def _keep(self, uid: str, ours: str, given: Json) -> None:
        """Remember what was put there and how Grafana gave it back."""
        pushed = Pushed(uid=uid, ours=ours, theirs=hash_of(given))
        with self._database.transaction() as tx:
            grafana_pushes.keep(tx, self._server.address, pushed, at=self._clock.now())


def hash_of(document: Mapping[str, Any]) -> str:
    """Return the hash of what a person could change: all but the number, version and time that Grafana keeps.

    >>> hash_of({"uid": "a", "version": 1}) == hash_of({"version": 2, "uid": "a", "id": 7})
    True
    """
    told = {key: value for key, value in document.items() if key not in ("id", "version", "updated")}
    return hashlib.sha256(json.dumps(told, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _step(there: Json | None, ours: str, kept: Pushed | None, *, is_from_file: bool) -> PushStep:
    """Say what is to be done with a document, by what is there, what we have, and what was put there last."""
    if there is None:
        return PushStep.MAKE
    if is_from_file:
        return PushStep.FROM_FILES
    if kept is None or hash_of(there) != kept.theirs:
        return PushStep.CHANGED_BY_A_PERSON
    return PushStep.SAME if kept.ours == ours else PushStep.CHANGE


def _agrees(there: Json, document: Json) -> bool:
    """Say whether a data source is as we want it, but for its password, which Grafana does not tell."""
    same = all(there.get(key) == document[key] for key in ("type", "url", "user", "name"))
    return same and all(there.get("jsonData", {}).get(key) == value for key, value in document["jsonData"].items())


def _is_of(uid: str, suffixes: tuple[str, ...]) -> bool:
    is_english = not uid.endswith("-zh")
    return any((not suffix and is_english) or (suffix and uid.endswith(suffix)) for suffix in suffixes)
