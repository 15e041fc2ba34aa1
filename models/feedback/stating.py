"""A person says of a machine's state after an alarm that it is normal now, or still faulty; the next training obeys."""

from __future__ import annotations

from datetime import datetime

from plant.clock import Clock
from plant.errors import Rejected
from plant.finding import StateWord
from plant.people.principal import Principal
from storage.core.database import Database
from storage.models import state_labels
from storage.models.state_labels import StandingState


def say(
    database: Database,
    asset_id: int,
    says: StateWord,
    *,
    actor: Principal,
    clock: Clock,
    since: datetime | None = None,
    note: str = "",
) -> StandingState:
    """Write down in `actor`'s name what state an asset's machine is in, from `since` on, data time.

    Where no instant is given, it is normal from now on, or faulty since the last alarm began.

    Raises:
        NotFound: nothing is installed at this asset.
        Rejected: `since` is still to come.
    """
    now = clock.now()
    with database.transaction() as tx:
        alarm = state_labels.standing(tx, asset_id).alarm_onset if says is StateWord.FAULTY else None
        begin = since or alarm or now
        if begin > now:
            raise Rejected("still_to_come", f"{begin.isoformat()} is still to come; say since when the state holds")
        state_labels.say(tx, asset_id=asset_id, says=says, since=begin, at=now, by=actor.name, note=note)
        return state_labels.standing(tx, asset_id)
