"""What belongs to a project: its milestones, documents and signatures, and the manifest that is signed."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from api.console.components.elements import box, card, chip, link, mark, moment, record, words
from api.console.components.forms import offer
from api.console.components.handover.incoming import ask_document, ask_schedule, work_line
from api.console.visit import Visit
from lifecycle.handover.gates import GateName
from lifecycle.handover.looking import ProjectView
from plant.people.rights import Right

Done = Callable[[], Any]

_KINDS = ("document", "registered", "machine", "maker", "parameter", "limit", "punch", "project")
"""The first words of the items of a manifest, in the order in which they are shown; what is none is the last."""


def milestones_card(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Show the schedule's milestones, and by how much each slipped; offer to take a newer one over."""
    progress = view.progress
    with card(visit.t("milestones")), box("lines", testid="milestones"):
        if progress.total:
            said = visit.t("progress", reached=progress.reached, total=progress.total, due=progress.due)
            words(said, "small alarming" if progress.reached < progress.due else "small muted")
        if view.work is not None:
            is_behind = view.work.planned_percent is not None and view.work.done_percent < view.work.planned_percent
            mark(words(work_line(visit, view.work), f"small {'alarming' if is_behind else 'muted'}"), "work-done")
        for one in view.milestones:
            with box("line"):
                words(one.name, "strong clip")
                words(str(one.stands or "–"), "figures")
                if one.slip_days:
                    chip(visit.t("milestone_slip", days=one.slip_days), "warning" if one.slip_days > 0 else "good")
        if not view.milestones:
            words(visit.t("none_yet"), "muted")
        if visit.may(Right.PLAN_PROJECTS, view.project.site):
            offer(visit, "schedule_import", partial(ask_schedule, visit, view, on_done), is_quiet=True)


def documents_card(visit: Visit, view: ProjectView, on_done: Done) -> None:
    """Show the newest version of each document; offer to file one."""
    with card(visit.t("documents")), box("lines", testid="documents"):
        for one in view.documents:
            words(f"{one.asset or view.project.tag}  {one.vdi_class}  {one.title}  v{one.version}", "small")
        if not view.documents:
            words(visit.t("none_yet"), "muted")
        if visit.may(Right.WORK_ON_PROJECTS, view.project.site):
            offer(visit, "document_file", partial(ask_document, visit, view, on_done), is_quiet=True)


def signatures_card(visit: Visit, view: ProjectView) -> None:
    """Show who has signed for whom, and what voided it."""
    with card(visit.t("signatures")), box("history", testid="signatures"):
        for one in view.signatures:
            with box("step"):
                by = visit.who(one.signed_by, one.recognised)
                words(visit.t("signed_by_for", actor=by, side=visit.word("side", one.side)), "strong")
                words(visit.word("gate", one.gate), "small muted")
                moment(one.signed_at, "full").classes("small muted")
                if one.voided_at is not None:
                    chip(visit.t("signature_void", because=one.voided_because), "alarm")
        if not view.signatures:
            words(visit.t("none_yet"), "muted")


def signed_line(visit: Visit, view: ProjectView, gate: GateName) -> str:
    """Say by whose signatures, that stand, a gate is passed."""
    standing = [one for one in view.signatures if one.gate == gate.value and one.voided_at is None]
    by = [
        visit.t("signed_by_for", actor=visit.who(one.signed_by, one.recognised), side=visit.word("side", one.side))
        for one in standing
    ]
    return visit.t("gate_passed_by", actor=" · ".join(by))


def manifest_lines(visit: Visit, view: ProjectView, *, most: int | None = None) -> None:
    """Show what is signed, kind by kind, with its hash; of a kind up to `most` items, the rest in the document."""
    words(visit.t("manifest_sha256", sha256=view.manifest_sha256), "small figures secret")
    kinds: dict[str, list[str]] = {}
    for name, value in view.manifest.items():
        kinds.setdefault(next((one for one in _KINDS if name.startswith(one)), _KINDS[-1]), []).append(
            f"{name}: {value}"
        )
    with box("stack", testid="manifest"):
        for kind in (one for one in _KINDS if one in kinds):
            lines = kinds[kind]
            with box("lines"):
                words(f"{visit.t(f'manifest_{kind}')} · {len(lines)}", "small strong")
                record("\n".join(lines[:most]), "small", keeps_lines=True).style("white-space: pre-line")
                if most is not None and len(lines) > most:
                    with link(f"/api/v1/projects/{quote(view.project.tag, safe='')}", "plain-link small"):
                        words(visit.t("manifest_more", count=len(lines) - most))
