"""Judge facts against the register before anything is written: each that cannot be taken is named with its mend."""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from typing import Any, TypeVar

from lifecycle.importing.facts import (
    NOWHERE,
    AssetFact,
    Facts,
    GlobalIdFact,
    MaintenanceFact,
    Origin,
    RowFault,
    SignalFact,
)
from lifecycle.importing.related import open_ways, without_unknown_parents
from lifecycle.register.plant_file import LONGEST_TAG, tag_of
from lifecycle.units import spelled
from plant.errors import Rejected
from plant.tags import alike, one_form

_LONGEST_TEXT = 4000
_MOST_LOOKED_FOR = 20
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_F = TypeVar("_F")


@dataclass(frozen=True, kw_only=True, slots=True)
class KnownRegister:
    """What the register knows before an import: tags of classes and assets, what feeds what, and who is whose part."""

    classes: AbstractSet[str] = frozenset()
    assets: AbstractSet[str] = frozenset()
    feeds: Mapping[str, Sequence[str]]
    parents: Mapping[str, str]
    global_ids: Mapping[tuple[str, str], str]


def judge(facts: Facts, known: KnownRegister) -> Facts:
    """Return what of the facts can be taken, tags in one form, with a fault for each thing that cannot."""
    return _Judge(facts, known).judged()


