"""Bring a whole plant into the register, or one asset by its name, any number of times; answer what that changed."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from lifecycle.importing.applying import apply_facts
from lifecycle.importing.difference import Difference
from lifecycle.importing.facts import AssetFact, ClassFact, Facts, SiteFact, Source
from lifecycle.register.plant_file import read_plant, tags_of
from lifecycle.units import is_same, spelled
from plant.asset import Asset, AssetClass, Plant, Site
from plant.errors import Rejected
from storage.core.database import Transaction
from storage.register import assets as store
from storage.register.facts import put_assets


def import_plant(tx: Transaction, plant: Plant, *, at: datetime) -> Difference:
    """Make the record say what `plant` says; what it does not mention stays. Idempotent."""
    return apply_facts(tx, facts_of_plant(plant), at=at)


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


def register_asset(
    tx: Transaction, *, site: str, asset: str, asset_class: str, keys: tuple[str, ...], at: datetime
) -> store.RegisteredAsset:
    """Register one asset and its signals by their names alone; what is known already stays as it is.

    Raises:
        Rejected: a tag is empty or too long, or holds a control character.
    """
    site, asset, asset_class = tags_of(site, asset, asset_class)
    known = store.find_asset(tx, site, asset) or add_bare(tx, site, asset, asset_class, at)
    store.add_signals(tx, known.asset_id, keys)
    return known


def put_units(tx: Transaction, asset_id: int, units: Mapping[str, str]) -> tuple[str, ...]:
    """Write units of signals, by their keys, where the register has none; say of which it has others, or none is known.

    Nothing is converted: what differs is for a person to mend.
    """
    known, notes = store.units(tx, asset_id), []
    for key, typed in units.items():
        held = known.get(key)
        if not typed or held is None:
            continue
        try:
            unit = spelled(typed)
        except Rejected as error:
            notes.append(f"{key}: {error.detail}")
            continue
        if not held:
            store.put_absent_unit(tx, asset_id, key, unit)
        elif not is_same(held, unit):
            notes.append(f"{key} is in {unit} there and in {held} in the register: nothing is converted")
    return tuple(notes)


def add_bare(
    tx: Transaction, site: str, tag: str, asset_class: str, at: datetime, *, name: str = "", name_zh: str = ""
) -> store.RegisteredAsset:
    """Add an asset by its tags; site and class are made where they are missing."""
    site_known, class_known = store.knows(tx, site=site, class_tag=asset_class)
    if not site_known:
        store.put_site(tx, Site(tag=site, name=site))
    if not class_known:
        store.put_class(tx, AssetClass(tag=asset_class, name=asset_class))
    put_assets(tx, site, [Asset(tag=tag, name=name or tag, name_zh=name_zh, class_tag=asset_class)])
    asset = store.get_asset(tx, site, tag)
    store.put_installation(tx, asset.asset_id, None, at)
    return store.get_asset(tx, site, tag)
