"""What a demonstrated project is played with: a clock that catches up with the wall's, its people, and its machines."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import orjson

from api.identity.first_people import DEMO_PEOPLE, enter_demo_people
from api.identity.people import principal_of
from lifecycle.register.plant_file import read_plant
from plant.asset import Plant, Site
from plant.clock import SystemClock
from plant.errors import AssetloopError, Conflict
from plant.mqtt.topics import telemetry_topic
from plant.people.principal import Principal, Recognition
from service.demo.demonstration import plant_file
from storage.core.database import Database, Role
from storage.identity import people
from storage.projects import projects

if TYPE_CHECKING:
    from ingest.door import Door
    from simulators.devices import Device

SITE, PROJECT, NEXT_PROJECT = "riverside", "riverside-1", "riverside-2"
PUMPS, MOTORS, LATER = ("P-501", "P-502"), ("M-501",), "P-503"
PUMP, MOTOR = "centrifugal_pump", "electric_motor"
_PERIOD_S, _AT_ONCE = 60, 500

Say = Callable[[str], None]


class PlayedClock:
    """A clock that lags behind the wall's and is set forward scene by scene; it goes on meanwhile."""

    def __init__(self, start: datetime) -> None:
        self._wall = SystemClock()
        self._lag = self._wall.now() - start

    def now(self) -> datetime:
        """Return the present instant of the play, in UTC."""
        return self._wall.now() - self._lag

    def sleep(self, seconds: float) -> None:
        """Go on by so many seconds at once, never beyond the wall's clock."""
        self._lag = max(timedelta(0), self._lag - timedelta(seconds=seconds))

    def go_to(self, at: datetime) -> None:
        """Go on to an instant, never back and never beyond the wall's clock."""
        self.sleep((at - self.now()).total_seconds())


@dataclass(slots=True)
class Stage:
    """The record, the clock, who plays, and what was refused on the way; `say` tells whoever watches."""

    database: Database
    ingest: Database
    clock: PlayedClock
    say: Say
    folder: Path
    cast: dict[str, Principal] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @property
    def ana(self) -> Principal:
        """Return who operates."""
        return self.cast["ana"]

    @property
    def jonas(self) -> Principal:
        """Return who engineers."""
        return self.cast["jonas"]

    @property
    def amara(self) -> Principal:
        """Return who supervises."""
        return self.cast["amara"]

    @property
    def li_wei(self) -> Principal:
        """Return who maintains."""
        return self.cast["li.wei"]

    def refuses(self, act: Callable[[], object]) -> None:
        """Do what has to be refused, and tell why it was.

        Raises:
            Conflict: it was not refused.
        """
        try:
            act()
        except AssetloopError as error:
            self.refused.append(str(error))
            self.say(f"  refused, as it should be: {error}")
            return
        raise Conflict("the demonstration expected a refusal, and there was none")


@contextmanager
def staged(url: str, clock: PlayedClock, say: Say) -> Iterator[Stage]:
    """Set the stage on a database: its people are in the register, and nothing of the project is there yet.

    Raises:
        Conflict: the project was played there before.
    """
    with (
        Database(url, role=Role.APP) as database,
        Database(url, role=Role.INGEST) as ingest,
        tempfile.TemporaryDirectory(prefix="assetloop-demo-") as folder,
    ):
        with database.transaction() as tx:
            if any(one.tag == PROJECT for one in projects.every(tx)):
                raise Conflict(f"{PROJECT} was played here before: see it in the console, or name another --data")
        enter_demo_people(database, clock=clock)
        stage = Stage(database=database, ingest=ingest, clock=clock, say=say, folder=Path(folder))
        with database.transaction() as tx:
            for one in DEMO_PEOPLE:
                known = people.by_sign_in(tx, one.sign_in)
                if known is not None:
                    stage.cast[one.sign_in] = principal_of(known, Recognition.ONE_CLICK)
        yield stage


def bare_plant() -> Plant:
    """Return the site with the classes of pump and motor, and no asset: those come by files."""
    demo = read_plant(plant_file())
    site = Site(tag=SITE, name="Riverside waterworks", name_zh="河滨水厂", timezone="UTC")
    return replace(demo, site=site, classes=tuple(one for one in demo.classes if one.tag in {PUMP, MOTOR}), assets=())


def devices(*faults: str) -> list[Device]:
    """Return the machines of the project, speaking as simulated ones do."""
    from simulators.devices import Device
    from simulators.faults import Fault

    kinds = {**dict.fromkeys(PUMPS, PUMP), **dict.fromkeys(MOTORS, MOTOR)}
    suffered = [Fault.parse(one) for one in faults]
    return [Device.at(SITE, tag, kind).suffering(suffered) for tag, kind in kinds.items()]


def send(stage: Stage, machines: Sequence[Device], since: datetime, until: datetime) -> int:
    """Let the machines say a value a minute in (since, until], stored as all telemetry is; return how many values.

    The clock stands at the last of these minutes then.

    Raises:
        Conflict: something of it was not stored.
    """
    from ingest.door import Door, DoorSettings

    first, last = (int(at.timestamp()) // _PERIOD_S for at in (since, until))
    stage.clock.go_to(datetime.fromtimestamp(last * _PERIOD_S, UTC))
    instants = [minute * _PERIOD_S for minute in range(first + 1, last + 1)]
    with Door(stage.ingest, stage.clock, DoorSettings()) as door:
        return sum(
            _send_chunk(door, machine, instants[at : at + _AT_ONCE])
            for at in range(0, len(instants), _AT_ONCE)
            for machine in machines
        )


def _send_chunk(door: Door, machine: Device, instants: Sequence[int]) -> int:
    import numpy as np

    columns = machine.values(np.array(instants, dtype=float))
    payload = [
        {"ts": 1000 * at, "values": {key: float(values[place]) for key, values in columns.items()}}
        for place, at in enumerate(instants)
    ]
    outcome = door.store(telemetry_topic(SITE, machine.asset), orjson.dumps(payload))
    if outcome.quarantined:
        raise Conflict(f"telemetry of {machine.asset} was refused: {outcome}")
    return len(instants) * len(columns)


def utc(at: datetime) -> str:
    """Write an instant as a person reads it."""
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}"
