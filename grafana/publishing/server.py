"""One Grafana, spoken to through its API: what it has of ours, and putting more there. Errors say what mends them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Self
from urllib.parse import urlsplit

from grafana_client.api import GrafanaApi
from grafana_client.client import GrafanaClientError, GrafanaException, GrafanaServerError, TokenAuth

from plant.errors import Conflict, Misconfigured, Unavailable

LEAST_VERSION = (11, 6)
_SERVICE_ACCOUNT = "assetloop"
_LONGEST_S = 20.0
_ALERT_RULES = "/v1/provisioning/alert-rules"
_BY_ANYBODY = {"X-Disable-Provenance": "true"}
Json = dict[str, Any]


class GrafanaServer:
    """A Grafana at `url`, asked with a token, or with the name and password that the address has.

    As a context manager it closes its connections at the end.

    Raises, all methods:
        Unavailable: it cannot be reached, or is not well.
        Misconfigured: it is too old, or the token lacks a right; one line with the mend.
        Conflict: somebody else changed the same thing meanwhile.
    """

    def __init__(self, url: str, token: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Misconfigured("ASSETLOOP_GRAFANA_URL is no address of a Grafana: write it as https://grafana.example")
        self.address = parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl().rstrip("/")
        names = (parts.username or "", parts.password or "")
        credential = TokenAuth(token) if token else names  # type: ignore[no-untyped-call]
        self._api = GrafanaApi.from_url(self.address, credential=credential, timeout=_LONGEST_S)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._api.client.s.close()

    def check(self) -> str:
        """Return its version, if that is one whose dashboards are like ours and we may speak to it."""
        with self._in_our_terms("be looked at"):
            found = str(self._api.client.GET("/health").get("version", ""))
            self._api.client.GET("/org")
        numbers = tuple(int(part) for part in re.findall(r"\d+", found)[:2])
        if numbers < LEAST_VERSION:
            least = ".".join(map(str, LEAST_VERSION))
            raise Misconfigured(f"Grafana at {self.address} is {found or 'of no known version'}: use {least} or newer")
        return found

    def folder(self, uid: str) -> Json | None:
        """Return a folder, None where there is none."""
        with self._in_our_terms("read folders"):
            return self._there(f"/folders/{uid}")

    def make_folder(self, uid: str, title: str) -> None:
        """Make a folder."""
        with self._in_our_terms("make folders (role Editor)"):
            self._api.folder.create_folder(title, uid)

    def data_source(self, uid: str) -> Json | None:
        """Return a data source without its secrets, None where there is none."""
        with self._in_our_terms("read data sources (role Admin)"):
            return self._there(f"/datasources/uid/{uid}")

    def put_data_source(self, source: Json, *, is_there: bool) -> None:
        """Make or change a data source."""
        with self._in_our_terms("change data sources (role Admin)"):
            if is_there:
                self._api.datasource.update_datasource_by_uid(source["uid"], source)
            else:
                self._api.datasource.create_datasource(source)

    def dashboard(self, uid: str) -> Json | None:
        """Return a dashboard with its `meta`, None where there is none."""
        with self._in_our_terms("read dashboards"):
            return self._there(f"/dashboards/uid/{uid}")

    def put_dashboard(self, dashboard: Json, *, folder_uid: str, version: int | None) -> None:
        """Make a dashboard, or change the one of `version`; a newer one is left.

        Raises:
            Conflict: it has been changed meanwhile.
        """
        document = {**dashboard, **({"version": version} if version is not None else {})}
        with self._in_our_terms("change dashboards (role Editor)"):
            self._api.dashboard.update_dashboard(
                {"dashboard": document, "folderUid": folder_uid, "overwrite": False, "message": "assetloop"}
            )

    def drop_dashboard(self, uid: str) -> None:
        """Delete a dashboard."""
        with self._in_our_terms("delete dashboards (role Editor)"):
            self._api.dashboard.delete_dashboard(uid)

    def alert_rule(self, uid: str) -> Json | None:
        """Return an alert rule, None where there is none."""
        with self._in_our_terms("read alert rules (role Editor)"):
            return self._there(f"{_ALERT_RULES}/{uid}")

    def put_alert_rule(self, rule: Json, *, is_there: bool) -> None:
        """Make or change an alert rule; people may change it there, too."""
        with self._in_our_terms("change alert rules (role Editor)"):
            if is_there:
                self._api.client.PUT(f"{_ALERT_RULES}/{rule['uid']}", json=rule, headers=_BY_ANYBODY)
            else:
                self._api.client.POST(_ALERT_RULES, json=rule, headers=_BY_ANYBODY)

    def service_account(self) -> int | None:
        """Return the number of our service account, None where there is none."""
        with self._in_our_terms("read service accounts (role Admin)"):
            (found,) = self._api.serviceaccount.search(query=_SERVICE_ACCOUNT, page=1, perpage=100)
        return next((int(one["id"]) for one in found["serviceAccounts"] if one["name"] == _SERVICE_ACCOUNT), None)

    def make_service_account(self) -> str:
        """Make our service account, and return a token for it, which Grafana shows this once."""
        with self._in_our_terms("make service accounts (role Admin)"):
            made = self._api.serviceaccount.create({"name": _SERVICE_ACCOUNT, "role": "Admin"})
            token = self._api.serviceaccount.create_token(made["id"], {"name": _SERVICE_ACCOUNT})
        return str(token["key"])

    def _there(self, path: str) -> Json | None:
        try:
            found: Json = self._api.client.GET(path)
        except GrafanaClientError as error:
            if error.status_code == 404:
                return None
            raise
        return found

    @contextmanager
    def _in_our_terms(self, what: str) -> Iterator[None]:
        try:
            yield
        except GrafanaClientError as error:
            raise _refused(error, self.address, what) from error
        except (GrafanaServerError, GrafanaException, OSError) as error:
            raise Unavailable(f"Grafana at {self.address} does not answer: see that it runs and is reached") from error


def _refused(error: GrafanaClientError, address: str, what: str) -> Exception:
    if error.status_code == 401:
        return Misconfigured(
            f"Grafana at {address} does not know the token: make a new one, set ASSETLOOP_GRAFANA_TOKEN"
        )
    if error.status_code == 403:
        # Where anybody may look, Grafana takes a token that it does not know for no token at all.
        return Misconfigured(
            f"the token may not {what} in Grafana at {address}: give it that role, or set one that Grafana knows"
        )
    if error.status_code in (409, 412):
        return Conflict(f"somebody changed the same in Grafana at {address} meanwhile: try again")
    return Misconfigured(f"Grafana at {address} refused to let us {what}: {str(error.message)[:200]}")
