"""The bytes that an event is hashed as never change, or entries of yesterday would not verify today."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest
import rfc8785

from lifecycle.ledger_events import (
    AlertMoved,
    AssetApproved,
    LedgerEvent,
    Merged,
    OrderMoved,
    RelearningBegan,
    RelearningEnded,
    ServiceStateChanged,
    ViewChanged,
)
from lifecycle.model_events import AlarmLineMoved, ModelTookOver, ProposalDecided
from plant.alert import Alert, AlertFlags
from plant.severity import Severity
from plant.work_order import OrderState, WorkOrder

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ALERT = Alert(
    alert_id=UUID(int=7),
    asset_id=1,
    site="demo",
    asset="P-101",
    kind="condition",
    severity=Severity.MAJOR,
    flags=AlertFlags(active=True, acknowledged=False),
    onset=AT,
    raised_at=AT,
    count=2,
)
ORDER = WorkOrder(
    order_id=3,
    number="WO-000003",
    asset_id=1,
    site="demo",
    asset="P-101",
    asset_class="pump",
    failure_mode="VIB",
    state=OrderState.WAPPR,
    priority=2,
    severity=Severity.MAJOR,
    title="P-101: x",
    evidence={"a": 1.5},
    requested_finish=AT,
    created_at=AT,
    changed_at=AT,
    revision=1,
)
SHA = "e9bf6605fb39e2dd845b66c3607a6879534e4ff96f3171a0d070627f134e9026"
MODEL_TOOK_OVER = (
    '{"actor":"Li Wei","asset":"P-101","data_sha256":"0102","event":"model.%s","line":1.25,"model":"condition/3"}'
)
PINNED: list[tuple[LedgerEvent, str]] = [
    (
        AlertMoved(event="raised", actor="desk", alert=ALERT, finding_id=UUID(int=9)),
        (
            '{"actor":"desk","alert_id":"00000000-0000-0000-0000-000000000007","asset":"P-101","count":2,'
            '"event":"alert.raised","finding_id":"00000000-0000-0000-0000-000000000009","kind":"condition",'
            '"onset":"2026-01-02T03:04:05.000Z","severity":"MAJOR"}'
        ),
    ),
    (
        AlertMoved(event="acknowledged", actor="Li Wei", alert=ALERT),
        (
            '{"actor":"Li Wei","alert_id":"00000000-0000-0000-0000-000000000007","asset":"P-101","count":2,'
            '"event":"alert.acknowledged","finding_id":null,"kind":"condition",'
            '"onset":"2026-01-02T03:04:05.000Z","severity":"MAJOR"}'
        ),
    ),
    (
        OrderMoved(event="raised", actor="desk", order=ORDER, document_sha256=SHA, finding_id=UUID(int=9)),
        (
            f'{{"actor":"desk","asset":"P-101","document_sha256":"{SHA}","event":"order.raised","failure_mode":"VIB",'
            '"finding_id":"00000000-0000-0000-0000-000000000009","number":"WO-000003","revision":1,"severity":"MAJOR",'
            '"state":"WAPPR"}'
        ),
    ),
    (
        OrderMoved(event="approved", actor="Li Wei", order=ORDER, document_sha256=SHA),
        (
            f'{{"actor":"Li Wei","asset":"P-101","document_sha256":"{SHA}","event":"order.approved",'
            '"failure_mode":"VIB",'
            '"finding_id":null,"number":"WO-000003","revision":1,"severity":"MAJOR","state":"WAPPR"}'
        ),
    ),
    (
        ServiceStateChanged(actor="Li Wei", asset="P-101", in_service=False),
        '{"actor":"Li Wei","asset":"P-101","event":"asset.out_of_service"}',
    ),
    (
        ServiceStateChanged(actor="Li Wei", asset="P-101", in_service=True),
        '{"actor":"Li Wei","asset":"P-101","event":"asset.in_service"}',
    ),
    (
        AssetApproved(actor="Li Wei", asset="P-101", asset_class="pump", messages=12),
        '{"actor":"Li Wei","asset":"P-101","class":"pump","event":"asset.approved","messages":12}',
    ),
    (
        Merged(actor="Li Wei", asset="P-1O1", into="demo/P-101"),
        '{"actor":"Li Wei","asset":"P-1O1","event":"asset.merged","into":"demo/P-101"}',
    ),
    (
        Merged(actor="Li Wei", asset="P-101", into="flow", signal="flwo"),
        '{"actor":"Li Wei","asset":"P-101","event":"signal.merged","into":"flow","signal":"flwo"}',
    ),
    (
        ViewChanged(actor="Li Wei", asset="P-101", retired=True),
        '{"actor":"Li Wei","asset":"P-101","event":"asset.retired"}',
    ),
    (
        ViewChanged(actor="Li Wei", asset="P-101", retired=False, signals=("a", "b")),
        '{"actor":"Li Wei","asset":"P-101","event":"signals.restored","signals":["a","b"]}',
    ),
    (
        RelearningBegan(actor="Li Wei", asset="P-101", reason="action", order="WO-000003"),
        '{"actor":"Li Wei","asset":"P-101","event":"relearning.began","order":"WO-000003","reason":"action"}',
    ),
    (
        RelearningBegan(actor="import", asset="P-101", reason="installation"),
        '{"actor":"import","asset":"P-101","event":"relearning.began","order":null,"reason":"installation"}',
    ),
    (
        RelearningEnded(actor="Li Wei", asset="P-101", how="promoted"),
        '{"actor":"Li Wei","asset":"P-101","event":"relearning.ended","how":"promoted"}',
    ),
    (
        RelearningEnded(actor="Li Wei", asset="P-101", how="dismissed"),
        '{"actor":"Li Wei","asset":"P-101","event":"relearning.ended","how":"dismissed"}',
    ),
    *(
        (
            ModelTookOver(
                event=event, actor="Li Wei", asset="P-101", model="condition/3", line=1.25, data_sha256=b"\1\2"
            ),
            MODEL_TOOK_OVER % event,
        )
        for event in ("promoted", "rolled_back_to", "trained")
    ),
    (
        AlarmLineMoved(
            actor="learning", asset="P-101", model="condition/3", line=1.5, before=1.25, level=1.2346, order_id=3
        ),
        (
            '{"actor":"learning","asset":"P-101","before":1.25,"event":"model.line_moved","level":1.2346,"line":1.5,'
            '"model":"condition/3","order_id":3}'
        ),
    ),
    (
        ProposalDecided(decision="accepted", actor="Li Wei", asset="P-101", proposal_id=11, reason="relearning"),
        '{"actor":"Li Wei","asset":"P-101","event":"proposal.accepted","proposal":11,"reason":"relearning"}',
    ),
    (
        ProposalDecided(decision="dismissed", actor="Li Wei", asset="P-101", proposal_id=11, reason="relearning"),
        '{"actor":"Li Wei","asset":"P-101","event":"proposal.dismissed","proposal":11,"reason":"relearning"}',
    ),
]


@pytest.mark.parametrize(("event", "written"), PINNED, ids=[one.content()["event"] for one, _ in PINNED])
def test_an_event_is_hashed_as_the_bytes_it_always_was(event: LedgerEvent, written: str) -> None:
    assert rfc8785.dumps(event.content()).decode() == written
