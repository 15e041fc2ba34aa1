"""What a project asks for, who has signed it, and what its assets lack, on the project's page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any
from urllib.parse import quote, urlencode

from api.console.components.elements import box, card, chip, link, words
from api.console.components.forms import CredentialField, attempt, closing, offer, remark, said, sheet
from api.console.components.sending import tried_field
from api.console.visit import Visit
from api.schemas.lifecycle.requirements import RequirementsTakenShape
from lifecycle.requirements.agreeing import (
    RIGHT_OF_SIDE,
    RequirementsView,
    requirements_act,
    sign_requirements,
)
from lifecycle.requirements.requirement import EVERY_CLASS, requirements_of_document
from lifecycle.requirements.taking import asked_lines
from plant.people.rights import Right
from storage.projects.requirements import KeptRequirements

Done = Callable[[], Any]
_MOST_SHOWN = 8
_MOST_CHANGES = 40


def requirements_card(visit: Visit, view: RequirementsView, site: str, on_done: Done) -> None:
    """Show what is asked for, and what is lacking asset by asset; let both sides sign."""
    with card(visit.t("requirements")), box("stack", testid="requirements"):
        newest = view.versions[0] if view.versions else None
        if newest is not None:
            _versions(visit, view, newest)
        else:
            words(visit.t("requirements_none"), "muted")
        _standing(visit, view)
        if newest is not None or view.standing:
            _unmet(visit, view)
        if newest is not None:
            _asked(visit, newest)
            _offer_signing(visit, view.project, newest, site, on_done)
        if visit.may(Right.PLAN_PROJECTS, site):
            ask = partial(_ask_requirements, visit, view.project, on_done)
            offer(visit, "requirements_import", ask, is_quiet=True)


def _asked(visit: Visit, newest: KeptRequirements) -> None:
    """Show what is asked of each class, folded away."""
    lines = asked_lines(requirements_of_document(newest.document))
    with box("stack", tag="details", testid="requirements-asked"):
        with box(tag="summary"):
            words(visit.t("requirements_asked", count=len(lines)), "small")
        for tag, ones in groupby(lines, key=itemgetter(0)):
            words(_class_called(visit, tag), "strong")
            for _, kind, what in ones:
                words(_asked_line(visit, kind, what), "small")


def _class_called(visit: Visit, tag: str) -> str:
    return visit.t("every_class") if tag == EVERY_CLASS else tag


def _asked_line(visit: Visit, kind: str, what: str) -> str:
    return f"{visit.t(f'required_{kind}')}: {what}".rstrip(" :")


def _ask_requirements(visit: Visit, tag: str, on_done: Done) -> None:
    """Let a person send a TOML or IDS file; what it changes is seen first."""
    address = f"/api/v1/projects/{quote(tag, safe='')}/requirements/file"
    with sheet(visit.t("requirements_import")) as dialog:
        words(visit.t("requirements_import_hint"), "muted")
        classes = remark(visit, "requirements_classes", "requirements-classes")
        room = box("stack")

        def offer_file() -> None:
            room.clear()
            with room:
                tried_field(
                    visit,
                    "requirements-file",
                    label="requirements_import",
                    accept=".toml,.ids,.xml",
                    to=f"{address}?{urlencode({'classes': said(classes)})}",
                    show=partial(_show_changes, visit),
                    take="requirements_take",
                    on_sent=closing(dialog, on_done),
                )

        classes.on_value_change(offer_file)
        offer_file()


def _show_changes(visit: Visit, found: Mapping[str, Any]) -> None:
    taken = RequirementsTakenShape.model_validate(found)
    for one in taken.changes[:_MOST_CHANGES]:
        asked = f"{_class_called(visit, one.asset_class)}, {_asked_line(visit, one.kind, one.what)}"
        words(f"{visit.t(f'requirement_{one.change}')}  {asked}", "small")
    if len(taken.changes) > _MOST_CHANGES:
        words(visit.t("unmet_more", count=len(taken.changes) - _MOST_CHANGES), "small muted")
    if not taken.changes:
        words(visit.t("requirements_same"), "small muted")
    for note in taken.notes[:_MOST_CHANGES]:
        words(note, "small alarming")


def _standing(visit: Visit, view: RequirementsView) -> None:
    for kept in view.standing:
        for asked in kept.document["classes"]:
            of = {"name": asked["class_tag"], "version": kept.version, "request": kept.request_id}
            words(visit.t("requirements_standing", **of), "small muted")


def _unmet(visit: Visit, view: RequirementsView) -> None:
    for asset, ones in groupby(view.unmet, key=lambda one: one.asset):
        lacks = list(ones)
        words(asset, "strong")
        for one in lacks[:_MOST_SHOWN]:
            words(visit.t(f"unmet_{one.kind}", what=one.what), "small")
        if len(lacks) > _MOST_SHOWN:
            words(visit.t("unmet_more", count=len(lacks) - _MOST_SHOWN), "small muted")
    if not view.unmet:
        chip(visit.t("requirements_met"), "good")


def _offer_signing(visit: Visit, tag: str, newest: KeptRequirements, site: str, on_done: Done) -> None:
    with box("line"):
        for side, right in RIGHT_OF_SIDE.items():
            if side not in newest.signed and visit.may(right, site):
                what = partial(_ask_signature, visit, tag, newest, side, on_done)
                offer(visit, f"requirements_sign_{side}", what, is_quiet=True)
        for kind in ("toml", "ids"):
            way = f"/api/v1/projects/{quote(tag, safe='')}/requirements/{kind}"
            with link(way, "button quiet", testid=f"requirements-{kind}"):
                words(kind.upper())


def _versions(visit: Visit, view: RequirementsView, newest: KeptRequirements) -> None:
    words(visit.t("requirements_version", version=newest.version, by=newest.kept_by), "small muted")
    for side in RIGHT_OF_SIDE:
        by = newest.signed.get(side)
        by_whom = visit.t("requirements_signed", side=visit.word("side", side), by=by) if by else ""
        chip(by_whom or visit.t("requirements_unsigned", side=visit.word("side", side)), "good" if by else "warning")
    if view.counts is not None and view.counts != newest.version:
        words(visit.t("requirements_counts", version=view.counts), "small")


def _ask_signature(visit: Visit, tag: str, newest: KeptRequirements, side: str, on_done: Done) -> None:
    with sheet(visit.t(f"requirements_sign_{side}")) as dialog:
        words(visit.t("requirements_sign_hint", version=newest.version), "muted")
        for class_tag, kind, what in asked_lines(requirements_of_document(newest.document)):
            words(f"{_class_called(visit, class_tag)}, {_asked_line(visit, kind, what)}", "small")
        credential = CredentialField(visit)

        async def press() -> None:
            def act() -> None:
                database = visit.renewed(RIGHT_OF_SIDE[side]).database
                signer = credential.signed(requirements_act(tag, newest.version, side, newest.sha256))
                sign_requirements(
                    database, tag, newest.version, side, newest.sha256, actor=signer, clock=visit.parts.clock
                )

            if await attempt(visit, act):
                dialog.close()
                await on_done()

        offer(visit, f"requirements_sign_{side}", press, testid="requirements-do")
