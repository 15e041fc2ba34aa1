"""What people change on an order without moving it: its words and dates, who does it, and what they say about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from alerts.journal import JournalEntry
from alerts.orders.locked_order import LockedOrder, lock_order, refuse_stale, touched, write_revision
from alerts.orders.order_notices import tell_of_order
from plant.clock import Clock, iso
from plant.errors import Conflict, NotFound, Rejected
from plant.orders.rules import WorkType
from plant.orders.wording import plain_text
from plant.people.principal import Principal, Recognition
from plant.people.rights import Right
from plant.work_order import WorkOrder
from storage.core.database import Database, Transaction
from storage.identity import people
from storage.orders import comments
from storage.orders.comments import OrderComment

_MOST_TITLE = 300


@dataclass(frozen=True, kw_only=True, slots=True)
class OrderChanges:
    """What is to be another; None leaves a thing as it is."""

    title: str | None = None
    priority: int | None = None
    work_type: WorkType | None = None
    requested_finish: datetime | None = None

    def wanted(self) -> dict[str, Any]:
        """Return what is to be changed, by the name of the field.

        Raises:
            Rejected: nothing is, or a value makes no sense.
        """
        named = {
            "title": None if self.title is None else plain_text(self.title, what="title", most=_MOST_TITLE),
            "priority": self.priority,
            "work_type": self.work_type,
            "requested_finish": self.requested_finish,
        }
        wanted = {name: value for name, value in named.items() if value is not None}
        if not wanted:
            raise Rejected("nothing_changed", "name what is to be another: title, priority, type or requested finish")
        if self.priority is not None and not 1 <= self.priority <= 5:
            raise Rejected("bad_priority", f"a priority is 1 to 5, 1 the most urgent, not {self.priority}")
        return wanted


def edit_order(
    database: Database, number: str, changes: OrderChanges, *, revision: int | None, actor: Principal, clock: Clock
) -> WorkOrder:
    """Change an open order in `actor`'s name, from the `revision` that they read. All that belongs to it stays.

    Raises:
        NotFound: there is no such order.
        StaleRevision: somebody else changed it meanwhile; nothing is changed.
        Conflict: it is closed or cancelled.
        Rejected: nothing is changed, or a value makes no sense.
    """
    wanted, now = changes.wanted(), clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        refuse_stale(tx, locked.order, revision, _as_json(wanted))
        refuse_ended(locked)
        if wanted.get("requested_finish", now) > now:
            wanted["overdue_at"] = None
        changed = touched(locked.order, actor.name, now, **wanted)
        return write_revision(tx, locked, changed, JournalEntry(event="edited", actor=actor.name, at=now))


def assign_order(
    database: Database,
    number: str,
    *,
    team: str | None,
    person: str | None,
    revision: int | None,
    actor: Principal,
    clock: Clock,
) -> WorkOrder:
    """Give an open order to a team and to a person, by tag and sign-in; None to nobody.

    Raises:
        NotFound: there is no such order, team or person.
        StaleRevision: somebody else changed it meanwhile; nothing is changed.
        Conflict: it is closed or cancelled, or the person may not work on orders at its site.
    """
    now = clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        refuse_stale(tx, locked.order, revision, {"team": team, "assignee": person})
        refuse_ended(locked)
        name = _able(tx, person, locked.order.site) if person else None
        if team and not people.knows_team(tx, team):
            raise NotFound(f"there is no team {team}")
        changed = touched(locked.order, actor.name, now, team=team, assignee=person, assignee_name=name)
        write_revision(tx, locked, changed, JournalEntry(event="assigned", actor=actor.name, at=now))
        if team or person:
            tell_of_order(tx, changed, "assigned", link=locked.link, at=now)
        return changed


def comment_on_order(database: Database, number: str, said: str, *, actor: Principal, clock: Clock) -> WorkOrder:
    """Say something about an order, open or not; what was said is never changed or taken away.

    Raises:
        NotFound: there is no such order.
        Rejected: nothing is said, too much, or a control character.
    """
    said, now = plain_text(said, what="comment"), clock.now()
    with database.transaction() as tx:
        locked = lock_order(tx, number)
        comments.add_comment(tx, locked.order.order_id, OrderComment(at=now, by=actor.name, said=said))
        entry = JournalEntry(event="commented", actor=actor.name, at=now, note=said)
        return write_revision(tx, locked, touched(locked.order, actor.name, now), entry)


def refuse_ended(locked: LockedOrder) -> None:
    """Let nothing be changed on an order that has ended.

    Raises:
        Conflict: it is closed or cancelled.
    """
    order = locked.order
    if not order.state.is_open:
        raise Conflict(f"work order {order.number} is {order.state.value}; it is not changed any more")


def _able(tx: Transaction, sign_in: str, site: str) -> str:
    """Return the name of a person who may work on orders at a site."""
    found = people.by_sign_in(tx, sign_in)
    if found is None or found.disabled_at is not None:
        raise NotFound(f"there is nobody who signs in as {sign_in}")
    able = Principal(name=found.name, recognition=Recognition.TYPED, roles=found.roles)
    if not able.may(Right.WORK_ON_ORDERS, site):
        raise Conflict(f"{found.name} may not work on orders at {site}; give it to somebody who may")
    return found.name


def _as_json(wanted: dict[str, Any]) -> dict[str, Any]:
    return {name: iso(value) if isinstance(value, datetime) else value for name, value in wanted.items()}
