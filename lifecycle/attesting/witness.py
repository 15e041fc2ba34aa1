"""The other side's machine: it remembers the heads it has seen, and cosigns only what goes on from them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from lifecycle.attesting import merkle
from lifecycle.attesting.signed_note import NoteKey, TreeHead, opened
from plant.errors import Conflict, Rejected

Consistency = Callable[[int, int], Sequence[bytes]]
"""Asks the ledger for the proof that its tree of the second size goes on from that of the first."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Witnessed:
    """What a witness keeps of one chain: the key that it believes, and every head it has cosigned, oldest first.

    `restores` are those that a person has accepted: the head before, and the one from which the chain went on.
    """

    verifier: str
    heads: tuple[tuple[int, str], ...] = ()
    restores: tuple[tuple[int, int], ...] = ()

    def sees(self, head: TreeHead, consistency: Consistency) -> Witnessed:
        """Take a head that goes on from the last one.

        Raises:
            Conflict: it does not: the past was rewritten, or a backup was restored.
        """
        size, root = self._last
        if head.size < size:
            raise Conflict(
                f"{head.origin} had {size} entries and now has {head.size}: it was cut, or a backup was restored"
            )
        if not merkle.is_consistent(size, root, head.size, head.root, consistency(size, head.size) if size else ()):
            raise Conflict(f"the {size} entries of {head.origin} that were cosigned are not those it has now")
        return self if size == head.size else replace(self, heads=(*self.heads, (head.size, head.root.hex())))

    def accepts_restore(self, head: TreeHead, consistency: Consistency) -> Witnessed:
        """Take a head after a restored backup, which goes on from an earlier head; a person has decided it.

        Raises:
            Conflict: it goes on from none of them.
        """
        for size, root in reversed(self.heads):
            if size <= head.size and merkle.is_consistent(
                size, bytes.fromhex(root), head.size, head.root, consistency(size, head.size)
            ):
                kept = tuple(one for one in self.heads if one[0] <= size)
                restores = (*self.restores, (self._last[0], size))
                return replace(self, heads=(*kept, (head.size, head.root.hex())), restores=restores)
        raise Conflict(f"{head.origin} goes on from no head that was cosigned: this is no restored backup")

    @property
    def _last(self) -> tuple[int, bytes]:
        return (self.heads[-1][0], bytes.fromhex(self.heads[-1][1])) if self.heads else (0, merkle.root([]))


class WitnessState:
    """What a witness remembers, in a file of its own."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def of(self, origin: str) -> Witnessed | None:
        """Return what is known of a chain; None where it was never seen."""
        found = self._read().get(origin)
        if found is None:
            return None
        return Witnessed(
            verifier=found["verifier"],
            heads=tuple((size, root) for size, root in found["heads"]),
            restores=tuple((before, since) for before, since in found["restores"]),
        )

    def keep(self, origin: str, known: Witnessed) -> None:
        """Remember a chain; the file is whole or as it was."""
        kept = self._read()
        kept[origin] = {"verifier": known.verifier, "heads": known.heads, "restores": known.restores}
        draft = self._file.with_name(f"{self._file.name}.part")
        self._file.parent.mkdir(parents=True, exist_ok=True)
        draft.write_text(json.dumps(kept, indent=1), encoding="utf-8")
        draft.replace(self._file)

    def _read(self) -> dict[str, Any]:
        if not self._file.exists():
            return {}
        try:
            found: dict[str, Any] = json.loads(self._file.read_text(encoding="utf-8"))
        except ValueError as error:
            raise Rejected("no_state", f"{self._file} is no state of a witness") from error
        return found


def cosign(
    state: WitnessState,
    note: str,
    key: NoteKey,
    *,
    at_s: int,
    consistency: Consistency,
    verifier: str | None = None,
    accepts_restore: bool = False,
) -> str:
    """Cosign a head where it goes on from what was seen before; return the line to be put under it.

    `verifier` is the ledger's key, wanted the first time and pinned from then on.

    Raises:
        Rejected: the head is not signed with that key.
        Conflict: it does not go on from what was seen.
    """
    origin = note.partition("\n")[0]
    known = state.of(origin)
    if known is None:
        if verifier is None:
            raise Rejected(
                "unknown_ledger", f"{origin} was never seen; name its key, which `assetloop ledger key` prints"
            )
        known = Witnessed(verifier=verifier)
    elif verifier is not None and verifier != known.verifier:
        raise Rejected("another_key", f"{origin} is known by another key")
    head = opened(note, known.verifier)
    take = known.accepts_restore if accepts_restore else known.sees
    state.keep(origin, take(head, consistency))
    return key.sign(head.text, at_s=at_s)
