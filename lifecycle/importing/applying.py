"""Make the register say what facts say, in one transaction; said again, that makes no difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from lifecycle.importing.difference import Difference, counted, folded
from lifecycle.importing.facts import AssetFact, ClassFact, Facts
from lifecycle.importing.judging import KnownRegister, judge
from lifecycle.importing.missing import missing_from, retire_what_is_missing
from lifecycle.importing.putting import put_what_else
from lifecycle.register.relearning import learn_again
from plant.asset import Asset, AssetClass, Equipment, SignalSpec, Site
from plant.people.principal import Principal
from plant.tags import alike
from storage.core.database import Transaction
from storage.notices import design
from storage.orders.order_rules import put_order_rules
from storage.register import assets as store
from storage.register import facts as held_facts
from storage.register.facts import HeldAsset
from storage.register.register_changes import begin_import, changes_of_import

Progress = Callable[[int, int], None]
_AT_ONCE = 500
_MANY = 1000
MAKER = "Pset_ManufacturerTypeInformation"
"""IFC's property set for maker and model of what has no serial number yet."""


@dataclass(kw_only=True, slots=True)
class Writing:
    """An import that is under way: facts that were judged, what the register held before, and what came of it."""

    tx: Transaction
    facts: Facts
    at: datetime
    by: str
    progress: Progress
    classes: dict[str, AssetClass]
    assets: dict[str, HeldAsset]
    outcomes: Counter[tuple[str, str]] = field(default_factory=Counter)

    @property
    def site(self) -> str:
        """Return the tag of the site."""
        return self.facts.site.tag

    def count(self, what: str, outcomes: str | Sequence[str]) -> None:
        """Count what was added, changed or left."""
        self.outcomes.update([(what, outcomes)] if isinstance(outcomes, str) else [(what, one) for one in outcomes])


def apply_facts(
    tx: Transaction,
    facts: Facts,
    *,
    at: datetime,
    by: str = "register import",
    import_id: UUID | None = None,
    progress: Progress = lambda _done, _total: None,
    replaces: str = "",
    retires: Principal | None = None,
) -> Difference:
    """Judge facts, make the record say them, and answer what that changed. What they do not mention stays.

    What an earlier import of the file (then called `replaces`) put there and these facts do not name is missing; on
    behalf of `retires` it is retired. Everything is written in the transaction that is open: whoever rolls it back has
    made a trial of it.
    """
    import_id = import_id or uuid4()
    begin_import(tx, import_id, at=at, by=by)
    assets, classes = held_facts.held_assets(tx, facts.site.tag), held_facts.held_classes(tx)
    judged = judge(facts, _known(tx, facts, assets, classes))
    writing = Writing(tx=tx, facts=judged, at=at, by=by, progress=progress, classes=classes, assets=assets)
    _put_site(writing)
    for one in judged.classes:
        _put_class(writing, one)
    _put_assets(writing)
    _put_feeds(writing)
    faults = put_what_else(tx, judged, at=at, by=by, count=writing.count)
    accepted = [
        f"signal {asset} {key} has the limits of DR-{request}, which engineering accepted for its kind of machine"
        for asset, key, request in design.limit_later_machines(tx, facts.site.tag)
    ]
    missing = missing_from(tx, facts, judged, replaces=replaces)
    if retires is not None:
        faults += retire_what_is_missing(tx, facts.site.tag, missing, at=at, actor=retires)
    items = folded(changes_of_import(tx, import_id))
    if len(items) >= _MANY:
        held_facts.count_register(tx)
    return Difference(
        **counted(writing.outcomes),
        warnings=(*judged.notes, *accepted, *_classes_alike(tx)),
        faults=(*judged.faults, *faults),
        items=items,
        missing=missing,
        retired=retires is not None,
    )


