"""Schedules are read whatever wrote them, and what is none is refused with its reason."""

from __future__ import annotations

from datetime import date

import pytest

from lifecycle.schedule.milestones import Milestone, read_schedule
from plant.errors import Rejected

MSPDI = """<?xml version="1.0" encoding="UTF-8"?>
<Project xmlns="http://schemas.microsoft.com/project"><Name>CW</Name><Tasks>
 <Task><UID>0</UID><ID>0</ID><Name>CW</Name><Summary>1</Summary><Milestone>0</Milestone></Task>
 <Task><UID>3</UID><ID>3</ID><Name>机械竣工</Name><Milestone>1</Milestone><Finish>2026-06-12T17:00:00</Finish>
  <Baseline><Number>1</Number><Finish>2020-01-01T17:00:00</Finish></Baseline>
  <Baseline><Number>0</Number><Finish>2026-06-01T17:00:00</Finish></Baseline></Task>
 <Task><UID>4</UID><ID>4</ID><Name>Start</Name><Milestone>1</Milestone><Finish>2026-01-05T08:00:00</Finish>
  <ActualFinish>2026-01-07T08:00:00</ActualFinish></Task>
</Tasks></Project>"""
XER = """ERMHDR	19.12	2026-01-01	Project	admin
%T	PROJECT
%F	proj_id	proj_short_name
%R	7	CW
%T	TASK
%F	task_id	task_code	task_name	task_type	target_start_date	target_end_date	early_end_date	act_start_date
%R	1	A100	Notice to proceed	TT_Mile	2026-01-05 08:00			2026-01-06 08:00
%R	2	A900	Fertigstellung Kühlwasser	TT_FinMile		2026-06-01 17:00	2026-06-12 17:00
%R	3	A500	Piping	TT_Task	2026-02-01 08:00	2026-04-01 17:00
a line that goes on from a memo	with a tab
%E
"""


def test_microsoft_projects_xml_gives_baseline_forecast_and_actual() -> None:
    assert read_schedule(MSPDI.encode()).milestones == [
        Milestone(key="3", name="机械竣工", planned=date(2026, 6, 1), forecast=date(2026, 6, 12)),
        Milestone(key="4", name="Start", planned=None, forecast=date(2026, 1, 5), actual=date(2026, 1, 7)),
    ]


@pytest.mark.parametrize("code_page", ["utf-8", "cp1252", "utf-8-sig"])
def test_a_xer_is_read_in_any_code_page(code_page: str) -> None:
    assert read_schedule(XER.replace("\n", "\r\n").encode(code_page)).milestones == [
        Milestone(
            key="A100",
            name="Notice to proceed",
            planned=date(2026, 1, 5),
            forecast=date(2026, 1, 5),
            actual=date(2026, 1, 6),
        ),
        Milestone(key="A900", name="Fertigstellung Kühlwasser", planned=date(2026, 6, 1), forecast=date(2026, 6, 12)),
    ]


COPIED = (
    "ERMHDR\t8.0\r\n%T\tPROJECT\r\n%F\tproj_id\torig_proj_id\r\n%R\t10\t\r\n%R\t11\t10\r\n"
    "%T\tTASK\r\n%F\tproj_id\ttask_type\ttask_code\ttask_name\tnotes\ttarget_end_date\tearly_end_date\r\n"
    "%R\t10\tTT_FinMile\tC\tComplete\tfirst\nsecond\t2026-07-01 17:00\t2026-07-09 17:00\r\n"
    "%R\t10\tTT_FinMile\tS\tStart\t\x00\x01\x0b\x1c\x1d\t2026-03-02 17:00\t2026-03-04 17:00\r\n"
    "%R\t11\tTT_FinMile\tC\tComplete\t\t2026-06-15 17:00\t2026-06-15 17:00\r\n%E\r\n"
)


def test_a_baseline_copy_is_the_plan_and_bytes_and_line_breaks_in_a_field_harm_no_row() -> None:
    assert read_schedule(COPIED.encode("cp1252")).milestones == [
        Milestone(key="C", name="Complete", planned=date(2026, 6, 15), forecast=date(2026, 7, 9)),
        Milestone(key="S", name="Start", planned=date(2026, 3, 2), forecast=date(2026, 3, 4)),
    ]


@pytest.mark.parametrize("code_page", ["utf-8-sig", "gb18030"])
def test_a_table_is_read_in_chinese_as_excel_writes_it(code_page: str) -> None:
    head, first = "编号;名称;计划日期;预计日期;实际", "M1;开工;2026/01/05;;2026-01-06"
    text = f"{head}\n{first}\nM9;竣工验收;2026年6月1日;2026-06-12;n/a\n;;;;\n"
    assert read_schedule(text.encode(code_page)).milestones == [
        Milestone(key="M1", name="开工", planned=date(2026, 1, 5), forecast=None, actual=date(2026, 1, 6)),
        Milestone(key="M9", name="竣工验收", planned=date(2026, 6, 1), forecast=date(2026, 6, 12)),
    ]


BOMB = '<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><Project><Tasks><Task>&c;</Task></Tasks></Project>'


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "no_schedule"),
        (b"PK\x03\x04zip", "no_schedule"),
        (b"\xd0\xcf\x11\xe0ole", "no_schedule"),
        (BOMB.encode(), "bad_xml"),
        (MSPDI.encode()[:200], "bad_xml"),
        (b"<html/>", "no_schedule"),
        (b"<Project/>", "no_milestones"),
        (b"a,b,c\n1,2,3\n", "no_schedule"),
        (b"key,name,planned\nM1,Start,someday\n", "bad_date"),
        (b"key,name,planned\nM1,Start,2026-01-01\nM1,End,2026-01-02\n", "key_twice"),
        (b"ERMHDR\t19\r\n%T\tPROJECT\r\n%F\ta\r\n%R\t1\r\n", "no_schedule"),
        (bytes(range(256)), "no_schedule"),
    ],
)
def test_what_is_no_schedule_is_refused_with_its_reason(body: bytes, reason: str) -> None:
    with pytest.raises(Rejected) as refused:
        read_schedule(body)
    assert refused.value.reason == reason
