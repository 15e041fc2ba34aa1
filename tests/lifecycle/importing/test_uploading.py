"""A file that is sent is seen first, and taken in once somebody confirms; by a worker, whole or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.language import Language
from api.refusals.differences import difference_lines
from lifecycle.importing import uploading
from lifecycle.importing.column_mappings import drop_mapping, list_mappings, save_mapping
from lifecycle.importing.facts import ClassFact
from lifecycle.importing.tables.columns import TagColumn
from lifecycle.importing.tables.mapping_file import ColumnMapping, of_plain
from lifecycle.importing.uploading import ImportChoices
from plant.clock import ManualClock
from plant.errors import Conflict, Forbidden, NotFound, Rejected
from plant.people.rights import PlantRole
from storage.core.database import Database
from storage.register.facts import held_assets
from storage.register.uploads import RegisterUpload, list_uploads
from tests.lifecycle.importing.test_applying import ENGINEER, Imports, facts
from tests.lifecycle.importing.workbooks import workbook

CLOCK = ManualClock(datetime(2026, 3, 1, tzinfo=UTC))
OPERATIONS = frozenset({PlantRole.OPERATIONS})
TAGS = [["Tag", "Class", "Colour"], ["P-1", "pump", ""], ["P-2", "pumpp", "red"]]


@pytest.fixture
def body(tmp_path: Path) -> bytes:
    return workbook(tmp_path / "tags.xlsx", {"Tags": TAGS}).read_bytes()


@pytest.fixture
def site(app_database: Database) -> Database:
    Imports(app_database).take(facts(classes=(ClassFact(tag="pump"),)))
    return app_database


def send(database: Database, body: bytes, file: str = "tags.xlsx") -> RegisterUpload:
    return uploading.try_upload(database, site="s", file=file, body=body, actor=ENGINEER, clock=CLOCK)


def tags(database: Database) -> list[str]:
    with database.transaction() as tx:
        return list(held_assets(tx, "s"))


def test_a_file_is_seen_confirmed_and_taken_in_once(site: Database, body: bytes) -> None:
    sent = send(site, body)
    assert (sent.state, sent.said["added"], tags(site)) == ("tried", {"asset": 1, "installation": 1}, [])
    assert [(one["sheet"], one["row"]) for one in sent.said["faults"]] == [("Tags", 3)], "and not once a column again"
    mend = "是否指 pump？否则请在类型中说明 pumpp（COBie 为工作表 Type），或先导入该类别"
    assert difference_lines(Language.ZH, sent.said, sent.file)[:4] == [
        "新增：设备 1，安装 1",
        "更改：无",
        "不变：站点 1",
        "未导入：tags.xlsx，工作表 Tags，第 3 行：设备 P-2 的类型 pumpp 未定义；" + mend,
    ]
    assert uploading.take_in_upload(site, sent.upload_id, clock=CLOCK).state == "tried"
    uploading.confirm_upload(site, sent.upload_id, actor=ENGINEER, clock=CLOCK)
    with pytest.raises(Conflict, match="was confirmed before"):
        uploading.dismiss_upload(site, sent.upload_id, actor=ENGINEER, clock=CLOCK)
    for _ in range(2):
        done = uploading.take_in_upload(site, sent.upload_id, clock=CLOCK)
        assert (done.state, tags(site)) == ("done", ["P-1"])
    with site.transaction() as tx:
        row = tx.connection.execute(
            "SELECT by, recognised FROM register_change WHERE kind = 'asset' AND item = 'P-1'"
        ).fetchone()
        kept = tx.connection.execute("SELECT count(*) AS n FROM register_upload WHERE body IS NOT NULL").fetchone()
        jobs = tx.connection.execute("SELECT task_name FROM procrastinate_jobs").fetchall()
    assert row == {"by": "Jonas", "recognised": "password"}
    assert kept == {"n": 0}
    assert [one["task_name"] for one in jobs] == ["register:take_in"]


def test_what_was_chosen_with_a_file_counts_when_it_is_taken_in(site: Database) -> None:
    for body in (b"Tag,Class\nP-1,pump\nP-2,pump\n", b"Tag,Class\nP-1,pump\n"):
        choices = ImportChoices(retires_missing=True, class_tag="pump")
        sent = uploading.try_upload(
            site, site="s", file="t.csv", body=body, actor=ENGINEER, clock=CLOCK, choices=choices
        )
        uploading.confirm_upload(site, sent.upload_id, actor=ENGINEER, clock=CLOCK)
        done = uploading.take_in_upload(site, sent.upload_id, clock=CLOCK)
        assert (done.state, done.said["missing"]) == ("done", sent.said["missing"])
    assert sent.said["missing"] == [{"kind": "asset", "item": "P-2", "asset": "P-2", "signal": None}]
    with site.transaction() as tx:
        assert [one.is_retired for one in held_assets(tx, "s").values()] == [False, True]


def test_a_mapping_is_saved_by_its_name_and_what_was_seen_with_it_is_taken_in(site: Database) -> None:
    def save(lot: TagColumn, **how: Any) -> None:
        columns = {"Kürzel": TagColumn.TAG, "Los": lot}
        with site.transaction() as tx:
            save_mapping(tx, "s", "Maker", ColumnMapping(columns=columns), actor=ENGINEER, clock=CLOCK, **how)

    save(TagColumn.SYSTEM)
    with pytest.raises(Conflict, match="is called Maker at s already"):
        save(TagColumn.PARAMETER)
    body = "Kürzel,Los,Extra\nP-1,L-1,x\n".encode()
    choices = ImportChoices(class_tag="pump", mapping="Maker")
    sent = uploading.try_upload(site, site="s", file="t.csv", body=body, actor=ENGINEER, clock=CLOCK, choices=choices)
    assert sent.said["warnings"] == ["columns that the mapping does not know were left out: Extra"]
    save(TagColumn.PARAMETER, replaces=True)  # what was seen is what is taken in
    uploading.confirm_upload(site, sent.upload_id, actor=ENGINEER, clock=CLOCK)
    done = uploading.take_in_upload(site, sent.upload_id, clock=CLOCK)
    assert (done.state, "L-1" in str(done.said["items"])) == ("done", True)
    first = send(site, b"Tag,Class,Los\nP-2,pump,L-2\n", "t.csv")
    assert first.options["columns"]["columns"] == [["Tag", "tag"], ["Class", "class"], ["Los", "parameter"]]
    with pytest.raises(Rejected, match="tags stand under Kürzel"):
        uploading.try_again(site, first.upload_id, mapping="Maker", actor=ENGINEER, clock=CLOCK)
    with site.transaction() as tx:
        kept = of_plain(first.options["columns"])
        save_mapping(tx, "s", "Own", kept, actor=ENGINEER, clock=CLOCK)
        assert [one.name for one in list_mappings(tx)] == ["Maker", "Own"]
        drop_mapping(tx, "s", "Maker", actor=ENGINEER)
        with pytest.raises(NotFound):
            drop_mapping(tx, "s", "Maker", actor=ENGINEER)
        for bad, says in (("a/b", "without a slash"), (" ", "empty")):
            with pytest.raises(Rejected, match=says):
                save_mapping(tx, "s", bad, kept, actor=ENGINEER, clock=CLOCK)
        with pytest.raises(Forbidden):
            save_mapping(tx, "s", "Own", kept, actor=replace(ENGINEER, roles={"s": OPERATIONS}), clock=CLOCK)
    again = uploading.try_again(site, first.upload_id, mapping="Own", actor=ENGINEER, clock=CLOCK)
    assert (again.state, again.options["mapping"]) == ("tried", "Own")
    with site.transaction() as tx:
        assert {one.file: one.state for one in list_uploads(tx) if one.upload_id == first.upload_id} == {
            "t.csv": "dismissed"
        }


def test_a_file_that_is_dismissed_leaves_nothing(site: Database, body: bytes) -> None:
    sent = send(site, body, "../../etc/tags.xlsx")
    uploading.dismiss_upload(site, sent.upload_id, actor=ENGINEER, clock=CLOCK)
    assert (uploading.take_in_upload(site, sent.upload_id, clock=CLOCK).state, tags(site)) == ("dismissed", [])


def test_what_is_refused_is_not_kept(site: Database, body: bytes) -> None:
    for file, content, says in (
        ("a.xlsx", b"%PDF-1", "is a PDF"),
        ("a.toml", b'[site]\ntag = "other"\n', "about the site other"),
    ):
        with pytest.raises(Rejected, match=says):
            send(site, content, file)
    operator = replace(ENGINEER, roles={"s": OPERATIONS})
    with pytest.raises(Forbidden):
        uploading.try_upload(site, site="s", file="tags.xlsx", body=body, actor=operator, clock=CLOCK)
    with site.transaction() as tx:
        assert list_uploads(tx) == []
