"""Array types, and sums in a fixed order: a stream gives the same bits however it is cut and whoever shares its bank.

NumPy's own sums add in an order that depends on the shape of the array, so their last bits do too.
"""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]

WIDE = 256
"""From so many numbers a term, adding term by term is faster than a running sum; the order is the same."""


def ordered_sum(terms: Floats) -> Floats:
    """Sum over the first axis strictly from first to last, whatever the shape; 0 where there is nothing.

    >>> float(ordered_sum(np.array([1e16, 1.0, -1e16])))
    0.0
    """
    if len(terms) == 0:
        return np.zeros(terms.shape[1:])
    if terms[0].size < WIDE:
        total: Floats = np.add.accumulate(terms, axis=0)[-1]
        return total
    total = terms[0].copy()
    for term in terms[1:]:
        total += term
    return total


def weighted_sum(weights: Floats, parts: Floats) -> Floats:
    """Return the sum over j of weights[j] * parts[j], strictly in order: (p, p, A) and (p, A) give (p, A).

    >>> weighted_sum(np.array([[[1.0], [2.0]], [[0.0], [3.0]]]), np.array([[10.0], [1.0]])).ravel().tolist()
    [10.0, 23.0]
    """
    if parts.size < WIDE:
        return ordered_sum(weights * parts[:, None, :])
    total: Floats = weights[0] * parts[0]
    product = np.empty_like(total)
    for weight, part in zip(weights[1:], parts[1:], strict=True):
        np.multiply(weight, part, out=product)
        total += product
    return total


def replaced(mask: Flags, new: Floats, old: Floats) -> Floats:
    """Return `new` where the mask holds, else `old`; mostly all of it holds, and then nothing is copied."""
    if mask.size < WIDE or not mask.all():
        return np.where(mask, new, old)
    return new if new.shape == mask.shape else np.broadcast_to(new, mask.shape)


def energies(parts: Floats, power: int) -> Floats:
    """Return the parts to an even power, 2 or 4: what each adds to the level.

    >>> energies(np.array([-3.0]), 4).tolist()
    [81.0]
    """
    energy: Floats = parts * parts
    return energy if power == 2 else energy * energy


def lengths(parts: Floats, power: int) -> tuple[Floats, Floats]:
    """Return the energies of the parts and their length over the first axis.

    With power 2 that is the usual length; with power 4 the largest parts count for more.
    """
    energy = energies(parts, power)
    root: Floats = np.sqrt(ordered_sum(energy))
    return energy, root if power == 2 else np.sqrt(root)


def magnitude(parts: Floats, power: int) -> Floats:
    """Return the length of the parts alone, see `lengths`.

    >>> float(magnitude(np.array([3.0, -4.0]), 2)), float(magnitude(np.array([3.0, -3.0]), 4)) / 3.0 == 2.0 ** 0.25
    (5.0, True)
    """
    return lengths(parts, power)[1]
