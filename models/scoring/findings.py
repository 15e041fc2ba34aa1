"""What an episode says to the other rooms: how bad it is, what kind of failure it looks like, which signals show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID, uuid5

import numpy as np
from numpy.typing import NDArray

from models.catalogue import source_version
from models.quantities import Quantity, quantity_of
from models.scoring.episodes import Episode
from plant.finding import Finding, FindingKind, FindingSource, Share
from plant.severity import Severity
from storage.models.catalogue import StoredModel
from storage.models.guard import GuardedAsset
from storage.telemetry.windows import from_us

_NAMESPACE = UUID("6f1d4d0e-6f0b-5b0a-9d5a-3c1f0e9b7a21")
_LEAST_SHARE = 0.01
_SEVERITIES = ((0.85, Severity.CRITICAL), (0.65, Severity.MAJOR))
_LIMIT_SEVERITIES = ((0.6, Severity.CRITICAL), (0.52, Severity.MAJOR))  # half, and a twelfth, beyond a design limit

VIBRATION = "VIB"
OVERHEATING = "OHE"
PARAMETER_DEVIATION = "PDE"
INSTRUMENT = "AIR"
OTHER = "OTH"
"""Failure modes of ISO 14224: the last two are an abnormal instrument reading, and what is none of these."""

_FAILURE_MODES = {Quantity.VIBRATION: VIBRATION, Quantity.TEMPERATURE: OVERHEATING}


@dataclass(frozen=True, kw_only=True, slots=True)
class FindingOrigin:
    """Where findings come from: source and version, the asset, and its signals in the order of an episode's pull.

    `identity` goes into the findings' ids, so that the same episode always gets the same id.
    """

    asset_id: int
    source: FindingSource
    version: str
    identity: str
    signals: Sequence[NamedSignal]


class NamedSignal(Protocol):
    """A signal by its key and unit."""

    @property
    def key(self) -> str:
        """Return its key."""
        ...

    @property
    def unit(self) -> str:
        """Return its unit."""
        ...


def of_model(model: StoredModel) -> FindingOrigin:
    """Return the origin of what a model finds."""
    return FindingOrigin(
        asset_id=model.asset_id,
        source=FindingSource.MODEL,
        version=source_version(model),
        identity=f"{model.asset_id}/{model.model_id}",
        signals=model.signals,
    )


def of_register(watched: GuardedAsset, kind: FindingKind) -> FindingOrigin:
    """Return the origin of what the register's limits find, or a rule that holds for all assets."""
    return FindingOrigin(
        asset_id=watched.asset_id,
        source=FindingSource.LIMIT if kind is FindingKind.LIMIT else FindingSource.RULE,
        version=f"register/{watched.asset}",
        identity=f"{watched.asset_id}/register",
        signals=watched.signals,
    )


def finding_of(origin: FindingOrigin, kind: FindingKind, episode: Episode) -> Finding:
    """Make the finding of an episode. The same episode always has the same id."""
    shares = ranked(origin.signals, episode.shares())
    last = from_us(episode.last_us)
    cleared = None if episode.cleared_us is None else from_us(episode.cleared_us)
    return Finding(
        finding_id=uuid5(_NAMESPACE, f"{kind}/{origin.identity}/{episode.onset_us}"),
        asset_id=origin.asset_id,
        kind=kind,
        failure_mode=failure_mode_of(kind, shares[0].unit if shares else ""),
        source=origin.source,
        source_version=origin.version,
        onset=from_us(episode.onset_us),
        updated=cleared or last,
        cleared=cleared,
        severity=severity_of(kind, episode.peak),
        severity_now=None if episode.level is None else severity_of(kind, episode.level),
        score=episode.peak,
        shares=shares,
        window_from=from_us(episode.onset_us),
        window_to=last,
        elsewhere=episode.elsewhere and kind is FindingKind.CONDITION,
        quality={"samples": episode.samples, "missing": episode.missing_part()},
    )


def severity_of(kind: FindingKind, peak: float) -> Severity:
    """Grade an episode by its worst score. Sensors, an unseen regime and silence have a fixed grade.

    >>> [severity_of(FindingKind.CONDITION, score).value for score in (0.5, 0.65, 0.85)]
    ['MINOR', 'MAJOR', 'CRITICAL']
    >>> [severity_of(kind, 0.9).value for kind in (FindingKind.SENSOR_STUCK, FindingKind.UNSEEN_REGIME)]
    ['MINOR', 'WARNING']
    """
    if kind in (FindingKind.UNSEEN_REGIME, FindingKind.SILENT):
        return Severity.WARNING
    if kind.is_of_a_sensor:
        return Severity.MINOR
    grades = _LIMIT_SEVERITIES if kind is FindingKind.LIMIT else _SEVERITIES
    return next((severity for least, severity in grades if peak >= least), Severity.MINOR)


def failure_mode_of(kind: FindingKind, unit: str) -> str:
    """Name the ISO 14224 failure mode that a finding points to, by its leading signal's unit.

    >>> [failure_mode_of(FindingKind.WEAR, unit) for unit in ("mm/s", "°C", "bar")]
    ['VIB', 'OHE', 'PDE']
    >>> failure_mode_of(FindingKind.SENSOR_SPIKES, "bar"), failure_mode_of(FindingKind.UNSEEN_REGIME, "")
    ('AIR', 'OTH')
    """
    if kind in (FindingKind.UNSEEN_REGIME, FindingKind.SILENT):
        return OTHER
    return INSTRUMENT if kind.is_of_a_sensor else _FAILURE_MODES.get(quantity_of(unit), PARAMETER_DEVIATION)


def ranked(signals: Sequence[NamedSignal], shares: NDArray[np.float64]) -> tuple[Share, ...]:
    """Return the signals that contribute, the largest share first; those under 1 % are left out, the rest sums to 1."""
    kept = np.where(shares >= min(_LEAST_SHARE, shares.max(initial=0.0)), shares, 0.0)
    kept = kept / (kept.sum() or 1.0)
    order = np.argsort(-kept, kind="stable")
    return tuple(
        Share(signal=signals[place].key, share=float(kept[place]), unit=signals[place].unit)
        for place in order
        if kept[place] > 0
    )
