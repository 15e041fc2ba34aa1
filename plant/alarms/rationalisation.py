"""What was thought through about an alarm before it comes: why, what if nothing is done, what to do, and by when."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True, slots=True)
class Rationalisation:
    """For one class and kind of finding (ISA-18.2); what is None or empty is not said.

    `priority` 1 is the most urgent. `deadband` is the part of its span by which a value must be back within its limit,
    `shelve_most_hours` for how long such an alert may be shelved. Each text is in English and in Chinese (`_zh`).
    """

    class_tag: str
    kind: str
    priority: int | None = None
    respond_within_s: float | None = None
    cause: str = ""
    cause_zh: str = ""
    consequence: str = ""
    consequence_zh: str = ""
    action: str = ""
    action_zh: str = ""
    on_delay_s: float | None = None
    off_delay_s: float | None = None
    deadband: float | None = None
    shelve_most_hours: float | None = None
