"""One row of the table of rights: what a route wants of whoever asks, and at whose site."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from plant.people.rights import ROLE_RIGHTS, PlantRole, Right

API_ROOT = "/api"
API = f"{API_ROOT}/v1"


class Reach(StrEnum):
    """Whom a route lets in, where no right of the table of rights is meant."""

    ANYONE = "anyone"
    SIGNED_IN = "whoever is signed in"
    DEVICE_TOKEN = "a device token"  # noqa: S105 - a way in, not a secret


class At(StrEnum):
    """Whose site a route is about."""

    SITES_WITH_IT = "the sites where the right is held"
    PATH = "the site in the path"
    BODY = "the site in the body"
    ORDER = "the order's site"
    ALERT = "the alert's site"
    MODEL = "the model's site"
    PROPOSAL = "the proposal's site"
    QUARANTINED = "the payload's site"
    LESSON = "the lesson's site"
    DESIGN_REQUEST = "the request's site"
    MESSAGE = "the message's site"
    DEVICE_TOKEN = "the device token's site"  # noqa: S105 - a thing, not a secret
    PROJECT = "the project's site"
    EVERYWHERE = "every site"
    NOWHERE = "no site"


@dataclass(frozen=True)
class RouteRight:
    """One row: a method and a path want a right, or let in whom `wants` names, at a site."""

    method: str
    path: str
    wants: Right | Reach
    at: At = At.SITES_WITH_IT

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """Return what a path is matched against; a part `{x:path}` takes slashes too."""
        parts = re.split(r"(\{\w+(?::path)?\})", self.path)
        return re.compile("".join(_part(part) for part in parts))

    @property
    def is_page(self) -> bool:
        """Say whether it is a page for people, none of the API's."""
        return not self.path.startswith(API_ROOT)

    @property
    def roles(self) -> list[PlantRole]:
        """Return the roles that are let in."""
        return [role for role in PlantRole if isinstance(self.wants, Right) and self.wants in ROLE_RIGHTS[role]]


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name, _, kind = part.strip("{}").partition(":")
    return f"(?P<{name}>{'.+' if kind == 'path' else '[^/]+'})"
