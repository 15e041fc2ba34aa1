"""What scoring remembers of an asset between rounds, as bytes: the detector's state and the open episode."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from models.episodes import Episode

_FORMAT = 1.0
_EPISODE_NUMBERS = 5


def pack(state: NDArray[np.float64], episode: Episode | None) -> bytes:
    """Write both as little-endian float64: format, length of the state, the state, then the episode if one is open.

    Microseconds since 1970 and counts are whole numbers below 2**53, which float64 holds exactly.
    """
    parts = [np.array([_FORMAT, len(state)]), state]
    if episode is not None:
        numbers = [episode.onset_us, episode.last_us, episode.peak, episode.samples, episode.missing]
        parts += [np.array(numbers, dtype=np.float64), episode.pull]
    return np.concatenate(parts).astype("<f8").tobytes()


def unpack(data: bytes, signals: int) -> tuple[NDArray[np.float64], Episode | None]:
    """Undo `pack` for a detector of `signals` signals.

    Raises:
        ValueError: these bytes are not what `pack` wrote for such a detector.
    """
    numbers = np.frombuffer(data, dtype="<f8").astype(np.float64)
    if len(numbers) < 2 or numbers[0] != _FORMAT:
        raise ValueError("a stored state of another format")
    end = 2 + int(numbers[1])
    state, rest = numbers[2:end], numbers[end:]
    if len(state) != int(numbers[1]) or len(rest) not in (0, _EPISODE_NUMBERS + signals):
        raise ValueError(f"a stored state of {len(numbers)} numbers does not fit {signals} signals")
    return state, _episode(rest) if len(rest) else None


def _episode(numbers: NDArray[np.float64]) -> Episode:
    onset_us, last_us, peak, samples, missing = numbers[:_EPISODE_NUMBERS].tolist()
    return Episode(
        onset_us=int(onset_us),
        last_us=int(last_us),
        peak=peak,
        samples=int(samples),
        missing=int(missing),
        pull=numbers[_EPISODE_NUMBERS:],
    )
