"""Admission: times, flags and keys, rule by rule."""

from __future__ import annotations

from array import array

from ingest.admission.admit import YEAR_2000_US, AdmissionRules, admit
from ingest.decoding.decoded import ABSENT, DeviceReport
from ingest.decoding.device_profile import DeviceProfile
from plant.reading import Flag

NOW_US = 1_772_000_000_000_000
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
YEARS_10_US = 3650 * DAY_US


def pump(**known: int) -> DeviceProfile:
    return DeviceProfile(site="demo", asset="P-101", asset_id=1, grace_us=2 * SECOND_US, signals=known)


def said(*rows: tuple[str, int], flags: int = 0) -> DeviceReport:
    """A report with an instant for each row, whose value is the row's number."""
    return DeviceReport(
        "demo",
        "P-101",
        [(key,) for key, _ in rows],
        [time_us for _, time_us in rows],
        [flags for _ in rows],
        array("d", range(len(rows))),
    )


def judge(
    report: DeviceReport,
    device: DeviceProfile,
    *,
    retention_us: int = YEARS_10_US,
    spread_us: int = 0,
    retained: bool = False,
    arrival_us: int = NOW_US,
) -> bool:
    rules = AdmissionRules(retention_us=retention_us, spread_us=spread_us)
    return admit(report, device, rules, arrival_us=arrival_us, retained=retained)


def admitted(report: DeviceReport, device: DeviceProfile, **rules: int) -> DeviceReport:
    assert judge(report, device, **rules)  # type: ignore[arg-type]
    return report


def signal_ids(report: DeviceReport) -> list[int]:
    return [int(signal_id) for ids in report.signal_ids for signal_id in ids]


def refusals(report: DeviceReport) -> dict[str, int]:
    return {reason: reject.readings for reason, reject in report.rejects.items()}


def test_known_signals_are_admitted_as_they_are() -> None:
    outcome = admitted(said(("b", NOW_US), ("a", NOW_US - DAY_US), flags=2), pump(a=11, b=12))
    assert (signal_ids(outcome), outcome.times_us) == ([12, 11], [NOW_US, NOW_US - DAY_US])
    assert (outcome.values.tolist(), outcome.flags, outcome.rejects) == ([0.0, 1.0], [2, 2], {})


def test_an_absent_time_is_the_arrival_and_says_so() -> None:
    outcome = admitted(said(("a", ABSENT), ("a", NOW_US), flags=8), pump(a=11))
    assert outcome.times_us == [NOW_US, NOW_US]
    assert outcome.flags == [8 | Flag.TIME_IS_ARRIVAL, 8]


def test_a_retained_payload_without_time_is_never_stamped_anew() -> None:
    outcome = admitted(said(("a", ABSENT), ("a", NOW_US)), pump(a=11), retained=True)
    assert (outcome.times_us, refusals(outcome)) == ([NOW_US], {"retained_without_time": 1})


def test_ahead_by_no_more_than_the_grace_is_on_time() -> None:
    outcome = admitted(said(("a", NOW_US + 2 * SECOND_US), ("a", NOW_US + 2 * SECOND_US + 1)), pump(a=11))
    assert outcome.flags == [0, Flag.CLOCK_AHEAD]


def test_ahead_by_more_than_ten_minutes_is_in_the_future() -> None:
    edge = NOW_US + 600 * SECOND_US
    outcome = admitted(said(("a", edge), ("a", edge + 1), ("a", 10**30)), pump(a=11))
    assert (outcome.times_us, outcome.flags) == ([edge], [Flag.CLOCK_AHEAD])
    assert refusals(outcome) == {"in_the_future": 2}


def test_older_than_the_retention_or_the_year_2000_is_too_old() -> None:
    edge = NOW_US - DAY_US
    outcome = admitted(said(("a", edge), ("a", edge - 1), ("a", 0), ("a", -(10**30))), pump(a=11), retention_us=DAY_US)
    assert (outcome.times_us, refusals(outcome)) == ([edge], {"too_old": 3})
    outcome = admitted(said(("a", YEAR_2000_US), ("a", YEAR_2000_US - 1)), pump(a=11), retention_us=100 * YEARS_10_US)
    assert (outcome.times_us, refusals(outcome)) == ([YEAR_2000_US], {"too_old": 1})


def test_a_signal_that_is_not_known_yet_has_to_be_registered_first() -> None:
    report = said(("a", NOW_US), ("new", NOW_US))
    assert not judge(report, pump(a=11))
    assert (report.device, report.times_us) == (None, [NOW_US, NOW_US])


