"""Bring a plant's register in from a TOML file, any number of times, and answer what that changed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from lifecycle.register.plant_file import tags_of
from lifecycle.register.relearning import learn_again
from lifecycle.units import is_same, spelled
from plant.asset import Asset, AssetClass, Plant, Site
from plant.errors import Rejected
from plant.tags import alike
from storage.core.database import Transaction
from storage.orders.order_rules import put_order_rules
from storage.register import assets as store


@dataclass(frozen=True, kw_only=True, slots=True)
class Difference:
    """What an import added, changed and left as it was: counts by kind of thing; `warnings` is what to look at."""

    added: dict[str, int] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    left: dict[str, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def import_plant(tx: Transaction, plant: Plant, *, at: datetime) -> Difference:
    """Make the record say what `plant` says; what it does not mention stays. Idempotent."""
    outcomes: Counter[tuple[str, str]] = Counter()
    outcomes["site", store.put_site(tx, plant.site)] += 1
    for asset_class in plant.classes:
        outcomes["class", store.put_class(tx, asset_class)] += 1
        for position, signal in enumerate(asset_class.signals):
            store.put_class_signal(tx, asset_class.tag, signal, position)
        if asset_class.order_rules:
            outcomes["order rules", put_order_rules(tx, asset_class.tag, asset_class.order_rules)] += 1
    signals_of = {one.tag: len(one.signals) for one in plant.classes}
    for asset in plant.assets:
        outcomes.update(_import_asset(tx, plant.site.tag, asset, signals_of[asset.class_tag], at))
    for asset in plant.assets:
        asset_id = store.get_asset(tx, plant.site.tag, asset.tag).asset_id
        outcomes.update(("feed", outcome) for outcome in store.put_feeds(tx, asset_id, asset.feeds))
    return Difference(
        **{
            outcome: {what: count for (what, how), count in sorted(outcomes.items()) if how == outcome}
            for outcome in ("added", "changed", "left")
        },
        warnings=_twins(tx, plant),
    )


def _twins(tx: Transaction, plant: Plant) -> tuple[str, ...]:
    """Name the tags of this site, and the classes, that a person would take for each other."""
    tags = [one.asset for one in store.list_assets(tx) if one.site == plant.site.tag]
    return (*_alike("asset", tags), *_alike("class", list(store.list_classes(tx))))


def _alike(what: str, tags: list[str]) -> list[str]:
    together: dict[str, list[str]] = defaultdict(list)
    for tag in tags:
        together[alike(tag)].append(tag)
    return [f"{what} {' and '.join(sorted(ones))} look alike" for ones in together.values() if len(ones) > 1]


def _import_asset(tx: Transaction, site: str, asset: Asset, signals: int, at: datetime) -> Counter[tuple[str, str]]:
    outcomes = Counter([("asset", store.put_asset(tx, site, asset))])
    touched = store.put_signals(tx, site, asset.tag)
    outcomes.update(("signal", outcome) for outcome in touched)
    outcomes["signal", "left"] += signals - len(touched)
    if asset.equipment is not None:
        outcomes["equipment", store.put_equipment(tx, asset.class_tag, asset.equipment)] += 1
    held = store.get_asset(tx, site, asset.tag)
    installed = store.put_installation(tx, held.asset_id, asset.equipment, at)
    if installed == "changed":
        learn_again(tx, held, reason="installation", since=at, at=at, by="register import")
    outcomes["installation", installed] += 1
    return +outcomes


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
    store.put_asset(tx, site, Asset(tag=tag, name=name or tag, name_zh=name_zh, class_tag=asset_class))
    asset = store.get_asset(tx, site, tag)
    store.put_installation(tx, asset.asset_id, None, at)
    return store.get_asset(tx, site, tag)
