"""Four classes of machines (named after ISO 14224): what they measure, and the physics behind it.

Each `…_physics` maps `Moments` to clean values by signal key; the measuring noise and the scatter
between units are added by `simulators.devices`. Severities run from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from simulators.moments import FloatArray, Moments

Physics: TypeAlias = Callable[[Moments], dict[str, FloatArray]]


@dataclass(frozen=True, kw_only=True, slots=True)
class Channel:
    """One measured signal: noise (one sigma, in its unit) and the decimals its sensor resolves."""

    key: str
    noise: float
    decimals: int


@dataclass(frozen=True, kw_only=True, slots=True)
class MachineClass:
    """A class of machines: its signals, the kinds of fault it knows, and its physics."""

    tag: str
    channels: tuple[Channel, ...]
    fault_kinds: tuple[str, ...]
    physics: Physics


def pump_physics(now: Moments) -> dict[str, FloatArray]:
    """Follow the affinity laws: head with speed squared less throttling, power with both."""
    load, worn, cavitating, thin = (
        now.load(),
        now.severity("bearing_wear"),
        now.severity("cavitation"),
        now.severity("impeller_wear"),
    )
    speed = 2_450.0 + 500.0 * load
    flow = (52.0 + 66.0 * load) * (1.0 - 0.10 * cavitating) * (1.0 - 0.22 * thin)
    through = (flow / 118.0) ** 2
    suction = 1.6 - 0.35 * through - 0.5 * cavitating
    unsteady = cavitating * now.chatter("cavitation")
    head = 7.6 * (speed / 2_950.0) ** 2 * (1.0 - 0.20 * thin) - 1.7 * through
    shaft_kw = 9.0 + flow * head / 36.0 / 0.68 + 1.6 * worn
    return {
        "speed_rpm": speed,
        "flow_m3_h": flow,
        "suction_pressure_bar": suction + 0.04 * unsteady,
        "discharge_pressure_bar": suction + head + 0.20 * unsteady,
        "motor_current_a": 1.55 * shaft_kw,
        "vibration_de_mm_s": 1.3 + 1.1 * load + (4.6 + 0.8 * load) * worn + 2.4 * cavitating + 0.5 * unsteady,
        "bearing_temperature_c": 30.0 + now.lagged(_pump_bearing_heat, 90.0),
    }


def _pump_bearing_heat(past: Moments) -> FloatArray:
    return 9.0 + 14.0 * past.load() + 24.0 * past.severity("bearing_wear")


def motor_physics(now: Moments) -> dict[str, FloatArray]:
    """Follow an induction motor: current and power with load, copper heat with current squared."""
    load, worn, unbalanced, hot = (
        now.load(),
        now.severity("bearing_wear"),
        now.severity("imbalance"),
        now.severity("winding_overheating"),
    )
    return {
        "load_pct": 45.0 + 50.0 * load,
        "motor_current_a": _motor_current(now),
        "power_kw": (25.0 + 30.0 * load) * (1.0 + 0.03 * hot) + 1.2 * worn,
        "winding_temperature_c": 38.0 + now.lagged(_winding_heat, 120.0),
        "bearing_temperature_c": 30.0 + now.lagged(_motor_bearing_heat, 100.0),
        "vibration_de_mm_s": 0.9 + 0.6 * load + 3.2 * worn + 3.6 * unbalanced,
    }


def _motor_current(now: Moments) -> FloatArray:
    share = 0.45 + 0.50 * now.load()
    friction = 1.0 + 0.02 * now.severity("bearing_wear")
    loss = 1.0 + 0.06 * now.severity("winding_overheating")
    return 100.0 * np.sqrt(0.3**2 + share**2) * friction * loss


def _winding_heat(past: Moments) -> FloatArray:
    return 46.0 * (_motor_current(past) / 100.0) ** 2 + 36.0 * past.severity("winding_overheating")


def _motor_bearing_heat(past: Moments) -> FloatArray:
    faults = 22.0 * past.severity("bearing_wear") + 5.0 * past.severity("imbalance")
    return 10.0 + 12.0 * past.load() + faults


def compressor_physics(now: Moments) -> dict[str, FloatArray]:
    """Follow an oil-flooded screw: slide valve sets the flow, oil carries the heat away."""
    load, worn, fouled, leaking = (
        now.load(),
        now.severity("bearing_wear"),
        now.severity("cooler_fouling"),
        now.severity("internal_leakage"),
    )
    slide = 0.50 + 0.45 * load
    effort = 1.0 + 0.03 * worn + 0.04 * fouled + 0.07 * leaking
    return {
        "load_pct": 100.0 * slide,
        "flow_m3_h": 610.0 * slide * (1.0 - 0.16 * leaking),
        "discharge_pressure_bar": 7.0 + 0.6 * load - 0.5 * leaking,
        "discharge_temperature_c": 60.0 + now.lagged(_discharge_heat, 110.0),
        "oil_temperature_c": 44.0 + now.lagged(_oil_heat, 150.0),
        "motor_current_a": (34.0 + 92.0 * slide) * effort,
        "vibration_de_mm_s": 2.0 + 0.9 * load + 4.4 * worn + 0.6 * leaking,
    }


def _oil_heat(past: Moments) -> FloatArray:
    faults = 18.0 * past.severity("cooler_fouling") + 6.0 * past.severity("bearing_wear")
    return 9.0 + 11.0 * past.load() + faults


def _discharge_heat(past: Moments) -> FloatArray:
    return 4.0 + _oil_heat(past) + 12.0 * past.severity("internal_leakage")


def fan_physics(now: Moments) -> dict[str, FloatArray]:
    """Follow the fan laws: flow with speed, current with its cube, imbalance with its square."""
    load, worn, unbalanced, fouled = (
        now.load(),
        now.severity("bearing_wear"),
        now.severity("imbalance"),
        now.severity("blade_fouling"),
    )
    turn = 0.62 + 0.36 * load
    return {
        "speed_rpm": 1_000.0 * turn,
        "flow_m3_h": 36_000.0 * turn * (1.0 - 0.18 * fouled),
        "motor_current_a": 11.0 + 24.0 * turn**3 * (1.0 + 0.12 * fouled) + 1.0 * worn,
        "vibration_de_mm_s": 1.0 + 1.4 * turn**2 + 3.4 * worn + 5.2 * turn**2 * unbalanced + 1.2 * fouled,
        "bearing_temperature_c": 28.0 + now.lagged(_fan_bearing_heat, 80.0),
    }


def _fan_bearing_heat(past: Moments) -> FloatArray:
    faults = 22.0 * past.severity("bearing_wear") + 6.0 * past.severity("imbalance")
    return 8.0 + 13.0 * past.load() + faults


def _channels(**noise_and_decimals: tuple[float, int]) -> tuple[Channel, ...]:
    return tuple(
        Channel(key=key, noise=noise, decimals=decimals) for key, (noise, decimals) in noise_and_decimals.items()
    )


_PUMP = MachineClass(
    tag="centrifugal_pump",
    channels=_channels(
        speed_rpm=(2.0, 0),
        flow_m3_h=(0.6, 2),
        suction_pressure_bar=(0.01, 3),
        discharge_pressure_bar=(0.03, 3),
        motor_current_a=(0.25, 2),
        vibration_de_mm_s=(0.08, 3),
        bearing_temperature_c=(0.15, 2),
    ),
    fault_kinds=("bearing_wear", "cavitation", "impeller_wear"),
    physics=pump_physics,
)
_MOTOR = MachineClass(
    tag="electric_motor",
    channels=_channels(
        load_pct=(0.3, 1),
        motor_current_a=(0.4, 2),
        power_kw=(0.25, 2),
        winding_temperature_c=(0.2, 2),
        bearing_temperature_c=(0.15, 2),
        vibration_de_mm_s=(0.05, 3),
    ),
    fault_kinds=("winding_overheating", "bearing_wear", "imbalance"),
    physics=motor_physics,
)
_COMPRESSOR = MachineClass(
    tag="screw_compressor",
    channels=_channels(
        load_pct=(0.3, 1),
        flow_m3_h=(3.0, 1),
        discharge_pressure_bar=(0.02, 3),
        discharge_temperature_c=(0.25, 2),
        oil_temperature_c=(0.2, 2),
        motor_current_a=(0.5, 2),
        vibration_de_mm_s=(0.09, 3),
    ),
    fault_kinds=("cooler_fouling", "internal_leakage", "bearing_wear"),
    physics=compressor_physics,
)
_FAN = MachineClass(
    tag="cooling_fan",
    channels=_channels(
        speed_rpm=(1.5, 0),
        flow_m3_h=(150.0, 0),
        motor_current_a=(0.2, 2),
        vibration_de_mm_s=(0.07, 3),
        bearing_temperature_c=(0.15, 2),
    ),
    fault_kinds=("imbalance", "bearing_wear", "blade_fouling"),
    physics=fan_physics,
)

MACHINE_CLASSES: Mapping[str, MachineClass] = {machine.tag: machine for machine in (_PUMP, _MOTOR, _COMPRESSOR, _FAN)}