class _Judge:
    def __init__(self, facts: Facts, known: KnownRegister) -> None:
        self.facts, self.known = _in_one_form(facts), known
        self.faults: list[RowFault] = list(facts.faults)
        self.notes: list[str] = list(facts.notes)
        self.classes: set[str] = set(known.classes)
        self.assets: set[str] = set(known.assets)
        self.nearest: dict[str, str] = {}
        self.refused: set[str] = set()

    def judged(self) -> Facts:
        facts = self.facts
        classes = self._once("class", self._tagged(facts.classes))
        self.classes |= {one.tag for one in classes}
        assets = self._once("asset", [one for one in self._tagged(facts.assets) if self._is_asset(one)])
        assets = self._without_twins(assets)
        self.assets |= {one.tag for one in assets}
        assets = without_unknown_parents(assets, self.assets, self.known.parents, self._fault)
        return replace(
            facts,
            classes=classes,
            assets=open_ways(assets, self.assets, self.known.feeds, self._fault),
            areas=self._once("area", self._tagged(facts.areas)),
            systems=tuple(replace(one, members=self._members(one)) for one in self._tagged(facts.systems)),
            signals=self._kept(facts.signals, self._signal),
            parameters=self._latest(self._kept(facts.parameters, self._owned), "property_set", "name"),
            documents=self._latest(self._kept(facts.documents, self._owned), "title", "version"),
            parts=self._latest(self._kept(facts.parts, self._part), "number"),
            job_plans=self._kept(facts.job_plans, self._job_plan),
            maintenance=self._kept(facts.maintenance, self._maintenance),
            global_ids=self._global_ids(self._kept(facts.global_ids, self._global_id)),
            faults=tuple(self.faults),
            notes=tuple(self.notes),
        )

    def _fault(self, origin: Origin, what: str, mend: str) -> None:
        self.faults.append(RowFault(what=what, mend=mend, origin=origin))

    def _tagged(self, facts: Iterable[Any]) -> list[Any]:
        """Bring the tags of facts into one form; those that are no tags are faults."""
        kept = []
        for one in facts:
            tag = self._tag(one.tag, one.origin)
            if tag:
                kept.append(replace(one, tag=tag))
        return kept

    def _tag(self, typed: str, origin: Origin) -> str:
        try:
            return tag_of(typed)
        except ValueError as error:
            self._fault(origin, f"{typed[:80]!r} is no tag", f"{error}: write one of 1 to {LONGEST_TAG} characters")
            return ""

    @staticmethod
    def _kept(facts: Iterable[_F], judged: Callable[[_F], _F | None]) -> tuple[_F, ...]:
        return tuple(kept for one in facts if (kept := judged(one)) is not None)

    def _once(self, what: str, facts: Sequence[Any]) -> tuple[Any, ...]:
        """Keep the first of what is described twice; the second is a fault where it says something else."""
        kept: dict[str, Any] = {}
        for one in facts:
            first = kept.setdefault(one.tag, one)
            if first is not one and replace(one, origin=NOWHERE) != replace(first, origin=NOWHERE):
                where = f" ({first.origin.place})" if first.origin.place else ""
                self._fault(
                    one.origin,
                    f"{what} {one.tag} is described twice{where}",
                    "leave one of the two rows, or make them agree",
                )
        return tuple(kept.values())

    @staticmethod
    def _latest(facts: Iterable[_F], *names: str) -> tuple[_F, ...]:
        """Keep the last of what is said twice of one thing."""
        keys = ("asset", "class_tag", *names)
        return tuple({tuple(getattr(one, name) for name in keys): one for one in facts}.values())

    def _is_asset(self, one: AssetFact) -> bool:
        """Say whether its class is known; a new asset must have one."""
        if one.class_tag is None:
            if one.tag in self.known.assets:
                return True
            self.refused.add(one.tag)
            self._fault(one.origin, f"asset {one.tag} has no class", "say its class, or one for all (--class)")
            return False
        if one.class_tag in self.classes:
            return True
        self.refused.add(one.tag)
        near = get_close_matches(one.class_tag, self.classes, n=1)
        meant = f"was {near[0]} meant? Else describe" if near else "describe"
        self._fault(
            one.origin,
            f"asset {one.tag} is of the type {one.class_tag}, which nobody defines",
            f"{meant} {one.class_tag} among the types (in COBie: sheet Type), or import its class first",
        )
        return False

    def _without_twins(self, assets: Sequence[AssetFact]) -> tuple[AssetFact, ...]:
        """Refuse a tag that is another one's but for its Unicode form (full width and the like); name look-alikes."""
        compatible = {_compatible(tag): tag for tag in sorted(self.known.assets)}
        like: dict[str, set[str]] = defaultdict(set)
        for tag in self.known.assets:
            like[alike(tag)].add(tag)
        kept = []
        for one in assets:
            twin = compatible.setdefault(_compatible(one.tag), one.tag)
            if twin != one.tag and one.tag not in self.known.assets and not self.facts.is_whole:
                self._fault(one.origin, f"{one.tag} is {twin} in another Unicode form", f"write {twin}")
                continue
            like[alike(one.tag)].add(one.tag)
            kept.append(one)
        new = {one.tag for one in kept}
        self.notes += [
            f"asset {' and '.join(sorted(tags))} look alike" for tags in like.values() if len(tags) > 1 and tags & new
        ]
        return tuple(kept)

    def _members(self, system: Any) -> tuple[str, ...]:
        members = []
        for typed in system.members:
            tag = self._asset(typed, system.origin, f"system {system.tag}")
            if tag:
                members.append(tag)
        return tuple(dict.fromkeys(members))

    def _asset(self, typed: str, origin: Origin, of: str) -> str:
        """Return the tag of an asset that is named; '' where it is nowhere, or was refused, which is said already."""
        tag = self._tag(typed, origin)
        if tag in self.refused and tag not in self.assets:
            return ""
        if tag and tag not in self.assets:
            near = self._nearest(tag)
            hint = f"was {near} meant? Else describe it" if near else "describe it"
            self._fault(origin, f"{of} names the asset {tag}, which is neither here nor in the register", hint)
            return ""
        return tag

    def _nearest(self, tag: str) -> str:
        """Return the asset that was meant most likely; of the first unknown ones alone, since to look takes long."""
        if tag not in self.nearest:
            may_look = len(self.nearest) < _MOST_LOOKED_FOR
            self.nearest[tag] = (get_close_matches(tag, self.assets, n=1) or [""])[0] if may_look else ""
        return self.nearest[tag]

    def _owned(self, one: Any) -> Any:
        """Keep what is of a known asset, a known class, or the site; what has too much text is a fault."""
        what = getattr(one, "name", "") or getattr(one, "title", "")
        if one.class_tag and one.class_tag not in self.classes:
            self._fault(one.origin, f"{what} is of the type {one.class_tag}, which nobody defines", "describe the type")
            return None
        asset = self._asset(one.asset, one.origin, what) if one.asset else ""
        if one.asset and not asset:
            return None
        if len(getattr(one, "value", "")) > _LONGEST_TEXT:
            self._fault(
                one.origin, f"{what} has more than {_LONGEST_TEXT} characters", "shorten it, or file it as a document"
            )
            return None
        return replace(one, asset=asset)

    def _signal(self, one: SignalFact) -> SignalFact | None:
        asset, key = self._asset(one.asset, one.origin, f"signal {one.key}"), self._tag(one.key, one.origin)
        if not asset or not key:
            return None
        what = f"signal {asset} {key}"
        numbers = (one.low, one.high, one.most_rate_per_min, one.holds_s)
        if any(number is not None and not math.isfinite(number) for number in numbers):
            self._fault(one.origin, f"{what} has a limit that is no number", "write a number, or leave it empty")
            return None
        if one.low is not None and one.high is not None and one.low >= one.high:
            self._fault(one.origin, f"{what}: low {one.low:g} is not below high {one.high:g}", "exchange them")
            return None
        try:
            return replace(one, asset=asset, key=key, unit=None if one.unit is None else spelled(one.unit))
        except Rejected as error:
            self._fault(one.origin, f"{what}: {error.detail}", "write the unit so, or leave it empty")
            return None

    def _part(self, one: Any) -> Any:
        number = self._tag(one.number, one.origin)
        amounts = (one.price, one.least, one.stock, one.lead_time_days, one.quantity)
        if any(amount is not None and not (amount.is_finite() and 0 <= amount < 1_000_000) for amount in amounts):
            self._fault(one.origin, f"part {one.number} has an amount that cannot be", "write numbers from 0 to 999999")
            return None
        return self._owned(replace(one, number=number)) if number else None

    def _job_plan(self, one: Any) -> Any:
        if one.plan.class_tag and one.plan.class_tag not in self.classes:
            self._fault(
                one.origin,
                f"job {one.plan.tag} is for the type {one.plan.class_tag}, which nobody defines",
                "describe the type",
            )
            return None
        return one

    def _maintenance(self, one: MaintenanceFact) -> MaintenanceFact | None:
        asset = self._asset(one.asset, one.origin, f"maintenance plan {one.plan.tag}")
        return replace(one, asset=asset) if asset else None

    def _global_id(self, one: GlobalIdFact) -> GlobalIdFact | None:
        asset = self._asset(one.asset, one.origin, f"GlobalId {one.global_id}")
        return replace(one, asset=asset) if asset else None

    def _global_ids(self, facts: Sequence[GlobalIdFact]) -> tuple[GlobalIdFact, ...]:
        """Keep one asset an id and model; say of ids that differ only in case, and of assets that were renamed."""
        kept: dict[tuple[str, str], GlobalIdFact] = {}
        cases: dict[tuple[str, str], set[str]] = defaultdict(set)
        for one in facts:
            first = kept.setdefault((one.model, one.global_id), one)
            if first.asset != one.asset:
                self._fault(
                    one.origin,
                    f"GlobalId {one.global_id} is that of {first.asset} already",
                    "give each its own, or import the files as models of their own",
                )
            cases[one.model, one.global_id.casefold()].add(one.global_id)
            held = self.known.global_ids.get((one.model, one.global_id))
            if held not in (None, one.asset):
                self.notes.append(f"GlobalId {one.global_id} was {held} and is {one.asset} now: retire or merge {held}")
        self.notes += [
            f"GlobalIds {' and '.join(sorted(ids))} differ only in letter case: they are two"
            for ids in cases.values()
            if len(ids) > 1
        ]
        return tuple(kept.values())


def _in_one_form(facts: Facts) -> Facts:
    """Bring what facts call classes into one form, and drop characters that no column holds."""
    kinds = ("classes", "assets", "areas", "systems", "signals", "parameters", "documents", "parts", "global_ids")
    clean: dict[str, Any] = {kind: tuple(map(_storable, getattr(facts, kind))) for kind in kinds}
    return replace(facts, **clean)


def _storable(fact: _F) -> _F:
    texts = {one.name: getattr(fact, one.name) for one in fields(fact)}  # type: ignore[arg-type]
    clean = {name: _UNSTORABLE.sub("", text) for name, text in texts.items() if isinstance(text, str)}
    if texts.get("class_tag"):
        clean["class_tag"] = one_form(clean["class_tag"])
    if all(texts[name] == text for name, text in clean.items()):
        return fact
    return replace(fact, **clean)  # type: ignore[type-var]


def _compatible(tag: str) -> str:
    return unicodedata.normalize("NFKC", tag)
