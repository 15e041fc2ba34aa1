"""The tables of work: orders with how they were closed, alerts, and what was booked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from lifecycle.exporting.table import Column, ColumnKind, ExportTable, Row, instant, number, read_on, text, whole
from plant.work_order import WorkOrder
from storage.core.database import Database, Transaction
from storage.core.keyset import After
from storage.views.alert_list import AlertFilter, ListedAlert, page_of_alerts
from storage.views.exports import BookingFilter, ListedBooking, SpentOnOrder, bookings_after, spending_of
from storage.work.orders import OrderFilter, list_orders, order_number

PIECE = 2_000

_ORDERS = (
    text("number", "Order", "工单"),
    text("site", "Site", "站点"),
    text("asset", "Asset", "设备"),
    text("asset_class", "Class", "类别"),
    text("title", "Title", "标题"),
    text("state", "State", "状态"),
    whole("priority", "Priority", "优先级"),
    text("severity", "Severity", "严重程度"),
    text("work_type", "Work type", "作业类型"),
    text("failure_mode", "Failure mode", "故障模式"),
    text("team", "Team", "班组"),
    text("assignee", "Assignee", "负责人"),
    text("assignee_name", "Assignee's name", "负责人姓名"),
    text("words", "Reported", "报告内容"),
    instant("created_at", "Raised", "创建时间"),
    instant("requested_finish", "Requested finish", "要求完成时间"),
    instant("acknowledged_at", "Acknowledged", "确认时间"),
    text("acknowledged_by", "Acknowledged by", "确认人"),
    instant("started_at", "Started", "开始时间"),
    instant("completed_at", "Completed", "完成时间"),
    instant("closed_at", "Closed", "关闭时间"),
    text("closed_by", "Closed by", "关闭人"),
    text("outcome", "Outcome", "结论"),
    text("closed_failure_mode", "Failure mode found", "实际故障模式"),
    text("cause", "Cause", "原因"),
    text("action", "Action", "措施"),
    number("hours", "Hours", "工时"),
    text("costs", "Costs", "费用"),
)


def order_table(database: Database, wanted: OrderFilter) -> ExportTable:
    """Make the table of orders, the newest first, with their codes, hours and costs."""

    def read(tx: Transaction, last: WorkOrder | None) -> tuple[Sequence[WorkOrder], Sequence[Row]]:
        found = list_orders(tx, wanted, most=PIECE, after=last.order_id if last else None)
        spent = spending_of(tx, [one.order_id for one in found])
        return found, [_order_row(one, spent[one.order_id]) for one in found]

    return ExportTable(name="work-orders", columns=_ORDERS, pieces=lambda: read_on(database, read, most=PIECE))


def _order_row(one: WorkOrder, spent: SpentOnOrder) -> Row:
    stands = [getattr(one, column.name) for column in _ORDERS[:20]]
    codes = (spent.outcome, spent.failure_mode, spent.cause, spent.action)
    return (*stands, spent.closed_at, spent.closed_by, *codes, spent.hours, spent.costs)


_ALERTS = (
    text("alert_id", "Alert", "报警编号"),
    text("site", "Site", "站点"),
    text("area", "Area", "区域"),
    text("asset", "Asset", "设备"),
    text("name", "Name", "名称"),
    text("name_zh", "Chinese name", "中文名称"),
    text("kind", "Kind", "类型"),
    text("severity", "Severity", "严重程度"),
    text("state", "State", "状态"),
    whole("count", "Times", "次数"),
    instant("onset", "Began", "开始时间"),
    instant("raised_at", "Raised", "报警时间"),
    instant("cleared_at", "Cleared", "恢复时间"),
    instant("acknowledged_at", "Acknowledged", "确认时间"),
    text("acknowledged_by", "Acknowledged by", "确认人"),
    text("comment", "Comment", "备注"),
    instant("shelved_until", "Shelved until", "搁置至"),
    text("shelved_by", "Shelved by", "搁置人"),
    text("shelved_why", "Why shelved", "搁置原因"),
)


def alert_table(database: Database, wanted: AlertFilter, *, now: datetime) -> ExportTable:
    """Make the table of alerts, the newest first, in their states as of `now`."""
    asked = replace(wanted, sort="newest")

    def read(tx: Transaction, last: ListedAlert | None) -> tuple[Sequence[ListedAlert], Sequence[Row]]:
        after = After(at=last.alert.raised_at, row_id=str(last.alert.alert_id)) if last else None
        page = page_of_alerts(tx, asked, now=now, most=PIECE, after=after, grouped=False)
        found = [group.root for group in page.groups]
        return found, [_alert_row(one, now) for one in found]

    return ExportTable(name="alerts", columns=_ALERTS, pieces=lambda: read_on(database, read, most=PIECE))


def _alert_row(one: ListedAlert, now: datetime) -> Row:
    alert = one.alert
    begins = (alert.alert_id, alert.site, one.area, alert.asset, one.name, one.name_zh, alert.kind, alert.severity)
    times = (alert.onset, alert.raised_at, alert.cleared_at, alert.acknowledged_at)
    until = alert.flags.shelved_until if alert.flags.is_shelved(now) else None
    shelved = (until, alert.shelved_by, alert.shelved_why)
    said = (alert.acknowledged_by, alert.comment or None)
    return (*begins, alert.flags.state(now), alert.count, *times, *said, *shelved)


_BOOKINGS = (
    whole("booking_id", "Booking", "登记编号"),
    instant("booked_at", "Booked", "登记时间"),
    text("order", "Order", "工单"),
    text("site", "Site", "站点"),
    text("asset", "Asset", "设备"),
    text("booked_by", "Booked by", "登记人"),
    text("person", "Person", "作业人"),
    text("trade", "Trade", "工种"),
    Column(name="worked_on", words=("Worked on", "作业日期"), kind=ColumnKind.DAY),
    number("hours", "Hours", "工时"),
    number("cost", "Cost", "费用"),
    text("currency", "Currency", "币种"),
    text("part", "Part", "备件"),
    number("quantity", "Quantity", "数量"),
    whole("reverses", "Takes back", "冲销编号"),
    text("note", "Note", "备注"),
)


def booking_table(database: Database, wanted: BookingFilter) -> ExportTable:
    """Make the table of labour, parts and costs booked on orders, the oldest first; reversals are negative."""

    def read(tx: Transaction, last: ListedBooking | None) -> tuple[Sequence[ListedBooking], Sequence[Row]]:
        found = bookings_after(tx, wanted, last.booking_id if last else 0, most=PIECE)
        return found, [_booking_row(one) for one in found]

    return ExportTable(name="bookings", columns=_BOOKINGS, pieces=lambda: read_on(database, read, most=PIECE))


def _booking_row(one: ListedBooking) -> Row:
    values = {name: getattr(one, name) for name in ListedBooking.__slots__} | {"order": order_number(one.order_id)}
    return [values[column.name] for column in _BOOKINGS]
