"""Which faults of the product are worth a line on the screen of `assetloop up`."""

from __future__ import annotations

from collections.abc import Sequence

from plant.product_state import FaultKind, ProductFault


class LastingFaults:
    """Faults that have lasted for a while: what passes by itself while roles start is not worth a line.

    Nothing is said in the first `starting_s`, and then of what has lasted for `least_s`; seconds are monotonic.
    """

    def __init__(self, *, least_s: float = 3.0, starting_s: float = 15.0) -> None:
        self._least_s = least_s
        self._starting_s = starting_s
        self._began_s: float | None = None
        self._since_s: dict[FaultKind, float] = {}

    def of(self, faults: Sequence[ProductFault], now_s: float) -> list[ProductFault]:
        """Return those of `faults` that were seen for long enough.

        >>> lasting, fault = LastingFaults(), ProductFault(kind=FaultKind.INGEST_AWAY, says="")
        >>> seen = {0: [fault], 9: [fault], 14: [], 20: [fault], 24: [fault]}
        >>> [len(lasting.of(faults, at_s)) for at_s, faults in seen.items()]
        [0, 0, 0, 0, 1]
        """
        if self._began_s is None:
            self._began_s = now_s
        self._since_s = {fault.kind: self._since_s.get(fault.kind, now_s) for fault in faults}
        if now_s - self._began_s < self._starting_s:
            return []
        return [fault for fault in faults if now_s - self._since_s[fault.kind] >= self._least_s]
