"""MPXJ is the judge: what it writes and reads of dates, durations and calendars is what the product reads."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from lifecycle.schedule.calendar import WorkCalendar
from lifecycle.schedule.milestones import Milestone, read_schedule
from lifecycle.schedule.work import SchedulePlan, WorkCounted
from tests.clients.test_clients import BUILD_S, BUILT, HERE, run

pytestmark = [pytest.mark.long, pytest.mark.needs("mvn"), pytest.mark.timeout(BUILD_S + 120)]
# By hand, as other tools write: no currency table, a line break in a field, a baseline copy, bytes.
OTHER_TOOL = (
    "ERMHDR\t8.0\t2026-03-01\tProject\tother\ttool\tdb\tScheduler\tEUR\r\n"
    "%T\tPROJECT\r\n%F\tproj_id\torig_proj_id\tproj_short_name\texport_flag\r\n"
    "%R\t10\t\tMAIN\tY\r\n%R\t11\t10\tMAIN-B1\tN\r\n"
    "%T\tTASK\r\n%F\ttask_id\tproj_id\ttask_type\tstatus_code\ttask_code\ttask_name\tnotes\t"
    "target_end_date\tearly_end_date\tact_end_date\r\n"
    "%R\t1\t10\tTT_FinMile\tTK_NotStart\tC\tComplete\tfirst\nsecond\t2026-07-01 17:00\t2026-07-09 17:00\t\r\n"
    "%R\t2\t10\tTT_FinMile\tTK_Complete\tS\tStarted\t\x00\x01\x1c\x0b\t2026-03-02 17:00\t\t2026-03-03 17:00\r\n"
    "%R\t3\t11\tTT_FinMile\tTK_NotStart\tC\tComplete\t\t2026-06-15 17:00\t2026-06-15 17:00\t\r\n%E\r\n"
)


@pytest.fixture(scope="module")
def judge() -> list[str]:
    folder = BUILT / "schedules"
    shutil.copytree(HERE / "schedules", folder, dirs_exist_ok=True)
    if not (folder / "classpath").exists():
        run("mvn", "-q", "-B", "dependency:build-classpath", "-Dmdep.outputFile=classpath", cwd=folder)
    classpath = (folder / "classpath").read_text(encoding="utf-8").strip()
    run("javac", "-d", "classes", "-cp", classpath, "src/ScheduleJudge.java", cwd=folder)
    return ["java", "-cp", f"{folder / 'classes'}:{classpath}", "ScheduleJudge"]


@pytest.fixture(scope="module")
def written(judge: list[str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("schedules")
    run(*judge, "write", str(folder), cwd=folder)
    return folder


def judged(judge: list[str], file: Path, what: str = "read") -> list[str]:
    done = subprocess.run([*judge, what, str(file)], capture_output=True, text=True, check=True, timeout=BUILD_S)
    return sorted(line.rstrip("\n") for line in done.stdout.splitlines())


def said(one: Milestone) -> str:
    days = ("" if day is None else day.isoformat() for day in (one.planned, one.forecast, one.actual))
    return "\t".join([one.key, *days])


@pytest.mark.parametrize("name", ["plan.xml", "plan-windows-1252.xer", "plan-UTF-8.xer", "plan-GB18030.xer"])
def test_what_mpxj_writes_is_read_as_mpxj_reads_it(judge: list[str], written: Path, name: str) -> None:
    found = read_schedule((written / name).read_bytes()).milestones
    assert len(found) == 40
    assert sorted(map(said, found)) == judged(judge, written / name)
    if "GB18030" not in name:  # one letter that is not ASCII does not tell GB18030 from Big5
        assert {one.name.partition(" fertig ")[2] for one in found} == {"é"}


def test_what_another_tool_wrote_is_read_as_mpxj_reads_it(judge: list[str], tmp_path: Path) -> None:
    file = tmp_path / "other.xer"
    file.write_bytes(OTHER_TOOL.replace("first\nsecond", "first").encode("cp1252"))
    started = next(line for line in judged(judge, file) if line.startswith("S\t"))
    found = {one.key: said(one) for one in read_schedule(file.read_bytes()).milestones}
    assert found["S"].split("\t")[3] == started.split("\t")[3]


def days_said(calendar: WorkCalendar) -> str:
    first, last = date(2026, 1, 1), date(2027, 12, 31)
    days = (first + timedelta(days=number) for number in range((last - first).days + 1))
    return " ".join(str(calendar.minutes_on(day)) for day in days)


def work_said(plan: SchedulePlan) -> list[str]:
    """Say calendars, status and activities as the judge says them."""
    counted = WorkCounted(plan.activities)
    end = datetime(2100, 1, 1)  # noqa: DTZ001 - a schedule has no zone
    works = [(one, counted.planned_hours(one, end)[1]) for one in plan.activities]
    return sorted(
        [
            *(f"calendar\t{key}\t{days_said(one)}" for key, one in plan.calendars.items()),
            f"status\t{plan.status_at.date() if plan.status_at else ''}",
            *(
                f"work\t{one.key}\t{one.hours:.2f}\t{one.done_percent:.1f}\t{planned:.2f}\t"
                f"{str(one.is_started).lower()}\t{str(one.is_finished).lower()}"
                for one, planned in works
            ),
        ]
    )


@pytest.mark.parametrize(("name", "activities"), [("plan.xml", 40), ("hard.xml", 60), ("hard.xer", 60)])
def test_durations_progress_and_every_day_of_the_calendars_are_as_mpxj_reads_them(
    judge: list[str], written: Path, name: str, activities: int
) -> None:
    plan = read_schedule((written / name).read_bytes())
    assert len(plan.activities) == activities
    assert work_said(plan) == judged(judge, written / name, "work")