def _known(
    tx: Transaction, facts: Facts, assets: dict[str, HeldAsset], classes: dict[str, AssetClass]
) -> KnownRegister:
    standing = {tag: one.asset for tag, one in assets.items() if not one.is_merged}
    in_view = {tag for tag in standing if not assets[tag].is_retired}
    return KnownRegister(
        classes=classes.keys(),
        assets=in_view,
        feeds={tag: one.feeds for tag, one in standing.items()},
        parents={tag: one.parent for tag, one in standing.items() if one.parent},
        global_ids=held_facts.held_global_ids(tx, facts.site.tag),
    )


def _classes_alike(tx: Transaction) -> list[str]:
    together: dict[str, list[str]] = {}
    for tag in store.list_classes(tx):
        together.setdefault(alike(tag), []).append(tag)
    return [f"class {' and '.join(sorted(ones))} look alike" for ones in together.values() if len(ones) > 1]


def _put_site(writing: Writing) -> None:
    said = writing.facts.site
    held = held_facts.held_site(writing.tx, said.tag) or Site(tag=said.tag, name=said.tag)
    site = replace(held, **_said(said, "name", "name_zh", "timezone"))
    writing.count("site", store.put_site(writing.tx, site))


def _said(fact: Any, *names: str, emptied: Sequence[str] = ()) -> dict[str, Any]:
    """Return the fields that a fact says; those in `emptied` also where it says nothing."""
    return {name: getattr(fact, name) for name in names if getattr(fact, name) is not None or name in emptied}


def _put_class(writing: Writing, said: ClassFact) -> None:
    tx, whole = writing.tx, writing.facts.is_whole
    held = writing.classes.get(said.tag) or AssetClass(tag=said.tag, name=said.tag)
    own = _said(
        said, "name", "name_zh", "grace_s", "silent_s", "silent_after_s", "wear_limit",
        emptied=("wear_limit",) if whole else (),
    )  # fmt: skip
    changed = replace(held, **own)
    writing.classes[said.tag] = changed
    writing.count("class", store.put_class(tx, changed))
    before = {one.key: (place, one) for place, one in enumerate(held.signals)}
    for position, signal in enumerate(said.signals):
        if before.get(signal.key) != (position, signal):
            store.put_class_signal(tx, said.tag, signal, position)
    if said.signals:
        kept = [one for one in held.signals if one.key not in {new.key for new in said.signals}]
        writing.classes[said.tag] = replace(changed, signals=(*said.signals, *kept))
    if said.order_rules:
        writing.count("order rules", put_order_rules(tx, said.tag, said.order_rules))


def _put_assets(writing: Writing) -> None:
    said, done = writing.facts.assets, 0
    for begin in range(0, len(said), _AT_ONCE):
        piece = said[begin : begin + _AT_ONCE]
        merged = [_merged(writing, one) for one in piece]
        _put_places(writing, merged)
        _put_machines(writing, merged)
        done += len(piece)
        writing.progress(done, len(said))
        new = [one for one in merged if one.tag not in writing.assets]
        installed = held_facts.install_new(writing.tx, writing.site, new, writing.at) if new else 0
        writing.count("installation", ["added"] * installed)
        _put_signals(writing, merged)
    for fact in said:
        held = writing.assets.get(fact.tag)
        if fact.parent is not None and (held is None or held.asset.parent != fact.parent):
            held_facts.put_parent(writing.tx, writing.site, fact.tag, fact.parent)


def _merged(writing: Writing, said: AssetFact) -> Asset:
    """Return an asset as it is to be: as the register holds it, with what the fact says."""
    held = writing.assets.get(said.tag)
    base = held.asset if held else Asset(tag=said.tag, name=said.tag, class_tag=said.class_tag or "")
    emptied = ("x", "y", "wear_limit") if writing.facts.is_whole else ()
    own = _said(
        said, "class_tag", "name", "name_zh", "area", "criticality", "x", "y", "wear_limit", "feeds", emptied=emptied
    )
    return replace(base, **own, equipment=_equipment(said, base.equipment))


