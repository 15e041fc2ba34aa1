"""One message by one way, as a person tries it out; nothing of it is kept."""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from alerts.dispatch.messages import notice_document
from alerts.dispatch.sending.ways_out import WaysOut
from plant.notices.notice import Bilingual, Notice, NoticeSubject, PostedNotice
from plant.severity import Severity
from storage.notices.dispatches import ClaimedDispatch

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
