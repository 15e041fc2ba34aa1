"""The bytes in which scoring keeps an asset between rounds: the detector's state and the open episodes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from models.scoring.episodes import Episode
from plant.finding import FindingKind

Episodes = Mapping[FindingKind, Episode]
"""The open episodes of an asset, at most one of a kind."""

_FORMAT = 2.0
_HEAD_NUMBERS = 2
_EPISODE_NUMBERS = 6
_BYTES = 8
_KINDS = (
    FindingKind.CONDITION,
    FindingKind.WEAR,
    FindingKind.SENSOR_STUCK,
    FindingKind.SENSOR_DRIFT,
    FindingKind.SENSOR_SPIKES,
    FindingKind.SENSOR_DROPOUT,
    FindingKind.UNSEEN_REGIME,
    FindingKind.LIMIT,
    FindingKind.RATE,
    FindingKind.SILENT,
)
"""An episode's kind is written as its place here: add at the end, never reorder."""


def pack(state: NDArray[np.float64], episodes: Episodes) -> bytes:
    """Write one asset's state (S,) and open episodes as `pack_many` does."""
    return pack_many(state[None, :], [episodes])[0]


def pack_many(states: NDArray[np.float64], episodes: Sequence[Episodes]) -> list[bytes]:
    """Write `states` (A, S) and each asset's open episodes as little-endian float64.

    That is: format, S, the state, then kind, figures and pull of each episode. Microseconds since 1970 and counts are
    whole numbers below 2**53, which float64 holds exactly.
    """
    head = np.broadcast_to([_FORMAT, states.shape[1]], (len(states), _HEAD_NUMBERS))
    body = np.concatenate([head, states], axis=1).astype("<f8").tobytes()
    width = _BYTES * (_HEAD_NUMBERS + states.shape[1])
    return [body[n * width : (n + 1) * width] + _episodes_as_bytes(held) for n, held in enumerate(episodes)]


def unpack(data: bytes, width: int, signals: int) -> tuple[NDArray[np.float64], Episodes]:
    """Undo `pack` for a detector of `signals` signals and states of `width` numbers.

    Raises:
        ValueError: these bytes are not what `pack` wrote for such a detector.
    """
    states, episodes = unpack_many([data], width, signals)
    return states[0], episodes[0]


def unpack_many(datas: Sequence[bytes], width: int, signals: int) -> tuple[NDArray[np.float64], list[Episodes]]:
    """Undo `pack_many`: states (A, width), and the open episodes of each asset.

    Raises:
        ValueError: one of them is not what `pack_many` wrote for such a detector.
    """
    end = _BYTES * (_HEAD_NUMBERS + width)
    if any(len(data) < end for data in datas):
        raise ValueError(f"a stored state is shorter than the {width} numbers of this detector: its layout is another")
    numbers = np.frombuffer(b"".join(data[:end] for data in datas), dtype="<f8").reshape(len(datas), -1)
    if len(numbers) and (numbers[:, :_HEAD_NUMBERS] != (_FORMAT, width)).any():
        raise ValueError(f"a stored state has another format, or not the {width} numbers of this detector")
    states = np.ascontiguousarray(numbers[:, _HEAD_NUMBERS:], dtype=np.float64)
    return states, [_episodes(data[end:], signals) if len(data) > end else {} for data in datas]


def width_of(data: bytes) -> int:
    """Return how many numbers the state in these bytes has.

    Raises:
        ValueError: these bytes are not what `pack` wrote.
    """
    head = np.frombuffer(data[: _BYTES * _HEAD_NUMBERS], dtype="<f8")
    if len(head) < _HEAD_NUMBERS or head[0] != _FORMAT:
        raise ValueError("a stored state has another format")
    return int(head[1])


def state_of(data: bytes) -> NDArray[np.float64]:
    """Return the state in these bytes (S,), whatever its width, without the open episodes."""
    end = _BYTES * (_HEAD_NUMBERS + width_of(data))
    return np.frombuffer(data[_BYTES * _HEAD_NUMBERS : end], dtype="<f8").astype(np.float64)


def _episodes_as_bytes(episodes: Episodes) -> bytes:
    return b"".join(_episode_as_bytes(kind, episode) for kind, episode in episodes.items())


def _episode_as_bytes(kind: FindingKind, episode: Episode) -> bytes:
    figures = [
        _KINDS.index(kind), episode.onset_us, episode.last_us, episode.peak, episode.samples, episode.missing,
    ]  # fmt: skip
    return np.concatenate([np.array(figures, dtype=np.float64), episode.pull]).astype("<f8").tobytes()


def _episodes(data: bytes, signals: int) -> Episodes:
    width = _EPISODE_NUMBERS + signals
    if len(data) % (_BYTES * width):
        raise ValueError(f"{len(data)} bytes are no episodes of {signals} signals")
    rows = np.frombuffer(data, dtype="<f8").astype(np.float64).reshape(-1, width)
    return dict(_episode(row) for row in rows)


def _episode(numbers: NDArray[np.float64]) -> tuple[FindingKind, Episode]:
    place, onset_us, last_us, peak, samples, missing = numbers[:_EPISODE_NUMBERS].tolist()
    return _KINDS[int(place)], Episode(
        onset_us=int(onset_us),
        last_us=int(last_us),
        peak=peak,
        samples=int(samples),
        missing=int(missing),
        pull=numbers[_EPISODE_NUMBERS:],
    )
