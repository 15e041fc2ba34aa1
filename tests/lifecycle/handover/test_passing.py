"""A project is handed over gate by gate: in order, by who may, from rows, and by two people over one manifest."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import psycopg
import pytest
from psycopg.types.json import Jsonb

from lifecycle import ledger
from lifecycle.handover import looking, passing, projects, readiness, scheduling
from lifecycle.handover.gates import GateName
from lifecycle.handover.looking import ProjectView
from lifecycle.handover.manifest import manifest_of, sha256_of_manifest
from lifecycle.handover.passing import signing_act, waiving_act
from lifecycle.handover.projects import DocumentWanted, ProjectWanted
from lifecycle.handover.readiness import TrainingHeld
from lifecycle.handover.reminding import remind
from lifecycle.ledger import VerifiedChain
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, NotFound, Rejected, Unconfirmed
from plant.notices.notice import NoticeSubject
from plant.people.principal import Principal, Recognition
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.notices import notices
from storage.projects import projects as rows
from tests.plant_rows import PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
SCHEDULE = "key,name,planned,forecast,actual\nS,Start,2026-01-01,2026-01-01,2026-01-01\nC,Complete,2026-07-01,{},\n"
NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW)


def person(name: str, *roles: PlantRole) -> Principal:
    return Principal(
        name=name, recognition=Recognition.PASSWORD, person_id=f"id of {name}", roles={"demo": frozenset(roles)}
    )


ENGINEER = person("Jonas", PlantRole.ENGINEERING)
OPERATOR = person("Ana", PlantRole.OPERATIONS)
CHIEF = person("Amara", PlantRole.SUPERVISOR)
BOTH = person("Max", PlantRole.ENGINEERING, PlantRole.OPERATIONS)
MECHANIC = person("Li", PlantRole.MAINTENANCE)


class Handover:
    """A project under test, and what people do in it."""

    tag = "cw"

    def __init__(self, database: Database, clock: ManualClock, rows: PlantRows) -> None:
        self.database, self.clock, self.rows = database, clock, rows
        asset_id = rows.asset("P-1")
        rows.installation(asset_id)
        self.signals = rows.signals(asset_id, "flow", "vibration")
        wanted = ProjectWanted(tag="cw", site="demo", name="Cooling water", assets=("P-1",), fresh_hours=1)
        projects.add_project(database, wanted, actor=ENGINEER, clock=clock)
        self.schedule("2026-07-10")

    def schedule(self, forecast: str, **more: Any) -> scheduling.ScheduleTaken:
        body = SCHEDULE.format(forecast).encode()
        return scheduling.import_schedule(
            self.database, "cw", "plan.csv", body, actor=ENGINEER, clock=self.clock, **more
        )

    def document(self, vdi_class: str, version: str = "1", asset: str | None = None) -> str:
        wanted = DocumentWanted(
            file="a.pdf",
            body=f"{vdi_class} {version}".encode(),
            vdi_class=vdi_class,
            title="Manual",
            version=version,
            asset=asset,
        )
        return projects.add_document(self.database, "cw", wanted, actor=ENGINEER, clock=self.clock)

    def passes(self, gate: GateName, actor: Principal = OPERATOR, note: str = "looked at on site") -> ProjectView:
        return passing.pass_gate(self.database, self.tag, gate, note=note, actor=actor, clock=self.clock)

    def signs(self, gate: GateName, side: Any, actor: Principal, digest: str | None = None) -> ProjectView:
        seen = digest or self.look().manifest_sha256
        signer = actor.confirm(signing_act("cw", gate, side, seen))
        return passing.sign(self.database, "cw", gate, side, seen, actor=signer, clock=self.clock)

    def look(self) -> ProjectView:
        return looking.look(self.database, self.tag, clock=self.clock)

    def lacks(self, gate: GateName) -> list[str]:
        return [lack.line for one in self.look().gates if one.gate is gate for lack in one.lacks]

    def hears(self, hours: float = 1.0, value: float = 1.0) -> None:
        """Let every signal say something each minute, up to now."""
        now = self.clock.now()
        for signal_id in self.signals:
            self.rows.connection.execute(
                "INSERT INTO reading (time, signal_id, value) SELECT t, %s, %s FROM"
                " generate_series(%s::timestamptz, %s, '1 minute') AS t ON CONFLICT DO NOTHING",
                [signal_id, value, now - timedelta(hours=hours), now],
            )
            self.rows.connection.execute(
                "INSERT INTO latest VALUES (%s, %s, %s, 0, %s)"
                " ON CONFLICT (signal_id) DO UPDATE SET time = excluded.time",
                [signal_id, now, value, now],
            )

    def train(self, name: str, **more: Any) -> None:
        held = {"asset_class": "pump", "person": name, "held_on": date(2026, 5, 30), "taught_by": "Jonas", **more}
        readiness.record_training(self.database, "cw", TrainingHeld(**held), actor=ENGINEER, clock=self.clock)

    def spare(self, part: str, wanted: int, on_hand: int | None = None) -> None:
        """A spare that the project wants, and that is there, or is not."""
        readiness.want_spare(self.database, "cw", part, Decimal(wanted), actor=ENGINEER, clock=self.clock)
        site_id = self.rows.connection.execute("SELECT site_id FROM site").fetchone()[0]
        there = wanted if on_hand is None else on_hand
        self.rows.add("part", site_id=site_id, number=part, name="Bearing", on_hand=there)

    def up_to_training(self) -> None:
        self.passes(GateName.FEASIBILITY)
        self.passes(GateName.PRE_REVIEW)
        for vdi_class in ("03-02", "03-04"):
            self.document(vdi_class)
        self.passes(GateName.COMPLETENESS, ENGINEER)
        self.passes(GateName.PUNCH_LIST, ENGINEER)

    def up_to_telemetry(self) -> None:
        self.up_to_training()
        self.train("Li Wei")
        self.passes(GateName.TRAINING)
        self.spare("BRG-6205", 2)
        self.passes(GateName.SPARES)

    def up_to_sign_off(self) -> None:
        self.up_to_telemetry()
        self.hears()
        self.passes(GateName.TELEMETRY, ENGINEER)
        self.signs(GateName.CONFIRMATION, "operations", OPERATOR)
        self.clock.sleep(31 * 86_400)
        self.hears()
        self.passes(GateName.TRIAL)


@pytest.fixture
def handover(app_database: Database, clock: ManualClock, plant_rows: PlantRows, superuser: Superuser) -> Handover:
    superuser.execute("SELECT ensure_partition('2026-05-31', '2026-07-03')")
    return Handover(app_database, clock, plant_rows)


def test_due_dates_follow_the_schedule_and_an_import_says_what_slipped(handover: Handover) -> None:
    due = {one.gate: one.due for one in handover.look().gates}
    assert (due[GateName.FEASIBILITY], due[GateName.PRE_REVIEW]) == (date(2026, 4, 6), date(2026, 6, 10))
    handover.clock.sleep(1)
    slips = handover.schedule("2026-07-20", is_trial=True).slips
    assert [one.moved_days for one in slips] == [0, 10]
    assert handover.look().milestones[1].slip_days == 9
    handover.schedule("2026-07-20")
    assert handover.look().milestones[1].slip_days == 19
    assert next(one.due for one in handover.look().gates if one.gate is GateName.SIGN_OFF) == date(2026, 8, 26)
    body = SCHEDULE.format("2026-07-20").encode()
    with pytest.raises(Forbidden):
        scheduling.import_schedule(handover.database, "cw", "a", body, actor=OPERATOR, clock=handover.clock)


def test_gates_are_passed_in_order_by_who_may_and_only_with_what_they_want(handover: Handover) -> None:
    with pytest.raises(Conflict, match="feasibility comes first"):
        handover.passes(GateName.PRE_REVIEW)
    with pytest.raises(Forbidden):
        handover.passes(GateName.FEASIBILITY, ENGINEER)
    with pytest.raises(Rejected, match="say what was found"):
        handover.passes(GateName.FEASIBILITY, note="ok")
    handover.passes(GateName.FEASIBILITY)
    with pytest.raises(Conflict, match="passed already"):
        handover.passes(GateName.FEASIBILITY)
    handover.passes(GateName.PRE_REVIEW)
    assert handover.lacks(GateName.COMPLETENESS) == ["document: P-1 03-02", "document: P-1 03-04"]
    handover.document("03-02", asset="P-1")
    with pytest.raises(Conflict, match="1 things are wanting for completeness"):
        handover.passes(GateName.COMPLETENESS, ENGINEER)
    handover.document("03-04")
    with pytest.raises(Conflict, match="is there already"):
        handover.document("03-04")
    with pytest.raises(Rejected, match="no class of VDI 2770"):
        handover.document("03-09")
    handover.passes(GateName.COMPLETENESS, ENGINEER)


def test_punch_a_blocks_and_b_is_carried_by_operations_with_a_date(handover: Handover) -> None:
    handover.passes(GateName.FEASIBILITY)
    handover.passes(GateName.PRE_REVIEW)
    for vdi_class in ("03-02", "03-04"):
        handover.document(vdi_class)
    handover.passes(GateName.COMPLETENESS, ENGINEER)
    database, clock = handover.database, handover.clock
    for category, text in (("A", "guard missing"), ("B", "paint")):
        projects.raise_punch(database, "cw", category=category, text=text, asset="P-1", actor=MECHANIC, clock=clock)
    assert handover.lacks(GateName.PUNCH_LIST) == ["punch a: 1 guard missing", "punch b: 2 paint"]
    with pytest.raises(NotFound):
        projects.carry_punch(database, "cw", 1, date(2026, 9, 1), actor=OPERATOR, clock=clock)
    with pytest.raises(Forbidden):
        projects.carry_punch(database, "cw", 2, date(2026, 9, 1), actor=ENGINEER, clock=clock)
    projects.carry_punch(database, "cw", 2, date(2026, 9, 1), actor=OPERATOR, clock=clock)
    with pytest.raises(Conflict):
        handover.passes(GateName.PUNCH_LIST, ENGINEER)
    projects.close_punch(database, "cw", 1, actor=MECHANIC, clock=clock)
    handover.passes(GateName.PUNCH_LIST, ENGINEER)
    with pytest.raises(NotFound):
        projects.raise_punch(database, "cw", category="A", text="x", asset="P-9", actor=MECHANIC, clock=clock)


def test_training_and_spares_are_counted_from_rows(handover: Handover, superuser: Superuser) -> None:
    handover.up_to_training()
    assert handover.lacks(GateName.TRAINING) == ["training: pump"]
    with pytest.raises(Conflict, match="1 things are wanting for training"):
        handover.passes(GateName.TRAINING)
    with pytest.raises(NotFound, match="no asset of class fan"):
        handover.train("Li Wei", asset_class="fan")
    with pytest.raises(Rejected, match="still to come"):
        handover.train("Li Wei", held_on=date(2026, 6, 2))
    with pytest.raises(Rejected, match="the teacher has"):
        handover.train("Li Wei", taught_by=" ")
    handover.train("Li Wei")
    with pytest.raises(Conflict, match="is recorded already"):
        handover.train("Li Wei")
    assert [(one.person, one.recorded_by) for one in handover.look().trainings] == [("Li Wei", "Jonas")]
    handover.passes(GateName.TRAINING)
    assert handover.lacks(GateName.SPARES) == ["no spares: cw"]
    with pytest.raises(Forbidden):
        readiness.want_spare(handover.database, "cw", "BRG-6205", Decimal(1), actor=OPERATOR, clock=handover.clock)
    handover.spare("BRG-6205", 2, on_hand=2)
    superuser.execute("UPDATE part SET reserved = 1")
    assert handover.lacks(GateName.SPARES) == ["spare: BRG-6205 1 / 2"], "what is reserved is not there for us"
    with pytest.raises(Conflict, match="1 things are wanting for spares"):
        handover.passes(GateName.SPARES)
    superuser.execute("UPDATE part SET on_hand = 3")
    handover.passes(GateName.SPARES)


def test_who_answers_for_a_gate_stands_on_it_and_rights_stay_as_they_are(handover: Handover) -> None:
    def say(gate: GateName, delivers: str, actor: Principal = ENGINEER) -> None:
        readiness.name_duty(
            handover.database,
            "cw",
            gate,
            delivers=delivers,
            checks="Ana",
            decides="Amara",
            actor=actor,
            clock=handover.clock,
        )

    say(GateName.FEASIBILITY, "Jonas")
    say(GateName.FEASIBILITY, "Pumps Ltd.")
    first, second = handover.look().gates[:2]
    assert first.duty is not None
    assert (first.duty.delivers, first.duty.decides, second.duty) == ("Pumps Ltd.", "Amara", None)
    with pytest.raises(Forbidden):
        say(GateName.FEASIBILITY, "nobody", OPERATOR)
    with pytest.raises(Rejected):
        say(GateName.FEASIBILITY, " ")
    with pytest.raises(Forbidden):
        handover.passes(GateName.FEASIBILITY, ENGINEER)


def test_telemetry_is_proven_from_the_rows_and_never_by_a_tick(handover: Handover, superuser: Superuser) -> None:
    handover.up_to_telemetry()
    assert handover.lacks(GateName.TELEMETRY) == ["never seen: P-1 flow", "never seen: P-1 vibration"]
    handover.hears(hours=0.5)
    assert handover.lacks(GateName.TELEMETRY) == ["gaps: P-1 flow", "gaps: P-1 vibration"]
    handover.hears()
    superuser.execute("UPDATE signal SET high = 0.5 WHERE key = 'flow'")
    assert handover.lacks(GateName.TELEMETRY) == ["out of range: P-1 flow"]
    superuser.execute("UPDATE signal SET high = 5 WHERE key = 'flow'")
    handover.clock.sleep(600)
    assert handover.lacks(GateName.TELEMETRY) == ["silent: P-1 flow", "silent: P-1 vibration"]
    handover.hears()
    handover.passes(GateName.TELEMETRY, ENGINEER)


def test_a_gate_is_waived_by_the_supervisor_alone_with_reason_and_password_and_that_shows(handover: Handover) -> None:
    def waive(gate: GateName, actor: Principal, reason: str = "tested at the maker's works") -> ProjectView:
        return passing.waive_gate(handover.database, "cw", gate, reason=reason, actor=actor, clock=handover.clock)

    confirmed = CHIEF.confirm(waiving_act("cw", GateName.FEASIBILITY))
    for actor in (ENGINEER, OPERATOR):
        with pytest.raises(Forbidden):
            waive(GateName.FEASIBILITY, actor.confirm(waiving_act("cw", GateName.FEASIBILITY)))
    for actor in (CHIEF, CHIEF.confirm(waiving_act("cw", GateName.SPARES))):
        with pytest.raises(Unconfirmed):
            waive(GateName.FEASIBILITY, actor)
    with pytest.raises(Rejected, match="a waiver has a reason"):
        waive(GateName.FEASIBILITY, confirmed, "no")
    with pytest.raises(Rejected, match="never waived"):
        waive(GateName.SIGN_OFF, confirmed)
    with pytest.raises(Conflict, match="comes first"):
        waive(GateName.SPARES, CHIEF.confirm(waiving_act("cw", GateName.SPARES)))
    view = waive(GateName.FEASIBILITY, confirmed)
    assert view.gates[0].settled is not None
    assert (view.gates[0].settled.outcome, view.gates[0].settled.actor) == ("waived", "Amara")


def states(superuser: Superuser) -> list[object]:
    return [row[0] for row in superuser.execute("SELECT state FROM asset").fetchall()]


def test_two_people_sign_one_manifest_and_a_later_change_voids_both_and_is_named(
    handover: Handover, superuser: Superuser
) -> None:
    handover.up_to_sign_off()
    intervals = superuser.execute("SELECT origin, healthy_from FROM healthy_interval").fetchall()
    assert intervals == [("commissioning", NOW)]
    digest = handover.look().manifest_sha256
    with pytest.raises(Unconfirmed):
        passing.sign(
            handover.database, "cw", GateName.SIGN_OFF, "engineering", digest, actor=ENGINEER, clock=handover.clock
        )
    with pytest.raises(Unconfirmed):  # confirmed for another side
        passing.sign(
            handover.database,
            "cw",
            GateName.SIGN_OFF,
            "operations",
            digest,
            actor=BOTH.confirm(signing_act("cw", GateName.SIGN_OFF, "engineering", digest)),
            clock=handover.clock,
        )
    for side, actor in (("engineering", OPERATOR), ("operations", ENGINEER), ("operations", MECHANIC)):
        with pytest.raises(Forbidden):
            handover.signs(GateName.SIGN_OFF, side, actor)
    with pytest.raises(Conflict, match="has changed since you looked"):
        handover.signs(GateName.SIGN_OFF, "engineering", ENGINEER, digest="0" * 64)
    with pytest.raises(Forbidden, match="only a person"):
        handover.signs(GateName.SIGN_OFF, "engineering", replace(ENGINEER, person_id=""))
    handover.signs(GateName.SIGN_OFF, "engineering", BOTH)
    with pytest.raises(Conflict, match="two people sign"):
        handover.signs(GateName.SIGN_OFF, "operations", BOTH)
    with pytest.raises(Conflict, match="Max has signed for engineering"):
        handover.signs(GateName.SIGN_OFF, "engineering", ENGINEER)
    assert states(superuser) == ["commissioning"]
    view = handover.signs(GateName.SIGN_OFF, "operations", OPERATOR)
    assert view.is_handed_over
    assert states(superuser) == ["in_service"]
    handover.signs(GateName.SIGN_OFF, "supervisor", CHIEF)
    superuser.execute("UPDATE signal SET high = 9 WHERE key = 'vibration'")
    view = handover.look()
    assert not view.is_handed_over
    voided = [one for one in view.signatures if one.gate == "sign_off"]
    assert {one.voided_because for one in voided} == {"limit P-1 vibration"}
    assert len(voided) == 3
    handover.signs(GateName.SIGN_OFF, "engineering", ENGINEER)
    handover.document("03-02", version="2")
    view = handover.look()
    assert view.signatures[-1].voided_because == "document cw 03-02 Manual"
    register_says(handover, "3 kW", "M-1")
    assert [one.voided_because for one in handover.look().signatures[-1:]] == ["document cw 03-02 Manual"]
    handover.signs(GateName.SIGN_OFF, "operations", OPERATOR)
    register_says(handover, "4 kW", "M-2")
    changed = "parameter P-1 Pset_Pump Power, registered document class pump Manual version 1"
    assert handover.look().signatures[-1].voided_because == changed
    handover.signs(GateName.SIGN_OFF, "operations", OPERATOR)
    assert handover.signs(GateName.SIGN_OFF, "engineering", ENGINEER).is_handed_over
    signed_by_an_earlier_version(handover, superuser)
    assert handover.look().is_handed_over, "a newer form of the manifest voids nothing"
    superuser.execute("UPDATE signal SET high = 8 WHERE key = 'vibration'")
    assert {one.voided_because for one in handover.look().signatures[-2:]} == {"limit P-1 vibration"}
    events = [str(row[0]) for row in superuser.execute("SELECT entry ->> 'event' FROM ledger ORDER BY seq").fetchall()]
    assert (events.count("handover.signed"), events.count("handover.voided")) == (8, 7)
    assert events.count("project.in_service") == 1, "what is voided later takes nothing out of service"
    with handover.database.transaction() as tx:
        assert isinstance(ledger.verify(tx, "demo"), VerifiedChain)


def register_says(handover: Handover, power: str, sha256: str) -> None:
    """A parameter of the asset and a document of its class, as an import writes them."""
    execute = handover.rows.connection.execute
    execute(
        "INSERT INTO parameter (site_id, asset_id, property_set, name, value)"
        " SELECT site_id, asset_id, 'Pset_Pump', 'Power', %s FROM asset"
        " ON CONFLICT ON CONSTRAINT parameter_is_unique DO UPDATE SET value = excluded.value",
        [power],
    )
    execute(
        "INSERT INTO register_document (site_id, class_id, title, version, sha256)"
        " SELECT site_id, class_id, 'Manual', '1', %s FROM asset"
        " ON CONFLICT ON CONSTRAINT register_document_is_unique DO UPDATE SET sha256 = excluded.sha256",
        [sha256],
    )


def signed_by_an_earlier_version(handover: Handover, superuser: Superuser) -> None:
    """Let the signatures that stand be over a manifest in its first form."""
    with handover.database.transaction() as tx:
        first = manifest_of(tx, rows.get(tx, "cw"), "1")
    superuser.execute(
        "UPDATE project_signature SET manifest = %s, manifest_sha256 = %s WHERE voided_at IS NULL",
        [Jsonb(first), sha256_of_manifest(first)],
    )


def test_trial_operation_takes_its_time_and_telemetry_goes_on(handover: Handover) -> None:
    handover.up_to_telemetry()
    handover.hears()
    handover.passes(GateName.TELEMETRY, ENGINEER)
    with pytest.raises(Rejected, match="is signed"):
        handover.passes(GateName.CONFIRMATION)
    handover.signs(GateName.CONFIRMATION, "operations", OPERATOR)
    assert handover.lacks(GateName.TRIAL) == ["trial runs: 2026-07-01"]
    handover.clock.sleep(31 * 86_400)
    assert handover.lacks(GateName.TRIAL) == ["silent: P-1 flow", "silent: P-1 vibration"]


def test_who_is_to_pass_a_gate_is_reminded_once_and_no_more_when_it_is_passed(handover: Handover) -> None:
    for _ in range(2):
        assert remind(handover.database, clock=handover.clock) == 1  # the feasibility report is late
    with handover.database.transaction() as tx:
        (posted,) = notices.about(tx, NoticeSubject.REMINDER, "cw/feasibility")
    assert posted.notice.title.zh == "cw：可行性报告，到期日 2026-04-06"
    assert posted.notice.team is None, "it is operations' to deliver"
    handover.passes(GateName.FEASIBILITY)
    assert remind(handover.database, clock=handover.clock) == 0
    with handover.database.transaction() as tx:
        (posted,) = notices.about(tx, NoticeSubject.REMINDER, "cw/feasibility")
    assert posted.ended_at is not None


def test_the_side_that_delivers_is_reminded_in_its_language_of_what_is_wanting(handover: Handover) -> None:
    handover.passes(GateName.FEASIBILITY)
    handover.passes(GateName.PRE_REVIEW)
    handover.clock.sleep(20 * 86_400)
    assert remind(handover.database, clock=handover.clock) == 1
    with handover.database.transaction() as tx:
        (posted,) = notices.about(tx, NoticeSubject.REMINDER, "cw/completeness")
    assert posted.notice.team == "engineering"
    assert [line.zh for line in posted.notice.lines] == ["缺少资料：P-1 03-02", "缺少资料：P-1 03-04"]
    assert posted.notice.lines[0].en == "No document: P-1 03-02"


def test_both_sides_are_reminded_of_what_both_sign(handover: Handover) -> None:
    handover.up_to_sign_off()
    handover.clock.sleep(40 * 86_400)
    assert remind(handover.database, clock=handover.clock) == 2
    with handover.database.transaction() as tx:
        found = notices.about(tx, NoticeSubject.REMINDER, "cw/sign_off")
    assert {(one.notice.team, one.told_revision) for one in found} == {("engineering", 1), (None, 1)}


def test_what_makes_no_sense_is_refused(handover: Handover) -> None:
    database, clock = handover.database, handover.clock
    wanted = ProjectWanted(tag="cw", site="demo", name="Again", assets=())
    with pytest.raises(Conflict, match="there is a project cw already"):
        projects.add_project(database, wanted, actor=ENGINEER, clock=clock)
    for bent, error in (
        (replace(wanted, tag="a/b"), Rejected),
        (replace(wanted, tag="x", assets=("nothing",)), NotFound),
        (replace(wanted, tag="x", required_documents=("99-99",)), Rejected),
        (replace(wanted, tag="x", site="nowhere"), NotFound),
    ):
        with pytest.raises(error):
            projects.add_project(database, bent, actor=ENGINEER, clock=clock)
    with pytest.raises(Forbidden):
        projects.add_project(database, replace(wanted, tag="x"), actor=OPERATOR, clock=clock)
    with pytest.raises(NotFound):
        looking.look(database, "nothing", clock=clock)


def test_what_is_refused_leaves_nothing_half_done(handover: Handover, superuser: Superuser) -> None:
    handover.up_to_sign_off()
    handover.signs(GateName.SIGN_OFF, "engineering", BOTH)
    digest = handover.look().manifest_sha256

    def left() -> list[object]:
        counted = ("project_gate", "project_signature", "ledger", "healthy_interval", "notice")
        return [superuser.execute(f"SELECT count(*) FROM {table}".encode()).fetchall() for table in counted]

    before, state = left(), states(superuser)
    for refused, act in (
        (Conflict, lambda: handover.passes(GateName.TRIAL)),  # passed already
        (Conflict, lambda: handover.signs(GateName.SIGN_OFF, "operations", BOTH)),  # the same person twice
        (Forbidden, lambda: handover.signs(GateName.SIGN_OFF, "operations", ENGINEER)),  # a wrong role
        (Conflict, lambda: handover.signs(GateName.SIGN_OFF, "operations", OPERATOR, digest="0" * 64)),  # stale
        (Conflict, lambda: handover.signs(GateName.CONFIRMATION, "operations", OPERATOR, digest)),
        (Rejected, lambda: handover.schedule("no date at all")),
    ):
        with pytest.raises(refused):
            act()
    assert (left(), states(superuser)) == (before, state)
