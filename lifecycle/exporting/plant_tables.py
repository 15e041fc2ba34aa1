"""The tables of the plant: assets, readings of one of them, what is in quarantine, and figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from lifecycle.exporting.table import ExportTable, Pieces, Row, instant, number, read_on, text, whole
from plant.errors import NotFound, Rejected
from plant.health import Health
from plant.reading import Flag
from storage.core.database import Database, Transaction
from storage.core.keyset import After
from storage.figures.figures import PlantFigures
from storage.telemetry.windows import from_us
from storage.views import overview
from storage.views.exports import InstalledMachine, ReadingPiece, machines_at, readings_after
from storage.views.overview import AssetFilter, AssetView, Quarantined, SignalView

_PIECE, _READINGS_A_PIECE = 1_000, 20_000
_MICROSECOND = timedelta(microseconds=1)

_ASSETS = (
    text("site", "Site", "站点"),
    text("asset", "Asset", "设备"),
    text("name", "Name", "名称"),
    text("name_zh", "Chinese name", "中文名称"),
    text("asset_class", "Class", "类别"),
    text("area", "Area", "区域"),
    text("state", "State", "状态"),
    text("health", "Health", "健康状态"),
    text("worst", "Worst alert", "最严重报警"),
    number("score", "Score", "异常评分"),
    instant("scored_at", "Scored", "评分时间"),
    text("model", "Model", "模型"),
    instant("heard_at", "Heard last", "最近上报"),
    text("feeds", "Feeds", "下游设备"),
    text("manufacturer", "Maker", "制造商"),
    text("machine_model", "Maker's model", "型号"),
    text("serial", "Serial number", "序列号"),
    instant("installed_from", "Installed", "安装时间"),
)


def asset_table(database: Database, wanted: AssetFilter, *, now: datetime, health: Health | None = None) -> ExportTable:
    """Make the table of the register's assets as they are `now`, by site and tag, each with its machine."""

    def read(tx: Transaction, last: AssetView | None) -> tuple[Sequence[AssetView], Sequence[Row]]:
        asked = replace(wanted, after=(last.site, last.asset)) if last else wanted
        found = overview.list_assets(tx, now=now, key_values=True, wanted=asked, most=_PIECE)
        machines = machines_at(tx, [one.asset_id for one in found])
        return found, [_asset_row(one, machines.get(one.asset_id)) for one in found if health in (None, one.health)]

    return ExportTable(name="assets", columns=_ASSETS, pieces=lambda: read_on(database, read, most=_PIECE))


def _asset_row(one: AssetView, machine: InstalledMachine | None) -> Row:
    names = (one.site, one.asset, one.name, one.name_zh, one.asset_class, one.area)
    judged = (one.state, one.health, one.worst, one.score, one.scored_at, one.model, one.heard_at)
    made = (machine.manufacturer, machine.model, machine.serial, machine.installed_from) if machine else (None,) * 4
    return (*names, *judged, ", ".join(one.feeds), *made)


_READINGS = (
    instant("time", "Time", "时间"),
    text("site", "Site", "站点"),
    text("asset", "Asset", "设备"),
    text("signal", "Signal", "信号"),
    number("value", "Value", "数值"),
    text("unit", "Unit", "单位"),
    text("quality", "Quality", "质量"),
    whole("flags", "Flags", "标志"),
)


def reading_table(
    database: Database,
    site: str,
    tag: str,
    *,
    keys: Sequence[str] | None,
    time_from: datetime,
    time_to: datetime,
    now: datetime,
) -> ExportTable:
    """Make the table of what some signals of an asset measured in a span, as stored, by signal and time.

    Raises:
        NotFound: there is no such asset, or no such signal of it.
        Rejected: the span is empty.
    """
    if time_to <= time_from:
        raise Rejected("empty_span", "`to` must be later than `from`")
    with database.transaction() as tx:
        signals = overview.get_asset(tx, site, tag, now=now).signals
    unknown = sorted(set(keys or ()) - {one.key for one in signals})
    if unknown:
        raise NotFound(f"asset {tag} has no signal {unknown[0]}")
    asked = [one for one in signals if keys is None or one.key in keys]

    def pieces() -> Pieces:
        yield []
        for signal in asked:
            after: datetime | None = time_from - _MICROSECOND
            while after is not None:
                with database.transaction() as tx:
                    found = readings_after(tx, signal.signal_id, after, time_to=time_to, most=_READINGS_A_PIECE)
                if found is not None:
                    yield _reading_rows(site, tag, signal, found)
                is_more = found is not None and len(found.times_us) == _READINGS_A_PIECE
                after = from_us(int(found.times_us[-1])) if found is not None and is_more else None

    return ExportTable(name="readings", columns=_READINGS, pieces=pieces)


