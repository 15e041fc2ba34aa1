"""Write everything Grafana needs: dashboards and provisioning; the same register gives the same bytes."""

from __future__ import annotations

import json
import os
from pathlib import Path

from grafana_foundation_sdk.cog.encoder import JSONEncoder

from grafana.asset_dashboard import asset_dashboard
from grafana.plant_dashboard import plant_dashboard
from grafana.provisioning import dashboard_provider, data_source
from grafana.twin_dashboard import twin_dashboard
from storage.core.database import Database
from storage.views.twin import Twin, read_twin


def build(database: Database, folder: Path) -> list[Path]:
    """Write dashboards and provisioning files below `folder` and return every file, changed or not.

    `dashboards/` holds the dashboards, `provisioning/` is what Grafana's `GF_PATHS_PROVISIONING` should name; it
    speaks of the dashboards by their full path, so Grafana must see `folder` under the path given here.
    A file is written only where it differs, and whole: Grafana may read at any moment.

    Raises:
        Unavailable: the database is away.
        Misconfigured: it has not been migrated.
    """
    with database.transaction() as tx:
        twin = read_twin(tx)
    for unused in ("alerting", "plugins"):
        (folder / "provisioning" / unused).mkdir(parents=True, exist_ok=True)  # Grafana complains where they lack
    return [_write(folder / name, text) for name, text in _files(twin, folder.absolute()).items()]


def _files(twin: Twin, folder: Path) -> dict[str, str]:
    return {
        "dashboards/plant.json": _json(plant_dashboard().build()),
        "dashboards/digital-twin.json": _json(twin_dashboard(twin)),
        "dashboards/asset.json": _json(asset_dashboard().build()),
        "provisioning/datasources/assetloop.yaml": data_source(twin.grade),
        "provisioning/dashboards/assetloop.yaml": dashboard_provider(folder / "dashboards"),
    }


def _json(dashboard: object) -> str:
    return json.dumps(dashboard, cls=JSONEncoder, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> Path:
    data = text.encode()
    if path.is_file() and path.read_bytes() == data:
        return path
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    draft.write_bytes(data)
    draft.replace(path)
    return path
