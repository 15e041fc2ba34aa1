"""The Merkle tree of RFC 9162 (section 2.1) over leaves: its root, and proofs of inclusion and consistency."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

_EMPTY = hashlib.sha256(b"").digest()


def leaf_hash(leaf: bytes) -> bytes:
    """Hash a leaf, so that it cannot be taken for a node."""
    return hashlib.sha256(b"\0" + leaf).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Hash what two subtrees come to."""
    return hashlib.sha256(b"\1" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over all leaves, in their order.

    >>> root([]).hex()[:8], root([b""]).hex()[:8]
    ('e3b0c442', '6e340b9c')
    """
    return _levels(leaves)[-1][0] if leaves else _EMPTY


def _levels(leaves: Sequence[bytes]) -> list[list[bytes]]:
    """Return the tree level by level, the leaves' hashes first; an odd one at the end goes up as it is."""
    level = [leaf_hash(leaf) for leaf in leaves]
    levels = [level]
    while len(level) > 1:
        paired = [node_hash(level[at], level[at + 1]) for at in range(0, len(level) - 1, 2)]
        level = paired + level[len(paired) * 2 :]
        levels.append(level)
    return levels


def inclusion(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Prove that the leaf at `index`, from 0, is under the root of all leaves; the hashes from the bottom up."""
    path = []
    for level in _levels(leaves)[:-1]:
        beside = index ^ 1
        if beside < len(level):
            path.append(level[beside])
        index >>= 1
    return path


def is_included(leaf: bytes, index: int, size: int, path: Sequence[bytes], head: bytes) -> bool:
    """Say whether a path proves a leaf at `index` of `size` under a root (RFC 9162, 2.1.3.2).

    >>> leaves = [bytes([n]) for n in range(7)]
    >>> is_included(leaves[6], 6, 7, inclusion(leaves, 6), root(leaves))
    True
    >>> is_included(leaves[6], 5, 7, inclusion(leaves, 6), root(leaves))
    False
    """
    if not 0 <= index < size:
        return False
    at, last, found = index, size - 1, leaf_hash(leaf)
    for beside in path:
        if last == 0:
            return False
        if at & 1 or at == last:
            found = node_hash(beside, found)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found = node_hash(found, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found == head


def consistency(leaves: Sequence[bytes], before: int) -> list[bytes]:
    """Prove that the tree over all leaves goes on from the one over the first `before` of them."""
    return _subproof(before, leaves, is_whole=True) if 0 < before < len(leaves) else []


def _subproof(before: int, leaves: Sequence[bytes], *, is_whole: bool) -> list[bytes]:
    if before == len(leaves):
        return [] if is_whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if before <= split:
        return [*_subproof(before, left, is_whole=is_whole), root(right)]
    return [*_subproof(before - split, right, is_whole=False), root(left)]


def is_consistent(before: int, old: bytes, size: int, new: bytes, path: Sequence[bytes]) -> bool:
    """Say whether a path proves that the tree of `size` goes on from that of `before` (RFC 9162, 2.1.4.2).

    >>> leaves = [bytes([n]) for n in range(7)]
    >>> all(is_consistent(n, root(leaves[:n]), 7, root(leaves), consistency(leaves, n)) for n in range(8))
    True
    >>> is_consistent(3, root(leaves[1:4]), 7, root(leaves), consistency(leaves, 3))
    False
    """
    if before == 0 or before >= size:
        return not path and (before == 0 and old == _EMPTY if before == 0 else before == size and old == new)
    steps = list(path) if before & (before - 1) else [old, *path]
    if not steps:
        return False
    at, last = before - 1, size - 1
    while at & 1:
        at, last = at >> 1, last >> 1
    found_old = found_new = steps[0]
    for beside in steps[1:]:
        if last == 0:
            return False
        if at & 1 or at == last:
            found_old, found_new = node_hash(beside, found_old), node_hash(beside, found_new)
            while not at & 1 and at:
                at, last = at >> 1, last >> 1
        else:
            found_new = node_hash(found_new, beside)
        at, last = at >> 1, last >> 1
    return last == 0 and found_old == old and found_new == new
