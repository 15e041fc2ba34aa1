"""OpenID Connect: the settings of a provider. Signing in with it is in `provider_sign_in`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from plant.errors import Misconfigured
from plant.people.rights import EVERY_SITE, PlantRole


@dataclass(frozen=True, kw_only=True, slots=True)
class ProviderSettings:
    """Where a provider is, and what its claims mean.

    `roles` are by the value of the claim `roles_claim`: a role and a site, or `EVERY_SITE`.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str
    redirect_uri: str
    roles_claim: str = "groups"
    roles: Mapping[str, tuple[PlantRole, str]] = field(default_factory=dict)


def read_roles(text: str) -> dict[str, tuple[PlantRole, str]]:
    """Read what claims mean: `VALUE=ROLE` or `VALUE=ROLE@SITE`, by commas.

    Raises:
        Misconfigured: it is not written so, or a role is none.

    >>> read_roles("mechanics=maintenance@north")
    {'mechanics': (<PlantRole.MAINTENANCE: 'maintenance'>, 'north')}
    """
    read: dict[str, tuple[PlantRole, str]] = {}
    for part in filter(None, (one.strip() for one in text.split(","))):
        value, equals, meant = part.rpartition("=")
        role, _, site = meant.partition("@")
        if not equals or role not in set(PlantRole):
            raise Misconfigured(f"ASSETLOOP_OIDC_ROLES: {part} is not VALUE=ROLE or VALUE=ROLE@SITE")
        read[value] = (PlantRole(role), site or EVERY_SITE)
    return read
