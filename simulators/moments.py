"""What a machine lives through at many instants: its load, its faults, lag and chance.

Everything here is a pure function of a seed and epoch seconds. Chance comes from a counter-based
generator (SplitMix64 over the millisecond), so the same instant always draws the same number,
whichever process asks and however its questions are cut.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING, TypeAlias

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulators.faults import Fault

FloatArray: TypeAlias = NDArray[np.float64]

_WORD = (1 << 64) - 1
_GOLDEN = 0x9E3779B97F4A7C15
_NOISE_LIMIT = 4.0
_LAG_NODES, _LAG_WEIGHTS = (part.tolist() for part in np.polynomial.laguerre.laggauss(10))
_LOAD_PERIOD_S = (300.0, 390.0)
_LOAD_RATES = (1.0, 2.618034, 5.385165)  # far from simple fractions: no beat slower than the hour
_LOAD_WEIGHTS = (0.55, 0.30, 0.15)
_LINGER = 1.8


def seed_of(*parts: str) -> int:
    """Derive a 64-bit seed from names, the same in every process.

    >>> seed_of("demo", "P-101") == seed_of("demo", "P-101") != seed_of("demo", "P-102")
    True
    """
    digest = blake2b("\0".join(parts).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big")


def uniform(seed: int, *parts: str) -> float:
    """Draw one number in [0, 1) that belongs to a seed and a name."""
    return seed_of(str(seed), *parts) / (_WORD + 1)


def white_noise(seed: int, name: str, times: FloatArray) -> FloatArray:
    """Draw a standard normal number for each epoch second (to the millisecond), cut at 4 sigma."""
    counters = np.rint(times * 1_000).astype(np.int64).view(np.uint64)
    first = _mixed(_mixed(counters + np.uint64(seed_of(str(seed), name))))
    second = _mixed(first + np.uint64(_GOLDEN))
    radius = np.sqrt(-2.0 * np.log(_unit(first)))
    normal: FloatArray = radius * np.cos(2.0 * np.pi * _unit(second))
    return np.clip(normal, -_NOISE_LIMIT, _NOISE_LIMIT)


def _mixed(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Scramble 64-bit words (the finaliser of SplitMix64; Steele, Lea and Flood, 2014)."""
    words = words + np.uint64(_GOLDEN)
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return words ^ (words >> np.uint64(31))


def _unit(words: NDArray[np.uint64]) -> FloatArray:
    """Map 64-bit words into the open interval (0, 1)."""
    return ((words >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53


@dataclass(frozen=True, kw_only=True, slots=True)
class LoadCycle:
    """How hard a machine works, 0 to 1: three waves of one to six minutes, of its own phase.

    An hour holds every wave many times, and the load lingers at both ends of its range: an hour
    therefore shows the whole healthy range, and no season ever leaves it.
    """

    periods_s: tuple[float, ...]
    phases: tuple[float, ...]

    @classmethod
    def of(cls, seed: int) -> LoadCycle:
        """Draw the cycle that belongs to a seed."""
        shortest, longest = _LOAD_PERIOD_S
        period_s = shortest + (longest - shortest) * uniform(seed, "period")
        return cls(
            periods_s=tuple(period_s / rate for rate in _LOAD_RATES),
            phases=tuple(2.0 * np.pi * uniform(seed, "phase", str(wave)) for wave in range(len(_LOAD_RATES))),
        )

    def at(self, times: FloatArray) -> FloatArray:
        """Say the load at each epoch second."""
        wave = np.zeros_like(times)
        for period_s, phase, weight in zip(self.periods_s, self.phases, _LOAD_WEIGHTS, strict=True):
            wave += weight * np.sin(2.0 * np.pi / period_s * times + phase)
        share: FloatArray = np.tanh(_LINGER * wave) / np.tanh(_LINGER)
        return 0.5 + 0.5 * share


@dataclass(frozen=True, kw_only=True, slots=True)
class Moments:
    """One machine at many instants, given in epoch seconds."""

    times: FloatArray
    seed: int
    cycle: LoadCycle
    faults: tuple[Fault, ...] = ()

    def load(self) -> FloatArray:
        """Say how hard the machine works, 0 to 1."""
        return self.cycle.at(self.times)

    def severity(self, kind: str) -> FloatArray:
        """Say how far a kind of fault has grown, 0 to 1; of several, the worst."""
        worst = np.zeros_like(self.times)
        for fault in self.faults:
            if fault.kind == kind:
                np.maximum(worst, fault.severity(self.times), out=worst)
        return worst

    def chatter(self, name: str) -> FloatArray:
        """Draw unsteadiness of the process itself: standard normal, its own for each name."""
        return white_noise(self.seed, f"process {name}", self.times)

    def lagged(self, quantity: Callable[[Moments], FloatArray], lag_s: float) -> FloatArray:
        """Let a quantity act with a first-order lag of `lag_s` seconds, as heat does.

        It is the mean over the past with weight exp(-age / lag), taken at Gauss-Laguerre nodes:
        a closed form, so no state has to be carried from one instant to the next.
        """
        total = np.zeros_like(self.times)
        for node, weight in zip(_LAG_NODES, _LAG_WEIGHTS, strict=True):
            total += weight * quantity(replace(self, times=self.times - lag_s * node))
        return total
