"""`assetloop ingest status`: what became of what devices sent, and how the ingest processes are."""

from __future__ import annotations

import dataclasses
from datetime import datetime
from typing import Any

from plant.escaped import escaped
from service.commands.common import table
from service.runtime.counted import counted
from service.runtime.surroundings import Surroundings
from storage.telemetry import delivery
from storage.telemetry.delivery import Delivered, IngestStatus

_HEAD = ("DEVICE", "RECEIVED", "STORED", "DUPLICATE", "LATE", "QUARANTINED", "CONFLICTING", "LIMITED")


def read(around: Surroundings, *, since: datetime, device: str | None) -> IngestStatus:
    """Read it from the record."""
    with around.database() as database, database.transaction() as tx:
        return delivery.status(tx, since=since, device=device)


def told(flow: IngestStatus) -> dict[str, Any]:
    """Return it for a machine, with the sums over all devices."""
    sums = dataclasses.asdict(flow.sums())
    del sums["device"]
    return {**dataclasses.asdict(flow), "sums": sums}


def lines(flow: IngestStatus) -> str:
    """Say it to a person."""
    devices = [_cells(one) for one in flow.devices]
    if len(devices) > 1:
        devices.append(("all", *_cells(flow.sums())[1:]))
    said = [f"since {flow.since:%Y-%m-%d %H:%MZ}", table(_HEAD, devices) if devices else "nothing was received"]
    said += ["", table(("SLOT", "STATE", "BEHIND", "HOLDER"), [_slot(flow, place) for place in range(len(flow.slots))])]
    if not flow.slots:
        said[-1] = "no ingest process has run yet"
    if flow.clocks:
        said += ["", *(escaped(one.line()) for one in flow.clocks)]
    if flow.spooled_since is not None:
        said.append(f"on disk, waiting to be stored, since {flow.spooled_since:%Y-%m-%d %H:%M:%SZ}")
    if flow.lost_bytes:
        said.append(
            f"LOST, for want of room while the database was away: {counted(flow.lost_messages, 'messages')} of QoS 0"
        )
    return "\n".join(said)


def _cells(one: Delivered) -> tuple[object, ...]:
    return (
        one.device,
        one.received,
        one.stored,
        one.duplicate,
        one.late,
        one.quarantined,
        one.conflicting,
        one.limited,
    )


def _slot(flow: IngestStatus, place: int) -> tuple[object, ...]:
    slot = flow.slots[place]
    state = "without a process"
    if slot.is_held:
        state = "draining" if slot.is_draining else "listening" if slot.is_listening else "not connected"
    return (str(slot.slot), state, f"{slot.lag_s:.1f} s", slot.holder or "-")
