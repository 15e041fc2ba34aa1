"""The demo: a simulated plant with a healthy past, models trained on it, and one machine that then sickens."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.healthy import declare_healthy
from lifecycle.register import import_plant, read_plant
from plant.clock import Clock
from plant.errors import Rejected, Unavailable
from storage import register, status
from storage.database import Database

if TYPE_CHECKING:
    from simulators.fleet import Fleet

PERIOD_S = 1.0
HISTORY_S = 3600.0
FAULTY_ASSET = "P-101"
FAULT_KIND = "bearing_wear"
FAULT_AFTER_S = 8.0
FAULT_GROWTH_S = 45.0

Progress = Callable[[int, int], None]


def plant_file() -> Path:
    """Return the register file that the demo imports, to be copied and edited."""
    return Path(str(files("service") / "demo" / "plant.toml"))


def read_fleet(path: Path) -> Fleet:
    """Read the simulated devices of a register file; raises `Rejected` or `Misconfigured`, one line."""
    from simulators.fleet import Fleet

    read_plant(path)
    return Fleet.from_register(tomllib.loads(path.read_text(encoding="utf-8")))


@dataclass(frozen=True, kw_only=True, slots=True)
class Past:
    """The healthy past that was published: epoch seconds."""

    start_s: float
    end_s: float
    readings: int


def register_demo(database: Database, clock: Clock) -> None:
    """Import the demo's register."""
    with database.transaction() as tx:
        import_plant(tx, read_plant(plant_file()), at=clock.now())


def publish_past(mqtt_url: str, clock: Clock, progress: Progress) -> Past:
    """Publish an hour of healthy telemetry of the whole plant, in arrays of instants."""
    from simulators.fleet import backfill
    from simulators.wire import Wire

    fleet = read_fleet(plant_file())
    end_s = float(int(clock.now().timestamp()))
    with Wire(mqtt_url) as wire:
        readings = backfill(fleet, wire, end_s - HISTORY_S, end_s, PERIOD_S, progress=progress)
    return Past(start_s=end_s - HISTORY_S, end_s=end_s, readings=readings)


def await_stored(
    database: Database, clock: Clock, site: str, tag: str | None, past: Past, progress: Progress | None = None
) -> None:
    """Wait until ingest has stored what was published.

    Raises:
        Unavailable: ingest stored nothing for 30 s while something is still missing.
    """
    since, until = _instant(past.start_s), _instant(past.end_s)
    stored, moved_at = -1, clock.now()
    while True:
        with database.transaction() as tx:
            now_stored = status.stored_between(tx, site, tag, since, until)
        if now_stored >= past.readings:
            return
        if now_stored != stored:
            stored, moved_at = now_stored, clock.now()
        if (clock.now() - moved_at).total_seconds() > 30:
            raise Unavailable(
                f"ingest has stored {stored} of {past.readings} readings and no more for 30 s; is `assetloop ingest` "
                "running? (`assetloop doctor` tells; what was refused is in the quarantine)"
            )
        if progress is not None:
            progress(stored, past.readings)
        clock.sleep(0.1)


def declare_past_healthy(database: Database, past: Past, by: str) -> None:
    """Declare the published past the commissioning of every asset."""
    with database.transaction() as tx:
        for asset in register.list_assets(tx):
            declare_healthy(
                tx,
                asset.asset_id,
                _instant(past.start_s),
                _instant(past.end_s),
                origin="commissioning",
                by=by,
            )


@dataclass(frozen=True, kw_only=True, slots=True)
class DemoState:
    """How far the demo has come on a data folder; `fault` is as `simulate --fault` takes it."""

    prepared: bool = False
    fault: str | None = None


def read_state(file: Path) -> DemoState:
    """Read how far the demo has come.

    Raises:
        Rejected: the file is damaged.
    """
    try:
        return DemoState(**json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return DemoState()
    except (ValueError, TypeError) as error:
        raise Rejected("bad_demo", f"{file} is damaged; remove it to begin the demo anew") from error


def write_state(file: Path, state: DemoState) -> None:
    """Remember how far the demo has come."""
    file.write_text(json.dumps(asdict(state)), encoding="utf-8")


def begin_fault(file: Path, clock: Clock) -> str:
    """Return the demo's fault; its start is kept, so that a restart resumes it."""
    state = read_state(file)
    if state.fault is not None:
        return state.fault
    start = int(clock.now().timestamp() + FAULT_AFTER_S)
    fault = f"{FAULTY_ASSET}:{FAULT_KIND}:{start}:{FAULT_GROWTH_S:.0f}"
    write_state(file, DemoState(prepared=True, fault=fault))
    return fault


def _instant(epoch_s: float) -> datetime:
    return datetime.fromtimestamp(epoch_s, tz=UTC)
