"""Whom a provider's claims name: found or entered here, with the roles that the claims give now."""

from __future__ import annotations

from typing import Any

from api.identity.people import NewPerson, PersonReach, add_person, is_mail_address, normal
from api.identity.secrets_shown_once import sha256_of
from api.identity.signing_in.provider import ProviderSettings
from api.parts import Parts
from plant.errors import Forbidden
from plant.people.principal import process
from plant.people.rights import EVERY_SITE, PlantRole
from storage.identity import people
from storage.identity.people import Person


def person_of_claims(parts: Parts, settings: ProviderSettings, claims: dict[str, Any]) -> Person:
    """Find or enter the person whom the claims name, with the roles that they give now.

    A person is known by the provider's subject alone: never by a mail address or name, which others may take.

    Raises:
        Forbidden: they are disabled, or no claim gives them a role.
    """
    roles = _roles(settings, claims)
    actor = process(f"provider {settings.name}")
    subject = str(claims["sub"])
    with parts.database.transaction() as tx:
        person = people.by_subject(tx, settings.issuer, subject)
    if person is not None and person.disabled_at is not None:
        raise Forbidden("you are disabled here")
    if person is None and not roles:
        raise Forbidden("no role was given to you")
    if person is None:
        person = _enter(parts, settings, claims, subject)
    with parts.database.transaction() as tx:
        for role, site in _all(person.roles) - roles:
            people.withdraw(tx, person.person_id, role, site=_tag(site))
        for role, site in roles - _all(person.roles):
            people.grant(tx, person.person_id, role, site=_tag(site), at=parts.clock.now(), by=actor.name)
        found = people.by_id(tx, person.person_id)
    if found is None or not found.roles:
        raise Forbidden("no role was given to you")
    return found


def _enter(parts: Parts, settings: ProviderSettings, claims: dict[str, Any], subject: str) -> Person:
    wanted = str(claims.get("preferred_username") or claims.get("email") or subject)
    name = str(claims.get("name") or wanted)
    actor = process(f"provider {settings.name}")
    with parts.database.transaction() as tx:
        is_taken = people.by_sign_in(tx, normal(wanted)) is not None
    sign_in = f"{normal(wanted)[:60]}.{sha256_of(subject).hex()[:8]}" if is_taken else wanted[:100]
    mail = str(claims.get("email") or "")
    reach = PersonReach(mail=mail if is_mail_address(mail) else "")
    new = NewPerson(sign_in="".join(sign_in.split()), name=name[:100], reach=reach)
    person = add_person(parts.database, new, actor=actor, clock=parts.clock)
    with parts.database.transaction() as tx:
        people.bind(tx, person.person_id, issuer=settings.issuer, subject=subject)
    return person


def _roles(settings: ProviderSettings, claims: dict[str, Any]) -> set[tuple[PlantRole, str]]:
    said = claims.get(settings.roles_claim) or []
    values = [said] if isinstance(said, str) else [str(one) for one in said]
    return {settings.roles[value] for value in values if value in settings.roles}


def _all(roles: dict[str, frozenset[PlantRole]]) -> set[tuple[PlantRole, str]]:
    return {(role, site) for site, held in roles.items() for role in held}


def _tag(site: str) -> str | None:
    return None if site == EVERY_SITE else site
