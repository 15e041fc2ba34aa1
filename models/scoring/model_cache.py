"""The models in use, loaded and side by side, and those that were refused."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from models.catalogue import ModelRefused, unpacked
from models.detector.bank import DetectorBank, shape_of
from models.detector.estimator import ConditionDetector
from storage.core.database import Transaction
from storage.models import catalogue as store
from storage.models.catalogue import StoredModel

_MOST_MODELS = 50_000


@dataclass(frozen=True, kw_only=True, slots=True)
class CachedModel:
    """A model as its row describes it, without its bytes, and the place of its detector in the bank of its shape."""

    model: StoredModel
    shape: Hashable
    place: int


@dataclass(slots=True)
class ModelCache:
    """The models in use: their rows, and their detectors in one bank for each shape; at `most` it is emptied."""

    most: int = _MOST_MODELS
    refused: set[int] = field(default_factory=set)
    _loaded: dict[int, CachedModel] = field(default_factory=dict)
    _banks: dict[Hashable, DetectorBank] = field(default_factory=dict)

    def fetch(self, tx: Transaction, model_ids: Collection[int]) -> dict[int, ModelRefused]:
        """Load these models; return those that this program refuses to use, with the reason, once each."""
        wanted = [one for one in model_ids if one not in self._loaded and one not in self.refused]
        if len(self._loaded) + len(wanted) > self.most:
            self._loaded.clear()
            self._banks.clear()
            wanted = [one for one in model_ids if one not in self.refused]
        refusals: dict[int, ModelRefused] = {}
        fresh: list[tuple[StoredModel, ConditionDetector]] = []
        for model in store.load_many(tx, wanted) if wanted else ():
            try:
                fresh.append((replace(model, artifact=b""), unpacked(model)))
            except ModelRefused as error:
                self.refused.add(model.model_id)
                refusals[model.model_id] = error
        self._put(fresh)
        return refusals

    def of(self, model_id: int) -> CachedModel:
        """Return a model that was fetched and not refused."""
        return self._loaded[model_id]

    def bank(self, model_ids: Sequence[int]) -> DetectorBank:
        """Put fetched models of one shape side by side, in this order."""
        loaded = [self._loaded[model_id] for model_id in model_ids]
        return self._banks[loaded[0].shape].take(np.array([one.place for one in loaded], np.intp))

    def _put(self, fresh: Sequence[tuple[StoredModel, ConditionDetector]]) -> None:
        of_shape: dict[Hashable, list[ConditionDetector]] = {}
        for model, detector in fresh:
            shape: Hashable = shape_of(detector)
            alike = of_shape.setdefault(shape, [])
            place = len(alike) + (len(self._banks[shape]) if shape in self._banks else 0)
            self._loaded[model.model_id] = CachedModel(model=model, shape=shape, place=place)
            alike.append(detector)
        for shape, detectors in of_shape.items():
            new = DetectorBank(detectors)
            self._banks[shape] = self._banks[shape].joined(new) if shape in self._banks else new
