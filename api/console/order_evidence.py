"""All that speaks for one work order, read at once: order, asset, history, and the signals around the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from alerts.knowledge.lessons import offered
from alerts.knowledge.nearest import Near, nearest
from api.console.components.charts.charts import ChartWindow, Trace
from api.console.texts.texts import named
from api.language import Language
from api.parts import Parts
from plant.iso14224 import Names
from plant.orders.attachment import Attachment
from plant.orders.job_plan import JobPlan, OrderTask
from plant.orders.spending import Downtime, Part, ReservedPart, Spending, Trade, spent_on
from plant.orders.warranty import ClaimStep, CoveredFailure, WarrantyClaim
from plant.people.principal import Principal, Recognition
from plant.people.rights import Right
from plant.work_order import Booking, Closing, WorkOrder
from storage.core.database import Transaction
from storage.identity import people
from storage.knowledge.lessons import LessonWords
from storage.notices import answers
from storage.notices.answers import EngineeringAnswer
from storage.orders import job_plans, stock
from storage.orders.attachments import attachments_of
from storage.orders.comments import OrderComment, comments_of
from storage.orders.downtimes import list_downtimes
from storage.orders.tasks import tasks_of
from storage.orders.warranties import covered_failures
from storage.orders.warranty_claims import claims_of_orders, steps_of
from storage.register.assets import time_zone_of
from storage.views import overview
from storage.views.overview import AssetView, SignalView
from storage.work import orders
from storage.work.orders import OrderEvent

_LEADING = 3
_LEAST_AROUND, _MOST_AROUND = timedelta(minutes=5), timedelta(hours=6)

Naming = Callable[[SignalView], str]


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderPeople:
    """To whom an order may be given: teams by tag and people by sign-in, with their names in English and Chinese."""

    teams: dict[str, Names]
    able: dict[str, Names]

    def team_name(self, tag: str | None, language: Language) -> str | None:
        """Return how a team is called."""
        return None if tag is None else named(language, *self.teams.get(tag, (tag, "")))


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderWork:
    """What is to be done: the tasks, the plan they come from, and the plans that the order could follow."""

    tasks: Sequence[OrderTask]
    plan: JobPlan | None
    plans: Sequence[JobPlan]


def work_of(tx: Transaction, order: WorkOrder) -> OrderWork:
    """Read what is to be done for an order."""
    plan = job_plans.find_job_plan(tx, order.job_plan, order.job_plan_version) if order.job_plan else None
    return OrderWork(
        tasks=tasks_of(tx, order.order_id),
        plan=plan,
        plans=() if plan or not order.state.is_open else job_plans.list_job_plans(tx, order.asset_class),
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderSpending:
    """What was spent on an order and is reserved for it, and what could be: the site's trades, parts and people."""

    spent: Spending
    reserved: Sequence[ReservedPart]
    currency: str
    trades: Sequence[Trade]
    parts: Sequence[Part]
    people: dict[str, Names]
    today: date


def spending_for(tx: Transaction, order: WorkOrder, now: datetime) -> OrderSpending:
    """Read what was spent on an order, and what could be."""
    able = people_for(tx, order.site).able
    return OrderSpending(
        spent=spent_on(orders.bookings(tx, order.order_id)),
        reserved=list(stock.reservations_of(tx, order.order_id).values()),
        currency=stock.currency_of(tx, order.site),
        trades=stock.trades_of(tx, order.site),
        parts=stock.list_parts(tx, order.site),
        people=able,
        today=now.astimezone(ZoneInfo(time_zone_of(tx, order.site))).date(),
    )


