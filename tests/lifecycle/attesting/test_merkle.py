"""The tree is RFC 9162's: its known roots, and every proof of every small tree, good and bent."""

from __future__ import annotations

import itertools

import pytest

from lifecycle.attesting import merkle

# Leaves and roots of the test data that implementations of RFC 6962 share.
LEAVES = [bytes.fromhex(one) for one in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")] + [
    bytes.fromhex("606162636465666768696a6b6c6d6e6f")
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


@pytest.mark.parametrize(("size", "root"), list(enumerate(ROOTS, start=1)))
def test_a_root_is_what_others_compute(size: int, root: str) -> None:
    assert merkle.root(LEAVES[:size]).hex() == root


def test_every_leaf_of_every_small_tree_is_proved_and_no_other_place_is() -> None:
    leaves = [bytes([n]) for n in range(33)]
    for size in range(1, 34):
        head = merkle.root(leaves[:size])
        for index in range(size):
            path = merkle.inclusion(leaves[:size], index)
            assert merkle.is_included(leaves[index], index, size, path, head)
            assert not merkle.is_included(leaves[index], index + 1, size, path, head)
            assert not merkle.is_included(leaves[index] + b"x", index, size, path, head)
            assert not merkle.is_included(leaves[index], index, size, [*path, bytes(32)], head)
            if path:
                assert not merkle.is_included(leaves[index], index, size, path[:-1], head)


def test_every_small_tree_goes_on_from_every_smaller_one_and_from_no_other() -> None:
    leaves, others = [bytes([n]) for n in range(20)], [bytes([n, 1]) for n in range(20)]
    for before, size in itertools.combinations(range(1, 21), 2):
        path, new = merkle.consistency(leaves[:size], before), merkle.root(leaves[:size])
        assert merkle.is_consistent(before, merkle.root(leaves[:before]), size, new, path)
        assert not merkle.is_consistent(before, merkle.root(others[:before]), size, new, path)
        assert not merkle.is_consistent(before, merkle.root(leaves[:before]), size, merkle.root(others[:size]), path)
        assert not merkle.is_consistent(before, merkle.root(leaves[:before]), size, new, [*path, bytes(32)])
        assert not merkle.is_consistent(before, merkle.root(leaves[:before]), size, new, path[:-1])
