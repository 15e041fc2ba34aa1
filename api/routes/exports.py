"""Lists as files, with the filters that the lists have: CSV, XLSX and Parquet."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from fastapi.responses import StreamingResponse

from api.parts import GivenParts
from api.problems import answers
from api.routes.figures import FiguresAsked
from api.schemas.alerts import AlertQuery
from api.schemas.exports import IN_EVERY_FORM, AskedForm
from api.schemas.instants import Instant
from api.schemas.orders import OrderQuery
from lifecycle.exporting.plant_tables import asset_table, figure_table, quarantine_table, reading_table
from lifecycle.exporting.work_tables import alert_table, booking_table, order_table
from plant.health import Health
from storage.views.exports import BookingFilter
from storage.views.overview import AssetFilter

router = APIRouter(prefix="/exports", tags=["exports"])
_A_DAY = timedelta(days=1)
_FILE = {**IN_EVERY_FORM, **answers(400)}
From = Annotated[Instant | None, Query(alias="from", description="Booked at or after.")]
To = Annotated[Instant | None, Query(alias="to", description="Booked before.")]


@router.get("/work-orders", response_class=StreamingResponse, responses=_FILE)
def export_work_orders(
    parts: GivenParts, form: AskedForm, asked: Annotated[OrderQuery, Depends()]
) -> StreamingResponse:
    """Export work orders with their codes, hours and costs, the newest first."""
    return form.answer(parts, order_table(parts.database, asked.wanted(parts.clock.now())))


@router.get("/alerts", response_class=StreamingResponse, responses=_FILE)
def export_alerts(parts: GivenParts, form: AskedForm, asked: Annotated[AlertQuery, Depends()]) -> StreamingResponse:
    """Export alerts, the newest first, whatever `sort` says."""
    return form.answer(parts, alert_table(parts.database, asked.wanted, now=parts.clock.now()))


@router.get("/assets", response_class=StreamingResponse, responses=_FILE)
def export_assets(
    parts: GivenParts,
    form: AskedForm,
    site: str | None = None,
    asset_class: Annotated[str | None, Query(alias="class", description="Tag of a class.")] = None,
    health: Health | None = None,
) -> StreamingResponse:
    """Export the register's assets with how they are and which machine is installed, by site and tag."""
    wanted = AssetFilter(site=site, asset_class=asset_class)
    return form.answer(parts, asset_table(parts.database, wanted, now=parts.clock.now(), health=health))


@router.get(
    "/readings/{site}/{tag:path}", response_class=StreamingResponse, responses={**IN_EVERY_FORM, **answers(400, 404)}
)
def export_readings(
    parts: GivenParts,
    form: AskedForm,
    site: str,
    tag: str,
    signal: Annotated[
        list[str] | None, Query(description="Key of a signal; may be given again; every one where absent.")
    ] = None,
    time_from: Annotated[
        Instant | None, Query(alias="from", description="Measured at or after; a day before `to` if absent.")
    ] = None,
    time_to: Annotated[Instant | None, Query(alias="to", description="Measured before; now if absent.")] = None,
) -> StreamingResponse:
    """Export what an asset's signals measured in a span, every reading as it is stored, by signal and time."""
    now = parts.clock.now()
    until = time_to or now
    table = reading_table(
        parts.database, site, tag, keys=signal, time_from=time_from or until - _A_DAY, time_to=until, now=now
    )
    return form.answer(parts, table)


@router.get("/quarantine", response_class=StreamingResponse, responses=_FILE)
def export_quarantine(
    parts: GivenParts, form: AskedForm, reason: str | None = None, site: str | None = None
) -> StreamingResponse:
    """Export what is held in quarantine, the newest first, without payloads."""
    return form.answer(parts, quarantine_table(parts.database, reason=reason, site=site))


@router.get("/bookings", response_class=StreamingResponse, responses=_FILE)
def export_bookings(
    parts: GivenParts,
    form: AskedForm,
    site: str | None = None,
    asset: Annotated[str | None, Query(description="Tag of the asset.")] = None,
    time_from: From = None,
    time_to: To = None,
) -> StreamingResponse:
    """Export labour, parts and costs that were booked on orders, the oldest first; reversals are negative."""
    wanted = BookingFilter(site=site, asset=asset, time_from=time_from, time_to=time_to)
    return form.answer(parts, booking_table(parts.database, wanted))


@router.get("/figures", response_class=StreamingResponse, responses=_FILE)
def export_figures(parts: GivenParts, form: AskedForm, asked: Annotated[FiguresAsked, Depends()]) -> StreamingResponse:
    """Export figures, a row for each asset, class or site and each day or month, with costs by currency."""
    return form.answer(parts, figure_table(asked.read(parts.database, parts.clock.now())))
