"""Everything that Grafana needs, from the register: dashboards in each language, and files that tell of them."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from grafana_foundation_sdk.builders.dashboard import Dashboard
from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.board import arranged
from grafana.dashboards.alarms import alarms_dashboard
from grafana.dashboards.asset import asset_dashboard
from grafana.dashboards.figures import figures_dashboard
from grafana.dashboards.handover import handover_dashboard
from grafana.dashboards.metrics import metrics_dashboard
from grafana.dashboards.models import models_dashboard
from grafana.dashboards.plant import plant_dashboard
from grafana.dashboards.telemetry import telemetry_dashboard
from grafana.languages import DashboardLanguage, settled, translated
from grafana.publishing.alert_rule import alert_rule
from grafana.publishing.provisioning import dashboard_provider, data_source
from grafana.twin.dashboard import twin_dashboards
from storage.core.database import Database
from storage.views.twin import Twin, read_twin

DASHBOARDS: dict[str, Callable[[], Dashboard]] = {
    "plant": plant_dashboard,
    "asset": asset_dashboard,
    "alarm-system": alarms_dashboard,
    "shared-figures": figures_dashboard,
    "handover-readiness": handover_dashboard,
    "models": models_dashboard,
    "telemetry": telemetry_dashboard,
    "metrics": metrics_dashboard,
}
CONSOLE_URL = "http://localhost:8080"


@dataclass(frozen=True, kw_only=True, slots=True)
class Wanted:
    """What is to be built: in which languages, and where the console is."""

    languages: Sequence[DashboardLanguage] = tuple(DashboardLanguage)
    console_url: str = CONSOLE_URL


def build(database: Database, folder: Path, wanted: Wanted | None = None) -> list[Path]:
    """Write dashboards and provisioning files below `folder` and return every file, changed or not.

    `dashboards/en` and `dashboards/zh` hold the dashboards, `provisioning/` is what Grafana's `GF_PATHS_PROVISIONING`
    should name; it speaks of the dashboards by their full path, so Grafana must see `folder` under the path given here.
    A file is written only where it differs, and whole: Grafana may read at any moment. A drawing of the twin that is
    not there any more is deleted.

    Raises:
        Unavailable: the database is away.
        Misconfigured: it has not been migrated.
    """
    wanted = wanted or Wanted()
    with database.transaction() as tx:
        twin = read_twin(tx)
    (folder / "provisioning" / "plugins").mkdir(parents=True, exist_ok=True)  # Grafana complains where it lacks
    files = _files(twin, folder.absolute(), wanted)
    written = [_write(folder / name, text) for name, text in files.items()]
    for path in (folder / "dashboards").rglob("*.json"):
        if path not in written:
            path.unlink()
    return written


def dashboards(twin: Twin, language: DashboardLanguage, *, console_url: str) -> dict[str, Any]:
    """Return every dashboard in a language as Grafana stores it, each by the name of its file."""
    written = {
        name: translated(_as_json(make().build()), language, console_url=console_url)
        for name, make in DASHBOARDS.items()
    }
    found = {**written, **twin_dashboards(twin, language)}
    return {name: settled(one, language, timezone=twin.timezone) for name, one in found.items()}


def _files(twin: Twin, folder: Path, wanted: Wanted) -> dict[str, str]:
    found = {
        f"dashboards/{language.value}/{name}.json": text_of(one)
        for language in wanted.languages
        for name, one in dashboards(twin, language, console_url=wanted.console_url).items()
    }
    return {
        **found,
        "provisioning/datasources/assetloop.yaml": data_source(twin.grade),
        "provisioning/dashboards/assetloop.yaml": dashboard_provider(folder / "dashboards", wanted.languages),
        "provisioning/alerting/assetloop.yaml": alert_rule(),
    }


def text_of(dashboard: object) -> str:
    """Write a dashboard so that the same one is always the same bytes."""
    return json.dumps(dashboard, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _as_json(dashboard: object) -> Any:
    return arranged(json.loads(json.dumps(dashboard, cls=JSONEncoder)))


def _write(path: Path, text: str) -> Path:
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
    return path
