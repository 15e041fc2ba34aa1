"""The words for trained models: what state each is in, what happens to it, and what is asked for or proposed."""

from __future__ import annotations

from enum import StrEnum


class ModelState(StrEnum):
    """Which part a model plays for its machine: in charge, waiting to be promoted, or neither any more."""

    CHAMPION = "champion"
    CHALLENGER = "challenger"
    RETIRED = "retired"


class ModelEventName(StrEnum):
    """What happens to a model."""

    TRAINED = "trained"
    PROMOTED = "promoted"
    RETIRED = "retired"
    ROLLED_BACK = "rolled_back"
    REFUSED = "refused"
    LINE_MOVED = "line_moved"


class TrainingState(StrEnum):
    """How far a training is; it is refused where the data are not fit for it, and failed where the program failed."""

    QUEUED = "queued"
    TRAINED = "trained"
    REFUSED = "refused"
    FAILED = "failed"


class Succession(StrEnum):
    """What becomes of a newly trained model.

    PROMOTE puts it in charge at once; CHALLENGE only where no model of the machine can be used; AWAIT never: it is a
    challenger until a person promotes it, as it is with CHALLENGE otherwise.
    """

    PROMOTE = "promote"
    CHALLENGE = "challenge"
    AWAIT = "await"


class ProposalState(StrEnum):
    """What became of a proposal to train a machine again; it is superseded where another model took charge first."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DISMISSED = "dismissed"
    SUPERSEDED = "superseded"


class RetrainingReason(StrEnum):
    """Why a machine should be learnt again."""

    RELEARNING = "relearning"
    INPUT_DRIFT = "input_drift"
    ALARM_RATE = "alarm_rate"
    MODEL_REFUSED = "model_refused"
    NEW_BASELINE = "new_baseline"


class Outlook(StrEnum):
    """What can be said of the life a machine has left: it is known, or used up, or unknown for one of three reasons."""

    KNOWN = "known"
    REACHED = "reached"
    TOO_SHORT = "too_short"
    NO_TREND = "no_trend"
    FAR = "far"

    @property
    def is_unknown(self) -> bool:
        """Say whether there is no estimate.

        >>> Outlook.FAR.is_unknown, Outlook.REACHED.is_unknown
        (True, False)
        """
        return self not in (Outlook.KNOWN, Outlook.REACHED)
