"""What ingest knows of a device: its asset, its signals, and the time of its newest reading."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from plant.mqtt.topics import tag_to_topic, topic_to_tag

SignalIds = NDArray[np.int32]

_MOST_LAYOUTS = 256
_LONGEST_KEY = 200
ANYWHERE = ""  # the site of a device that names none: the register knows where the only asset of that tag is
_NOBODY = "?"  # the device of a message whose topic names none
_numbers = itertools.count()


@dataclass(kw_only=True, slots=True)
class DeviceProfile:
    """What is known of an asset; `asset_id` is None where the register has no such asset.

    `site` and `asset` are its tags; `name` is how its topic names it, which no other device shares; `number` is unique
    in this process. `signals` are numbers by key; `is_full` says that the asset may have no more of them. `grace_us` is
    how far its clock may be ahead, and how late a reading may be; `newest_us` is the time of its newest reading (µs
    since 1970). `credit` is how many values it may say before the limiter is asked, which keeps `level` and `filled_s`
    (`ingest.admission.limits`). The register is asked again after `until_s`, in monotonic seconds.
    """

    site: str
    asset: str
    asset_id: int | None
    grace_us: int = 0
    newest_us: int = 0
    signals: dict[str, int] = field(default_factory=dict)
    is_full: bool = False
    until_s: float = 0.0
    number: int = field(default_factory=lambda: next(_numbers))
    name: str = ""
    credit: int = 0
    level: float = 0.0
    filled_s: float | None = None
    _layouts: dict[tuple[str, ...], SignalIds] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.name = "/".join(tag_to_topic(tag) for tag in (self.site, self.asset) if tag)

    @classmethod
    def stranger(cls, topic: str) -> DeviceProfile:
        """Return a device of which nothing is known but a topic.

        >>> DeviceProfile.stranger("assetloop/v1/demo/P-9/telemetry").name
        'demo/P-9'
        """
        parts = topic.split("/")
        site, asset = parts[2:4] if len(parts) == 5 else (_NOBODY, "")
        return cls(site=topic_to_tag(site), asset=topic_to_tag(asset), asset_id=None)

    def layout(self, keys: tuple[str, ...]) -> SignalIds | None:
        """Return the numbers of these signals, None where one of them is not known."""
        layouts = self._layouts  # before the signals: another thread may take over new ones meanwhile
        found = layouts.get(keys)
        if found is not None:
            return found
        try:
            found = np.array([self.signals[key] for key in keys], np.int32)
        except KeyError:
            return None
        if len(layouts) >= _MOST_LAYOUTS:
            layouts.clear()
        layouts[keys] = found
        return found

    def new_keys(self, keys: Iterable[tuple[str, ...]]) -> list[str]:
        """Return those of these keys that are not signals of the asset yet and may be registered, in their order."""
        distinct = dict.fromkeys(key for some in dict.fromkeys(keys) for key in some)
        return [key for key in distinct if key not in self.signals and is_key(key)]

    def succeed(self, former: DeviceProfile | None) -> None:
        """Go on with the limits of the device that was known by the same tags."""
        if former is not None:
            self.credit, self.level, self.filled_s = former.credit, former.level, former.filled_s

    def refresh(self, signals: dict[str, int], *, grace_us: int, newest_us: int) -> None:
        """Take over what the register says by now."""
        if signals != self.signals:
            self.signals = signals
            self._layouts = {}  # what another thread still puts into the old ones is gone with them
        self.is_full = False
        self.grace_us = grace_us
        self.newest_us = max(self.newest_us, newest_us)


def is_key(key: str) -> bool:
    r"""Say whether a signal may be named so: 1 to 200 characters, none of them a control character.

    >>> is_key("vibration_mm_s"), is_key("a\x00b"), is_key("")
    (True, False, False)
    """
    return 0 < len(key) <= _LONGEST_KEY and not any(
        c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c < "\ue000" for c in key
    )
