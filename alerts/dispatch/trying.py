"""One message by one way, as a person tries it out: at once from the command line, or by whoever sends notices."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

from alerts.dispatch.messages import notice_document
from alerts.dispatch.plans import NoticePlans
from alerts.dispatch.sending.ways_out import WaysOut
from plant.clock import Clock
from plant.errors import Conflict, NotFound, Rejected
from plant.notices.notice import Bilingual, Notice, NoticeSubject, PostedNotice
from plant.people.principal import Principal
from plant.severity import Severity
from storage.core.database import Database
from storage.identity import people
from storage.notices import dispatches, escalations, notices
from storage.notices.dispatches import ClaimedDispatch, DispatchRecord, PlannedDispatch

TRIAL = "trial/"
"""How the subjects of trials begin: they are tried once, and nobody is told that they did not get through."""
_TRIAL = Notice(
    subject=NoticeSubject.SYSTEM,
    subject_id="trial",
    severity=Severity.INDETERMINATE,
    title=Bilingual(en="This is a trial: notices of assetloop arrive here", zh="测试消息：assetloop 的通知将发送至此"),
)


def try_out(ways_out: WaysOut, way: str, person: str, mail_address: str, *, at: datetime) -> str:
    """Send a message that says that it is a trial; return what was answered.

    Raises:
        Misconfigured, Unavailable: it did not go out.
    """
    posted = PostedNotice(
        notice_id=str(uuid4()), notice=_TRIAL, revision=1, told_revision=1, raised_at=at, changed_at=at
    )
    claimed = ClaimedDispatch(
        dispatch_id=str(uuid4()),
        notice_id=posted.notice_id,
        revision=1,
        step=0,
        way=way,
        person=person,
        document=notice_document(posted, step=0),
        state="waiting",
        held="",
        created_at=at,
        next_at=at,
        attempts=1,
        first_tried_at=at,
        ended_at=None,
        said="",
    )
    return ways_out.send(claimed, mail_address=mail_address, language="", at=at)


def ask_for_trial(
    database: Database, plans: NoticePlans, way: str, *, person: str, actor: Principal, clock: Clock
) -> DispatchRecord:
    """Let whoever sends notices send a trial by a way, once; return it as it waits.

    Raises:
        NotFound: there is no such way, or person.
        Rejected: it goes to each person's own address, and none is named; or to one receiver, and one is.
        Conflict: the way is closed.
    """
    found = plans.ways.get(way)
    if found is None:
        raise NotFound(f"there is no way {way}; the ways are {', '.join(sorted(plans.ways))}")
    if found.each != bool(person):
        said = "goes to each person's own address: name one" if found.each else "goes to one receiver: name no person"
        raise Rejected("bad_receiver", f"the way {way} {said}")
    now, subject_id = clock.now(), f"{TRIAL}{uuid4()}"
    with database.transaction() as tx:
        known = None if not person else people.by_sign_in(tx, person)
        if person and (known is None or known.disabled_at is not None):
            raise NotFound(f"there is nobody who signs in as {person}")
        if any(one.way == way for one in dispatches.closed_ways(tx)):
            raise Conflict(f"the way {way} is closed: open it first")
        asked_by = Bilingual(en=f"asked for by {actor.name}", zh=f"由 {actor.name} 发起")
        posted = notices.post(tx, replace(_TRIAL, subject_id=subject_id, lines=(asked_by,)), tell=False, at=now)
        document = notice_document(posted, step=0)
        notices.end(tx, NoticeSubject.SYSTEM, subject_id, at=now)
        escalations.mark_planned(tx, posted.notice_id)
        planned = PlannedDispatch(
            notice_id=posted.notice_id, revision=1, step=0, way=way, person=person, document=document, next_at=now
        )
        dispatches.plan(tx, planned, at=now)
        return next(iter(dispatches.list_dispatches(tx, subject_id=subject_id)))
