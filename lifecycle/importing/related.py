"""What is said between assets: whose part each is, what feeds what; what leads nowhere or in a circle is a fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace

from lifecycle.importing.facts import AssetFact, Origin
from plant.tags import one_form

NoteFault = Callable[[Origin, str, str], None]


def without_unknown_parents(
    assets: Sequence[AssetFact], tags: AbstractSet[str], parents: Mapping[str, str], fault: NoteFault
) -> tuple[AssetFact, ...]:
    """Take away parents that nobody knows, and those that would make an asset a part of itself."""
    held, kept = dict(parents), []
    for one in assets:
        parent = None if one.parent is None else one_form(one.parent)
        if parent and parent not in tags:
            fault(
                one.origin, f"{one.tag} is a part of {parent}, which is neither here nor in the register", "describe it"
            )
            parent = None
        if parent and _leads_to(parent, one.tag, held):
            fault(one.origin, f"{one.tag} would be a part of itself, by way of {parent}", "mend the parent")
            parent = None
        if parent is not None:
            held[one.tag] = parent
        kept.append(replace(one, parent=parent))
    return tuple(kept)


def _leads_to(begin: str, end: str, parents: Mapping[str, str]) -> bool:
    at, seen = begin, {""}
    while at not in seen:
        if at == end:
            return True
        seen.add(at)
        at = parents.get(at, "")
    return False


def open_ways(
    assets: Sequence[AssetFact], tags: AbstractSet[str], feeds: Mapping[str, Sequence[str]], fault: NoteFault
) -> tuple[AssetFact, ...]:
    """Take away feeds to what nobody knows, and those by which something comes back to where it began."""
    told = {one.tag: tuple(map(one_form, one.feeds)) for one in assets if one.feeds is not None}
    origins = {one.tag: one.origin for one in assets}
    for tag, fed in told.items():
        for unknown in (other for other in fed if other not in tags or other == tag):
            what = "itself" if unknown == tag else f"{unknown}, which is neither here nor in the register"
            fault(origins[tag], f"{tag} feeds {what}", "name another asset, or describe it")
        told[tag] = tuple(other for other in dict.fromkeys(fed) if other in tags and other != tag)
    ways = {**feeds, **told}
    while around := a_cycle(ways):
        at = max((place for place in range(len(around) - 1) if around[place] in told), default=None)
        if at is None:
            break  # the register holds it from before; that is not this file's to mend
        begin, end = around[at], around[at + 1]
        fault(
            origins[begin],
            f"what is fed must not come back: {' feeds '.join(around)}",
            f"{begin} feeding {end} was left out",
        )
        ways[begin] = told[begin] = tuple(other for other in told[begin] if other != end)
    return tuple(replace(one, feeds=told.get(one.tag)) for one in assets)


def a_cycle(feeds: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the tags along one way that leads back to where it began, that one at both ends; empty where none does.

    >>> a_cycle({"P-1": ["P-2"], "P-2": ["P-3"], "P-3": ["P-1"]})
    ['P-1', 'P-2', 'P-3', 'P-1']
    >>> a_cycle({"P-1": ["P-2", "P-3"], "P-2": ["P-3"], "P-3": []})
    []
    """
    done: set[str] = set()
    for begin in feeds:
        way: list[str] = []
        left = [iter([begin])]
        while left:
            following = next(left[-1], None)
            if following is None:
                left.pop()
                if way:
                    done.add(way.pop())
            elif following in way:
                return [*way[way.index(following) :], following]
            elif following not in done:
                way.append(following)
                left.append(iter(feeds.get(following, ())))
    return []
