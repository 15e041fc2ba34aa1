"""What a project asks for, who has signed it, and what its assets lack, on the project's page."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from itertools import groupby
from typing import Any

from api.console.components.elements import box, card, chip, link, words
from api.console.components.forms import CredentialField, attempt, offer, sheet
from api.console.visit import Visit
from lifecycle.requirements.agreeing import (
    RIGHT_OF_SIDE,
    RequirementsView,
    requirements_act,
    sign_requirements,
)
from storage.projects.requirements import KeptRequirements

Done = Callable[[], Any]
_MOST_SHOWN = 8


def requirements_card(visit: Visit, view: RequirementsView, site: str, on_done: Done) -> None:
    """Show what is asked for, and what is lacking asset by asset; let both sides sign."""
    with card(visit.t("requirements")), box("stack", testid="requirements"):
        newest = view.versions[0] if view.versions else None
        if newest is not None:
            _versions(visit, view, newest)
        else:
            words(visit.t("requirements_none"), "muted")
            words(f"assetloop project requirements keep {view.project} requirements.toml", "small mono")
        _standing(visit, view)
        if newest is not None or view.standing:
            _unmet(visit, view)
        if newest is not None:
            _offer_signing(visit, view.project, newest, site, on_done)


def _standing(visit: Visit, view: RequirementsView) -> None:
    for kept in view.standing:
        for asked in kept.document["classes"]:
            said = {"name": asked["class_tag"], "version": kept.version, "request": kept.request_id}
            words(visit.t("requirements_standing", **said), "small muted")


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
        with link(f"/api/v1/projects/{tag}/requirements/ids", "button quiet", testid="requirements-ids"):
            words("IDS")


def _versions(visit: Visit, view: RequirementsView, newest: KeptRequirements) -> None:
    words(visit.t("requirements_version", version=newest.version, by=newest.kept_by), "small muted")
    for side in RIGHT_OF_SIDE:
        by = newest.signed.get(side)
        said = visit.t("requirements_signed", side=visit.word("side", side), by=by) if by else ""
        chip(said or visit.t("requirements_unsigned", side=visit.word("side", side)), "good" if by else "warning")
    if view.counts is not None and view.counts != newest.version:
        words(visit.t("requirements_counts", version=view.counts), "small")


def _ask_signature(visit: Visit, tag: str, newest: KeptRequirements, side: str, on_done: Done) -> None:
    with sheet(visit.t(f"requirements_sign_{side}")) as dialog:
        words(visit.t("requirements_sign_hint", version=newest.version), "muted")
        for one in newest.document["classes"]:
            asked = [*one["documents"], *(said["name"] for said in one["parameters"]), *one["signals"], *one["spares"]]
            words(f"{one['class_tag']}: {', '.join(asked)}", "small")
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