def _equipment(said: AssetFact, held: Equipment | None) -> Equipment | None:
    """Return the machine that stands there: the one named by its serial number, or the one held, said better."""
    if not said.serial:
        if held is None or said.manufacturer not in (None, held.manufacturer):
            return held
        return replace(held, model=said.model or held.model)
    if held is not None and held.serial == said.serial and said.manufacturer is None:
        return replace(held, model=held.model if said.model is None else said.model)
    return Equipment(serial=said.serial, manufacturer=said.manufacturer or "", model=said.model or "")


def _put_places(writing: Writing, assets: Sequence[Asset]) -> None:
    """Put the assets that are not as they were, without their machines."""
    other = [one for one in assets if not _stands(writing.assets.get(one.tag), one)]
    writing.count("asset", held_facts.put_assets(writing.tx, writing.site, other))
    writing.count("asset", ["left"] * (len(assets) - len(other)))


def _stands(held: HeldAsset | None, asset: Asset) -> bool:
    if held is None or held.is_retired or held.self_registered:
        return False
    return replace(held.asset, equipment=None) == replace(asset, equipment=None)


def _put_machines(writing: Writing, assets: Sequence[Asset]) -> None:
    """Put the machines that are not as they were, and install those that came where another one stands."""
    _name_makers(writing, assets)
    named = [(one.tag, one.class_tag, one.equipment) for one in assets if one.equipment is not None]
    other = [(of, machine) for tag, of, machine in named if not _is_held(writing.assets.get(tag), of, machine)]
    writing.count("equipment", held_facts.put_machines(writing.tx, other))
    writing.count("equipment", ["left"] * (len(named) - len(other)))
    for one in assets:
        held = writing.assets.get(one.tag)
        if held is None:
            continue  # where nothing stands yet, machines are installed together
        if held.is_installed and held.asset.equipment == one.equipment:
            writing.count("installation", "left")
        else:
            _install(writing, one)


def _name_makers(writing: Writing, assets: Sequence[Asset]) -> None:
    """Complete machines of which the register had but the number: they are not others because their maker is known."""
    for one in assets:
        held = writing.assets.get(one.tag)
        before = held.asset.equipment if held else None
        if held is None or before is None or one.equipment is None or before.manufacturer:
            continue
        if one.equipment.manufacturer and one.equipment.serial == before.serial:
            held_facts.name_maker(writing.tx, held.asset_id, one.equipment.manufacturer)


def _is_held(held: HeldAsset | None, class_tag: str, machine: Equipment) -> bool:
    return held is not None and (held.asset.class_tag, held.asset.equipment) == (class_tag, machine)


def _install(writing: Writing, asset: Asset) -> None:
    tx = writing.tx
    registered = store.get_asset(tx, writing.site, asset.tag)
    installed = store.put_installation(tx, registered.asset_id, asset.equipment, writing.at)
    if installed == "changed":
        learn_again(tx, registered, reason="installation", since=writing.at, at=writing.at, by=writing.by)
    writing.count("installation", "changed" if installed == "named" else installed)


def _put_signals(writing: Writing, assets: Sequence[Asset]) -> None:
    expected = sum(len(_signals_of(writing, one)) for one in assets)
    if not expected:
        return
    touched = store.put_signals(writing.tx, writing.site, *(one.tag for one in assets))
    writing.count("signal", touched)
    writing.count("signal", ["left"] * (expected - len(touched)))


def _signals_of(writing: Writing, asset: Asset) -> tuple[SignalSpec, ...]:
    held = writing.classes.get(asset.class_tag)
    return held.signals if held else ()


def _put_feeds(writing: Writing) -> None:
    for one in writing.facts.assets:
        held = writing.assets.get(one.tag)
        if one.feeds is None or (held is not None and set(held.asset.feeds) == set(one.feeds)):
            continue
        asset_id = store.get_asset(writing.tx, writing.site, one.tag).asset_id
        writing.count("feed", store.put_feeds(writing.tx, asset_id, one.feeds))
