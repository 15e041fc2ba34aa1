"""How far a project has come with a goal: what is worked out for it alone is what the figures of everything say."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pytest

from tests.plant_rows import PlantRows
from tests.storage.figures.test_figures import DAY, HOUR, MARCH, Plant

_STATES = ("commissioning", "in_service", "standby", "out_of_service")
_ELEMENTS = """
SELECT (sum(e.required_s) - sum(e.down_s)) / nullif(sum(e.required_s), 0)
FROM time_elements(%(service_from)s, %(at)s, %(at)s, 'whole') AS e
JOIN project_asset AS a USING (asset_id)
WHERE a.project_id = %(project_id)s
"""


def _lived(plant: Plant, asset_id: int, chance: np.random.Generator) -> None:
    """Write states, failures and noted downtime at random, some of them known late, some without an end."""

    def at() -> datetime:
        return MARCH + timedelta(hours=int(chance.integers(-200, 900)))

    for since in sorted({at() for _ in range(6)}):
        noted = since + int(chance.choice([0, 0, 90])) * HOUR
        plant.state(asset_id, str(chance.choice(_STATES, p=(0.1, 0.6, 0.15, 0.15))), since, noted)
    for _ in range(6):
        began = at()
        plant.failure(asset_id, began, began + int(chance.integers(1, 60)) * HOUR, began + 100 * HOUR)
    for number in range(4):
        began, is_over = at(), number > 0
        ended = began + int(chance.integers(1, 60)) * HOUR if is_over else None
        told = {"noted_at": began + 5 * HOUR, "down_to_noted_at": ended + 70 * HOUR if ended else None}
        plant.rows.add(
            "downtime", asset_id=asset_id, down_from=began, down_to=ended, reason="x", noted_by="Mei", **told
        )


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_availability_of_a_project_is_that_of_its_assets_time_elements(plant_rows: PlantRows, seed: int) -> None:
    chance, plant = np.random.default_rng(seed), Plant(plant_rows)
    assets = [plant.asset(f"P-{number}", since=MARCH - int(chance.integers(0, 60)) * DAY) for number in range(12)]
    for asset_id in assets:
        _lived(plant, asset_id, chance)
    ask = plant_rows.connection.execute
    ask("UPDATE asset SET retired_at = %s WHERE asset_id = %s", [MARCH + 15 * DAY, assets[0]])
    site_id = ask("SELECT site_id FROM site").fetchone()[0]  # type: ignore[index]
    known = {"created_at": MARCH, "created_by": "Mei", "service_from": MARCH + 2 * DAY}
    plant_rows.add("project", tag="cw", site_id=site_id, name="CW", **known)
    project_id = ask("SELECT project_id FROM project").fetchone()[0]  # type: ignore[index]
    for asset_id in assets[::2]:
        plant_rows.add("project_asset", project_id=project_id, asset_id=asset_id)
    found = []
    for days in (1, 3, 17, 30):
        asked = {"project_id": project_id, "service_from": known["service_from"], "at": MARCH + days * DAY}
        ((own,),) = ask("SELECT project_actual(%(project_id)s, 'availability', %(at)s)", asked).fetchall()
        if days == 1:
            assert own is None, "it is not in service yet"
            continue
        ((whole,),) = ask(_ELEMENTS, asked).fetchall()
        assert own == pytest.approx(whole, rel=1e-12)
        found.append(own)
    assert len(set(found)) == 3
    assert all(0 < one < 1 for one in found)
