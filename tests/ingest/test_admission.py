"""Admission: times, flags and keys, rule by rule."""

from __future__ import annotations

from ingest.admission import YEAR_2000_US, Admitted, Device, admit, refuse_all
from ingest.decoded import ABSENT, Decoded
from plant.reading import Flag

NOW_US = 1_772_000_000_000_000
SECOND_US = 1_000_000
DAY_US = 86_400 * SECOND_US
YEARS_10_US = 3650 * DAY_US


def pump(**known: int) -> Device:
    return Device(asset_id=1, grace_us=2 * SECOND_US, signals=known)


def said(*rows: tuple[str, int], flags: int = 0) -> Decoded:
    return Decoded(
        site="demo",
        asset="P-101",
        keys=[key for key, _ in rows],
        times_us=[time_us for _, time_us in rows],
        values=[float(n) for n in range(len(rows))],
        flags=[flags for _ in rows],
    )


def admitted(decoded: Decoded, device: Device, *, retention_us: int = YEARS_10_US, retained: bool = False) -> Admitted:
    outcome = admit(decoded, device, arrival_us=NOW_US, retention_us=retention_us, retained=retained)
    assert outcome is not None
    return outcome


def refusals(outcome: Admitted) -> dict[str, int]:
    return {reason: reject.readings for reason, reject in outcome.rejects.items()}


def test_known_signals_are_admitted_as_they_are() -> None:
    outcome = admitted(said(("b", NOW_US), ("a", NOW_US - DAY_US), flags=2), pump(a=11, b=12))
    assert (outcome.signal_ids, outcome.times_us) == ([12, 11], [NOW_US, NOW_US - DAY_US])
    assert (outcome.values, outcome.flags, outcome.rejects) == ([0.0, 1.0], [2, 2], {})


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
    decoded = said(("a", NOW_US), ("new", NOW_US))
    assert admit(decoded, pump(a=11), arrival_us=NOW_US, retention_us=YEARS_10_US) is None


def test_beyond_the_most_signals_only_the_known_ones_are_admitted() -> None:
    device = pump(a=11)
    device.is_full = True
    outcome = admitted(said(("new", NOW_US), ("a", NOW_US), ("newer", ABSENT)), device)
    assert (outcome.signal_ids, outcome.values) == ([11], [1.0])
    assert refusals(outcome) == {"too_many_signals": 2}


def test_a_key_that_cannot_name_a_signal_is_refused() -> None:
    outcome = admitted(
        said(("", NOW_US), ("a\x00", NOW_US), ("x" * 201, NOW_US), ("\ud800", NOW_US), ("a", NOW_US)), pump(a=11)
    )
    assert (outcome.signal_ids, refusals(outcome)) == ([11], {"bad_key": 4})


def test_an_unknown_asset_is_refused_with_all_its_readings() -> None:
    decoded = said(("a", NOW_US), ("b", NOW_US))
    decoded.refuse("not_a_number", "c is null")
    outcome = admitted(decoded, Device(asset_id=None))
    assert (outcome.signal_ids, refusals(outcome)) == ([], {"unknown_asset": 3})
    assert refusals(refuse_all(decoded, "refused", "")) == {"refused": 3}
