"""Orders are changed, given to people and spoken about; nothing that belongs to one is ever lost by it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest

from alerts.alarms.desk import Desk
from alerts.orders.commands import take_step
from alerts.orders.editing import OrderChanges, assign_order, comment_on_order, edit_order
from plant.clock import ManualClock
from plant.errors import Conflict, NotFound, Rejected, StaleRevision
from plant.finding import Finding
from plant.orders.rules import WorkType
from plant.people.principal import typed
from plant.people.rights import PlantRole
from plant.work_order import Step, WorkOrder
from storage.core.database import Database
from storage.identity import people as people_rows
from storage.orders.comments import comments_of
from storage.work import orders
from tests import people

ADA, LI = typed("Ada"), typed("Li Wei")


@pytest.fixture
def order(desk: Desk, found: Callable[..., Finding], app_database: Database) -> WorkOrder:
    found()
    desk.round()
    return read(app_database)


def read(database: Database) -> WorkOrder:
    with database.transaction() as tx:
        return orders.get_order(tx, "WO-000001")


def test_an_order_is_changed_from_the_revision_that_was_read(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    later = order.requested_finish + timedelta(days=1)
    changes = OrderChanges(
        title="Change the bearing", priority=1, work_type=WorkType.CONDITION_BASED, requested_finish=later
    )
    edited = edit_order(app_database, order.number, changes, revision=1, actor=ADA, clock=clock)
    assert read(app_database) == edited
    assert (edited.title, edited.priority, edited.requested_finish) == ("Change the bearing", 1, later)
    assert (edited.revision, edited.acknowledged_by) == (2, "Ada")


def test_who_edits_an_older_version_is_refused_and_shown_both(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    edit_order(app_database, order.number, OrderChanges(priority=1), revision=1, actor=ADA, clock=clock)
    with pytest.raises(StaleRevision, match=r"was changed by Ada at .*; look at both and decide") as caught:
        edit_order(app_database, order.number, OrderChanges(title="Mine"), revision=1, actor=LI, clock=clock)
    assert (caught.value.current["priority"], caught.value.current["title"]) == (1, order.title)
    assert (caught.value.yours["priority"], caught.value.yours["title"]) == (2, "Mine")
    assert (caught.value.current["revision"], caught.value.yours["revision"]) == (2, 1)
    assert read(app_database).title == order.title


def test_a_step_from_an_older_version_is_refused_where_it_says_so(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    comment_on_order(app_database, order.number, "not yet!", actor=LI, clock=clock)
    with pytest.raises(StaleRevision):
        take_step(app_database, order.number, Step.APPROVE, actor=ADA, clock=clock, revision=1)
    take_step(app_database, order.number, Step.APPROVE, actor=ADA, clock=clock, revision=2)


def test_an_order_is_given_to_a_team_and_a_person_and_to_nobody_again(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    people.enter(app_database, clock, "li", name="Li Wei", roles=((PlantRole.MAINTENANCE, "demo"),))
    with app_database.transaction() as tx:
        people_rows.put_team(tx, tag="mechanics", name="Mechanics")

    def assign(team: str | None, person: str | None) -> WorkOrder:
        return assign_order(app_database, order.number, team=team, person=person, revision=None, actor=ADA, clock=clock)

    assert assign("mechanics", "li") == read(app_database)
    assert (read(app_database).team, read(app_database).assignee_name) == ("mechanics", "Li Wei")
    assign(None, None)
    assert (read(app_database).team, read(app_database).assignee) == (None, None)


def test_an_order_is_given_to_nobody_who_is_not_there_or_may_not_do_it(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    people.enter(app_database, clock, "op", name="Op", roles=((PlantRole.OPERATIONS, "demo"),))
    for team, person, error, said in (
        ("nobody", None, NotFound, "no team nobody"),
        (None, "nobody", NotFound, "nobody who signs in as nobody"),
        (None, "op", Conflict, "Op may not work on orders at demo"),
    ):
        with pytest.raises(error, match=said):
            assign_order(app_database, order.number, team=team, person=person, revision=None, actor=ADA, clock=clock)
    assert read(app_database).revision == 1


def test_what_was_said_stays_also_after_the_order_has_ended(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    comment_on_order(app_database, order.number, "heard it too", actor=ADA, clock=clock)
    take_step(app_database, order.number, Step.CANCEL, actor=ADA, clock=clock)
    comment_on_order(app_database, order.number, "轴承声音正常", actor=LI, clock=clock)
    with app_database.transaction() as tx:
        said = [(one.by, one.said) for one in comments_of(tx, order.order_id)]
        notes = [one.document["note"] for one in orders.order_events(tx, order.order_id) if one.event == "commented"]
    assert said == [("Ada", "heard it too"), ("Li Wei", "轴承声音正常")]
    assert notes == ["heard it too", "轴承声音正常"]


def test_nothing_is_changed_on_an_order_that_has_ended(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    take_step(app_database, order.number, Step.CANCEL, actor=ADA, clock=clock)
    with pytest.raises(Conflict, match="is CAN; it is not changed any more"):
        edit_order(app_database, order.number, OrderChanges(priority=1), revision=None, actor=ADA, clock=clock)
    with pytest.raises(Conflict, match="is CAN"):
        assign_order(app_database, order.number, team=None, person=None, revision=None, actor=ADA, clock=clock)


def test_a_change_of_nothing_and_a_title_of_control_characters_are_refused(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    for changes, reason in (
        (OrderChanges(), "nothing_changed"),
        (OrderChanges(title="a\x1b[2Jb"), "control_character"),
        (OrderChanges(priority=0), "bad_priority"),
    ):
        with pytest.raises(Rejected) as caught:
            edit_order(app_database, order.number, changes, revision=1, actor=ADA, clock=clock)
        assert caught.value.reason == reason
    assert read(app_database).revision == 1
