"""The scenes of a demonstrated project, in order: each does what people, machines and the product would have done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

from lifecycle.attesting.signed_note import NoteKey
from lifecycle.handover import looking, passing, projects, readiness, scheduling
from lifecycle.handover.gates import RULES, GateName, deciding_side
from lifecycle.handover.passing import signing_act
from lifecycle.handover.projects import DocumentWanted, ProjectWanted
from lifecycle.handover.readiness import TrainingHeld
from lifecycle.importing.reading import ReadOptions, read_facts
from lifecycle.importing.running import import_facts
from lifecycle.register.importing import import_plant
from lifecycle.review import goals
from plant.people.principal import Principal
from service.demo.project import files, service_life
from service.demo.project.stage import (
    MOTOR,
    MOTORS,
    NEXT_PROJECT,
    PROJECT,
    PUMP,
    PUMPS,
    SITE,
    Stage,
    bare_plant,
    devices,
    send,
)
from storage.core.database import Transaction
from storage.orders import stock
from storage.projects.gates import Side
from storage.projects.goals import Measure
from storage.projects.reviews import OwingSide

DAY = timedelta(days=1)
BEGAN, COMPLETE, FORECAST = 50 * DAY, 6 * DAY, 5 * DAY
"""How long before the present the project began, and was, and is, to be complete."""
TRIAL_BEGAN, SERVICE_BEGAN, FAULT_BEGAN = timedelta(days=4, hours=12), timedelta(days=2, hours=6), timedelta(hours=8)
Scene = tuple[str, Callable[[Stage], str]]


@dataclass(frozen=True, kw_only=True, slots=True)
class PlayedProject:
    """What came of the play, as an acceptance test looks at it."""

    project: str
    refused: Sequence[str]
    said: Sequence[str]
    entries: int
    cosigned: int


def play(stage: Stage, keys: tuple[NoteKey, NoteKey]) -> PlayedProject:
    """Play every scene; `keys` sign the ledger's heads here, and as the witness.

    Raises:
        AssetloopError: a scene went otherwise than it should.
    """
    present = stage.clock.now() + BEGAN
    said = []
    for what, scene in (*_scenes(present), *service_life.scenes(present - FAULT_BEGAN, present, NEXT_PROJECT)):
        stage.say(what)
        came = scene(stage)
        said.append(came)
        stage.say(f"  {came}")
    stage.say("The ledger is verified, and the other side's witness looks at it")
    witnessed = service_life.witness(stage, keys)
    stage.say(f"  {witnessed[0]} entries verify, and the witness cosigned their head")
    return PlayedProject(project=PROJECT, refused=stage.refused, said=said, entries=witnessed[0], cosigned=witnessed[1])


def _scenes(present: datetime) -> Sequence[Scene]:
    return (
        ("The register comes: classes, a tag list, a COBie workbook", _register),
        ("The project is set up with its schedule and its goals", _plan),
        ("Operations look at the concept, and review it", _look_early),
        ("Documents, punches, training and spares are handed in", lambda stage: _hand_in(stage, present)),
        ("Machines speak, and telemetry is proven from the rows", lambda stage: _prove(stage, present)),
        ("Trial operation runs, and models learn from it", lambda stage: _try_out(stage, present)),
        ("Two people sign, for two sides", lambda stage: _sign_off(stage, present)),
    )


def _register(stage: Stage) -> str:
    with stage.database.transaction() as tx:
        import_plant(tx, bare_plant(), at=stage.clock.now())
    faults, changes = 0, 0
    for file in (files.tag_list(stage.folder), files.cobie(stage.folder)):
        facts = read_facts(file, ReadOptions(site=SITE))
        taken = import_facts(stage.database, facts, actor=stage.jonas, clock=stage.clock)
        again = import_facts(stage.database, facts, actor=stage.jonas, clock=stage.clock)
        faults += len(taken.faults) + (not again.is_none)
        changes += sum(taken.added.values()) + sum(taken.changed.values())
    with stage.database.transaction() as tx:
        _stock(tx, stage)
    return f"{changes} things were added or changed, {faults} faults, and a second import changed nothing"


def _stock(tx: Transaction, stage: Stage) -> None:
    from plant.orders.spending import Part

    stock.put_currency(tx, SITE, "EUR")
    stock.put_part(tx, SITE, Part(number="BRG-6312", name="Bearing 6312", price=Decimal(84)))
    part = stock.get_part(tx, SITE, "BRG-6312")
    stock.receive(tx, part.part_id, Decimal(2), None)
    stock.note_movement(
        tx, part.part_id, "received", Decimal(2), at=stage.clock.now(), by=stage.li_wei.name, note="first stock"
    )


def _plan(stage: Stage) -> str:
    wanted = ProjectWanted(
        tag=PROJECT,
        site=SITE,
        name="Riverside intake",
        assets=(*PUMPS, *MOTORS),
        trial_days=2,
        fresh_hours=6,
        warranty_months=24,
    )
    projects.add_project(stage.database, wanted, actor=stage.jonas, clock=stage.clock)
    start = stage.clock.now().date()
    planned, forecast = start + BEGAN - COMPLETE, start + BEGAN - FORECAST
    taken = _schedule(stage, start, start)
    for measure, target in (
        (Measure.SCHEDULE, 3),
        (Measure.AVAILABILITY, 0.98),
        (Measure.FAILURES, 0),
        (Measure.ENERGY, 1300),
    ):
        number = goals.propose_goal(stage.database, PROJECT, measure, target, actor=stage.jonas, clock=stage.clock)
        for side, actor in _sides(stage):
            goals.agree_to_goal(stage.database, PROJECT, number, side, actor=actor, clock=stage.clock)
    names = {"engineering": stage.jonas.name, "operations": stage.ana.name, "supervisor": stage.amara.name}
    names["both"] = f"{stage.jonas.name}, {stage.ana.name}"
    for gate, rule in RULES.items():
        readiness.name_duty(
            stage.database,
            PROJECT,
            gate,
            delivers=names[rule.delivers],
            checks=names[rule.checks],
            decides=names[deciding_side(gate)],
            actor=stage.jonas,
            clock=stage.clock,
        )
    slip = (forecast - planned).days
    return f"{len(taken.slips)} milestones; completion slips by {slip} d; 4 goals agreed by both sides"


def _schedule(stage: Stage, start: date, status: date) -> scheduling.ScheduleTaken:
    """Take the schedule over as it stood on a day."""
    body = files.schedule(start, start + BEGAN - COMPLETE, start + BEGAN - FORECAST, status)
    return scheduling.import_schedule(
        stage.database, PROJECT, "riverside.xml", body, actor=stage.jonas, clock=stage.clock
    )


def _sides(stage: Stage) -> tuple[tuple[OwingSide, Principal], ...]:
    return ("engineering", stage.jonas), ("operations", stage.ana)


def _passes(stage: Stage, gate: GateName, actor: Principal, note: str = "") -> None:
    passing.pass_gate(stage.database, PROJECT, gate, note=note, actor=actor, clock=stage.clock)


def _look_early(stage: Stage) -> str:
    stage.clock.sleep(20 * 86_400)
    stage.refuses(lambda: _passes(stage, GateName.COMPLETENESS, stage.jonas))
    _passes(stage, GateName.FEASIBILITY, stage.ana, "the concept can be operated by the shift we have")
    _passes(stage, GateName.PRE_REVIEW, stage.ana, "walked through; drains of P-502 to be moved")
    return "the gate of completeness was refused out of order; feasibility and pre-review are passed"


def _hand_in(stage: Stage, present: datetime) -> str:
    stage.clock.go_to(present - 14 * DAY)
    stage.refuses(lambda: _passes(stage, GateName.COMPLETENESS, stage.jonas))
    for vdi_class, title in (("03-02", "Operating manual"), ("03-04", "Maintenance manual")):
        wanted = DocumentWanted(file=f"{vdi_class}.pdf", body=title.encode(), vdi_class=vdi_class, title=title)
        projects.add_document(stage.database, PROJECT, wanted, actor=stage.jonas, clock=stage.clock)
    _passes(stage, GateName.COMPLETENESS, stage.jonas)
    _schedule(stage, (present - BEGAN).date(), stage.clock.now().date())
    punch = projects.raise_punch(
        stage.database,
        PROJECT,
        category="A",
        text="coupling guard is missing",
        asset="P-502",
        actor=stage.ana,
        clock=stage.clock,
    )
    stage.refuses(lambda: _passes(stage, GateName.PUNCH_LIST, stage.jonas))
    projects.close_punch(stage.database, PROJECT, punch, actor=stage.jonas, clock=stage.clock)
    _passes(stage, GateName.PUNCH_LIST, stage.jonas)
    for asset_class in (PUMP, MOTOR):
        held = TrainingHeld(
            asset_class=asset_class,
            person=stage.li_wei.name,
            held_on=stage.clock.now().date(),
            taught_by=stage.jonas.name,
        )
        readiness.record_training(stage.database, PROJECT, held, actor=stage.jonas, clock=stage.clock)
    _passes(stage, GateName.TRAINING, stage.ana)
    readiness.want_spare(stage.database, PROJECT, "BRG-6312", Decimal(2), actor=stage.jonas, clock=stage.clock)
    _passes(stage, GateName.SPARES, stage.ana)
    return "completeness, punch list, training and spares are passed, each counted from rows"


def _prove(stage: Stage, present: datetime) -> str:
    began = present - TRIAL_BEGAN
    stage.clock.go_to(began - timedelta(hours=7))
    _schedule(stage, (present - BEGAN).date(), stage.clock.now().date())
    stage.refuses(lambda: _passes(stage, GateName.TELEMETRY, stage.jonas))
    count = send(stage, devices(), began - timedelta(hours=7), began)
    _passes(stage, GateName.TELEMETRY, stage.jonas)
    view = looking.look(stage.database, PROJECT, clock=stage.clock)
    _signs(stage, GateName.CONFIRMATION, "operations", stage.ana, view.manifest_sha256)
    return f"{count:,} values proved it; operations confirmed the handover"


def _signs(stage: Stage, gate: GateName, side: Side, actor: Principal, digest: str) -> None:
    signer = actor.confirm(signing_act(PROJECT, gate, side, digest))
    passing.sign(stage.database, PROJECT, gate, side, digest, actor=signer, clock=stage.clock)


def _try_out(stage: Stage, present: datetime) -> str:
    from models.training.train import TrainingRefused, train
    from plant.model import Succession

    count = send(stage, devices(), present - TRIAL_BEGAN, present - SERVICE_BEGAN)
    _passes(stage, GateName.TRIAL, stage.ana)
    trained = train(
        stage.database,
        clock=stage.clock,
        trained_by="assetloop demo project",
        tags=[(SITE, tag) for tag in (*PUMPS, *MOTORS)],
        succession=Succession.PROMOTE,
    )
    refused = [one.reason for one in trained if isinstance(one, TrainingRefused)]
    return f"{count:,} values; {len(trained) - len(refused)} models learnt from them {refused or ''}".strip()


def _sign_off(stage: Stage, present: datetime) -> str:
    stage.clock.go_to(present - SERVICE_BEGAN + timedelta(minutes=5))
    view = looking.look(stage.database, PROJECT, clock=stage.clock)
    digest = view.manifest_sha256
    stage.refuses(lambda: _signs(stage, GateName.SIGN_OFF, "engineering", stage.ana, digest))
    stage.refuses(lambda: _signs(stage, GateName.SIGN_OFF, "engineering", stage.jonas, "0" * 64))
    _signs(stage, GateName.SIGN_OFF, "engineering", stage.jonas, digest)
    _signs(stage, GateName.SIGN_OFF, "operations", stage.ana, digest)
    _signs(stage, GateName.SIGN_OFF, "supervisor", stage.amara, digest)
    done = looking.look(stage.database, PROJECT, clock=stage.clock)
    state = "in service" if done.is_handed_over else "not handed over"
    return f"Jonas and Ana signed, the supervisor countersigned: {state}"
