"""Tables as historians and control systems export them are read with the right names, times, units and gaps."""

from __future__ import annotations

import math
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from simulators.tables.instants import TimeRules
from simulators.tables.recording import RecordedTable, UnreadableRecording

NAN = math.nan
EIGHT_MS = 1_796_025_600_000  # 2026-11-30T08:00:00Z

EXPORTS: dict[str, tuple[str, dict[str, list[float]]]] = {
    "PI DataLink, more of its words than numbers": (
        (
            "Timestamp,SINUSOID,CDT158\n30-Nov-26 08:00:00,50.1,Bad Input\n30-Nov-26 08:01:00,No Data,101.5\n"
            "30-Nov-26 08:02:00,I/O Timeout,102.5\n30-Nov-26 08:03:00,Pt Created,103.5\n"
        ),
        {"SINUSOID": [50.1, NAN, NAN, NAN], "CDT158": [NAN, 101.5, 102.5, 103.5]},
    ),
    "IP.21, whose status tells what is bad": (
        (
            "NAME,IP_TREND_TIME,TIMESTAMP,IP_TREND_VALUE,IP_TREND_QSTATUS\n"
            "ATCAI,30-NOV-26 08:00:00.0,30-NOV-26 08:00:00.0,4.5,Good\n"
            "ATCAI,30-NOV-26 08:01:00.0,30-NOV-26 08:01:00.0,4.6,Bad Tag\n"
            "ATCAI,30-NOV-26 08:02:00.0,30-NOV-26 08:02:00.0,4.7,Suspect\n"
        ),
        {"IP_TREND_VALUE": [4.5, NAN, 4.7]},
    ),
    "AVEVA Historian, whose OPC quality tells what is bad": (
        (
            "DateTime,TagName,Value,OPCQuality\n2026-11-30 08:00:00.0000000,P7.Temp,50.1,192\n"
            "2026-11-30 08:01:00.0000000,P7.Temp,0,24\n2026-11-30 08:02:00.0000000,P7.Temp,50.3,192\n"
        ),
        {"Value": [50.1, NAN, 50.3]},
    ),
    "InTouch, a date of two digits and a dollar": (
        "ASCII\n,\n$Date,$Time,P7_Temp\n11/30/26,08:00:00,50.1\n11/30/26,08:01:00,50.2\n11/30/26,08:02:00,50.3\n",
        {"P7_Temp": [50.1, 50.2, 50.3]},
    ),
    "Ignition's dataset": (
        (
            '"#NAMES"\n"t_stamp","Temp","Run"\n"#TYPES"\n"date","D","B"\n"#ROWS","3"\n'
            '"2026-11-30 08:00:00.000","50.1","true"\n'
            '"2026-11-30 08:01:00.000","50.2","false"\n"2026-11-30 08:02:00.000","50.3","true"\n'
        ),
        {"Temp": [50.1, 50.2, 50.3], "Run": [1, 0, 1]},
    ),
    "WinCC, its own time and validity beside": (
        (
            "VarName;TimeString;VarValue;Validity;Time_ms\nP7_Temp;30.11.2026 08:00:00;50,125;1;46356333333,3333\n"
            "P7_Temp;30.11.2026 08:01:00;50,25;0;46356334027,7778\n"
            "P7_Temp;30.11.2026 08:02:00;50,5;1;46356334722,2222\n"
        ),
        {"VarValue": [50.125, NAN, 50.5]},
    ),
    "InfluxDB, several columns of times": (
        (
            "#group,false,false,true,true,false,false\n#datatype,string,long,dateTime:RFC3339,dateTime:RFC3339,dateTime:RFC3339,double\n"
            "#default,_result,,,,,\n,result,table,_start,_stop,_time,_value\n"
            ",,0,2026-11-30T07:00:00Z,2026-11-30T09:00:00Z,2026-11-30T08:00:00Z,50.1\n"
            ",,0,2026-11-30T07:00:00Z,2026-11-30T09:00:00Z,2026-11-30T08:01:00Z,50.2\n"
            ",,0,2026-11-30T07:00:00Z,2026-11-30T09:00:00Z,2026-11-30T08:02:00Z,50.3\n"
        ),
        {"table": [0, 0, 0], "_value": [50.1, 50.2, 50.3]},
    ),
    "a controller of Supcon: tag, description and unit above": (
        (
            "位号,TI101,FI102\n描述,出口温度,流量\n单位,℃,m³/h\n2026-11-30 08:00:00,50.1,7.1\n"
            "2026-11-30 08:01:00,50.2,7.2\n2026-11-30 08:02:00,50.3,坏点\n"
        ),
        {"TI101": [50.1, 50.2, 50.3], "FI102": [7.1, 7.2, NAN]},
    ),
}


def read(folder: Path, text: str, **rules: ZoneInfo) -> RecordedTable:
    path = folder / "export.csv"
    path.write_text(text, encoding="utf-8")
    return RecordedTable.read(path, times=TimeRules(**rules))


@pytest.mark.parametrize("export", EXPORTS)
def test_an_export_is_read_as_it_was_meant(tmp_path: Path, export: str) -> None:
    text, wanted = EXPORTS[export]
    table = read(tmp_path, text)
    assert {key: repr(table.values[:, place].tolist()) for place, key in enumerate(table.keys)} == {
        key: repr([float(one) for one in said]) for key, said in wanted.items()
    }
    assert table.times_ms.tolist() == [EIGHT_MS + 60_000 * row for row in range(len(table))]


def test_units_that_are_called_so_are_those_of_the_columns(tmp_path: Path) -> None:
    table = read(tmp_path, EXPORTS["a controller of Supcon: tag, description and unit above"][0])
    assert table.units == ("℃", "m³/h")
    assert "the row '单位' is read as units; 1 more beneath the names left out" in table.notes


def test_what_is_bad_is_said(tmp_path: Path) -> None:
    table = read(tmp_path, EXPORTS["IP.21, whose status tells what is bad"][0])
    assert "1 rows are bad by column 'IP_TREND_QSTATUS'; their numbers count as missing" in table.notes


@pytest.mark.parametrize("said", ["0,1,133", "low,Good,x", "0,0,0", "Bad,Bad,Bad"])
def test_a_quality_that_cannot_be_told_leaves_all_rows(tmp_path: Path, said: str) -> None:
    rows = [f"2026-11-30 08:0{row}:00,{row},{one}" for row, one in enumerate(said.split(","))]
    table = read(tmp_path, "\n".join(["Time,Flow,Quality", *rows]))
    assert table.values[:, 0].tolist() == [0, 1, 2]


def test_milliseconds_of_a_column_of_their_own_are_those_of_the_time(tmp_path: Path) -> None:
    table = read(
        tmp_path,
        "Date,Time,MilliSec,T\n11/30/2026,08:00:00,100,1\n11/30/2026,08:00:00,600,2\n11/30/2026,08:00:01,100,3\n",
    )
    assert (table.keys, (table.times_ms - EIGHT_MS).tolist()) == (("T",), [100, 600, 1100])


def test_tags_that_come_at_different_times_are_never_joined(tmp_path: Path) -> None:
    said = ("P7.Temp,2026-11-30 08:00:00,50", "P7.Flow,2026-11-30 08:00:07,7", "P7.Temp,2026-11-30 08:01:00,51")
    text = "\n".join(["TagName,Time,Value", *said])
    with pytest.raises(
        UnreadableRecording, match=r"speak of several in column 'TagName': P7\.Temp, P7\.Flow; take each"
    ):
        read(tmp_path, text)
