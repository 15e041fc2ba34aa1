"""The register file in TOML as facts: the whole word on each thing that it names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lifecycle.importing.facts import AssetFact, ClassFact, Facts, SiteFact, Source
from lifecycle.register.plant_file import read_plant
from plant.asset import Plant


def read_plant_facts(path: Path) -> Facts:
    """Read a register file as facts; raises `Rejected` where `read_plant` does."""
    plant = read_plant(path)
    return facts_of_plant(plant, file=path.name, sha256=hashlib.sha256(path.read_bytes()).hexdigest())


def facts_of_plant(plant: Plant, *, file: str = "", sha256: str = "") -> Facts:
    """Say a plant as facts."""
    site = plant.site
    return Facts(
        source=Source(kind="plant", file=file, sha256=sha256),
        site=SiteFact(tag=site.tag, name=site.name, name_zh=site.name_zh, timezone=site.timezone),
        is_whole=True,
        classes=tuple(ClassFact.of(one) for one in plant.classes),
        assets=tuple(AssetFact.of(one) for one in plant.assets),
    )
