"""The register file in TOML as facts: the whole word on each thing that it names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from lifecycle.importing.facts import AssetFact, ClassFact, Facts, SiteFact, Source
from lifecycle.register.plant_file import read_plant
from plant.asset import Asset, AssetClass, Plant


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
        classes=tuple(_class_fact(one) for one in plant.classes),
        assets=tuple(_asset_fact(one) for one in plant.assets),
    )


def _class_fact(one: AssetClass) -> ClassFact:
    return ClassFact(
        tag=one.tag,
        name=one.name,
        name_zh=one.name_zh,
        grace_s=one.grace_s,
        silent_s=one.silent_s,
        silent_after_s=one.silent_after_s,
        wear_limit=one.wear_limit,
        signals=one.signals,
        order_rules=one.order_rules,
    )


def _asset_fact(one: Asset) -> AssetFact:
    machine = one.equipment
    return AssetFact(
        tag=one.tag,
        class_tag=one.class_tag,
        name=one.name,
        name_zh=one.name_zh,
        area=one.area,
        parent=one.parent or None,
        criticality=one.criticality or None,
        x=one.x,
        y=one.y,
        wear_limit=one.wear_limit,
        serial=machine.serial if machine else None,
        manufacturer=machine.manufacturer if machine else None,
        model=machine.model if machine else None,
        feeds=one.feeds,
    )