def people_for(tx: Transaction, site: str) -> OrderPeople:
    """Return the teams there are, and who may work on orders at a site."""
    able = [
        one
        for one in people.everybody(tx)
        if one.disabled_at is None
        and Principal(name=one.name, recognition=Recognition.TYPED, roles=one.roles).may(Right.WORK_ON_ORDERS, site)
    ]
    return OrderPeople(
        teams={one.tag: (one.name, one.name_zh) for one in people.teams(tx)},
        able={one.sign_in: (one.name, "") for one in able},
    )


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """One order with its evidence; `names` are the asset's signals' by key, `traces` those that lead.

    `lesson` is what is offered to be kept of it.
    """

    order: WorkOrder
    asset: AssetView
    events: Sequence[OrderEvent]
    traces: Sequence[Trace]
    window: ChartWindow | None
    names: dict[str, str]
    bookings: Sequence[Booking]
    closing: Closing | None
    comments: Sequence[OrderComment]
    people: OrderPeople
    work: OrderWork
    files: Sequence[Attachment]
    answers: Sequence[EngineeringAnswer]
    is_engineering: bool
    near: Sequence[Near]
    spending: OrderSpending
    downtimes: Sequence[Downtime]
    lesson: LessonWords | None
    covered: CoveredFailure | None
    claim: WarrantyClaim | None
    claim_steps: Sequence[ClaimStep]


def read_dossier(parts: Parts, number: str, naming: Naming) -> Dossier:
    """Read an order with all that speaks for it; `naming` says how a signal is called.

    Raises:
        NotFound: there is no such order.
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        order = orders.get_order(tx, number)
        asset = overview.get_asset(tx, order.site, order.asset, now=parts.clock.now())
        window = window_of(order)
        claim = claims_of_orders(tx, [order.order_id]).get(number)
        return Dossier(
            answers=answers.of_order(tx, order.order_id),
            is_engineering=answers.answers_for_engineering(tx, order.team),
            order=order,
            asset=asset,
            events=orders.order_events(tx, order.order_id),
            traces=[trace for trace in _traces(tx, order, asset, window, naming) if trace.points],
            window=window,
            names={signal.key: naming(signal) for signal in asset.signals},
            bookings=orders.bookings(tx, order.order_id),
            closing=orders.closing_of(tx, order.order_id),
            comments=comments_of(tx, order.order_id),
            people=people_for(tx, order.site),
            work=work_of(tx, order),
            files=attachments_of(tx, order.order_id),
            near=nearest(tx, order),
            spending=spending_for(tx, order, parts.clock.now()),
            downtimes=list_downtimes(tx, order_id=order.order_id),
            lesson=offered(tx, order),
            covered=covered_failures(tx, [order.order_id]).get(order.order_id),
            claim=claim,
            claim_steps=steps_of(tx, claim.claim_id) if claim else (),
        )


def _traces(
    tx: Transaction, order: WorkOrder, asset: AssetView, window: ChartWindow | None, naming: Naming
) -> list[Trace]:
    if window is None:
        return []
    since, until = around(window)
    known = {signal.key: signal for signal in asset.signals}
    leading = [known[one["signal"]] for one in signals_of(order)[:_LEADING] if one["signal"] in known]
    return [
        Trace(
            name=naming(signal),
            unit=signal.unit,
            points=overview.get_series(tx, signal.signal_id, time_from=since, time_to=until, whole_steps=True),
            low=signal.low,
            high=signal.high,
        )
        for signal in leading
    ]


def signals_of(order: WorkOrder) -> list[dict[str, Any]]:
    """Return the contributing signals of an order's evidence, the largest share first."""
    return list(order.evidence.get("signals") or ())


def window_of(order: WorkOrder) -> ChartWindow | None:
    """Read the window out of an order's evidence; None where it has none."""
    window = order.evidence.get("window") or {}
    since, until = instant_of(window.get("from")), instant_of(window.get("to"))
    if since is None or until is None:
        return None
    return ChartWindow(time_from=since, time_to=until, onset=instant_of(order.evidence.get("onset")))


def around(window: ChartWindow) -> tuple[datetime, datetime]:
    """Choose what is shown around a window: before it as much as it lasted, 5 min to 6 h, and a little after."""
    margin = min(max(window.time_to - window.time_from, _LEAST_AROUND), _MOST_AROUND)
    return window.time_from - margin, window.time_to + margin / 4


def instant_of(said: object) -> datetime | None:
    """Read an instant out of a document; None where it is none."""
    try:
        return datetime.fromisoformat(said) if isinstance(said, str) else None
    except ValueError:
        return None
