"""Rules choose an order by what is found, the first that fits, and say why."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plant.errors import Rejected
from plant.orders.rules import (
    DEFAULT_ORDER_RULES,
    OrderCase,
    OrderRule,
    WorkType,
    choose,
    choose_anyway,
    finish_within,
    priority_of,
)
from plant.orders.wording import plain_text
from plant.severity import Severity

BEARING = OrderRule(
    name="bearing near its end",
    from_severity=Severity.MINOR,
    life_within_s=7 * 86_400.0,
    failure_mode="VIB",
    work_type=WorkType.CONDITION_BASED,
    priority=1,
    finish_within=timedelta(days=2),
    team="mechanics",
    job_plan="bearing",
)


def case(severity: Severity = Severity.MINOR, **values: object) -> OrderCase:
    return OrderCase(**{"severity": severity, "failure_mode": "VIB", "lasted_s": 30.0, "life_s": 86_400.0, **values})


def test_the_first_rule_that_fits_gives_the_order_and_says_why() -> None:
    chosen = choose((BEARING, *DEFAULT_ORDER_RULES), case())
    assert chosen is not None
    assert (chosen.work_type, chosen.priority, chosen.finish_within) == (
        WorkType.CONDITION_BASED,
        1,
        timedelta(days=2),
    )
    assert (chosen.team, chosen.job_plan) == ("mechanics", "bearing")
    assert chosen.why["rule"] == "bearing near its end"
    assert chosen.why["because"] == [
        {"condition": "severity", "least": "MINOR", "found": "MINOR"},
        {"condition": "remaining_life", "most": 604_800.0, "found": 86_400},
        {"condition": "failure_mode", "found": "VIB"},
    ]


@pytest.mark.parametrize(
    "other",
    [{"severity": Severity.WARNING}, {"failure_mode": "LEK"}, {"life_s": 8 * 86_400.0}, {"life_s": None}],
)
def test_a_rule_whose_conditions_do_not_all_hold_gives_nothing(other: dict[str, object]) -> None:
    assert choose((BEARING,), case(**other)) is None  # type: ignore[arg-type]


def test_what_a_person_says_need_not_last() -> None:
    lasting = OrderRule(name="lasts", lasting_s=600.0)
    assert choose((lasting,), case(lasted_s=5.0)) is None
    assert choose((lasting,), case(lasted_s=None)) is not None


@given(severity=st.sampled_from(Severity), lasted_s=st.floats(0, 1e6))
def test_without_rules_of_its_own_a_class_gets_orders_as_ever(severity: Severity, lasted_s: float) -> None:
    chosen = choose(DEFAULT_ORDER_RULES, case(severity, lasted_s=lasted_s))
    deserved = severity.at_least(Severity.MAJOR) or (severity.at_least(Severity.MINOR) and lasted_s >= 600)
    assert (chosen is not None) == deserved
    anyway = choose_anyway(DEFAULT_ORDER_RULES, case(severity, lasted_s=lasted_s))
    assert (anyway.priority, anyway.finish_within) == (priority_of(severity), finish_within(severity))


@pytest.mark.parametrize(
    ("text", "reason"), [("  ", "no_comment"), ("a\x07b", "control_character"), ("x" * 5000, "too_long")]
)
def test_what_is_no_plain_text_is_refused(text: str, reason: str) -> None:
    with pytest.raises(Rejected) as caught:
        plain_text(text, what="comment")
    assert caught.value.reason == reason
