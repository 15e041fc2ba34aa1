"""A search finds words, meanings, misspelt words and tags, says why, and shows nothing of other sites."""

from __future__ import annotations

from uuid import uuid4

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psycopg.types.json import Jsonb

from alerts.knowledge.indexing import catch_up
from alerts.knowledge.nearest import nearest
from alerts.knowledge.search import Because, Hit, _snippet, search
from alerts.knowledge.words import keys, spans
from alerts.orders.commands import Codes, close_order, report_failure, take_step
from alerts.orders.editing import comment_on_order
from plant.clock import ManualClock
from plant.errors import Rejected
from plant.iso14224 import Activity
from plant.people.principal import Principal, Recognition, process
from plant.people.rights import PlantRole
from plant.severity import Severity
from plant.work_order import FailureReport, Outcome, Step
from storage.core.database import Database
from storage.knowledge import entries
from storage.work import orders
from tests.plant_rows import NOON, PlantRows

Superuser = psycopg.Connection[tuple[object, ...]]
MEI = Principal(name="Mei", recognition=Recognition.PASSWORD, roles={"demo": frozenset({PlantRole.MAINTENANCE})})


def closed(rows: PlantRows, asset_id: int, title: str, note: str, *signals: str, mode: str = "VIB") -> int:
    """An order that was closed with a note."""
    evidence = {"signals": [{"signal": key, "share": 0.5} for key in signals]}
    order_id = rows.work_order(asset_id, state="CLOSE", title=title, failure_mode=mode, evidence=Jsonb(evidence))
    codes = {"outcome": "confirmed", "failure_mode": mode, "cause": "3.4", "action": "repair", "relearn": False}
    times = {"restored_at": NOON, "closed_at": NOON, "closed_by": "Mei"}
    rows.add("work_order_closing", order_id=order_id, note=note, **codes, **times)
    return order_id


@pytest.fixture
def plant(plant_rows: PlantRows, app_database: Database) -> Database:
    """Four closed orders at two sites, indexed."""
    pump, fan = plant_rows.asset("P-101A"), plant_rows.asset("FN-1", asset_class="fan")
    closed(plant_rows, pump, "P-101A: seal", "Mech seal leaking after dry running, new cartridge seal", mode="ELP")
    closed(plant_rows, pump, "P-101A: hot", "给水泵驱动端轴承温度高，检查润滑脂干涸，重新加脂。", "temp_de", mode="OHE")
    closed(plant_rows, fan, "FN-1: vibration", "dust caked on the blades, cleaned", "vib_de", "flow")
    closed(plant_rows, plant_rows.asset("P-9", site="south"), "P-9", "seal leaking, bearing hot as well")
    assert catch_up(app_database, now=NOON) == 4
    assert catch_up(app_database, now=NOON) == 0
    return app_database


def ask(database: Database, asked: str, **how: object) -> list[Hit]:
    with database.transaction() as tx:
        return list(search(tx, asked, **how).hits)  # type: ignore[arg-type]


def marked(hit: Hit) -> list[str]:
    return [piece.text for piece in hit.snippet if piece.is_match]


def test_a_question_in_english_finds_what_was_written_in_chinese_and_says_why(plant: Database) -> None:
    first = ask(plant, "bearings overheated")[0]
    assert first.entry.asset == "P-101A"
    assert marked(first) == ["轴承温度高"]
    assert [(one.because, one.asked, one.found) for one in first.reasons] == [
        (Because.MEANING, "overheated", "hot"),
        (Because.MEANING, "bearings", "轴承"),
    ]


def test_a_question_in_chinese_finds_what_was_written_in_english(plant: Database) -> None:
    assert "dust caked" in ask(plant, "风机叶片积灰")[0].entry.body


def test_a_misspelt_word_and_a_tag_without_its_dash_are_found(plant: Database) -> None:
    cartridge = ask(plant, "cartrige")[0]
    assert cartridge.reasons[0].because is Because.SPELLING
    assert (cartridge.reasons[0].asked, cartridge.reasons[0].found) == ("cartrige", "cartridge")
    assert {hit.entry.asset for hit in ask(plant, "p101a")} == {"P-101A"}


def test_what_is_at_another_site_is_not_found(plant: Database) -> None:
    assert {hit.entry.site for hit in ask(plant, "seal leaking")} == {"demo", "south"}
    own = plant.on_behalf_of(MEI, sites=frozenset({"demo"}))
    assert {hit.entry.site for hit in ask(own, "seal leaking")} == {"demo"}
    none = plant.on_behalf_of(MEI, sites=frozenset())
    assert ask(none, "seal leaking") == []


