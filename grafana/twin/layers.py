"""The order of assets along their feeds: layers from the sources onwards, arranged so that few lines cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise

Links = Mapping[int, Sequence[int]]
_SWEEPS = 6


def layers(numbers: Sequence[int], feeds: Links) -> list[list[int]]:
    """Put each asset one layer after the last that feeds it, and order every layer by its neighbours' middle.

    A feed that leads back, as in a loop of cooling water, does not count. What neither feeds nor is fed comes in the
    first layer. The order is Sugiyama's: by barycentre, sweep by sweep, and the one with the fewest crossings is kept.

    >>> layers([1, 2, 3, 4], {1: [3], 2: [4], 3: [], 4: []})
    [[1, 2], [3, 4]]
    >>> layers([1, 2, 3, 4], {1: [4], 2: [3]})
    [[1, 2], [4, 3]]
    """
    known = set(numbers)
    forward = _without_loops(numbers, {one: [to for to in feeds.get(one, ()) if to in known] for one in numbers})
    placed = _depths(numbers, forward)
    found = [[one for one in numbers if placed[one] == depth] for depth in range(max(placed.values(), default=-1) + 1)]
    best, fewest = found, crossings(found, forward)
    for sweep in range(_SWEEPS):
        found = _swept(found, forward, downwards=sweep % 2 == 0)
        count = crossings(found, forward)
        if count < fewest:
            best, fewest = found, count
    return best


def parts(numbers: Sequence[int], feeds: Links) -> list[list[int]]:
    """Return what hangs together, whichever way it feeds; each part, and the parts, in the order of `numbers`.

    >>> parts([1, 2, 3, 4], {1: [3], 4: [2]})
    [[1, 3], [2, 4]]
    """
    beside: dict[int, set[int]] = {one: set() for one in numbers}
    for one in numbers:
        for to in feeds.get(one, ()):
            if to in beside:
                beside[one].add(to)
                beside[to].add(one)
    found: dict[int, int] = {}
    for first in numbers:
        waiting = [first] if first not in found else []
        while waiting:
            one = waiting.pop()
            found[one] = first
            waiting += [other for other in beside[one] if other not in found]
    return [[one for one in numbers if found[one] == first] for first in dict.fromkeys(found[one] for one in numbers)]


def crossings(found: Sequence[Sequence[int]], feeds: Links) -> int:
    """Count the crossings of lines between one layer and the next.

    >>> crossings([[1, 2], [3, 4]], {1: [4], 2: [3]})
    1
    """
    count = 0
    for upper, lower in pairwise(found):
        place = {one: at for at, one in enumerate(lower)}
        ends = [(at, place[to]) for at, one in enumerate(upper) for to in feeds.get(one, ()) if to in place]
        count += sum(a < c and b > d for a, b in ends for c, d in ends)
    return count


def _without_loops(numbers: Sequence[int], feeds: Links) -> dict[int, list[int]]:
    """Leave out every feed that leads back to where it came from."""
    kept: dict[int, list[int]] = {one: [] for one in numbers}
    done: set[int] = set()
    for start in numbers:
        on_the_way: list[int] = []
        waiting = [(start, iter(feeds.get(start, ())))] if start not in done else []
        while waiting:
            one, targets = waiting[-1]
            if len(on_the_way) < len(waiting):
                on_the_way.append(one)
            to = next(targets, None)
            if to is None:
                done.add(one)
                on_the_way.pop()
                waiting.pop()
            elif to not in on_the_way:
                kept[one].append(to)
                if to not in done:
                    waiting.append((to, iter(feeds.get(to, ()))))
    return kept


def _depths(numbers: Sequence[int], feeds: Links) -> dict[int, int]:
    depth = dict.fromkeys(numbers, 0)
    fed = {one: sum(one in targets for targets in feeds.values()) for one in numbers}
    ready = [one for one in numbers if not fed[one]]
    while ready:
        one = ready.pop()
        for to in feeds[one]:
            depth[to] = max(depth[to], depth[one] + 1)
            fed[to] -= 1
            if not fed[to]:
                ready.append(to)
    return depth


def _swept(found: list[list[int]], feeds: Links, *, downwards: bool) -> list[list[int]]:
    """Order each layer by the middle of what it is joined to in the layer before, or after."""
    ordered = [list(layer) for layer in found]
    steps = range(1, len(ordered)) if downwards else range(len(ordered) - 2, -1, -1)
    for step in steps:
        beside = {one: at for at, one in enumerate(ordered[step - 1 if downwards else step + 1])}
        keys = {one: _middle(one, beside, feeds, at, downwards=downwards) for at, one in enumerate(ordered[step])}
        ordered[step].sort(key=keys.__getitem__)
    return ordered


def _middle(one: int, beside: Mapping[int, int], feeds: Links, own: int, *, downwards: bool) -> float:
    if downwards:
        places = [at for other, at in beside.items() if one in feeds.get(other, ())]
    else:
        places = [beside[to] for to in feeds.get(one, ()) if to in beside]
    return sum(places) / len(places) if places else float(own)
