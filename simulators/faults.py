"""A fault begins at an instant, grows for a while and stays at its full extent."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from plant.errors import Misconfigured

if TYPE_CHECKING:
    from numpy.typing import NDArray


class UnknownFault(Misconfigured, ValueError):
    """A fault that names no machine, no known kind, or no time; the text is one line."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Fault:
    """What befalls one asset: a kind, its start in epoch seconds and its growth in seconds."""

    asset: str
    kind: str
    start_s: float
    growth_s: float

    @classmethod
    def parse(cls, text: str) -> Fault:
        """Read `ASSET:kind:start_epoch:growth_s`; raises `UnknownFault`.

        >>> Fault.parse("P-101:bearing_wear:1700000000:60").growth_s
        60.0
        """
        try:
            asset, kind, start, growth = text.rsplit(":", 3)
            fault = cls(asset=asset, kind=kind, start_s=float(start), growth_s=float(growth))
        except ValueError:
            message = f"fault {text!r}: write ASSET:kind:start_epoch:growth_s"
            raise UnknownFault(message) from None
        if not (asset and kind and math.isfinite(fault.start_s) and 0 <= fault.growth_s < math.inf):
            message = f"fault {text!r}: the start must be finite and the growth 0 s or more"
            raise UnknownFault(message)
        return fault

    def __str__(self) -> str:
        """Write the fault as `parse` reads it.

        >>> str(Fault(asset="P-101", kind="bearing_wear", start_s=1.7e9, growth_s=60))
        'P-101:bearing_wear:1700000000:60'
        """
        return f"{self.asset}:{self.kind}:{_plain(self.start_s)}:{_plain(self.growth_s)}"

    def severity(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """Say how far the fault has grown at each epoch second, 0 (none) to 1 (full).

        >>> fault = Fault(asset="P-101", kind="bearing_wear", start_s=100, growth_s=20)
        >>> fault.severity(np.array([90.0, 110.0, 500.0])).tolist()
        [0.0, 0.5, 1.0]
        """
        if self.growth_s == 0:
            return (times >= self.start_s).astype(np.float64)
        return np.clip((times - self.start_s) / self.growth_s, 0.0, 1.0)


def _plain(seconds: float) -> str:
    return str(int(seconds)) if seconds == int(seconds) else repr(float(seconds))
