"""What the columns of tag lists are called in English and in Chinese, and what each of them says."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from enum import StrEnum

from lifecycle.units import spelled
from plant.errors import Rejected


class TagColumn(StrEnum):
    """What a column says. `PARAMETER` and `DAY` are kept under the column's own name, `IGNORE` is left out."""

    SITE = "site"
    TAG = "tag"
    NAME = "name"
    NAME_ZH = "name_zh"
    CLASS = "class"
    AREA = "area"
    PARENT = "parent"
    SYSTEM = "system"
    CRITICALITY = "criticality"
    SERIAL = "serial"
    MANUFACTURER = "manufacturer"
    MODEL = "model"
    FEEDS = "feeds"
    GLOBAL_ID = "global_id"
    SIGNAL = "signal"
    SIGNAL_NAME = "signal_name"
    UNIT = "unit"
    RANGE = "range"
    LOW = "low"
    HIGH = "high"
    PART = "part"
    PART_NAME = "part_name"
    STOCK = "stock"
    LEAST = "least"
    LEAD_TIME_DAYS = "lead_time_days"
    QUANTITY = "quantity"
    PRICE = "price"
    DAY = "day"
    PARAMETER = "parameter"
    IGNORE = "ignore"


NAMES: Mapping[TagColumn, str] = {
    TagColumn.SITE: "site, plant, facility, 厂区, 站点, 工厂, 场站",
    TagColumn.TAG: (
        "tag, tag no, tag number, tag name, equipment tag, equipment no, equipment number, asset, "
        "asset tag, asset no, functional location, floc, kks, kks code, item no, position, equipment id, "
        "asset id, kennzeichen, anlagenkennzeichen, akz, technischer platz, equipmentnummer, 位号, 设备位号, "
        "设备编号, 设备号, 编号, 资产编号, 资产位号, 仪表位号, kks编码, 功能位置"
    ),
    TagColumn.NAME: (
        "name, description, equipment name, asset name, service, designation, equipment description, "
        "description of functional location, description of technical object, service description, "
        "english name, name en, 英文名称, 英文名, bezeichnung, benennung, beschreibung"
    ),
    TagColumn.NAME_ZH: "name zh, chinese name, 中文名称, 中文名, 名称, 设备名称, 资产名称, 描述, 用途, 设备描述",
    TagColumn.CLASS: (
        "object type, instrument type, typ, gerätetyp, geräteart, komponente, objektart, klasse, class, "
        "type, equipment type, equipment class, asset class, asset type, category, type name, 类别, 类型, "
        "设备类型, 设备类别, 设备分类, 分类, 种类"
    ),
    TagColumn.AREA: (
        "area, location, unit area, zone, room, building, bereich, einbauort, standort, gebäude, 区域, 位置, "
        "安装位置, 装置, 车间, 房间"
    ),
    TagColumn.PARENT: (
        "parent, parent tag, superior, superior functional location, superior functloc, "
        "übergeordneter platz, part of, 上级, 上级位号, 父级, 上级设备, 所属设备"
    ),
    TagColumn.SYSTEM: "system, system no, subsystem, 系统, 系统号, 所属系统, 子系统",
    TagColumn.CRITICALITY: (
        "criticality, crit, abc, abc indicator, abc indic, abc kennzeichen, priority class, 重要度, 关键度, 重要性, "
        "关键性, 重要等级, 设备等级"
    ),
    TagColumn.SERIAL: (
        "manufserialnumber, manufacturer serial number, seriennummer, fabriknummer, serial, serial no, "
        "serial number, s n, sn, 序列号, 出厂编号, 产品编号, 机身号"
    ),
    TagColumn.MANUFACTURER: (
        "manufacturer, hersteller, lieferant, maker, make, vendor, brand, oem, "
        "制造商, 生产厂家, 厂家, 制造厂, 品牌, 厂商"
    ),
    TagColumn.MODEL: (
        "typbezeichnung, typenbezeichnung, modell, model, model no, model number, type designation, 型号, "
        "规格型号, 设备型号"
    ),
    TagColumn.FEEDS: "feeds, feeds to, downstream, to, 下游, 下游设备, 供给, 流向",
    TagColumn.GLOBAL_ID: "globalid, global id, ifc guid, guid, ifc globalid, externalidentifier, extidentifier",
    TagColumn.SIGNAL: (
        "signal, signal key, messstelle, messgröße, point, measurement, parameter key, key, 信号, 测点, 测点名, "
        "点名, 信号键"
    ),
    TagColumn.SIGNAL_NAME: "signal name, point name, signal description, 测点名称, 信号名称, 测点描述",
    TagColumn.UNIT: "einheit, unit, units, eu, eng unit, engineering unit, uom, 单位, 工程单位, 计量单位",
    TagColumn.RANGE: (
        "range, measuring range, measurement range, instrument range, calibrated range, span, limits, 量程, "
        "测量范围, 量程范围, 范围, messbereich, bereichsgrenzen"
    ),
    TagColumn.LOW: (
        "untere grenze, grenzwert unten, alarm l, low alarm, set point l, setpoint l, alarm lo, low, min, "
        "minimum, lower limit, low limit, lo, range low, range min, lrv, alarm low, 下限, 最小值, 低限, 量程下限, "
        "报警下限, 低报"
    ),
    TagColumn.HIGH: (
        "obere grenze, grenzwert oben, alarm h, high alarm, set point h, setpoint h, alarm hi, high, max, "
        "maximum, upper limit, high limit, hi, range high, range max, urv, alarm high, 上限, 最大值, 高限, 量程上限, "
        "报警上限, 高报"
    ),
    TagColumn.PART: (
        "spare part, spare, part, part no, part number, spare part no, 备件, 备件号, 备件编号, 物料号, 物料编码"
    ),
    TagColumn.PART_NAME: "part name, spare part name, part description, 备件名称, 物料名称",
    TagColumn.STOCK: "stock, on stock, on hand, quantity on hand, 库存, 库存数量, 现有库存",
    TagColumn.LEAST: "least, min stock, minimum stock, safety stock, reorder level, 最低库存, 安全库存",
    TagColumn.LEAD_TIME_DAYS: "lead time, lead time days, delivery time, 交货期, 采购周期, 供货周期",
    TagColumn.QUANTITY: "quantity, qty, installed quantity, 数量, 安装数量",
    TagColumn.PRICE: "price, unit price, cost, 单价, 价格",
    TagColumn.DAY: (
        "installation date, install date, installed on, commissioning date, warranty start, warranty end, "
        "warranty start date, warranty until, 安装日期, 投运日期, 投产日期, 出厂日期, 保修开始, 保修截止, 质保到期"
    ),
    TagColumn.IGNORE: "no, row, lfd nr, nr, pos, 序号, 行号, #",
}
"""How columns are called, without their units, in small letters."""

