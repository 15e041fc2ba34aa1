"""The file of rationalisations: what a person thought through about alarms, a table a class and kind, in TOML."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from lifecycle.register.plant_file import Tag
from lifecycle.register.toml_file import read_toml
from plant.alarms.rationalisation import Rationalisation
from plant.errors import Rejected
from plant.finding import FindingKind
from storage.core.database import Transaction
from storage.register import assets
from storage.register.rationalisations import put_rationalisation

Text = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
Delay = Annotated[float | None, Field(ge=0, le=86_400)]


class RationalisationDescription(BaseModel):
    """What is thought through about a kind of finding, as a person writes it down in a file or over HTTP."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)

    kind: FindingKind
    priority: Annotated[int | None, Field(ge=1, le=5)] = None
    respond_within_s: Annotated[float | None, Field(gt=0)] = None
    cause: Text = ""
    cause_zh: Text = ""
    consequence: Text = ""
    consequence_zh: Text = ""
    action: Text = ""
    action_zh: Text = ""
    on_delay_s: Delay = None
    off_delay_s: Delay = None
    deadband: Annotated[float | None, Field(ge=0, le=1)] = None
    shelve_most_hours: Annotated[float | None, Field(gt=0, le=720)] = None

    def of_class(self, class_tag: str) -> Rationalisation:
        """Return what is thought through for a class."""
        values = self.model_dump(include=set(RationalisationDescription.model_fields))
        return Rationalisation(class_tag=class_tag, **{**values, "kind": self.kind.value})


class _Alarm(RationalisationDescription):
    class_: Annotated[Tag, Field(alias="class")]


class _AlarmFile(BaseModel):
    model_config = ConfigDict(extra="forbid")
    alarm: list[_Alarm] = []


def read_alarm_file(path: Path) -> list[Rationalisation]:
    """Read a file of `[[alarm]]` tables.

    Raises:
        Rejected: it cannot be read, is not TOML, or says something that makes no sense; the text says where.
    """
    parsed = read_toml(path, _AlarmFile, absent="no_alarm_file", bad="bad_alarm_file")
    twice = [pair for pair, count in Counter((one.class_, one.kind) for one in parsed.alarm).items() if count > 1]
    if twice:
        raise Rejected("bad_alarm_file", f"{path}: {twice[0][1]} of class {twice[0][0]} is described twice")
    return [one.of_class(one.class_) for one in parsed.alarm]


def import_rationalisations(tx: Transaction, said: list[Rationalisation]) -> Counter[str]:
    """Make the register say what a file says; what it does not mention stays. Answers how many were added or changed.

    Raises:
        Rejected: a class is not in the register.
    """
    known = set(assets.list_classes(tx))
    outcomes: Counter[str] = Counter()
    for one in said:
        if one.class_tag not in known:
            raise Rejected("unknown_class", f"there is no class {one.class_tag} in the register")
        outcomes[put_rationalisation(tx, one)] += 1
    return outcomes


def as_toml(said: list[Rationalisation]) -> str:
    """Write rationalisations as the file that `read_alarm_file` reads."""
    return "\n".join(_table(one) for one in said)


def _table(one: Rationalisation) -> str:
    values = {name: value for name, value in asdict(one).items() if value not in ("", None) and name != "class_tag"}
    lines = ["[[alarm]]", f"class = {_quoted(one.class_tag)}"]
    lines += [f"{name} = {_quoted(value) if isinstance(value, str) else value}" for name, value in values.items()]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    """Write a TOML string."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return f'"{escaped}"'
