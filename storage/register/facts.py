"""What the register holds of a site, whole, and what an import puts there: many rows in one statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from psycopg.types.json import Jsonb

from plant.asset import Asset, AssetClass, Equipment, SignalRole, SignalSpec, Site
from storage.core.database import Transaction
from storage.register.register_changes import PutKind

_AT_ONCE = 1000


@dataclass(frozen=True, kw_only=True, slots=True)
class HeldAsset:
    """An asset as the register holds it; one that was merged means another one now."""

    asset: Asset
    asset_id: int
    is_retired: bool
    is_merged: bool
    is_installed: bool
    self_registered: bool


def held_site(tx: Transaction, site: str) -> Site | None:
    """Return a site, or None."""
    row = tx.first("facts.site", site=site)
    return Site(**row) if row else None


def held_classes(tx: Transaction) -> dict[str, AssetClass]:
    """Return every class with its signals, by its tag."""
    signals: dict[str, list[SignalSpec]] = {}
    for row in tx.all("facts.class_signals"):
        signals.setdefault(row.pop("class_tag"), []).append(SignalSpec(**{**row, "role": SignalRole(row["role"])}))
    return {
        row["tag"]: AssetClass(**row, signals=tuple(signals.get(row["tag"], ()))) for row in tx.all("facts.classes")
    }


def held_assets(tx: Transaction, site: str) -> dict[str, HeldAsset]:
    """Return every asset of a site by its tag, also those that are retired."""
    return {row["tag"]: _held(row) for row in tx.all("facts.assets", site=site)}


def _held(row: dict[str, Any]) -> HeldAsset:
    flags = {name: row.pop(name) for name in ("asset_id", "is_retired", "is_merged", "is_installed", "self_registered")}
    serial, manufacturer, model = (row.pop(name) for name in ("serial", "manufacturer", "model"))
    equipment = None if serial is None else Equipment(serial=serial, manufacturer=manufacturer, model=model)
    return HeldAsset(asset=Asset(**{**row, "feeds": tuple(row["feeds"])}, equipment=equipment), **flags)


def held_signals(tx: Transaction, site: str) -> dict[tuple[str, str], tuple[SignalSpec, bool]]:
    """Return the signals of a site by asset and key, each with whether it was given for that asset alone."""
    found = {}
    for row in tx.all("facts.signals", site=site):
        asset, is_own = row.pop("asset"), row.pop("is_own")
        found[asset, row["key"]] = (SignalSpec(**{**row, "role": SignalRole(row["role"])}), is_own)
    return found


def held_global_ids(tx: Transaction, site: str) -> dict[tuple[str, str], str]:
    """Return the asset of each id of a building model."""
    return {(row["model"], row["global_id"]): row["asset"] for row in tx.all("facts.global_ids", site=site)}


def install_new(tx: Transaction, site: str, assets: Sequence[Asset], at: datetime) -> int:
    """Install the machines of assets where none stands yet; return how many were installed."""
    machines = [(one.tag, one.equipment) for one in assets]
    rows = [
        {
            "asset": tag,
            "manufacturer": machine.manufacturer if machine else None,
            "serial": machine.serial if machine else None,
        }
        for tag, machine in machines
    ]
    return tx.run("facts.install_new", site=site, rows=Jsonb(rows), at=at)


def put_assets(tx: Transaction, site: str, assets: Sequence[Asset]) -> list[str]:
    """Add or change functional locations, without their machines, signals and feeds; one outcome each."""
    names = ("tag", "class_tag", "name", "name_zh", "x", "y", "wear_limit", "area", "criticality")
    rows = [{"place": place, **{name: getattr(one, name) for name in names}} for place, one in enumerate(assets)]
    return list(put_rows(tx, "assets", site, rows))


def put_machines(tx: Transaction, machines: Iterable[tuple[str, Equipment]]) -> list[str]:
    """Add or change serial-numbered machines, each with its class; one outcome each."""
    rows = {(one.manufacturer, one.serial): {"class_tag": class_tag, **asdict(one)} for class_tag, one in machines}
    return list(put_rows(tx, "machines", "", list(rows.values())))


def name_maker(tx: Transaction, asset_id: int, manufacturer: str) -> bool:
    """Say who made the machine that stands at an asset without a maker; False where it is another's number."""
    return bool(tx.run("facts.name_maker", asset_id=asset_id, manufacturer=manufacturer))


def count_register(tx: Transaction) -> None:
    """Count the register anew for the planner: statistics that were taken while it was filled know nothing of it."""
    tx.all("facts.count")


def put_parent(tx: Transaction, site: str, asset: str, parent: str) -> bool:
    """Say what an asset is a part of, '' where of nothing; False where that was so already."""
    return tx.first("facts.put_parent", site=site, asset=asset, parent=parent) is not None


def put_own_signal(tx: Transaction, site: str, asset: str, signal: SignalSpec) -> str:
    """Add or change a signal of one asset; answers `added`, `changed` or `left`, as all `put_…` do."""
    values = {name: getattr(signal, name) for name in ("key", "name", "name_zh", "unit", "low", "high")}
    row = tx.first(
        "facts.put_own_signal",
        site=site,
        asset=asset,
        **values,
        role=signal.role.value,
        most_rate_per_min=signal.most_rate_per_min,
        holds_s=signal.holds_s,
    )
    return "left" if row is None else "added" if row["added"] else "changed"


def put_rows(tx: Transaction, what: str, site: str, rows: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Put many rows of one kind (`areas`, `members`, `parameters`, …), none of them twice; one outcome each."""
    for row in put_and_return(tx, what, site, rows):
        yield "left" if row is None else "added" if row["added"] else "changed"


def put_and_return(
    tx: Transaction, what: str, site: str, rows: Sequence[dict[str, Any]]
) -> Iterator[dict[str, Any] | None]:
    """Put many rows as `put_rows` does, and return each that was added or changed; None for each that was left."""
    for begin in range(0, len(rows), _AT_ONCE):
        piece = rows[begin : begin + _AT_ONCE]
        touched = tx.all(f"facts.put_{what}", site=site, rows=Jsonb(piece))
        yield from touched
        yield from [None] * (len(piece) - len(touched))


def part_of_class(tx: Transaction, site: str, number: str, class_id: int) -> tuple[Decimal, Decimal | None] | None:
    """Return how many of a part should be on stock, and how many a class uses; None where there is no such part."""
    row = tx.first("facts.part_of_class", site=site, number=number, class_id=class_id)
    return None if row is None else (row["least"], row["quantity"])


def drop_part_use(tx: Transaction, site: str, number: str, class_id: int) -> None:
    """Say that a class uses a spare part no more."""
    tx.run("facts.drop_part_use", site=site, number=number, class_id=class_id)


_DROPPED: Mapping[PutKind, str] = {
    "parameter": "drop_parameter",
    "document": "drop_document",
    "part use": "drop_part_uses",
    "global id": "drop_global_ids",
}


def drop_items(tx: Transaction, site: str, kind: PutKind, items: Sequence[str]) -> None:
    """Take parameters, documents, uses of parts or GlobalIds out of the register, by what its changes call them."""
    tx.run(f"facts.{_DROPPED[kind]}", site=site, items=list(items))


def list_rows(tx: Transaction, what: str, site: str) -> list[dict[str, Any]]:
    """Return what a site holds of one kind: `areas`, `systems`, `parameters`, `documents`, `part_uses`, `signals`."""
    return list(tx.all(f"facts.{what}", site=site))
