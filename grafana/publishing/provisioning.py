"""The files by which Grafana finds its data source and our dashboards by itself."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from grafana.languages import DashboardLanguage
from grafana.sql import SOURCE_TYPE, SOURCE_UID
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
    document = {
        "apiVersion": 1,
        "datasources": [
            {
                "name": "assetloop",
                "uid": SOURCE_UID,
                "type": SOURCE_TYPE,
                "access": "proxy",
                "url": "$GRAFANA_DATABASE_HOST",
                "user": "$GRAFANA_DATABASE_USER",
                "isDefault": False,
                "editable": False,
                "jsonData": {
                    "database": "$GRAFANA_DATABASE_NAME",
                    "sslmode": "$GRAFANA_DATABASE_SSLMODE",
                    "postgresVersion": 1500,
                    "timescaledb": grade is not Grade.PLAIN,
                    "timeInterval": "1s",
                    "maxOpenConns": 10,
                },
                "secureJsonData": {"password": "$GRAFANA_DATABASE_PASSWORD"},
            }
        ],
    }
    return _yaml(document)


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
