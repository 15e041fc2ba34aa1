from __future__ import annotations

from collections import defaultdict
from typing import Any

import numpy as np
import pytest

from plant.clock import ManualClock
from simulators.faults import Fault, UnknownFault
from simulators.fleet import Fleet, Outbox, UnusableRegister, backfill, instants_ms, live

HOUR, DAY = 3_600, 86_400


def test_register_and_machines_agree_on_signals(register: dict[str, Any], fleet: Fleet) -> None:
    described = {entry["tag"]: {signal["key"] for signal in entry["signal"]} for entry in register["class"]}
    class_of = {asset["tag"]: asset["class"] for asset in register["asset"]}
    assert len(fleet.devices) == 12
    for device in fleet.devices:
        assert set(device.keys) == described[class_of[device.asset]]


def test_register_is_whole(register: dict[str, Any]) -> None:
    assets = {asset["tag"]: asset for asset in register["asset"]}
    assert len(register["class"]) == 4
    assert all(next_one in assets for asset in assets.values() for next_one in asset["feeds"])
    assert len({(asset["x"], asset["y"]) for asset in assets.values()}) == 12
    assert all(0 <= asset["x"] <= 0.85 and 0 <= asset["y"] <= 0.85 for asset in assets.values())
    for entry in register["class"]:
        assert sum(signal.get("key_value", False) for signal in entry["signal"]) == 2
        assert {signal["role"] for signal in entry["signal"]} == {"measurement", "setting"}


def test_healthy_values_lie_inside_the_design_limits_for_a_day(register: dict[str, Any], fleet: Fleet) -> None:
    limits = {
        (entry["tag"], signal["key"]): (signal["low"], signal["high"])
        for entry in register["class"]
        for signal in entry["signal"]
    }
    for device in fleet.devices:
        for key, values in device.values(1_767_268_800 + np.arange(0.0, DAY, 2.0)).items():
            low, high = limits[device.machine.tag, key]
            margin = 0.02 * (high - low)
            assert low + margin < values.min(), (device.asset, key)
            assert values.max() < high - margin, (device.asset, key)


@pytest.mark.parametrize("register", [{}, {"site": {"tag": "s"}}, {"site": {"tag": "s"}, "asset": [{"tag": "P"}]}])
def test_register_without_what_a_fleet_needs_is_refused(register: dict[str, Any]) -> None:
    with pytest.raises(UnusableRegister, match="a fleet needs"):
        Fleet.from_register(register)


def test_fault_of_an_unknown_asset_is_refused(fleet: Fleet) -> None:
    with pytest.raises(UnknownFault, match="no asset 'P-999'"):
        fleet.suffering([Fault(asset="P-999", kind="bearing_wear", start_s=0, growth_s=1)])


def test_instants_lie_on_one_grid_wherever_one_begins() -> None:
    whole = list(instants_ms(1_000.0, 1_100.0, 0.7, 233))
    halves = [*instants_ms(1_000.0, 1_050.25, 0.7, 233), *instants_ms(1_050.25, 1_100.0, 0.7, 233)]
    assert halves == whole
    assert set(np.diff(whole)) == {700}
    assert whole[0] >= 1_000_000
    assert whole[-1] < 1_100_000


def test_backfill_sends_arrays_of_instants_marked_historical(fleet: Fleet, wire: Any, clock: ManualClock) -> None:
    end_s = clock.now().timestamp()
    readings = backfill(fleet, wire, end_s - 250, end_s, 1.0)
    assert readings == 250 * sum(len(device.keys) for device in fleet.devices)
    assert len(wire.sent) == 12 * 3
    told = _rows_by_topic(wire.sent)
    pump = told["assetloop/v1/demo/P-101/telemetry"]
    assert len(pump) == 250
    assert all(row["hist"] is True for row in pump)
    assert all(end_s - 250 <= row["ts"] / 1_000 < end_s for row in pump)
    assert set(np.diff([row["ts"] for row in pump])) == {1_000}


def test_backfill_tells_its_progress_up_to_the_whole(fleet: Fleet, wire: Any) -> None:
    heard: list[tuple[int, int]] = []
    readings = backfill(fleet, wire, 1e9, 1e9 + 120, 1.0, progress=lambda done, total: heard.append((done, total)))
    assert heard[-1] == (readings, readings)
    assert [done for done, _ in heard] == sorted(done for done, _ in heard)
    assert {total for _, total in heard} == {readings}


def test_backfill_of_nothing_sends_nothing(fleet: Fleet, wire: Any) -> None:
    assert backfill(fleet, wire, 1e9, 1e9, 1.0) == 0
    assert wire.sent == []


