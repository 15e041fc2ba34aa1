"""Who does something at the command line, as it goes into the record."""

from __future__ import annotations

import getpass

from plant.errors import Misconfigured
from plant.people.principal import Principal, system_user, typed


def who(by: str | None = None, *, otherwise: str = "") -> Principal:
    """Return the user of this machine, or `otherwise` where it has none; the name `by` is one that was typed.

    Raises:
        Misconfigured: there is none of them.

    >>> who(" Ada ").name, who("Ada").recognition.value
    ('Ada', 'typed')
    """
    try:
        name = (by or getpass.getuser()).strip()
    except (OSError, KeyError):
        name = otherwise
    if not name:
        raise Misconfigured("say who decides: --by NAME")
    return typed(name) if by else system_user(name)
