"""What belongs to an asset: documents, parts and job plans; and how far its telemetry can be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from nicegui import run
from nicegui.element import Element

from api.console.components.elements import box, card, chip, link, moment, number, words
from api.console.components.orders.warranty import asset_warranty_card
from api.console.texts.texts import named
from api.console.visit import Visit
from api.parts import Parts
from plant.errors import AssetloopError
from plant.orders.job_plan import JobPlan
from plant.orders.warranty import StandingWarranty
from plant.people.rights import Right
from storage.orders.job_plans import list_job_plans
from storage.orders.warranties import standing_warranties
from storage.telemetry import delivery
from storage.telemetry.delivery import Delivered
from storage.views import asset_course
from storage.views.asset_course import AssetDocument, Coverage, Held, UsedPart
from storage.views.overview import AssetView

_DAY = timedelta(days=1)
_GAP_MIN = 5
_WHOLE = 0.99


@dataclass(frozen=True, kw_only=True, slots=True)
class Belongings:
    """Documents, parts, job plans; what came of the telemetry of the last day, what is missing and what is held."""

    documents: Sequence[AssetDocument]
    parts: Sequence[UsedPart]
    plans: Sequence[JobPlan]
    delivered: Sequence[Delivered]
    coverage: Sequence[Coverage]
    held: Sequence[Held]
    warranty: StandingWarranty | None


async def show_belongings(visit: Visit, asset: AssetView) -> None:
    """Show what belongs to an asset, and how far its telemetry can be trusted; nothing without a database."""
    try:
        found = await run.io_bound(read_belongings, visit.parts, asset)
    except AssetloopError:
        return
    if found is None:
        return
    room = box("stack")
    with room:
        _belongings(visit, asset, found, room)


def _belongings(visit: Visit, asset: AssetView, found: Belongings, room: Element) -> None:
    async def again() -> None:
        room.clear()
        with room:
            await show_belongings(visit, asset)

    if visit.may(Right.SEE_INGEST, asset.site):
        _trust(visit, found)
    asset_warranty_card(visit, asset.site, asset.asset, found.warranty, again)
    _documents(visit, found)
    _parts(visit, found)
    _plans(visit, found)


def read_belongings(parts: Parts, asset: AssetView) -> Belongings:
    """Read it.

    Raises:
        Unavailable: the database is away.
    """
    now = parts.clock.now()
    with parts.database.transaction() as tx:
        status = delivery.status(tx, since=now - _DAY, device=f"{asset.site}/{asset.asset}")
        return Belongings(
            documents=asset_course.documents(tx, asset.asset_id),
            parts=asset_course.parts(tx, asset.asset_id),
            plans=list_job_plans(tx, asset.asset_class),
            delivered=status.devices,
            coverage=asset_course.coverage(tx, asset.asset_id, time_from=now - _DAY, time_to=now),
            held=asset_course.held(tx, asset.site, asset.asset),
            warranty=next(iter(standing_warranties(tx, asset_ids=[asset.asset_id])), None),
        )


def _trust(visit: Visit, found: Belongings) -> None:
    with card(visit.t("trust")), box("stack", testid="trust"):
        with box("facts"):
            sums = found.delivered[0] if found.delivered else None
            for key in ("received", "stored", "duplicate", "late", "quarantined", "conflicting", "limited"):
                with box():
                    words(visit.t(f"trust_{key}"), "name")
                    words(f"{getattr(sums, key):,}" if sums else "–", "strong figures")
        _gaps(visit, found.coverage)
        for one in found.held:
            with box("line"):
                chip(visit.reason(one.reason), "alarm")
                words(visit.t("trust_held", count=f"{one.count:,}"), "small")
                moment(one.last_seen).classes("small muted")


def _gaps(visit: Visit, coverage: Sequence[Coverage]) -> None:
    thin = [one for one in coverage if one.minutes < _WHOLE * one.expected or one.longest > _GAP_MIN]
    if not thin:
        words(visit.t("trust_whole"), "muted")
    for one in thin:
        with box("line small"):
            words(named(visit.language, one.name or one.key, one.name_zh), "strong")
            share = min(100.0, 100 * one.minutes / max(1, one.expected))
            words(visit.t("trust_gap", share=f"{share:.0f}", longest=one.longest), "muted")


def _documents(visit: Visit, found: Belongings) -> None:
    with card(visit.t("documents")), box("history", testid="documents"):
        if not found.documents:
            words(visit.t("documents_none"), "muted")
        for one in found.documents:
            with box("step"):
                words(one.title, "strong")
                with box("line small muted"):
                    words(f"VDI 2770 {one.vdi_class} · {one.version} · {one.file}")
                    with link(f"/handover/{one.project}", "plain-link"):
                        words(one.project)
                    moment(one.added_at)


def _parts(visit: Visit, found: Belongings) -> None:
    if not found.parts:
        return
    with card(visit.t("parts_used")), box("history", testid="parts-used"):
        for one in found.parts:
            with box("step"):
                with box("spread"):
                    words(f"{one.number} {named(visit.language, one.name, one.name_zh)}", "strong clip")
                    tone = "alarm" if one.free <= 0 else "watch" if one.free < one.least else "good"
                    chip(visit.t("parts_free", free=number(float(one.free)), unit=one.unit), tone)
                with box("line small muted"):
                    words(visit.t("parts_taken", used=number(float(one.used)), unit=one.unit))
                    if one.used_at:
                        moment(one.used_at)


def _plans(visit: Visit, found: Belongings) -> None:
    if not found.plans:
        return
    with card(visit.t("job_plan")), box("history", testid="job-plans"):
        for one in found.plans:
            with box("step"):
                words(named(visit.language, one.name, one.name_zh), "strong")
                words(visit.t("plan_steps", tag=one.tag, version=one.version, steps=len(one.steps)), "small muted")
