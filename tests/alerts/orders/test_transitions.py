"""The Maximo life of a work order, each state and each step."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from alerts.orders import transitions
from plant.errors import Conflict
from plant.severity import Severity
from plant.work_order import OrderState, Step, WorkOrder

AT = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)

# the Maximo life as the conventions write it; from APPR work may begin at once, and work under way may have to wait
WAITING = {"WSCH", "WMATL", "WPCOND"}
LIFE = {
    "WAPPR": {"APPR", "CAN"},
    "APPR": {"INPRG", "CAN"} | WAITING,
    "WSCH": {"INPRG", "CAN", "WMATL", "WPCOND"},
    "WMATL": {"INPRG", "CAN", "WSCH", "WPCOND"},
    "WPCOND": {"INPRG", "CAN", "WSCH", "WMATL"},
    "INPRG": {"COMP"} | WAITING,
    "COMP": {"CLOSE"},
    "CLOSE": set(),
    "CAN": set(),
}


def standing(state: OrderState, *, booked: bool = False) -> WorkOrder:
    return WorkOrder(
        order_id=1,
        number="WO-000001",
        asset_id=1,
        site="demo",
        asset="P-101",
        asset_class="pump",
        failure_mode="VIB",
        state=state,
        priority=2,
        severity=Severity.MAJOR,
        title="P-101: condition deviates",
        evidence={},
        requested_finish=AT,
        created_at=AT,
        changed_at=AT,
        revision=1,
        booked=booked,
    )


@pytest.mark.parametrize("state", list(OrderState))
@pytest.mark.parametrize("step", list(Step))
def test_only_the_moves_of_the_life_are_allowed(state: OrderState, step: Step) -> None:
    order = standing(state)
    if step.leads_to.value in LIFE[state.value]:
        assert transitions.stepped(order, step, "Ada", AT).state is step.leads_to
        assert step in order.steps
    else:
        assert step not in order.steps
        with pytest.raises(Conflict, match=f"is {state.value}, which allows .*, not {step.value}"):
            transitions.stepped(order, step, "Ada", AT)


@pytest.mark.parametrize("state", [OrderState.WAPPR, OrderState.APPR, OrderState.WMATL, OrderState.INPRG])
def test_what_is_booked_is_not_cancelled(state: OrderState) -> None:
    order = standing(state, booked=True)
    assert Step.CANCEL not in order.steps
    with pytest.raises(Conflict, match="cannot be cancelled: work or cost is booked"):
        transitions.cancelled(order, "Ada", AT)
