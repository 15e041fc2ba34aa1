"""The ledger over HTTP: chains, entries, heads, proofs, and the witness' line under a head."""

from __future__ import annotations

from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from lifecycle.attesting import merkle
from lifecycle.attesting.heads import sign_heads
from lifecycle.attesting.signed_note import cosigned_at, key_in, opened
from plant.clock import ManualClock
from plant.people.rights import PlantRole
from storage.core.database import Database
from tests import people

LEDGER = "/api/v1/ledger"


@pytest.mark.usefixtures("sick_plant")
def test_a_chain_is_read_proved_verified_and_cosigned(
    client: TestClient, app_database: Database, clock: ManualClock, tmp_path: Path
) -> None:
    client.post("/api/v1/work-orders/WO-000001/acknowledge")
    assert client.get(f"{LEDGER}/demo/head").status_code == 404
    key = key_in(tmp_path / "k", "plant")
    with app_database.transaction() as tx:
        sign_heads(tx, key, clock.now())
    chain = next(one for one in client.get(LEDGER).json() if one["project"] == "demo")
    assert (chain["signed"], chain["cosigned"]) == (chain["entries"], None)
    entries = client.get(f"{LEDGER}/demo/entries").json()
    assert entries[-1]["entry"]["actor"] == "Ada"
    assert entries[-1]["recognised"] == "password"
    assert client.get(f"{LEDGER}/demo/verdict").json()["verdict"] == "verified"
    note = client.get(f"{LEDGER}/demo/head").json()["head"]
    proof = client.get(f"{LEDGER}/demo/proof/1").json()
    leaf, path = bytes.fromhex(entries[0]["hash"]), [bytes.fromhex(one) for one in proof["path"]]
    assert merkle.is_included(leaf, 0, proof["size"], path, opened(note, key.verifier).root)
    assert client.get(f"{LEDGER}/demo/consistency", params={"before": 1, "size": 1}).json() == {"path": []}
    assert client.get(f"{LEDGER}/demo/consistency", params={"before": 1, "size": 999}).status_code == 404
    own = key_in(tmp_path / "w", "ops", is_witness=True)
    line = own.sign(opened(note, key.verifier).text, at_s=7)
    body = {"size": chain["entries"], "line": line}
    assert client.post(f"{LEDGER}/demo/cosignatures", json=body | {"size": 99}).status_code == 400
    assert client.post(f"{LEDGER}/demo/cosignatures", json=body | {"line": "nonsense"}).status_code == 422
    assert client.post(f"{LEDGER}/demo/cosignatures", json=body).status_code == 204
    assert cosigned_at(client.get(f"{LEDGER}/demo/head").json()["head"], own.verifier) == 7


def test_the_chain_of_people_is_read_by_administrators_alone(
    client: TestClient, app_database: Database, clock: ManualClock
) -> None:
    assert client.get(f"{LEDGER}/@people/entries").json()[0]["entry"]["event"] == "person.added"
    operator = people.enter(app_database, clock, "op", name="Op", roles=((PlantRole.OPERATIONS, None),))
    people.sign_in(client, app_database, clock, operator)
    assert client.get(f"{LEDGER}/@people/entries").status_code == 403
    assert client.get(f"{LEDGER}/@people/proof/1").status_code == 403
    assert client.get(f"{LEDGER}/@people/verdict").status_code == 200
    assert "@people" not in str(client.get(LEDGER).json())