def test_a_class_and_a_kind_narrow_it(plant: Database) -> None:
    assert {hit.entry.asset_class for hit in ask(plant, "vibration dust seal", asset_class="fan")} == {"fan"}
    assert ask(plant, "seal", kinds=["lesson"]) == []


def test_without_trigrams_the_rest_works_and_it_is_said(plant: Database, superuser: Superuser) -> None:
    superuser.execute("DROP EXTENSION pg_trgm CASCADE")
    superuser.execute(
        "CREATE OR REPLACE FUNCTION similar_words(p_asked text[], p_least real) RETURNS TABLE (asked text, word text,"
        " likeness real) LANGUAGE sql STABLE AS 'SELECT NULL::text, NULL::text, NULL::real WHERE false'"
    )
    with plant.transaction() as tx:
        answer = search(tx, "cartridge")
        assert (len(answer.hits), answer.knows_spelling) == (1, False)
        assert search(tx, "cartrige").hits == ()


def test_an_order_that_changed_and_one_that_is_gone_are_found_as_they_are(
    plant: Database, superuser: Superuser
) -> None:
    superuser.execute("UPDATE work_order SET title = 'FN-1: impeller cracked', revision = 2 WHERE title LIKE 'FN-1%'")
    assert catch_up(plant, now=NOON) == 1
    assert ask(plant, "crack")[0].entry.title == "FN-1: impeller cracked"
    with plant.transaction() as tx:
        entries.drop(tx, "order", ask(plant, "crack")[0].entry.key)
        left = tx.connection.execute("SELECT count(*) AS n FROM knowledge_word WHERE entries < 0").fetchone()
    assert ask(plant, "crack") == []
    assert left == {"n": 0}


def test_what_is_said_of_an_order_after_it_was_closed_is_found(plant: Database) -> None:
    clock = ManualClock(NOON)
    report = FailureReport(actor=MEI, failure_mode="ELP", severity=Severity.MINOR, what="drips at the gland")
    number = report_failure(plant, "demo", "P-101A", report, clock=clock).number
    for step in (Step.APPROVE, Step.START, Step.COMPLETE):
        take_step(plant, number, step, actor=MEI, clock=clock)
    codes = Codes(outcome=Outcome.CONFIRMED, failure_mode="ELP", cause="3.4", action=Activity.REPAIR)
    close_order(plant, number, codes, actor=MEI, clock=clock)
    assert [hit.entry.kind for hit in ask(plant, "gland")] == ["order"]
    assert ask(plant, "sleeve scored") == []
    comment_on_order(plant, number, "found at the overhaul: shaft sleeve scored", actor=MEI, clock=clock)
    assert catch_up(plant, now=NOON) == 1
    (hit,) = ask(plant, "sleeve scored")
    assert (orders.order_number(int(hit.entry.key)), marked(hit)) == (number, ["sleeve", "scored"])


def test_nothing_asked_is_refused_and_what_nobody_wrote_finds_nothing(plant: Database) -> None:
    for wrong in ("", "  \n", "x" * 3000):
        with pytest.raises(Rejected):
            ask(plant, wrong)
    for asked in ("zzzzqqq", "；。！", "'", "\\", "a & b | !c:*", "%s %(x)s", "\x01"):
        assert ask(plant, asked) == []


def test_the_nearest_of_a_class_share_failure_mode_signals_or_words(plant: Database, plant_rows: PlantRows) -> None:
    evidence = {"signals": [{"signal": "temp_de", "share": 0.8}, {"signal": "flow", "share": 0.2}]}
    asset_id = plant_rows.asset("P-102")
    order_id = plant_rows.work_order(
        asset_id, title="P-102: condition deviates; temp_de 80 %", failure_mode="OHE", evidence=Jsonb(evidence)
    )
    with plant.transaction() as tx:
        order = orders.get_order(tx, orders.order_number(order_id))
        near = nearest(tx, order)
    assert [(one.hit.entry.asset, one.same_mode, one.shared_signals) for one in near] == [
        ("P-101A", True, ("temp_de",)),
        ("P-9", False, ()),
    ]
    assert [(one.asked, one.found) for one in near[1].hit.reasons] == [("Overheating", "hot")]


