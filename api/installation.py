"""What a process that serves knows of its installation besides the database: logins at the broker, mapping, plans."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from alerts.dispatch.plans import BUILT_IN, NoticePlans
from ingest.trial import TrialRules
from lifecycle.register.broker_accounts import Accounts
from plant.errors import Conflict, NotFound

_RULES = TrialRules()


def _nothing(_name: str) -> None:
    """End no session: no broker is named."""


@dataclass(frozen=True, kw_only=True, slots=True)
class ServedInstallation:
    """What the settings of `serve` say.

    `logins` are the devices' at mosquitto, where their folder is named; `end_session` ends the connection of one that
    came by certificate. `mapping` is the file by which ingest reads the plant's own topics, `trial_rules` are what a
    payload is judged by. `plans` reads whom notices are for.
    """

    logins: Accounts | None = None
    end_session: Callable[[str], None] = _nothing
    mapping: Path | None = None
    joins_sparkplug_names: bool = False
    trial_rules: TrialRules = _RULES
    plans: Callable[[], NoticePlans] = lambda: BUILT_IN

    def accounts(self) -> Accounts:
        """Return the devices' logins.

        Raises:
            Conflict: this installation keeps none here.
        """
        if self.logins is None:
            raise Conflict("no logins are kept here: ASSETLOOP_BROKER_ACCOUNTS names no folder")
        return self.logins

    def revoke_login(self, name: str) -> None:
        """Let a device speak to the broker no more; its connection ends.

        Raises:
            Conflict: this installation keeps no logins here.
            NotFound: there is none of that name.
        """
        if not self.accounts().remove(name).has_password:
            self.end_session(name)

    def mapping_file(self) -> Path:
        """Return the mapping's file.

        Raises:
            NotFound: there is no mapping.
        """
        if self.mapping is None:
            raise NotFound("there is no mapping: ASSETLOOP_MAPPING names no file")
        return self.mapping


BARE = ServedInstallation()
"""An installation of which nothing is set."""