def _reading_rows(site: str, tag: str, signal: SignalView, found: ReadingPiece) -> Sequence[Row]:
    quality = np.array(["good", "uncertain", "bad", "bad"])
    bits = (found.flags & Flag.QUALITY_BAD) + ((found.flags & Flag.QUALITY_UNCERTAIN) >> 2)
    columns = zip(
        found.times_us.tolist(), found.values.tolist(), quality[bits].tolist(), found.flags.tolist(), strict=True
    )
    return [
        (from_us(time_us), site, tag, signal.key, value, signal.unit, said, flags)
        for time_us, value, said, flags in columns
    ]


_QUARANTINE = (
    whole("quarantine_id", "Number", "编号"),
    text("reason", "Reason", "原因"),
    text("detail", "Detail", "说明"),
    text("topic", "Topic", "主题"),
    text("site", "Site", "站点"),
    text("asset", "Asset", "设备"),
    whole("count", "Times", "次数"),
    whole("readings", "Readings", "读数"),
    whole("length", "Bytes", "字节"),
    instant("first_seen", "First seen", "首次出现"),
    instant("last_seen", "Last seen", "最近出现"),
)


def quarantine_table(database: Database, *, reason: str | None, site: str | None) -> ExportTable:
    """Make the table of what is held in quarantine, the newest first, without payloads."""

    def read(tx: Transaction, last: Quarantined | None) -> tuple[Sequence[Quarantined], Sequence[Row]]:
        after = After(at=last.last_seen, row_id=str(last.quarantine_id)) if last else None
        found = overview.list_quarantine(tx, reason=reason, site=site, after=after, most=_PIECE)
        return found, [_held_row(one) for one in found]

    return ExportTable(name="quarantine", columns=_QUARANTINE, pieces=lambda: read_on(database, read, most=_PIECE))


def _held_row(one: Quarantined) -> Row:
    about = (one.quarantine_id, one.reason, one.detail, one.topic, one.site_tag, one.asset_tag)
    return (*about, one.count, one.readings, one.length, one.first_seen, one.last_seen)


_FIGURES = (
    text("site", "Site", "站点"),
    text("asset_class", "Class", "类别"),
    text("asset", "Asset", "设备"),
    instant("time_from", "From", "起"),
    instant("time_to", "To", "止"),
    instant("known_at", "As known at", "截至"),
    number("required_h", "Required time (h)", "要求时间（小时）"),
    number("down_h", "Down time (h)", "停机时间（小时）"),
    whole("failures", "Failures", "故障次数"),
    number("mtbf_h", "MTBF (h)", "MTBF（小时）"),
    number("mttr_h", "MTTR (h)", "MTTR（小时）"),
    number("availability", "Availability", "可用率"),
    number("labour_h", "Labour (h)", "工时（小时）"),
    number("planned_share", "Planned share", "计划性作业占比"),
    number("schedule_compliance", "Schedule compliance", "计划完成率"),
    whole("open_orders", "Open orders", "未完成工单"),
    number("backlog_weeks", "Backlog (weeks)", "积压（周）"),
    number("first_time_fix", "First-time fix", "一次修复率"),
    number("detection_precision", "Detection precision", "检测准确率"),
    number("detection_recall", "Detection recall", "检测召回率"),
    number("lead_h", "Lead time (h)", "提前量（小时）"),
)


def figure_table(found: Sequence[PlantFigures]) -> ExportTable:
    """Make the table of figures, with a column of costs for each currency."""
    currencies = sorted({currency for one in found for currency in one.costs})
    costs = tuple(number(f"cost_{one}", f"Cost ({one})", f"费用（{one}）") for one in currencies)

    def pieces() -> Pieces:
        for at in range(0, max(1, len(found)), _PIECE):
            yield [_figure_row(one, currencies) for one in found[at : at + _PIECE]]

    return ExportTable(name="figures", columns=(*_FIGURES, *costs), pieces=pieces)


def _figure_row(one: PlantFigures, currencies: Sequence[str]) -> Row:
    stands = [getattr(one, column.name) for column in _FIGURES]
    return [*stands, *(one.costs.get(currency) for currency in currencies)]
