"""The register's rows: sites, classes, assets, signals, machines and what feeds what."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from plant.asset import AssetClass, Equipment, SignalSpec, Site
from plant.errors import NotFound
from plant.iso14224 import Names
from storage.core.database import Transaction


@dataclass(frozen=True, kw_only=True, slots=True)
class RegisteredAsset:
    """An asset as the record knows it; `newest` is the data time of its newest live reading."""

    asset_id: int
    site: str
    asset: str
    name: str
    asset_class: str
    installation_id: int | None = None
    newest: datetime | None = None


def put_site(tx: Transaction, site: Site) -> str:
    """Add or change a site; answers `added`, `changed` or `left`, as all `put_…` here do."""
    return _outcome(tx, "assets.put_site", **asdict(site))


def put_class(tx: Transaction, asset_class: AssetClass) -> str:
    """Add or change a class of equipment, without its signals."""
    values = asdict(asset_class)
    del values["signals"], values["order_rules"]
    return _outcome(tx, "assets.put_class", **values)


def put_class_signal(tx: Transaction, class_tag: str, signal: SignalSpec, position: int) -> str:
    """Add or change what a class says of one signal."""
    return _outcome(tx, "assets.put_class_signal", class_tag=class_tag, position=position, **asdict(signal))


def put_signals(tx: Transaction, site: str, *tags: str) -> list[str]:
    """Give assets their classes' signals; one outcome for each that was added or changed."""
    rows = tx.all("assets.put_signals_of_class", site=site, tags=list(tags))
    return ["added" if row["added"] else "changed" for row in rows]


def put_installation(tx: Transaction, asset_id: int, equipment: Equipment | None, at: datetime) -> str:
    """Install a machine at an asset; another machine there is removed at the same instant.

    Where the one that stands there had no serial number yet, it is this one: the answer is then `named`.

    The model of the one removed counts no more and what stands open of it is cleared: it looks on in shadow while the
    machine that came is learnt (`lifecycle.register.relearning`).
    """
    present = tx.first("assets.installed", asset_id=asset_id)
    wanted = (equipment.manufacturer, equipment.serial) if equipment else (None, None)
    if present is not None and wanted in ((None, None), (present["manufacturer"], present["serial"])):
        return "left"
    if present is not None and present["serial"] is None:
        tx.run("assets.name_installed", asset_id=asset_id, manufacturer=wanted[0], serial=wanted[1])
        return "named"
    if present is not None:
        tx.run("assets.remove_equipment", asset_id=asset_id, at=at)
        tx.run("assets.interrupt_scoring", asset_id=asset_id)
        tx.run("assets.clear_findings", asset_id=asset_id)
    tx.run("assets.install_equipment", asset_id=asset_id, manufacturer=wanted[0], serial=wanted[1], at=at)
    return "changed" if present is not None else "added"


def put_feeds(tx: Transaction, asset_id: int, feeds: tuple[str, ...]) -> list[str]:
    """Make `feeds` what the asset feeds; one outcome for each that was added or taken away."""
    present = {row["tag"] for row in tx.all("assets.feeds", asset_id=asset_id)}
    for tag in present - set(feeds):
        tx.run("assets.drop_feed", asset_id=asset_id, to=tag)
    for tag in set(feeds) - present:
        tx.run("assets.add_feed", asset_id=asset_id, to=tag)
    return ["changed"] * len(present - set(feeds)) + ["added"] * len(set(feeds) - present)


def add_signals(tx: Transaction, asset_id: int, keys: tuple[str, ...]) -> None:
    """Register signals by key, in order; those that are known stay as they are."""
    for position, key in enumerate(keys):
        tx.run("assets.add_signal", asset_id=asset_id, key=key, position=position)


def units(tx: Transaction, asset_id: int) -> dict[str, str]:
    """Return the units of an asset's signals by their keys, empty where none is known."""
    return {row["key"]: row["unit"] for row in tx.all("assets.units", asset_id=asset_id)}


def put_absent_unit(tx: Transaction, asset_id: int, key: str, unit: str) -> None:
    """Give a signal its unit where the register has none."""
    tx.run("assets.put_absent_unit", asset_id=asset_id, key=key, unit=unit)


def find_asset(tx: Transaction, site: str, tag: str) -> RegisteredAsset | None:
    """Return an asset by its tags, or None."""
    row = tx.first("assets.asset", site=site, tag=tag)
    return RegisteredAsset(**row) if row else None


def get_asset(tx: Transaction, site: str, tag: str) -> RegisteredAsset:
    """Return an asset by its tags.

    Raises:
        NotFound: there is none.
    """
    asset = find_asset(tx, site, tag)
    if asset is None:
        raise NotFound(f"there is no asset {tag} at site {site}")
    return asset


def asset_by_id(tx: Transaction, asset_id: int) -> RegisteredAsset:
    """Return an asset by its id; raises `NotFound` where there is none."""
    return RegisteredAsset(**tx.one("assets.asset_by_id", asset_id=asset_id))


def list_assets(tx: Transaction) -> list[RegisteredAsset]:
    """Return every asset that is not retired, by site and tag."""
    return [RegisteredAsset(**row) for row in tx.all("assets.assets")]


def knows(tx: Transaction, *, site: str, class_tag: str) -> tuple[bool, bool]:
    """Say whether a site and whether a class are registered."""
    row = tx.one("assets.knows", site=site, class_tag=class_tag)
    return row["site"], row["asset_class"]


def list_sites(tx: Transaction) -> dict[str, Names]:
    """Return the names (English, Chinese) of every site by its tag."""
    return {row["tag"]: (row["name"], row["name_zh"]) for row in tx.all("assets.sites")}


def list_classes(tx: Transaction) -> dict[str, Names]:
    """Return the names (English, Chinese) of every class of equipment by its tag."""
    return {row["tag"]: (row["name"], row["name_zh"]) for row in tx.all("assets.classes")}


def time_zone_of(tx: Transaction, site: str) -> str:
    """Return the time zone of a site, of the IANA database; raises `NotFound` where there is no such site."""
    row = tx.first("assets.time_zone", site=site)
    if row is None:
        raise NotFound(f"there is no site {site}")
    return str(row["timezone"])


def time_zones(tx: Transaction) -> dict[str, str]:
    """Return the time zone of every site by its tag."""
    return {row["tag"]: row["timezone"] for row in tx.all("assets.time_zones")}


def is_empty(tx: Transaction) -> bool:
    """Say whether no asset is registered yet."""
    return bool(tx.one("assets.is_empty")["empty"])


def _outcome(tx: Transaction, statement: str, **values: object) -> str:
    row = tx.first(statement, **values)
    if row is None:
        return "left"
    return "added" if row["added"] else "changed"
