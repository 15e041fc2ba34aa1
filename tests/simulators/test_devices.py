from __future__ import annotations

import numpy as np
import pytest

from simulators.devices import Device, UnknownMachine
from simulators.faults import Fault, UnknownFault
from simulators.fleet import Fleet
from simulators.machines import MACHINE_CLASSES

START = 1_767_268_800.0
HOUR, DAY = 3_600, 86_400
FAULTS = [(tag, kind) for tag, machine in MACHINE_CLASSES.items() for kind in machine.fault_kinds]


@pytest.fixture(params=list(MACHINE_CLASSES))
def device(request: pytest.FixtureRequest) -> Device:
    return Device.at("demo", "X-1", request.param)


def test_values_do_not_depend_on_how_the_question_is_cut(device: Device) -> None:
    times = START + np.arange(0.0, 200.0, 0.25)
    device = device.suffering(
        Fault(asset="X-1", kind=kind, start_s=START + 100, growth_s=60) for kind in device.machine.fault_kinds
    )
    whole = device.values(times)
    for cuts in (1, 7, 100):
        chunks = [device.values(chunk) for chunk in np.array_split(times, len(times) // cuts + 1) if chunk.size]
        for key in device.keys:
            assert np.array_equal(np.concatenate([chunk[key] for chunk in chunks]), whole[key]), key


def test_restarted_device_goes_on_as_before(device: Device) -> None:
    again = Device.at("demo", "X-1", device.machine.tag)
    times = START + np.arange(60.0)
    assert all(np.array_equal(again.values(times)[key], device.values(times)[key]) for key in device.keys)


def test_two_machines_of_a_class_are_not_the_same(device: Device) -> None:
    other = Device.at("demo", "X-2", device.machine.tag)
    times = START + np.arange(60.0)
    assert not any(np.array_equal(other.values(times)[key], device.values(times)[key]) for key in device.keys)


def test_signals_move_with_the_load(device: Device) -> None:
    values = device.values(START + np.arange(HOUR))
    setting = values[device.keys[0]]
    assert np.corrcoef(setting, values["motor_current_a"])[0, 1] > 0.9
    if "flow_m3_h" in values:
        assert np.corrcoef(setting, values["flow_m3_h"])[0, 1] > 0.9


def test_temperature_comes_after_the_load(device: Device) -> None:
    values = device.values(START + np.arange(4 * HOUR))
    key = next(key for key in device.keys if key.endswith("temperature_c"))
    heat, load = (x - x.mean() for x in (values[key], values["motor_current_a"]))
    delays = np.arange(0, 200, 5)
    match = [np.dot(heat[200:], load[200 - delay : len(load) - delay]) for delay in delays]
    assert delays[int(np.argmax(match))] >= 20


def test_an_hour_shows_the_whole_healthy_range(fleet: Fleet) -> None:
    for device in fleet.devices:
        day = device.values(START + np.arange(0.0, 7 * DAY, 7.0))
        hour = device.values(START - HOUR + np.arange(HOUR))
        for key in device.keys:
            low, high = hour[key].min(), hour[key].max()
            outside = np.maximum(low - day[key], day[key] - high)
            assert outside.max() < 0.1 * (high - low), (device.asset, key)
            assert (outside > 0).mean() < 0.02, (device.asset, key)


@pytest.mark.parametrize(("tag", "kind"), FAULTS)
def test_fault_changes_several_signals_by_many_sigma(tag: str, kind: str) -> None:
    healthy = Device.at("demo", "X-1", tag)
    ill = healthy.suffering([Fault(asset="X-1", kind=kind, start_s=START, growth_s=60)])
    times = START + HOUR + np.arange(HOUR)
    before, after = healthy.values(times), ill.values(times)
    shifts = {
        channel.key: abs(float((after[channel.key] - before[channel.key]).mean())) / channel.noise
        for channel in healthy.machine.channels
    }
    assert sum(shift > 4 for shift in shifts.values()) >= 2, shifts
    assert max(shifts.values()) > 15, shifts


@pytest.mark.parametrize(("tag", "kind"), FAULTS)
def test_fault_leaves_the_healthy_range_and_grows_into_it(tag: str, kind: str) -> None:
    healthy = Device.at("demo", "X-1", tag)
    ill = healthy.suffering([Fault(asset="X-1", kind=kind, start_s=START, growth_s=2 * HOUR)])
    times = START + np.arange(0.0, 4 * HOUR)
    before, after = healthy.values(times), ill.values(times)
    key = max(healthy.keys, key=lambda key: abs(after[key] - before[key]).mean() / before[key].std())
    shift = np.abs(after[key] - before[key])
    early, middle, late = shift[:900].mean(), shift[3_200:4_000].mean(), shift[3 * HOUR :].mean()
    assert early < 0.3 * late < middle < late
    assert late > 2 * before[key].std()


def test_healthy_past_does_not_know_the_coming_fault() -> None:
    healthy = Device.at("demo", "X-1", "centrifugal_pump")
    ill = healthy.suffering([Fault(asset="X-1", kind="bearing_wear", start_s=START, growth_s=30)])
    times = START - np.arange(1.0, 600.0)
    assert all(np.array_equal(ill.values(times)[key], healthy.values(times)[key]) for key in healthy.keys)


def test_fault_of_another_machine_is_not_caught() -> None:
    device = Device.at("demo", "X-1", "centrifugal_pump")
    other = Fault(asset="X-2", kind="bearing_wear", start_s=START, growth_s=30)
    assert device.suffering([other]).faults == ()


def test_class_without_a_machine_is_refused_in_one_line() -> None:
    with pytest.raises(UnknownMachine, match="class 'teapot' cannot be simulated"):
        Device.at("demo", "X-1", "teapot")


def test_fault_that_a_class_cannot_have_is_refused_in_one_line() -> None:
    device = Device.at("demo", "X-1", "cooling_fan")
    with pytest.raises(UnknownFault, match="a cooling_fan knows only imbalance"):
        device.suffering([Fault(asset="X-1", kind="cavitation", start_s=START, growth_s=1)])