def test_beyond_the_most_signals_only_the_known_ones_are_admitted() -> None:
    device = pump(a=11)
    device.is_full = True
    outcome = admitted(said(("new", NOW_US), ("a", NOW_US), ("newer", ABSENT)), device)
    assert (signal_ids(outcome), outcome.values.tolist()) == ([11], [1.0])
    assert refusals(outcome) == {"too_many_signals": 2}


def test_a_key_that_cannot_name_a_signal_is_refused() -> None:
    outcome = admitted(
        said(("", NOW_US), ("a\x00", NOW_US), ("x" * 201, NOW_US), ("\ud800", NOW_US), ("a", NOW_US)), pump(a=11)
    )
    assert (signal_ids(outcome), refusals(outcome)) == ([11], {"bad_key": 4})


def test_marks_stay_with_their_values_when_others_are_refused() -> None:
    device = pump(a=11, b=12)
    device.is_full = True
    report = DeviceReport("demo", "P-101", [("x", "a"), ("b",)], [NOW_US, NOW_US], [0, 0], array("d", [0, 1, 2]))
    report.mark(0, 2)
    report.mark(2, 4)
    outcome = admitted(report, device)
    assert (outcome.values.tolist(), outcome.marks) == ([1.0, 2.0], {1: 4})


def test_an_unknown_asset_is_refused_with_all_its_readings() -> None:
    report = said(("a", NOW_US), ("b", NOW_US))
    report.refuse("not_a_number", "c is null")
    outcome = admitted(report, DeviceProfile(site="demo", asset="P-9", asset_id=None))
    assert (signal_ids(outcome), refusals(outcome)) == ([], {"unknown_asset": 3})


def test_what_is_older_than_the_newest_by_more_than_the_grace_is_late() -> None:
    device = pump(a=11)
    admitted(said(("a", NOW_US)), device)
    assert admitted(said(("a", NOW_US - 2 * SECOND_US)), device).flags == [0]
    assert admitted(said(("a", NOW_US - 2 * SECOND_US - 1)), device).flags == [Flag.LATE]
    assert admitted(said(("a", NOW_US - 2 * SECOND_US - 1)), device, spread_us=1).flags == [0]


def test_history_is_never_late_and_makes_nothing_late() -> None:
    device = pump(a=11)
    admitted(said(("a", NOW_US - DAY_US)), device)
    assert admitted(said(("a", NOW_US), flags=8), device).flags == [8]
    assert admitted(said(("a", NOW_US - DAY_US)), device).flags == [0]
    assert admitted(said(("a", NOW_US - 2 * DAY_US), flags=8), device).flags == [8]


def test_a_clock_that_is_ahead_makes_nothing_late() -> None:
    device = pump(a=11)
    assert admitted(said(("a", NOW_US + 60 * SECOND_US)), device).flags == [Flag.CLOCK_AHEAD]
    assert admitted(said(("a", NOW_US)), device).flags == [0]


def test_instants_of_one_message_do_not_make_one_another_late() -> None:
    device = pump(a=11)
    backlog = [("a", NOW_US - second * SECOND_US) for second in range(100)]
    assert admitted(said(*backlog), device).flags == [0] * 100
    assert device.newest_us == NOW_US


def test_a_reading_refused_for_its_time_asks_for_no_signal() -> None:
    report = said(("new", 1), ("other", NOW_US + DAY_US))
    assert judge(report, pump(a=1))
    assert (refusals(report), signal_ids(report)) == ({"too_old": 1, "in_the_future": 1}, [])


def test_new_signals_are_asked_for_by_the_instants_that_would_be_stored() -> None:
    report = said(("new", 1), ("other", NOW_US))
    assert not judge(report, pump(a=1))
    assert (report.rejects, len(report.values)) == ({}, 2)
    assert judge(report, pump(other=7))
    assert (refusals(report), signal_ids(report), report.values.tolist()) == ({"too_old": 1}, [7], [1.0])


def test_where_no_more_signals_may_be_the_time_is_the_reason_given_first() -> None:
    device = pump(a=1)
    device.is_full = True
    report = admitted(said(("new", 1), ("new", NOW_US), ("a", NOW_US)), device)
    assert (refusals(report), signal_ids(report)) == ({"too_old": 1, "too_many_signals": 1}, [1])