def test_an_order_is_not_near_to_itself_and_its_lesson_stands_for_it(plant: Database, plant_rows: PlantRows) -> None:
    with plant.transaction() as tx:
        done = next(one for one in orders.list_orders(tx) if one.title == "P-101A: hot")
        assert done.title not in [near.hit.entry.title for near in nearest(tx, done)]
    site_id, class_id = (
        plant_rows._known("site", "site_id", "demo"),
        plant_rows._known("asset_class", "class_id", "pump"),
    )
    said = {"failure_mode": "OHE", "seen": "bearing hot", "cause": "", "helped": "grease"}
    kept = {"kept_at": NOON, "kept_by": "Mei", "changed_at": NOON, "changed_by": "Mei"}
    where = {"site_id": site_id, "class_id": class_id, "order_id": done.order_id}
    plant_rows.add("lesson", lesson_id=uuid4(), **where, **said, **kept)
    assert catch_up(plant, now=NOON) == 1
    again = plant_rows.work_order(plant_rows.asset("P-103"), title="P-103: hot", failure_mode="OHE")
    with plant.transaction() as tx:
        near = nearest(tx, orders.get_order(tx, orders.order_number(again)))
    assert (near[0].hit.entry.kind, near[0].hit.entry.title) == ("lesson", "bearing hot")
    assert str(done.order_id) not in [one.hit.entry.key for one in near]


@given(st.text(max_size=60))
def test_any_text_has_words_that_stand_in_it(text: str) -> None:
    for span in spans(text):
        assert 0 <= span.start < span.end <= len(text)
    assert len(keys(text)) == len(set(keys(text)))


def test_a_long_text_is_shown_where_most_of_it_fits() -> None:
    body = "nothing here. " * 40 + "the bearing was hot. " + "nothing more. " * 40
    matches = [span for span in spans(body) if span.key in {"=bearing", "=hot"}]
    pieces = _snippet(body, matches)
    assert [piece.text for piece in pieces if piece.is_match] == ["bearing", "hot"]
    assert sum(len(piece.text) for piece in pieces) < 240
    assert pieces[0].text == pieces[-1].text[::-1] == "… "


def test_a_process_finds_what_is_at_every_site(plant: Database) -> None:
    everything = plant.on_behalf_of(process("a test"), sites=None)
    assert len(ask(everything, "seal leaking")) == 2


def test_a_rationalisation_is_found_at_every_site_as_long_as_it_is_there(
    plant: Database, plant_rows: PlantRows, superuser: Superuser
) -> None:
    class_id = plant_rows._known("asset_class", "class_id", "pump")
    said = {"cause": "worn coupling insert", "action_zh": "检查联轴器弹性块"}
    plant_rows.add("rationalisation", class_id=class_id, kind="condition", **said)
    assert catch_up(plant, now=NOON) == 1
    nowhere = plant.on_behalf_of(MEI, sites=frozenset())
    (hit,) = ask(nowhere, "弹性块")
    assert (hit.entry.kind, hit.entry.title, hit.entry.site) == ("rationalisation", "pump: condition", None)
    superuser.execute("DELETE FROM rationalisation")
    assert catch_up(plant, now=NOON) == 1
    assert ask(nowhere, "弹性块") == []


def test_documents_are_found_by_their_titles_as_they_are_now(
    plant: Database, plant_rows: PlantRows, superuser: Superuser
) -> None:
    site_id, asset_id = plant_rows._known("site", "site_id", "demo"), plant_rows._known("asset", "asset_id", "P-101A")
    plant_rows.add("register_document", site_id=site_id, asset_id=asset_id, title="机械密封装配图", file="seal-12.pdf")
    project_id = plant_rows.add(
        "project", tag="cw", site_id=site_id, name="cw", completion_key="x", created_at=NOON, created_by="a test"
    )
    given = {"project_id": project_id, "vdi_class": "03-04", "title": "Alignment record", "sha256": "0" * 64}
    for version in ("A", "B"):
        plant_rows.add(
            "project_document", **given, version=version, file=f"{version}.pdf", added_at=NOON, added_by="Ann"
        )
    assert catch_up(plant, now=NOON) == 2
    (drawing,) = ask(plant, "密封装配图", kinds=["document"])
    assert (drawing.entry.title, drawing.entry.asset, drawing.entry.site) == ("机械密封装配图", "P-101A", "demo")
    (record,) = ask(plant, "alignment record")
    assert (record.entry.kind, record.entry.body) == ("document", "B.pdf\nB")
    superuser.execute("UPDATE register_document SET file = 'seal-13.pdf'")
    assert catch_up(plant, now=NOON) == 1
    assert catch_up(plant, now=NOON) == 0
