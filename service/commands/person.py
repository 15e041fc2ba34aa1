"""Who does something at the command line, as it goes into the record."""

from __future__ import annotations

import getpass

from plant.errors import Misconfigured


def person(by: str | None, *, otherwise: str = "") -> str:
    """Return who is named, else the user of this machine, else `otherwise`.

    Raises:
        Misconfigured: there is none of them.

    >>> person(" Ada ")
    'Ada'
    """
    try:
        name = (by or getpass.getuser()).strip()
    except (OSError, KeyError):
        name = otherwise
    if not name:
        raise Misconfigured("say who decides: --by NAME")
    return name
