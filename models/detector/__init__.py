"""The detector's mathematics: arrays in, arrays out; it knows no record and no plant.

Stored models name their type by the place `models.detector`, and every release must be able to read them: so
`ConditionDetector` keeps that name, wherever in this folder it is written.
"""

from models.detector.estimator import ConditionDetector

ConditionDetector.__module__ = __name__

__all__ = ["ConditionDetector"]
