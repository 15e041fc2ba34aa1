"""What scored rows say of each kind of trouble: one track of alarm, score and shares for each kind."""

from __future__ import annotations

import numpy as np

from models.detector import sensor_checks
from models.detector.arrays import Flags, Floats
from models.detector.results import Scored
from models.scoring.episodes import Track
from plant.finding import FindingKind

PLAIN = 0.5
"""The score of what is only there or not."""


def any_trouble(scored: Scored) -> Flags:
    """Say which assets (A,) of a bank have trouble of any kind in any of n rows."""
    said = (scored.alarm, scored.worn, scored.unseen, scored.ailing.any(axis=2))
    return np.asarray(np.stack(said).any(axis=(0, 1)))


def by_kind(scored: Scored) -> dict[FindingKind, Track]:
    """Return a track for each kind of trouble, from n scored rows of one asset.

    An alarm is the machine's, unless one signal alone is to blame. Stuck sensors, sensors with spikes, wear and an
    unseen regime have tracks of their own.
    """
    drifts = scored.alarm & (scored.blamed >= 0)
    return {
        FindingKind.CONDITION: Track(score=scored.score, alarm=scored.alarm & ~drifts, share=scored.share),
        FindingKind.SENSOR_DRIFT: Track(score=scored.score, alarm=drifts, share=scored.share),
        FindingKind.WEAR: Track(score=scored.wear / (1.0 + scored.wear), alarm=scored.worn, share=scored.wear_share),
        FindingKind.SENSOR_STUCK: _sensors(scored, sensor_checks.STUCK),
        FindingKind.SENSOR_SPIKES: _sensors(scored, sensor_checks.SPIKES),
        FindingKind.UNSEEN_REGIME: Track(
            score=_plain(scored.unseen), alarm=scored.unseen, share=np.zeros(scored.share.shape)
        ),
    }


def _sensors(scored: Scored, bit: int) -> Track:
    """Return the track of an ailment; the sensors that have it share it equally."""
    ill = (scored.ailing & bit > 0).astype(np.float64)
    count = ill.sum(axis=1)
    return Track(score=_plain(count > 0), alarm=count > 0, share=ill / np.where(count > 0, count, 1.0)[:, None])


def _plain(there: Flags) -> Floats:
    return np.where(there, PLAIN, 0.0)
