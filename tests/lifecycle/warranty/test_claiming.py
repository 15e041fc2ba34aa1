"""Somebody answers for a machine for a time: who says so, which failures fall within it, and what is claimed."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path

import psycopg
import pytest
from psycopg.types.json import Jsonb

from lifecycle import ledger
from lifecycle.attesting.heads import sign_head
from lifecycle.attesting.signed_note import key_in
from lifecycle.ledger import VerifiedChain
from lifecycle.warranty.claim_evidence import read_evidence
from lifecycle.warranty.claim_file import claim_file
from lifecycle.warranty.claiming import answer_claim, claim_warranty
from lifecycle.warranty.setting import import_warranties, say_warranty
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.orders.warranty import ClaimState, StandingWarranty, Warranty
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.orders import warranty_claims
from storage.orders.warranties import covered_failures, standing_warranties
from storage.orders.warranty_claims import ClaimsWanted
from storage.views.alert_list import listed_alert
from tests.lifecycle.handover.test_passing import CHIEF, ENGINEER, MECHANIC, OPERATOR, person
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
AT = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)
TWO_YEARS = Warranty(starts=date(2026, 6, 1), ends=date(2028, 5, 31), guarantor="Pumpen AG", terms="contract 4711")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(AT + timedelta(days=1))


class Guaranteed:
    """A pump with its machine, and what is said and claimed of it."""

    def __init__(self, database: Database, clock: ManualClock, rows: PlantRows) -> None:
        self.database, self.clock, self.rows = database, clock, rows
        self.asset_id = rows.asset("P-1")
        self.site_id = rows.connection.execute("SELECT site_id FROM site").fetchone()[0]  # type: ignore[index]
        self.class_id = rows.connection.execute("SELECT class_id FROM asset_class").fetchone()[0]  # type: ignore[index]
        machine = rows.add("equipment", class_id=self.class_id, serial="S-9", manufacturer="Pumpen AG", model="NK 32")
        since = datetime(2026, 5, 1, tzinfo=UTC)
        self.installation_id = rows.installation(self.asset_id, equipment_id=machine, installed_from=since)

    def parameter(self, name: str, value: str, *, of_class: bool = False) -> None:
        whose = {"class_id": self.class_id} if of_class else {"asset_id": self.asset_id}
        self.rows.add("parameter", site_id=self.site_id, name=name, value=value, property_set="COBie", **whose)

    def project(self, tag: str = "cw", *, months: int | None, service_from: datetime | None) -> int:
        number = self.rows.add(
            "project",
            tag=tag,
            site_id=self.site_id,
            name="Cooling water",
            warranty_months=months,
            service_from=service_from,
            created_at=AT,
            created_by="Jonas",
        )
        self.rows.add("project_asset", project_id=number, asset_id=self.asset_id)
        return int(number)

    def says(self, warranty: Warranty = TWO_YEARS) -> None:
        say_warranty(self.database, "demo", "P-1", warranty, actor=ENGINEER, clock=self.clock)

    def stands(self) -> list[StandingWarranty]:
        with self.database.transaction() as tx:
            return standing_warranties(tx)

    def covers(self, order_id: int) -> bool:
        with self.database.transaction() as tx:
            return order_id in covered_failures(tx, [order_id])

    def fails(self, at: datetime = AT, **columns: object) -> tuple[int, str]:
        order_id = self.rows.work_order(self.asset_id, at=at, **columns)
        return order_id, f"WO-{order_id:06d}"

    def closes(self, order_id: int, outcome: str, failed_at: datetime | None) -> None:
        codes = {"failure_mode": "VIB", "cause": "3.4", "action": "replace", "outcome": outcome}
        times = {"failed_at": failed_at, "restored_at": AT + timedelta(hours=5), "closed_at": AT + timedelta(hours=6)}
        self.rows.add("work_order_closing", order_id=order_id, **codes, **times, relearn=False, closed_by="Li")

    def claims(self, number: str, **more: object) -> warranty_claims.WarrantyClaim:
        return claim_warranty(self.database, number, actor=MECHANIC, clock=self.clock, **more)  # type: ignore[arg-type]

    def answers(self, number: str, state: ClaimState, **more: object) -> warranty_claims.WarrantyClaim:
        return answer_claim(self.database, number, state, actor=MECHANIC, clock=self.clock, **more)  # type: ignore[arg-type]


@pytest.fixture
def guaranteed(app_database: Database, clock: ManualClock, plant_rows: PlantRows, superuser: Superuser) -> Guaranteed:
    superuser.execute("SELECT ensure_partition('2026-06-09', '2026-06-12')")
    return Guaranteed(app_database, clock, plant_rows)


def test_a_warranty_is_what_cobie_says_from_the_day_that_it_names(guaranteed: Guaranteed) -> None:
    guaranteed.parameter("WarrantyStartDate", "2026-03-01")
    assert guaranteed.stands() == []
    guaranteed.parameter("WarrantyDurationParts", "2", of_class=True)
    guaranteed.parameter("WarrantyDurationUnit", "Year", of_class=True)
    (one,) = guaranteed.stands()
    assert (one.starts, one.ends, one.guarantor, one.source) == (
        date(2026, 3, 1),
        date(2028, 2, 29),
        "Pumpen AG",
        "register",
    )
    assert (one.serial, one.model) == ("S-9", "NK 32")
    guaranteed.parameter("WarrantyDurationParts", "18,5")
    guaranteed.parameter("WarrantyDurationUnit", "month")
    guaranteed.parameter("WarrantyGuarantorParts", "service@pumpen.example")
    (one,) = guaranteed.stands()
    assert (one.ends, one.guarantor) == (date(2027, 9, 15), "service@pumpen.example")


def test_a_building_model_says_it_by_its_own_names_and_nonsense_is_no_warranty(guaranteed: Guaranteed) -> None:
    guaranteed.parameter("WarrantyStartDate", "2026-03-01T00:00:00")
    guaranteed.parameter("WarrantyPeriod", "P2Y6M")
    assert [one.ends for one in guaranteed.stands()] == [date(2028, 8, 31)]
    change = "UPDATE parameter SET value = %s WHERE name = %s"
    for name, value in (("WarrantyPeriod", "2"), ("WarrantyPeriod", "P"), ("WarrantyStartDate", "2026-02-31")):
        guaranteed.rows.connection.execute(change, [value, name])
        assert guaranteed.stands() == []


def test_without_a_day_of_its_own_it_begins_with_the_handover(guaranteed: Guaranteed) -> None:
    guaranteed.project(months=24, service_from=None)
    assert guaranteed.stands() == []
    guaranteed.rows.connection.execute("UPDATE project SET service_from = '2026-06-01 20:00Z'")
    guaranteed.rows.connection.execute("UPDATE site SET timezone = 'Asia/Shanghai'")
    (one,) = guaranteed.stands()
    assert (one.starts, one.ends, one.source) == (date(2026, 6, 2), date(2028, 6, 1), "handover")
    guaranteed.parameter("WarrantyDurationParts", "1", of_class=True)
    guaranteed.parameter("WarrantyDurationUnit", "年", of_class=True)
    (one,) = guaranteed.stands()
    assert (one.ends, one.source) == (date(2027, 6, 1), "register")


def test_what_a_person_says_of_the_machine_goes_first_and_ends_with_it(
    guaranteed: Guaranteed, superuser: Superuser
) -> None:
    guaranteed.project(months=24, service_from=AT - timedelta(days=9))
    guaranteed.says()
    (one,) = guaranteed.stands()
    assert (one.source, one.guarantor, one.terms) == ("said", "Pumpen AG", "contract 4711")
    order_id, _ = guaranteed.fails()
    replaced = AT + timedelta(days=30)
    superuser.execute("UPDATE installation SET installed_to = %s", [replaced])
    guaranteed.rows.installation(guaranteed.asset_id, installed_from=replaced)
    assert guaranteed.stands() == []
    assert guaranteed.covers(order_id)
    assert not guaranteed.covers(guaranteed.fails(replaced + timedelta(days=1), failure_mode="ELP")[0])


def test_a_failure_counts_on_the_day_it_was_seen_first_or_lost_its_function(guaranteed: Guaranteed) -> None:
    guaranteed.says(Warranty(starts=date(2026, 6, 1), ends=date(2026, 6, 9)))
    late, _ = guaranteed.fails()
    assert not guaranteed.covers(late)
    seen_before = {"onset": (AT - timedelta(hours=9)).isoformat()}
    onset, _ = guaranteed.fails(failure_mode="ELP", evidence=Jsonb(seen_before))
    assert guaranteed.covers(onset)
    closed, _ = guaranteed.fails(failure_mode="OHE", state="CLOSE")
    guaranteed.closes(closed, "confirmed", AT - timedelta(days=1))
    assert guaranteed.covers(closed)


def test_no_failure_is_none_within_a_warranty(guaranteed: Guaranteed) -> None:
    guaranteed.says()
    planned, _ = guaranteed.fails(failure_mode="", work_type="preventive")
    cancelled, _ = guaranteed.fails(failure_mode="VIB", state="CAN")
    false, _ = guaranteed.fails(failure_mode="OHE", state="CLOSE")
    guaranteed.closes(false, "false_alarm", None)
    assert not any(guaranteed.covers(one) for one in (planned, cancelled, false))


def test_an_alert_that_began_within_a_warranty_says_until_when_it_holds(guaranteed: Guaranteed) -> None:
    guaranteed.says()
    within = guaranteed.rows.alert(guaranteed.asset_id, at=AT)
    before = guaranteed.rows.alert(guaranteed.asset_id, at=AT - timedelta(days=20), kind="limit")
    with guaranteed.database.transaction() as tx:
        until = {one: listed_alert(tx, one).warranty_until for one in (within, before)}
    assert until == {within: date(2028, 5, 31), before: None}


def test_who_may_not_change_the_register_sets_no_warranty(guaranteed: Guaranteed) -> None:
    with pytest.raises(Forbidden):
        say_warranty(guaranteed.database, "demo", "P-1", TWO_YEARS, actor=MECHANIC, clock=guaranteed.clock)
    with pytest.raises(NotFound):
        say_warranty(guaranteed.database, "demo", "P-9", TWO_YEARS, actor=ENGINEER, clock=guaranteed.clock)
    with pytest.raises(Rejected, match="cannot end before it"):
        guaranteed.says(Warranty(starts=date(2026, 6, 2), ends=date(2026, 6, 1)))


def test_a_file_says_many_warranties_whole_or_not_at_all(guaranteed: Guaranteed, tmp_path: Path) -> None:
    file = tmp_path / "warranties.toml"
    take = partial(import_warranties, guaranteed.database, file, actor=ENGINEER, clock=guaranteed.clock)
    begin = 'site = "demo"\n[[warranty]]\nasset = "P-1"\nfrom = 2026-06-01\n'
    file.write_text(f'{begin}months = 24\nguarantor = "Pumpen AG"\n')
    assert take(is_trial=True) == {"added": 1, "changed": 0, "left": 0}
    assert guaranteed.stands() == []
    assert take()["added"] == 1
    assert take() == {"added": 0, "changed": 0, "left": 1}
    (one,) = guaranteed.stands()
    assert (one.ends, one.guarantor) == (date(2028, 5, 31), "Pumpen AG")
    for wrong, why in (
        (f"{begin}months = 24\nuntil = 2027-01-01\n", "not both"),
        (begin, "say `until` a day"),
        (f"{begin}months = 12\n[[warranty]]\nasset = 'P-9'\nfrom = 2026-06-01\nmonths = 1\n", "no asset P-9"),
        (f"{begin}months = 12\n[[warranty]]\nasset = 'P-1'\nfrom = 2026-06-01\nmonths = 1\n", "described twice"),
        (f"{begin}month = 12\n", "month"),
    ):
        file.write_text(wrong)
        with pytest.raises((Rejected, NotFound), match=why):
            take()
    assert guaranteed.stands() == [one]


def test_a_claim_is_made_once_and_answered_step_by_step(guaranteed: Guaranteed) -> None:
    guaranteed.says()
    guaranteed.project(months=None, service_from=AT - timedelta(days=9))
    order_id, number = guaranteed.fails()
    guaranteed.rows.connection.execute("UPDATE site SET currency = 'EUR'")
    booked = {"booked_at": AT, "booked_by": "Li", "currency": "EUR"}
    guaranteed.rows.add("work_order_booking", order_id=order_id, cost=Decimal("120.50"), **booked)
    claim = guaranteed.claims(number, note="the seal leaks")
    assert (claim.state, claim.amount, claim.currency, claim.project) == (
        ClaimState.OPEN,
        Decimal("120.50"),
        "EUR",
        "cw",
    )
    with pytest.raises(Conflict, match="claimed already"):
        guaranteed.claims(number)
    with pytest.raises(Rejected, match="why they reject it"):
        guaranteed.answers(number, ClaimState.REJECTED, note="no")
    guaranteed.answers(number, ClaimState.REJECTED, note="they say it ran dry")
    with pytest.raises(Conflict, match="is rejected; settled cannot follow"):
        guaranteed.answers(number, ClaimState.SETTLED, amount=Decimal(1))
    guaranteed.answers(number, ClaimState.OPEN, note="the record shows that it did not")
    guaranteed.answers(number, ClaimState.ACCEPTED)
    with pytest.raises(Rejected, match="by which amount"):
        guaranteed.answers(number, ClaimState.SETTLED)
    settled = guaranteed.answers(number, ClaimState.SETTLED, amount=Decimal(100))
    assert (settled.state, settled.amount) == (ClaimState.SETTLED, Decimal("100.00"))
    with guaranteed.database.transaction() as tx:
        steps = warranty_claims.steps_of(tx, claim.claim_id)
        entries = [json.loads(one.entry) for one in ledger.store.entries_after(tx, "demo", 0, most=100)]
        assert isinstance(ledger.verify(tx, "demo"), VerifiedChain)
        for wanted, found in (
            (ClaimsWanted(project="cw"), 1),
            (ClaimsWanted(guarantor="pumpen ag"), 1),
            (ClaimsWanted(guarantor="else"), 0),
            (ClaimsWanted(state=ClaimState.OPEN), 0),
        ):
            assert len(warranty_claims.list_claims(tx, wanted)) == found
    assert [one.state.value for one in steps] == ["open", "rejected", "open", "accepted", "settled"]
    moved = [one["event"] for one in entries if one.get("order") == number]
    assert moved == [f"warranty.{event}" for event in ("claimed", "rejected", "opened_again", "accepted", "settled")]


def test_only_a_failure_within_a_warranty_is_claimed_and_only_by_who_may(guaranteed: Guaranteed) -> None:
    _, number = guaranteed.fails()
    with pytest.raises(Conflict, match="no failure within a warranty"):
        guaranteed.claims(number)
    guaranteed.says()
    for stranger in (OPERATOR, person("Ann", PlantRole.ADMINISTRATOR)):
        with pytest.raises(Forbidden):
            claim_warranty(guaranteed.database, number, actor=stranger, clock=guaranteed.clock)
    with pytest.raises(NotFound, match="is not claimed"):
        guaranteed.answers(number, ClaimState.ACCEPTED)
    for amount in (Decimal("NaN"), Decimal(-1)):
        with pytest.raises(Rejected, match="an amount is a number"):
            guaranteed.claims(number, amount=amount)
    assert claim_warranty(guaranteed.database, number, actor=CHIEF, clock=guaranteed.clock).amount is None


def opened(body: bytes) -> dict[str, bytes]:
    """Unpack a claim's file, and hold every file against its SHA-256."""
    with zipfile.ZipFile(io.BytesIO(body)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    listed = dict(reversed(line.split("  ", 1)) for line in files.pop("MANIFEST").decode().splitlines())
    assert listed == {name: hashlib.sha256(content).hexdigest() for name, content in files.items()}
    return files


def test_the_evidence_for_a_claim_is_one_file(guaranteed: Guaranteed, tmp_path: Path) -> None:
    guaranteed.says()
    rows, asset_id = guaranteed.rows, guaranteed.asset_id
    (flow,) = rows.signals(asset_id, "flow")
    for minute in range(0, 90, 5):
        rows.reading(flow, AT - timedelta(minutes=minute), 30.0 + minute, flags=2 if minute == 5 else 0)
    alert_id = rows.alert(asset_id, at=AT)
    window = {"from": (AT - timedelta(hours=1)).isoformat(), "to": AT.isoformat()}
    evidence = {"window": window, "onset": AT.isoformat(), "signals": [{"signal": "flow", "share": 0.8}], "score": 0.97}
    order_id, number = guaranteed.fails(alert_id=alert_id, title="flow <falls>", evidence=Jsonb(evidence))
    guaranteed.closes(order_id, "confirmed", AT)
    rows.add("work_order_comment", order_id=order_id, at=AT, by="Li", said="the seal is torn")
    guaranteed.claims(number, amount=Decimal(900))
    with guaranteed.database.transaction() as tx:
        sign_head(tx, "demo", key_in(tmp_path / "ledger.key", "plant"), AT)
    found = read_evidence(guaranteed.database, number)
    body = claim_file(found, ("en", "zh"), lambda _: b"")
    files = opened(body)
    assert body == claim_file(found, ("en", "zh"), lambda _: b"")
    assert sorted(files) == [
        *("alert.json", "claim.en.html", "claim.json", "claim.zh.html", "ledger.json", "order.json"),
        *("signals.csv", "signals.png"),
    ]
    english, chinese = files["claim.en.html"].decode(), files["claim.zh.html"].decode()
    for said in ("S-9", "Pumpen AG", "900.00", "flow &lt;falls&gt;", "the seal is torn", "2026-06-01 to 2028-05-31"):
        assert said in english
    assert "质保期" in chinese
    assert "待答复" in chinese
    csv = files["signals.csv"].decode("utf-8-sig").splitlines()
    assert csv[0] == "time,signal,unit,value,quality"
    assert [one for one in csv if one.endswith("bad")] == ["2026-06-10T07:55:00+00:00,flow,,35.0,bad"]
    proof = json.loads(files["ledger.json"])
    assert [json.loads(one["entry"])["entry"]["event"] for one in proof["proofs"]] == ["warranty.claimed"]
    assert proof["unsigned"] == []
    assert files["signals.png"].startswith(b"\x89PNG")
