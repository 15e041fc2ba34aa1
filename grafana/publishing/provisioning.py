"""The files by which Grafana finds its data source and our dashboards by itself."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from grafana.languages import DashboardLanguage
from grafana.sql import SOURCE_TYPE, SOURCE_UID
from plant.errors import Misconfigured
from storage.core.grade import Grade

_FOLDERS = {DashboardLanguage.ENGLISH: "assetloop", DashboardLanguage.CHINESE: "assetloop 中文"}


def folder_of(language: DashboardLanguage) -> str:
    """Name the folder of a language's dashboards."""
    return _FOLDERS[language]


def folder_uid_of(language: DashboardLanguage) -> str:
    """Return the uid of that folder."""
    return f"assetloop{language.suffix}"


def data_source(grade: Grade) -> str:
    """Return the data source's file. Where the database is and the password come from Grafana's own environment.

    `GRAFANA_DATABASE_HOST` (host:port, or a socket's folder), `_NAME`, `_USER`, `_PASSWORD`, `_SSLMODE`.
    """
    login = {
        "host": "$GRAFANA_DATABASE_HOST",
        "name": "$GRAFANA_DATABASE_NAME",
        "user": "$GRAFANA_DATABASE_USER",
        "password": "$GRAFANA_DATABASE_PASSWORD",
        "sslmode": "$GRAFANA_DATABASE_SSLMODE",
    }
    return _yaml({"apiVersion": 1, "datasources": [{**_source(grade, login), "editable": False}]})


def source_document(grade: Grade, url: str) -> dict[str, Any]:
    """Return the data source as the API takes it, from the address of the database as Grafana reaches it.

    `?host=/folder` names the folder of a socket, as libpq has it, where both run on one machine.

    Raises:
        Misconfigured: it is not an address of a PostgreSQL.

    >>> source_document(Grade.PLAIN, "postgresql://me:secret@db.example/plant?sslmode=require")["url"]
    'db.example:5432'
    """
    parts = urlsplit(url)
    options = parse_qs(parts.query)
    (socket,) = options.get("host", [""])
    if parts.scheme not in ("postgresql", "postgres") or not (parts.hostname or socket.startswith("/")):
        raise Misconfigured("ASSETLOOP_GRAFANA_DATABASE_URL is not postgresql://LOGIN:PASSWORD@HOST:PORT/DATABASE")
    login = {
        "host": f"{parts.hostname}:{parts.port or 5432}" if parts.hostname else socket,
        "name": unquote(parts.path.lstrip("/")),
        "user": unquote(parts.username or ""),
        "password": unquote(parts.password or ""),
        "sslmode": options.get("sslmode", ["disable" if socket else "require"])[0],
    }
    return _source(grade, login)


def _source(grade: Grade, login: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": "assetloop",
        "uid": SOURCE_UID,
        "type": SOURCE_TYPE,
        "access": "proxy",
        "url": login["host"],
        "user": login["user"],
        "isDefault": False,
        "jsonData": {
            "database": login["name"],
            "sslmode": login["sslmode"],
            "postgresVersion": 1500,
            "timescaledb": grade is not Grade.PLAIN,
            "timeInterval": "1s",
            "maxOpenConns": 10,
        },
        "secureJsonData": {"password": login["password"]},
    }


def dashboard_provider(folder: Path, languages: Sequence[DashboardLanguage]) -> str:
    """Return the file by which Grafana shows the dashboards below `folder` and lets nobody change them."""
    document = {
        "apiVersion": 1,
        "providers": [
            {
                "name": f"assetloop{language.suffix}",
                "folder": folder_of(language),
                "folderUid": folder_uid_of(language),
                "type": "file",
                "disableDeletion": False,
                "allowUiUpdates": False,
                "updateIntervalSeconds": 10,
                "options": {"path": str(folder / language.value)},
            }
            for language in languages
        ],
    }
    return _yaml(document)


def _yaml(document: object) -> str:
    """Write JSON, which is YAML."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