def test_live_says_what_backfill_would_have_said(fleet: Fleet, wire: Any, clock: ManualClock, stop_after: Any) -> None:
    start_s = clock.now().timestamp()
    live(fleet, wire, clock, stop_after(20), period_s=1.0)
    spoken = _rows_by_topic(wire.sent)
    wire.sent.clear()
    backfill(fleet, wire, start_s, start_s + 20, 1.0)
    for topic, rows in _rows_by_topic(wire.sent).items():
        assert [(row["ts"], row["values"]) for row in rows] == [(row["ts"], row["values"]) for row in spoken[topic]]


def test_live_speaks_on_time_and_spread_over_the_period(
    fleet: Fleet, wire: Any, clock: ManualClock, stop_after: Any
) -> None:
    clock.sleep(0.4217)
    readings = live(fleet, wire, clock, stop_after(120), period_s=1.0)
    assert readings == sum(len(row["values"]) for _, _, row in wire.sent)
    assert len(wire.sent) == 120 * 12
    assert all(abs(sent_s - row["ts"] / 1_000) < 0.002 for sent_s, _, row in wire.sent)
    assert all("hist" not in row for _, _, row in wire.sent)
    phases = {topic: {row["ts"] % 1_000 for row in rows} for topic, rows in _rows_by_topic(wire.sent).items()}
    assert all(len(phase) == 1 for phase in phases.values())
    assert sorted(phase.pop() for phase in phases.values()) == [index * 1_000 // 12 for index in range(12)]


def test_fault_added_while_speaking_is_felt(fleet: Fleet, wire: Any, clock: ManualClock, stop_after: Any) -> None:
    faults: list[Fault] = []
    stop = stop_after(60)
    waited = stop.wait

    def wait(timeout: float | None = None) -> bool:
        if not faults and clock.now().timestamp() > stop.end_s - 30:
            faults.append(Fault(asset="P-101", kind="bearing_wear", start_s=stop.end_s - 30, growth_s=0))
        ended: bool = waited(timeout)
        return ended

    stop.wait = wait
    live(fleet, wire, clock, stop, period_s=1.0, faults=faults)
    pump = [
        row["values"]["vibration_de_mm_s"] for row in _rows_by_topic(wire.sent)["assetloop/v1/demo/P-101/telemetry"]
    ]
    assert max(pump[:29]) < 4.0 < min(pump[32:])


def test_live_goes_on_from_now_after_the_clock_jumped(
    fleet: Fleet, wire: Any, clock: ManualClock, stop_after: Any, caplog: pytest.LogCaptureFixture
) -> None:
    stop = stop_after(HOUR)
    waited, jumped = stop.wait, []

    def wait(timeout: float | None = None) -> bool:
        ended: bool = waited(timeout)
        if not jumped and len(wire.sent) == 30:
            jumped.append(True)
            clock.sleep(HOUR - 60)
        return ended

    stop.wait = wait
    live(fleet, wire, clock, stop, period_s=1.0)
    assert len(wire.sent) < 90 * 12
    assert wire.sent[-1][2]["ts"] / 1_000 > stop.end_s - 2
    assert "the clock jumped" in caplog.text


def test_outbox_keeps_what_the_broker_missed_and_sends_it_in_order(wire: Any) -> None:
    outbox = Outbox(wire=wire, limit=3)
    wire.away = True
    for number in range(5):
        outbox.post("t", str(number).encode())
    assert (len(outbox), outbox.lost) == (3, 2)
    wire.away = False
    outbox.post("t", b"5")
    assert [payload for _, _, payload in wire.sent] == [3, 4, 5]
    assert len(outbox) == 0


def test_machine_speaks_again_when_the_broker_is_back(
    fleet: Fleet, wire: Any, clock: ManualClock, stop_after: Any
) -> None:
    stop = stop_after(30)
    waited = stop.wait

    def wait(timeout: float | None = None) -> bool:
        wire.away = 10 < stop.end_s - clock.now().timestamp() < 20
        ended: bool = waited(timeout)
        return ended

    stop.wait = wait
    live(fleet, wire, clock, stop, period_s=1.0)
    instants = [row["ts"] for _, _, row in wire.sent]
    assert len(instants) == 30 * 12
    assert instants == sorted(instants)


def _rows_by_topic(sent: list[tuple[float, str, Any]]) -> dict[str, list[dict[str, Any]]]:
    rows: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for _, topic, payload in sent:
        rows[topic].extend(payload if isinstance(payload, list) else [payload])
    return rows
