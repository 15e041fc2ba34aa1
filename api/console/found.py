"""What was learnt, shown: one thing that was found with why, and what is nearest to an order."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from urllib.parse import quote
from uuid import UUID

from nicegui import ui

from alerts.knowledge.nearest import Near
from alerts.knowledge.search import Hit, Piece
from api.console.components.elements import box, card, chip, link, moment, words
from api.console.components.forms import look_up, sheet
from api.console.visit import Visit
from api.parts import Parts
from storage.knowledge import lessons
from storage.knowledge.lessons import Lesson
from storage.work.orders import order_number


def found_row(visit: Visit, hit: Hit) -> None:
    """Show one thing that was found: where, its title, the part that fits, and why."""
    entry = hit.entry
    with _opens(visit, hit), box("found-text"):
        with box("line"):
            chip(visit.t(f"found_{entry.kind}"), "accent" if entry.kind == "lesson" else "plain")
            if entry.kind == "order":
                words(order_number(int(entry.key)), "tag")
            where = (entry.asset, visit.class_name(entry.asset_class), entry.site)
            words(" · ".join(part for part in where if part), "muted small")
            moment(entry.at).classes("small muted")
        with box("strong"):
            _pieces(hit.title)
        if hit.snippet:
            with box("muted"):
                _pieces(hit.snippet)
        _why(visit, hit, [])


def nearest_card(visit: Visit, near: Sequence[Near]) -> None:
    """Show what was seen before that is nearest to an order, each with why."""
    with card(visit.t("nearest")), box("history", testid="nearest"):
        if not near:
            words(visit.t("nearest_none"), "muted")
        for one in near:
            _near(visit, one)


def _near(visit: Visit, near: Near) -> None:
    entry = near.hit.entry
    with _opens(visit, near.hit), box("found-text"):
        with box("spread"):
            words(order_number(int(entry.key)) if entry.kind == "order" else visit.t("found_lesson"), "strong")
            words(entry.asset or "", "small muted clip")
        with box():
            _pieces(near.hit.title)
        if near.hit.snippet:
            with box("small muted"):
                _pieces(near.hit.snippet)
        shared = [visit.t("same_mode")] if near.same_mode else []
        if near.shared_signals:
            shared.append(visit.t("same_signals", signals=", ".join(near.shared_signals)))
        _why(visit, near.hit, shared)


def _opens(visit: Visit, hit: Hit) -> ui.element:
    """Make what leads to the thing: an order's page, the asset of a document, or a sheet with a lesson's words."""
    if hit.entry.kind == "order":
        return link(f"/work-orders/{order_number(int(hit.entry.key))}", "found", testid="found")
    if hit.entry.kind == "document" and hit.entry.asset and hit.entry.site:
        path = f"/assets/{quote(hit.entry.site, safe='')}/{quote(hit.entry.asset, safe='')}"
        return link(path, "found", testid="found")
    row = box("found", testid="found")
    if hit.entry.kind == "lesson":
        row.props["role"], row.props["tabindex"] = "button", "0"
        for event in ("click", "keydown.enter"):
            row.on(event, partial(_show_lesson, visit, UUID(hit.entry.key)))
    return row


def _why(visit: Visit, hit: Hit, shared: list[str]) -> None:
    said = [*shared, *(visit.t(f"because_{one.because}", asked=one.asked, found=one.found) for one in hit.reasons)]
    if said:
        words(f"{visit.t('found_by')}: {' · '.join(said)}", "small why")


def _pieces(pieces: Sequence[Piece]) -> None:
    for piece in pieces:
        with box("match" if piece.is_match else "", tag="span"):
            words(piece.text.replace("\n", " ")).style("display: inline; white-space: pre-wrap")


async def _show_lesson(visit: Visit, lesson_id: UUID) -> None:
    lesson = await look_up(visit, partial(read_lesson, visit.parts, lesson_id))
    if lesson is not None:
        _lesson_sheet(visit, lesson)


def read_lesson(parts: Parts, lesson_id: UUID) -> Lesson:
    """Read one lesson.

    Raises:
        NotFound: there is none that may be seen.
        Unavailable: the database is away.
    """
    with parts.database.transaction() as tx:
        return lessons.get(tx, lesson_id)


def _lesson_sheet(visit: Visit, lesson: Lesson) -> None:
    with sheet(f"{visit.t('lesson')}: {visit.word('mode', lesson.says.failure_mode)}") as dialog:
        for key, said in (
            ("lesson_seen", lesson.says.seen),
            ("lesson_cause", lesson.says.cause),
            ("lesson_helped", lesson.says.helped),
        ):
            if said:
                with box("lines"):
                    words(visit.t(key), "small muted")
                    words(said, keeps_lines=True)
        with box("line small muted"):
            words(f"{visit.class_name(lesson.asset_class)} · {lesson.site}")
            if lesson.order_id is not None:
                number = order_number(lesson.order_id)
                with link(f"/work-orders/{number}", "plain-link"):
                    words(visit.t("lesson_from", order=number))
            words(visit.t("lesson_kept", actor=lesson.kept_by))
            moment(lesson.kept_at, "full")
        with box("button quiet close", tag="button") as button:
            words(visit.t("close"))
        button.on("click", dialog.close)
