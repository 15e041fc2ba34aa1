"""The catalogue of trained models: what goes in, how it comes out again, and what is refused."""

from __future__ import annotations

import hashlib
import importlib
import platform
from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from models.detector.state import width
from plant.errors import Conflict
from storage.core.database import Transaction
from storage.models import catalogue as store
from storage.models.catalogue import NewModel, StoredModel

if TYPE_CHECKING:  # scikit-learn and skops take two seconds to import: only who packs or unpacks a model waits for them
    from sklearn.base import BaseEstimator

    from models.detector.estimator import ConditionDetector

KIND = "condition"
"""What kind of model this room trains."""

TRUSTED = ("models.detector.ConditionDetector",)
"""The only types besides scikit-learn's own that a stored model may hold."""

_LIBRARIES = ("scikit-learn", "numpy", "skops")


class ModelRefused(Conflict):
    """A stored model that this program will not use; the text says why, the mend is to train again."""


def enter(
    tx: Transaction,
    detector: ConditionDetector,
    *,
    installation_id: int,
    signal_ids: Sequence[int],
    times_us: NDArray[np.int64],
    rows: NDArray[np.float64],
    data_from: datetime,
    data_to: datetime,
    trained_by: str,
    trained_at: datetime,
    champion: bool = True,
    figures: Mapping[str, Any] | None = None,
    line: float = 1.0,
    reference: Sequence[Mapping[str, Any]] = (),
) -> tuple[int, int]:
    """Store a trained detector with the origin of what it knows; return the model's id and version.

    `rows` (n, p) at `times_us` (n,) are what it was trained on. As champion it retires the one before. `figures` are
    those of its back-test, `line` is where its alarm line lies because of them; `reference` is how its training data
    were distributed.
    """
    model = NewModel(
        installation_id=installation_id,
        kind=KIND,
        signal_ids=tuple(signal_ids),
        data_from=data_from,
        data_to=data_to,
        data_rows=len(rows),
        data_sha256=fingerprint(signal_ids, times_us, rows),
        libraries=libraries(),
        figures={
            "span_s": (data_to - data_from).total_seconds(),
            "missing": float(np.isnan(rows).mean()),
            **(figures or {}),
        },
        line=line,
        reference=tuple(reference),
        artifact=packed(detector),
        trained_by=trained_by,
        trained_at=trained_at,
    )
    return store.add(tx, model, champion=champion)


def make_ready() -> None:
    """Import what reads stored models: it takes seconds, and half a minute on a busy machine.

    To be called before the transaction in which a model is read: the server ends a session that stands still in one.
    """
    for module in ("skops.io", "models.detector.estimator"):
        importlib.import_module(module)


def packed(estimator: BaseEstimator) -> bytes:
    """Return an estimator as bytes that hold data and no code."""
    import skops.io

    data: bytes = skops.io.dumps(estimator)
    return data


def unpacked(model: StoredModel) -> ConditionDetector:
    """Return the detector of a stored model.

    Raises:
        ModelRefused: it was trained under another scikit-learn, holds types that are not trusted, is damaged or is
            no trained detector.
    """
    detector = loaded(model.artifact, name=source_version(model), libraries=model.libraries, trusted=TRUSTED)
    _refuse_untrained(model, detector)
    trained: ConditionDetector = detector
    return trained


def loaded(artifact: bytes, *, name: str, libraries: Mapping[str, str], trusted: Sequence[str]) -> Any:
    """Return what `artifact` holds; `name` is what it is called, `libraries` what it was trained under.

    Raises:
        ModelRefused: it was trained under another scikit-learn, holds types beside `trusted`, or is damaged.
    """
    then, now = libraries.get("scikit-learn", "an unknown version"), version("scikit-learn")
    if then != now:
        raise ModelRefused(f"{name} was trained under scikit-learn {then}, this is {now}: train it again")
    import skops.io
    from skops.io.exceptions import UntrustedTypesFoundException

    try:
        return skops.io.loads(artifact, trusted=list(trusted))
    except UntrustedTypesFoundException as error:
        raise ModelRefused(f"{name} holds what is not trusted: {error}") from error
    except Exception as error:  # damaged bytes make a reader raise anything, and scoring must go on
        raise ModelRefused(f"{name} cannot be read, train it again: {error!r}") from error


def source_version(model: StoredModel) -> str:
    """Name a model as findings and orders quote it: kind/asset/version."""
    return f"{model.kind}/{model.asset}/v{model.version}"


def fingerprint(signal_ids: Sequence[int], times_us: NDArray[np.int64], rows: NDArray[np.float64]) -> bytes:
    """Return the SHA-256 of training data: signals, instants and values as little-endian numbers, in this order.

    >>> fingerprint([1], np.array([0]), np.array([[0.5]])).hex()[:8]
    'f89f16c7'
    """
    digest = hashlib.sha256(np.asarray(signal_ids, "<i4").tobytes())
    digest.update(np.ascontiguousarray(times_us, "<i8").tobytes())
    digest.update(np.ascontiguousarray(rows, "<f8").tobytes())
    return digest.digest()


def libraries() -> dict[str, str]:
    """Return the versions that a model's numbers depend on."""
    return {name: version(name) for name in _LIBRARIES} | {"python": platform.python_version()}


def _refuse_untrained(model: StoredModel, detector: Any) -> None:
    from models.detector.estimator import ConditionDetector

    if not isinstance(detector, ConditionDetector):
        raise ModelRefused(f"{source_version(model)} is a {type(detector).__name__}, not a ConditionDetector")
    try:
        detector.pace()
        detector.norms()
        needed, has = width(detector.n_features_in_, detector.settings_), detector.start().shape
        if has != (needed,):
            raise ValueError(f"its state has the shape {has}, not ({needed},)")
    except Exception as error:  # what another release stored may lack anything
        raise ModelRefused(f"{source_version(model)} was stored by another program, train it again: {error}") from error
    if detector.n_features_in_ != len(model.signals):
        raise ModelRefused(
            f"{source_version(model)} knows {detector.n_features_in_} signals, its row names {len(model.signals)}"
        )
