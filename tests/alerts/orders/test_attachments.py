"""Files of orders are what their names say, bounded, kept whole in either place, and lost by nothing done beside."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alerts.alarms.desk import Desk
from alerts.orders.attachments import AttachmentStore, attach, contents
from alerts.orders.checklist import add_order_task, answer_task
from alerts.orders.commands import take_step
from alerts.orders.editing import OrderChanges, assign_order, comment_on_order, edit_order
from alerts.orders.incoming_file import IncomingFile
from plant.clock import ManualClock
from plant.errors import AssetloopError, Conflict, Misconfigured, NotFound, Rejected, Unavailable
from plant.finding import Finding
from plant.orders.attachment import Attachment
from plant.orders.job_plan import Verdict
from plant.people.principal import typed
from plant.work_order import Step, WorkOrder
from storage.core.database import Database
from storage.orders.attachments import attachments_of
from storage.orders.comments import comments_of
from storage.orders.tasks import tasks_of
from storage.work import orders
from tests.files import JPEG, PDF, PNG, PROGRAM, office

ADA = typed("Ada")
IN_DATABASE = AttachmentStore()


@pytest.fixture
def order(desk: Desk, found: Callable[..., Finding], app_database: Database) -> WorkOrder:
    found()
    desk.round()
    with app_database.transaction() as tx:
        return orders.get_order(tx, "WO-000001")


def bring(
    database: Database,
    clock: ManualClock,
    name: str,
    body: bytes,
    store: AttachmentStore = IN_DATABASE,
    number: str = "WO-000001",
) -> Attachment:
    with IncomingFile(name, most_bytes=store.most_bytes) as file:
        for begin in range(0, len(body), 100_000):
            file.add(body[begin : begin + 100_000])
        return attach(database, number, file, store=store, actor=ADA, clock=clock, words="bearing, drive end")


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.png", PNG),
        ("A.JPG", JPEG),
        ("a.jpeg", JPEG),
        ("a.pdf", PDF),
        ("a.docx", office("word/document.xml")),
        ("a.xlsx", office("xl/workbook.xml")),
        ("读数.csv", "时间,值\r\n12:00,7.1\r\n".encode()),
        ("big.txt", b"a line\n" * 100_000),
    ],
)
def test_a_file_comes_back_byte_for_byte_with_its_type_and_hash(
    app_database: Database, order: WorkOrder, clock: ManualClock, name: str, body: bytes
) -> None:
    made = bring(app_database, clock, name, body)
    with app_database.transaction() as tx:
        assert attachments_of(tx, order.order_id) == [made]
    assert (made.bytes, made.sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert b"".join(contents(app_database, made, IN_DATABASE)) == body


NO_SUCH_FILES = [
    ("photo.png", JPEG, "not_what_it_is_called"),
    ("photo.jpg", PROGRAM, "not_what_it_is_called"),
    ("notes.txt", PROGRAM, "not_what_it_is_called"),
    ("notes.csv", b"a,\xff\xfe\n", "not_what_it_is_called"),
    ("report.docx", office("xl/workbook.xml"), "not_what_it_is_called"),
    ("macro.docx", office("word/vbaProject.bin"), "not_what_it_is_called"),
    ("report.xlsx", b"PK\x03\x04nothing", "not_what_it_is_called"),
    ("page.html", b"<script>alert(1)</script>", "type_not_kept"),
    ("drawing.svg", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "type_not_kept"),
    ("run.exe", PROGRAM, "type_not_kept"),
    ("none", PNG, "type_not_kept"),
    ("a\x00b.png", PNG, "bad_file_name"),
    ("../..", PNG, "bad_file_name"),
    ("empty.png", b"", "empty_file"),
    ("long.txt", b"x" * 2000, "file_too_large"),
]


def test_what_is_no_such_file_is_refused_and_nothing_is_kept(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    for name, body, reason in NO_SUCH_FILES:
        with pytest.raises(Rejected) as caught:
            bring(app_database, clock, name, body, AttachmentStore(most_bytes=1500))
        assert caught.value.reason == reason, name
        with app_database.transaction() as tx:
            assert attachments_of(tx, order.order_id) == [], name
            assert orders.get_order(tx, order.number).revision == 1, name


def test_the_same_file_twice_is_a_conflict_and_folders_before_a_name_are_left_out(
    app_database: Database, order: WorkOrder, clock: ManualClock
) -> None:
    assert bring(app_database, clock, "C:\\photos\\a.png", PNG, number=order.number).name == "a.png"
    with pytest.raises(Conflict, match="has this very file already"):
        bring(app_database, clock, "b.png", PNG)
    with pytest.raises(NotFound):
        bring(app_database, clock, "b.png", PNG, number="WO-000009")


def test_a_store_of_objects_holds_the_bytes_and_the_database_none(
    app_database: Database,
    order: WorkOrder,
    clock: ManualClock,
    tmp_path: Path,
    superuser: psycopg.Connection[tuple[object, ...]],
) -> None:
    store = AttachmentStore(url=f"file://{tmp_path}/orders")
    made = bring(app_database, clock, "a.png", PNG, store)
    assert made.place == f"{order.number}/{made.sha256}"
    assert (tmp_path / "orders" / made.place).read_bytes() == PNG
    assert b"".join(contents(app_database, made, store)) == PNG
    assert superuser.execute("SELECT count(*) FROM attachment_piece").fetchone() == (0,)
    (tmp_path / "orders" / made.place).unlink()
    with pytest.raises(Unavailable, match="does not give the file"):
        list(contents(app_database, made, store))


def test_a_store_that_is_away_attaches_nothing(
    app_database: Database, order: WorkOrder, clock: ManualClock, tmp_path: Path
) -> None:
    (tmp_path / "orders").write_text("a file where a folder should be")
    with pytest.raises(Unavailable, match="refuses the file"):
        bring(app_database, clock, "a.png", PNG, AttachmentStore(url=f"file://{tmp_path}/orders"))
    with pytest.raises(Misconfigured, match="ASSETLOOP_ATTACHMENTS_URL"):
        bring(app_database, clock, "a.png", PNG, AttachmentStore(url="nonsense://x"))
    with app_database.transaction() as tx:
        assert attachments_of(tx, order.order_id) == []


DEEDS = st.lists(
    st.tuples(
        st.sampled_from(("edit", "stale", "assign", "comment", "task", "answer", "photo", "approve", "wait", "start")),
        st.integers(0, 5),
    ),
    min_size=3,
    max_size=14,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS)
def test_whatever_is_done_to_an_order_its_tasks_notes_and_photos_stay(
    app_database: Database, desk: Desk, found: Callable[..., Finding], deeds: list[tuple[str, int]]
) -> None:
    clock = ManualClock(desk._clock.now())
    found(f"of {len(_all(app_database))}", kind=f"kind {len(_all(app_database))}", failure_mode=_mode(app_database))
    desk.round()
    number = _all(app_database)[0].number
    told: dict[str, list[Any]] = {"comment": [], "task": [], "photo": [], "answer": []}
    for place, (deed, which) in enumerate(deeds):
        _do(app_database, clock, number, deed, which, place, told)
        assert _kept(app_database, number) == told, deed


def _all(database: Database) -> list[WorkOrder]:
    with database.transaction() as tx:
        return orders.list_orders(tx)


def _mode(database: Database) -> str:
    return f"M{len(_all(database))}"


def _kept(database: Database, number: str) -> dict[str, list[Any]]:
    with database.transaction() as tx:
        order_id = orders.get_order(tx, number).order_id
        tasks = tasks_of(tx, order_id)
        return {
            "comment": [one.said for one in comments_of(tx, order_id)],
            "task": [one.step.text for one in tasks],
            "photo": [one.name for one in attachments_of(tx, order_id)],
            "answer": [(one.position, one.answers) for one in tasks if one.answer],
        }


def _do(
    database: Database, clock: ManualClock, number: str, deed: str, which: int, place: int, told: dict[str, list[Any]]
) -> None:
    """Do one thing to the order; what it refuses changes nothing, what it takes is told."""
    clock.sleep(1)
    with database.transaction() as tx:
        revision = orders.get_order(tx, number).revision
    steps = {"approve": Step.APPROVE, "wait": Step.AWAIT_MATERIAL, "start": Step.START}
    changes, edit = OrderChanges(title=f"title {place}", priority=1 + which % 5), edit_order
    acts: dict[str, Callable[[], object]] = {
        "edit": lambda: edit(database, number, changes, revision=revision, actor=ADA, clock=clock),
        "stale": lambda: edit(database, number, changes, revision=revision - 1 - which, actor=ADA, clock=clock),
        "assign": lambda: assign_order(database, number, team=None, person=None, revision=None, actor=ADA, clock=clock),
        "comment": lambda: comment_on_order(database, number, f"said {place}", actor=ADA, clock=clock),
        "task": lambda: add_order_task(database, number, f"task {place}", actor=ADA, clock=clock),
        "answer": lambda: answer_task(database, number, which, verdict=Verdict.PASS, actor=ADA, clock=clock),
        "photo": lambda: bring(database, clock, f"{place:02}.txt", f"photo {place}".encode(), number=number),
        **{
            name: lambda step=step: take_step(database, number, step, actor=ADA, clock=clock)
            for name, step in steps.items()
        },
    }
    try:
        acts[deed]()
    except AssetloopError:
        return
    if deed == "answer":
        counts = dict(told["answer"])
        counts[which] = counts.get(which, 0) + 1
        told["answer"] = sorted(counts.items())
    elif deed in told:
        told[deed].append({"comment": f"said {place}", "task": f"task {place}", "photo": f"{place:02}.txt"}[deed])
