"""Heads kept elsewhere tell a rewrite, a cut and a restored backup apart; a proof is checked without the product."""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import psycopg
import pytest

from lifecycle import ledger
from lifecycle.attesting import heads, signed_note
from lifecycle.attesting.heads import RestoredChain, RewrittenChain, TruncatedChain
from lifecycle.attesting.signed_note import NoteKey, TreeHead, key_in, opened, signed
from lifecycle.attesting.witness import WitnessState, cosign
from lifecycle.ledger import BrokenChain, VerifiedChain
from lifecycle.ledger_events import FileImported
from plant.errors import Conflict, Misconfigured, NotFound, Rejected
from storage.core.database import Database, Transaction
from storage.work import ledger as store
from tests.conftest import REPOSITORY
from tests.lifecycle.test_ledger import AT, Said, write

Superuser = psycopg.Connection[tuple[object, ...]]
RESTORED = FileImported(actor="ann", what="backup", file="b", sha256="00", counts={"entries": 1})


@pytest.fixture
def key(tmp_path: Path) -> NoteKey:
    return key_in(tmp_path / "ledger.key", "assetloop-test")


def head(database: Database) -> TreeHead:
    with database.transaction() as tx:
        return heads.head_of(tx, "demo")


def compare(database: Database, *kept: TreeHead) -> heads.ChainVerdict:
    with database.transaction() as tx:
        return heads.compare(tx, "demo", kept)


def rewrite(superuser: Superuser, database: Database, seq: int) -> None:
    """Change an entry and every hash behind it, as whoever owns the database can."""
    superuser.execute('UPDATE ledger SET entry = \'{"event": "never happened"}\' WHERE seq = %s', [seq])
    with database.transaction() as tx:
        stored = store.entries_after(tx, "demo", 0, most=1000)
    previous = bytes(32)
    for one in stored:
        again = replace(one, previous=previous)
        digest = hashlib.sha256(heads.said(again).encode()).digest()
        superuser.execute("UPDATE ledger SET previous = %s, hash = %s WHERE seq = %s", [previous, digest, one.seq])
        previous = digest
    superuser.execute("UPDATE ledger_head SET hash = %s", [previous])


def test_a_rewrite_that_agrees_with_itself_is_found_between_two_heads(
    app_database: Database, superuser: Superuser
) -> None:
    kept = []
    for _ in range(4):
        write(app_database, 5)
        kept.append(head(app_database))
    assert isinstance(compare(app_database, *kept), VerifiedChain)
    rewrite(superuser, app_database, 12)
    assert isinstance(compare(app_database), VerifiedChain)
    assert compare(app_database, *reversed(kept)) == RewrittenChain(first=11, last=15)
    assert compare(app_database, kept[3]) == RewrittenChain(first=1, last=20)


def test_a_cut_and_a_restored_backup_are_told_apart(app_database: Database, superuser: Superuser) -> None:
    write(app_database, 6)
    early = head(app_database)
    write(app_database, 4)
    late = head(app_database)
    superuser.execute("DELETE FROM ledger WHERE seq > 8")
    superuser.execute("UPDATE ledger_head SET seq = 8, hash = (SELECT hash FROM ledger WHERE seq = 8)")
    assert compare(app_database, early, late) == TruncatedChain(seq=9)
    with app_database.transaction() as tx:
        ledger.append(tx, "demo", RESTORED, AT)
    assert compare(app_database, early, late) == RestoredChain(seq=9)
    write(app_database, 20)
    assert compare(app_database, early, late) == RestoredChain(seq=9)
    rewrite(superuser, app_database, 3)
    assert compare(app_database, early, late) == RewrittenChain(first=1, last=6)


def test_another_ledgers_head_is_refused(app_database: Database) -> None:
    with pytest.raises(Rejected, match="another_ledger"):
        compare(app_database, TreeHead(origin="elsewhere/demo", size=1, root=bytes(32)))


def test_a_head_is_signed_once_a_size_and_a_bent_note_is_not_believed(app_database: Database, key: NoteKey) -> None:
    with app_database.transaction() as tx, pytest.raises(NotFound):
        heads.sign_head(tx, "demo", key, AT)
    write(app_database, 3)
    with app_database.transaction() as tx:
        notes = heads.sign_heads(tx, key, AT)
        assert heads.sign_heads(tx, key, AT) == []
        assert heads.sign_head(tx, "demo", key, AT) == notes[0]
    (note,) = notes
    assert opened(note, key.verifier) == head(app_database)
    for bent in (note.replace("\n3\n", "\n4\n"), note[:-9] + "AAAAAAAA\n", "nonsense", note.partition("\n\n")[0]):
        with pytest.raises(Rejected):
            opened(bent, key.verifier)
    for verifier in ("", "a+b+c", key.verifier[:-4] + "AAA=", key.verifier.replace("assetloop-test", "other")):
        with pytest.raises(Rejected):
            opened(note, verifier)