_UNIT = re.compile(r"[\[(（【]\s*([^\])）】]{1,20})\s*[\])）】]")
_OF_NAME = {name: column for column, names in NAMES.items() for name in names.split(", ")}


def known_column(head: str) -> TagColumn | None:
    """Say what a column says by its head, None where nobody knows.

    >>> known_column("Tag-No."), known_column("设备位号"), known_column("Flow max [m³/h]"), known_column("Remarks")
    (<TagColumn.TAG: 'tag'>, <TagColumn.TAG: 'tag'>, None, None)
    """
    words = plain_head(head)
    if words in _OF_NAME:
        return _OF_NAME[words]
    parts = words.split(" / ")
    return _OF_NAME.get(parts[-1]) or _OF_NAME.get(parts[0]) if len(parts) > 1 else None


def plain_head(head: str) -> str:
    """Return a head without its unit, in small letters, with blanks for dots, dashes and underscores.

    >>> plain_head("Design  Limits / MAX [bar]")
    'design limits / max'
    """
    text = _UNIT.sub(" ", unicodedata.normalize("NFKC", head)).casefold()
    parts = [" ".join(re.sub(r"[._\-:*'’\s]+", " ", part).split()) for part in text.split(" / ")]
    return " / ".join(part for part in parts if part)


def unit_in(head: str) -> str:
    """Return the unit that stands in brackets in a head, as it is spelled; empty where none is known.

    >>> unit_in("Flow max (m3/h)"), unit_in("温度（℃）"), unit_in("Pump (new)")
    ('m³/h', '°C', '')
    """
    for found in _UNIT.findall(head):
        try:
            return spelled(found)
        except Rejected:
            continue
    return ""
