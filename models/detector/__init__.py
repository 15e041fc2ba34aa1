"""The detector's mathematics: arrays in, arrays out; it knows no record and no plant.

Stored models name their type by the place `models.detector`, and every release must be able to read them: so
`ConditionDetector` keeps that name, wherever in this folder it is written.
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from models.detector.estimator import ConditionDetector

__all__ = ["ConditionDetector"]


def __getattr__(name: str) -> Any:
    """Import the class when it is asked for: whoever only needs its arrays does not wait for scikit-learn."""
    if name != "ConditionDetector":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from models.detector.estimator import ConditionDetector

    return ConditionDetector
