"""The second half of a demonstrated project: a fault, its order, a change of design, the review, and the ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial

from alerts.alarms.desk import Desk
from alerts.orders.commands import Codes, close_order, take_step
from lifecycle import ledger
from lifecycle.attesting import heads
from lifecycle.attesting.signed_note import NoteKey, opened
from lifecycle.attesting.witness import WitnessState, cosign
from lifecycle.feedback import deciding, looking
from lifecycle.feedback.changing import JobPlanChange
from lifecycle.feedback.rates import FeedbackRules
from lifecycle.handover import projects
from lifecycle.handover.projects import ProjectWanted
from lifecycle.review import decisions, recommending, reviewing
from lifecycle.review.recommending import WantedRecommendation
from lifecycle.warranty.claiming import claim_warranty
from plant.errors import Conflict, Unavailable
from plant.iso14224 import Activity
from plant.orders.job_plan import JobStep, TaskKind
from plant.work_order import Outcome, Step
from service.demo.project.stage import LATER, PROJECT, PUMP, SITE, Stage, devices, send
from storage.projects.recommendations import Assumed, RecommendedKind
from storage.work import ledger as ledger_rows
from storage.work import orders

_PATIENCE_ROUNDS = 40
_FAULTY = "P-501"
_RULES = FeedbackRules(least_failures=1, least_a_year=0.05)  # a plant waits for three failures; a play has one
Scene = tuple[str, Callable[[Stage], str]]


def scenes(began: datetime, present: datetime, following: str) -> Sequence[Scene]:
    """Return the scenes from the fault on, which begins at `began`; `following` is the next project."""
    return (
        ("A bearing wears out in service: findings, an alert, an order", partial(_fault, began, present)),
        ("The order is worked off; its class asks for a change of design", _work),
        ("Both sides review the project together", _review),
        ("The next project begins with what this one taught", partial(_teach, following)),
    )


def _fault(began: datetime, present: datetime, stage: Stage) -> str:
    from models.scoring.scorer import Scorer

    growth_s = 3 * 3600
    send(stage, devices(), stage.clock.now(), began)
    faulty = devices(f"{_FAULTY}:bearing_wear:{began.timestamp():.0f}:{growth_s}")
    send(stage, faulty, began, present - timedelta(minutes=20))
    scorer, desk = Scorer(stage.database, stage.clock, "assetloop demo project"), Desk(stage.database, stage.clock)
    for _ in range(_PATIENCE_ROUNDS):
        scorer.round()
        desk.round()
        found = _open_orders(stage)
        if found:
            return f"order {', '.join(found)} at {_FAULTY}"
        stage.clock.sleep(15)
    raise Unavailable("the desk raised no order; does something else score this record?")


def _open_orders(stage: Stage) -> list[str]:
    with stage.database.transaction() as tx:
        return [one.number for one in orders.list_orders(tx) if (one.site, one.asset) == (SITE, _FAULTY)]


def _work(stage: Stage) -> str:
    number = _open_orders(stage)[0]
    failed_at = stage.clock.now() - timedelta(minutes=2)
    for step, actor in ((Step.APPROVE, stage.amara), (Step.START, stage.li_wei), (Step.COMPLETE, stage.li_wei)):
        take_step(stage.database, number, step, actor=actor, clock=stage.clock)
    codes = Codes(
        outcome=Outcome.CONFIRMED,
        failure_mode="VIB",
        cause="3.4",
        action=Activity.REPLACE,
        note="bearing of the drive end was dry",
        failed_at=failed_at,
    )
    close_order(stage.database, number, codes, actor=stage.li_wei, clock=stage.clock)
    guarantor = _claim(stage, number)
    opened_now = looking.look(stage.database, stage.clock, _RULES)
    if not opened_now:
        raise Conflict("the failure asked for no change of design")
    change = JobPlanChange(
        plan="first-start",
        name="Before the first start",
        add=(JobStep(text="Grease the bearing of the drive end", text_zh="给驱动端轴承加脂", kind=TaskKind.CHECK),),
    )
    deciding.accept(
        stage.database,
        opened_now[0],
        [change],
        reason="delivered without grease",
        actor=stage.jonas,
        clock=stage.clock,
    )
    return (
        f"{number} is closed with its codes and claimed of {guarantor}, whose warranty holds; "
        f"DR-{opened_now[0]} was opened and accepted by engineering"
    )


def _claim(stage: Stage, number: str) -> str:
    """Claim what the order cost within the warranty; return of whom."""
    amount, note = Decimal(480), "bearing and four hours"
    return claim_warranty(
        stage.database, number, amount=amount, note=note, actor=stage.li_wei, clock=stage.clock
    ).guarantor


def _review(stage: Stage) -> str:
    recommending.assume(stage.database, PROJECT, PUMP, Assumed.FAILURES, 0.2, actor=stage.jonas, clock=stage.clock)
    decisions.raise_decision(
        stage.database,
        PROJECT,
        "Who checks the grease of the other machines?",
        side="engineering",
        owner=stage.jonas.name,
        due=_in_days(stage, 7),
        actor=stage.ana,
        clock=stage.clock,
    )
    wanted = WantedRecommendation(
        asset_class=PUMP,
        kind=RecommendedKind.CHECK,
        what="bearings are greased before the first start",
        because="P-501 failed two days after it was taken over",
    )
    number = recommending.recommend(stage.database, PROJECT, wanted, actor=stage.jonas, clock=stage.clock)
    recommending.decide_on_recommendation(
        stage.database, PROJECT, number, is_accepted=True, actor=stage.ana, clock=stage.clock
    )
    held = reviewing.hold(stage.database, PROJECT, actor=stage.amara, clock=stage.clock, with_lessons=True)
    failed = [line.what.en for section in held.sections if section.key == "failed" for line in section.lines]
    return f"review {held.number} names {', '.join(failed)}"


def _in_days(stage: Stage, days: int) -> date:
    return stage.clock.now().date() + timedelta(days=days)


def _teach(following: str, stage: Stage) -> str:
    wanted = ProjectWanted(tag=following, site=SITE, name="Riverside extension", assets=(LATER,), required_documents=())
    projects.add_project(stage.database, wanted, actor=stage.jonas, clock=stage.clock)
    review = reviewing.draft(stage.database, following, clock=stage.clock, with_lessons=True)
    taken = [line.what.en for section in review.sections if section.key == "taken_over" for line in section.lines]
    return f"{following} is to answer: {'; '.join(taken)}"


def witness(stage: Stage, keys: tuple[NoteKey, NoteKey]) -> tuple[int, int]:
    """Verify the ledger, sign its head and let the witness cosign it; return its entries, and how many are cosigned.

    Raises:
        Conflict: the chain does not verify.
    """
    key, witness_key = keys
    state, now = WitnessState(stage.folder / "witness.json"), stage.clock.now()
    with stage.database.transaction() as tx:
        note = heads.sign_head(tx, SITE, key, now)
        verdict = heads.compare(tx, SITE, [opened(note, key.verifier)])
        if not isinstance(verdict, ledger.VerifiedChain):
            raise Conflict(f"the ledger does not verify: {verdict}")

        def consistency(before: int, size: int) -> list[bytes]:
            return [bytes.fromhex(one) for one in heads.consistency(tx, SITE, before, size)]

        line = cosign(
            state, note, witness_key, at_s=int(now.timestamp()), consistency=consistency, verifier=key.verifier
        )
        size = int(note.splitlines()[1])
        ledger_rows.add_cosignature(tx, SITE, size=size, line=line, at=now)
    return verdict.entries, size