def test_a_note_is_signed_as_c2sp_says(key: NoteKey) -> None:
    """The example of the specification: its key, its text, its signature."""
    verifier = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    note = (
        "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    with pytest.raises(Rejected, match="no_head"):  # signed, though no head
        opened(note, verifier)
    assert key.verifier.startswith("assetloop-test+")


def test_a_key_is_its_owners_alone_and_stays(tmp_path: Path) -> None:
    first = key_in(tmp_path / "k" / "ledger.key", "a")
    assert (tmp_path / "k" / "ledger.key").stat().st_mode & 0o777 == 0o600
    assert key_in(tmp_path / "k" / "ledger.key", "a").verifier == first.verifier
    (tmp_path / "bad").write_text("nonsense")
    with pytest.raises(Misconfigured):
        key_in(tmp_path / "bad", "a")


def test_a_proof_is_checked_by_the_program_in_the_docs(app_database: Database, key: NoteKey, tmp_path: Path) -> None:
    with app_database.transaction() as tx:
        ledger.append(tx, "demo", Said({"event": "tried", "what": "泵 1e300", "value": 1e300}), AT)
    write(app_database, 12)
    (program,) = re.findall(r"```python\n(.*?)```", (REPOSITORY / "docs" / "ledger.md").read_text(), re.DOTALL)
    assert len(program.splitlines()) <= 40
    (tmp_path / "check.py").write_text(program)

    def check(proof: dict[str, Any], verifier: str = key.verifier) -> subprocess.CompletedProcess[str]:
        (tmp_path / "proof.json").write_text(json.dumps(proof))
        return subprocess.run(
            [sys.executable, tmp_path / "check.py", tmp_path / "proof.json", verifier],
            check=False,
            capture_output=True,
            text=True,
        )

    with app_database.transaction() as tx:
        note = heads.sign_head(tx, "demo", key, AT)
        proofs = [heads.proof(tx, "demo", seq, note=note) for seq in (1, 13)]
        with pytest.raises(NotFound):
            heads.proof(tx, "demo", 14, note=note)
    for proof in proofs:
        assert check(proof).returncode == 0, check(proof).stderr
    assert "泵" in check(proofs[0]).stdout
    bent = proofs[0] | {"entry": proofs[0]["entry"].replace("tried", "done")}
    assert "is not under this head" in check(bent).stderr
    assert check(proofs[1] | {"index": 11}).returncode == 1
    other = key_in(tmp_path / "other", "assetloop-test").verifier
    assert "another key" in check(proofs[0], other).stderr


Ask = Callable[[int, int], list[bytes]]


@pytest.fixture
def ask(app_database: Database) -> Ask:
    def asked(before: int, size: int) -> list[bytes]:
        with app_database.transaction() as tx:
            return [bytes.fromhex(one) for one in heads.consistency(tx, "demo", before, size)]

    return asked


def test_a_witness_cosigns_what_goes_on_and_refuses_a_rewrite_a_cut_and_another_key(
    app_database: Database, superuser: Superuser, key: NoteKey, ask: Ask, tmp_path: Path
) -> None:
    own = key_in(tmp_path / "w.key", "ops", is_witness=True)
    state = WitnessState(tmp_path / "state" / "heads.json")

    def now() -> str:
        return signed(head(app_database), key)

    def witness(**more: Any) -> str:
        return cosign(state, now(), own, at_s=1_700_000_000, consistency=ask, **more)

    write(app_database, 5)
    with pytest.raises(Rejected, match="never seen"):
        witness()
    line = witness(verifier=key.verifier)
    assert signed_note.cosigned_at(now() + line, own.verifier) == 1_700_000_000
    assert signed_note.cosigned_at(now(), own.verifier) is None
    assert opened(now() + line, key.verifier).size == 5
    write(app_database, 8)
    witness()
    with pytest.raises(Rejected, match="another key"):
        witness(verifier=own.verifier)
    rewrite(superuser, app_database, 7)
    with pytest.raises(Conflict, match="are not those it has now"):
        witness()
    superuser.execute("DELETE FROM ledger WHERE seq > 6")
    superuser.execute("UPDATE ledger_head SET seq = 6, hash = (SELECT hash FROM ledger WHERE seq = 6)")
    with pytest.raises(Conflict, match="it was cut, or a backup was restored"):
        witness()
    with app_database.transaction() as tx:
        ledger.append(tx, "demo", RESTORED, AT)
    witness(accepts_restore=True)
    write(app_database, 1)
    witness()
    known = state.of(head(app_database).origin)
    assert known is not None
    assert ([size for size, _ in known.heads], known.restores) == ([5, 7, 8], ((13, 5),))
    rewrite(superuser, app_database, 2)
    with pytest.raises(Conflict, match="no restored backup"):
        witness(accepts_restore=True)


EDITS = {
    "entry": "UPDATE ledger SET entry = jsonb_set(entry, '{number}', to_jsonb(%(noise)s::int)) WHERE seq = %(seq)s",
    "event": "UPDATE ledger SET entry = entry || jsonb_build_object('more', %(noise)s::int) WHERE seq = %(seq)s",
    "gone": "UPDATE ledger SET entry = entry - 'event' WHERE seq = %(seq)s",
    "time": "UPDATE ledger SET at = at + make_interval(secs => %(noise)s / 1e6) WHERE seq = %(seq)s",
    "hash": "UPDATE ledger SET hash = set_bit(hash, %(noise)s %% 256, 1 - get_bit(hash, %(noise)s %% 256))"
    " WHERE seq = %(seq)s",
    "previous": "UPDATE ledger SET previous = set_bit(previous, 7, 1 - get_bit(previous, 7)) WHERE seq = %(seq)s",
    "no number": "UPDATE ledger SET entry = jsonb_set(entry, '{number}', '1e400') WHERE seq = %(seq)s",
    "no object": "UPDATE ledger SET entry = to_jsonb(%(noise)s::text) WHERE seq = %(seq)s",
    "no time": "UPDATE ledger SET at = '-infinity' WHERE seq = %(seq)s",
    "time before": "UPDATE ledger SET at = at - interval '4000 years' WHERE seq = %(seq)s",
    "removal": "DELETE FROM ledger WHERE seq = %(seq)s",
    "number": "UPDATE ledger SET seq = seq + 1000 WHERE seq = %(seq)s",
    "project": "UPDATE ledger SET project = 'other' WHERE seq = %(seq)s",
    "truncation": "DELETE FROM ledger WHERE seq >= %(seq)s",
    "order": "UPDATE ledger AS mine SET entry = other.entry, at = other.at, hash = other.hash FROM ledger AS other"
    " WHERE (mine.seq, other.seq) IN ((%(seq)s, %(seq)s + 1), (%(seq)s + 1, %(seq)s))",
}


def edited(database: Database, superuser: Superuser, times: int, seed: int) -> list[str]:
    """Make single edits at random, each taken back; return those that were not named by their entry."""
    chance, missed = np.random.default_rng(seed), []
    for _ in range(times):
        name = list(EDITS)[chance.integers(len(EDITS))]
        seq, noise = int(chance.integers(1, 40)), int(chance.integers(100, 10**6))
        superuser.execute("BEGIN")
        superuser.execute(EDITS[name].encode(), {"seq": seq, "noise": noise})
        superuser.execute("SET LOCAL ROLE assetloop_app")
        found = ledger.verify(Transaction(superuser_rows(superuser)), "demo")
        superuser.execute("ROLLBACK")
        if found != BrokenChain(seq=seq):
            missed.append(f"{name} at {seq}: {found}")
    assert database
    return missed


def superuser_rows(superuser: Superuser) -> Any:
    superuser.row_factory = psycopg.rows.dict_row  # type: ignore[assignment]
    return superuser


def test_every_single_edit_is_named_by_its_entry(app_database: Database, superuser: Superuser) -> None:
    write(app_database, 40)
    assert edited(app_database, superuser, 200, seed=1) == []


@pytest.mark.long
def test_ten_thousand_single_edits_are_each_named_by_their_entry(app_database: Database, superuser: Superuser) -> None:
    write(app_database, 40)
    assert edited(app_database, superuser, 10_000, seed=2) == []


def test_a_chain_without_its_head_is_still_a_chain(app_database: Database, superuser: Superuser) -> None:
    write(app_database, 3)
    superuser.execute("DELETE FROM ledger_head")
    with app_database.transaction() as tx:
        assert (store.projects(tx), store.chains(tx)) == (["demo"], [])
    assert compare(app_database) == BrokenChain(seq=1)


def test_the_application_may_change_neither_entries_nor_signed_heads(app_database: Database, key: NoteKey) -> None:
    write(app_database, 1)
    with app_database.transaction() as tx:
        heads.sign_head(tx, "demo", key, datetime(2026, 3, 2, tzinfo=UTC))
        store.add_cosignature(tx, "demo", size=1, line="— w AAAA\n", at=AT)
    for table in ("ledger", "ledger_signed_head", "ledger_cosignature"):
        for statement in (f"UPDATE {table} SET project = 'x'", f"DELETE FROM {table}", f"TRUNCATE {table}"):
            with pytest.raises(Exception, match="permission denied"), app_database.transaction() as tx:
                tx.connection.execute(statement.encode())
