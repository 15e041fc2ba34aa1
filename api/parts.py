"""What every route works with: database, clock, version, the door for telemetry, and who acts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from alerts.orders.attachments import AttachmentStore
from api.identity.route_right import At
from api.identity.route_rights import right_of
from api.installation import BARE, ServedInstallation
from ingest.door import Door
from plant.clock import Clock
from plant.people.principal import Principal, process
from plant.people.rights import Right
from storage.core.database import Database

_NOBODY = process("api")
_IN_THE_DATABASE = AttachmentStore()


@dataclass(frozen=True, kw_only=True, slots=True)
class Parts:
    """The values `create_app` was given, and `principal`, who acts; `console_url` is where orders raised here link to.

    In a request `database` is on behalf of that principal: what is written says how they were recognised, and nothing
    is found of sites where they may not do what they ask for.
    `grafana_url` is where people open Grafana, where there is one.
    The disk of `data_folder` is watched, where it is given. `attachments` is where files of orders are kept.
    `installation` is what the settings say beside the database.
    """

    database: Database
    clock: Clock
    version: str
    console_url: str = ""
    grafana_url: str = ""
    door: Door | None = None
    data_folder: Path | None = None
    attachments: AttachmentStore = _IN_THE_DATABASE
    installation: ServedInstallation = BARE
    principal: Principal = _NOBODY

    def of(self, principal: Principal, right: Right) -> Parts:
        """Return the parts as `principal` has them, at the sites where `right` is theirs."""
        database = self.database.on_behalf_of(principal, sites=principal.sites_with(right))
        return replace(self, database=database, principal=principal)


async def _parts_of(request: Request) -> Parts:
    """Read the parts: nothing in it waits, so it needs no thread."""
    parts: Parts = request.app.state.parts
    principal: Principal | None = getattr(request.state, "principal", None)
    row = right_of(request.method, request.url.path)
    if principal is None:
        return parts
    if row is None or row.at in {At.NOWHERE, At.EVERYWHERE} or not isinstance(row.wants, Right):
        return replace(parts, database=parts.database.on_behalf_of(principal, sites=None), principal=principal)
    return parts.of(principal, row.wants)


GivenParts = Annotated[Parts, Depends(_parts_of)]
