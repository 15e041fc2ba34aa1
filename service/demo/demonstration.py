"""The demo: a simulated plant with a healthy past, models trained on it, and one machine that then sickens."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING

from lifecycle.register.healthy_time import declare_healthy
from lifecycle.register.importing import import_plant
from lifecycle.register.plant_file import read_plant
from plant.clock import Clock
from plant.errors import Rejected, Unavailable
from storage.core.database import Database
from storage.register import assets
from storage.views import counts

if TYPE_CHECKING:
    from simulators.fleet import Fleet
    from simulators.wire import Wire

PERIOD_S = 1.0
_PATIENCE_S = 30.0
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
    return Fleet.from_register(tomllib.loads(path.read_text(encoding="utf-8-sig")))


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


def publish_past(database: Database, wire: Wire, clock: Clock, progress: Progress) -> Past:
    """Publish an hour of healthy telemetry of the whole plant, in arrays of instants, once ingest listens.

    Raises:
        Unavailable: the broker is away, or ingest does not store.
    """
    from simulators.fleet import backfill

    fleet = read_fleet(plant_file())
    end_s = float(int(clock.now().timestamp()))
    start_s = end_s - HISTORY_S
    with wire:
        await_listening(
            lambda: backfill(fleet, wire, start_s, start_s + PERIOD_S, PERIOD_S),
            database,
            clock,
            fleet.site,
            None,
            Past(start_s=start_s, end_s=start_s + PERIOD_S, readings=1),
        )
        readings = backfill(fleet, wire, start_s, end_s, PERIOD_S, progress=progress)
    return Past(start_s=start_s, end_s=end_s, readings=readings)


def await_listening(
    knock: Callable[[], object], database: Database, clock: Clock, site: str, tag: str | None, first: Past
) -> None:
    """Publish what comes first again and again until it is stored: a broker keeps nothing for who is not there yet.

    The same instants published twice are stored once.

    Raises:
        Unavailable: nothing is stored within 30 s.
    """
    until = clock.now() + timedelta(seconds=_PATIENCE_S)
    while True:
        knock()
        for _ in range(5):
            with database.transaction() as tx:
                if counts.stored_between(tx, site, tag, _instant(first.start_s), _instant(first.end_s)):
                    return
            clock.sleep(0.1)
        if clock.now() > until:
            raise Unavailable(_not_stored(0, first.readings))


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
            now_stored = counts.stored_between(tx, site, tag, since, until)
        if now_stored >= past.readings:
            return
        if now_stored != stored:
            stored, moved_at = now_stored, clock.now()
        if (clock.now() - moved_at).total_seconds() > _PATIENCE_S:
            raise Unavailable(_not_stored(stored, past.readings))
        if progress is not None:
            progress(stored, past.readings)
        clock.sleep(0.1)


def _not_stored(stored: int, published: int) -> str:
    return (
        f"ingest has stored {stored} of {published} readings and no more for {_PATIENCE_S:.0f} s; is "
        "`assetloop ingest` running? (`assetloop doctor` tells; what was refused is in the quarantine)"
    )


def site_tag() -> str:
    """Return the tag of the demo's site."""
    return read_plant(plant_file()).site.tag


def train_on(database: Database, clock: Clock, past: Past, progress: Progress) -> None:
    """Declare the published past the commissioning of the demo's assets, and train a model for each of them."""
    from models.training.train import train

    by = "assetloop up --demo"
    with database.transaction() as tx:
        ours = [asset.asset_id for asset in assets.list_assets(tx) if asset.site == site_tag()]
        for asset_id in ours:
            span = (_instant(past.start_s), _instant(past.end_s))
            declare_healthy(tx, asset_id, *span, origin="commissioning", by=by)
    train(
        database,
        clock=clock,
        trained_by=by,
        asset_ids=ours,
        progress=lambda done, total, _asset: progress(done, total),
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
