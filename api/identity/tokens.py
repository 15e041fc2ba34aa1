"""API tokens of people and machines: made once, shown once, kept as a hash, narrowed, and over at a set time."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from api.identity.ledger_entries import enter
from api.identity.people import known, principal_of
from api.identity.secrets_shown_once import make_secret, sha256_of
from plant.clock import Clock
from plant.errors import Conflict, Forbidden, Rejected
from plant.people.principal import Principal, Recognition
from plant.people.rights import EVERY_SITE, PlantRole, Right
from storage.core.database import Database
from storage.identity import api_tokens, people
from storage.identity.api_tokens import KnownToken

_PREFIX = "api"
_NOTHING = bytes(32)
_NOTED_EVERY = timedelta(minutes=1)
MOST_DAYS = 366


@dataclass(frozen=True, kw_only=True, slots=True)
class TokenWanted:
    """What a token is to be: of a person, or with `role` of a machine; `scopes` and `sites` narrow it."""

    name: str
    sign_in: str | None = None
    role: PlantRole | None = None
    scopes: tuple[Right, ...] | None = None
    sites: tuple[str, ...] | None = None
    days: int = 90


@dataclass(frozen=True, kw_only=True, slots=True)
class IssuedToken:
    """A new token; `token` is the only time that its secret is shown."""

    token_id: str
    token: str
    expires_at: datetime


def issue_token(database: Database, wanted: TokenWanted, *, actor: Principal, clock: Clock) -> IssuedToken:
    """Make a token.

    Raises:
        NotFound: there is no such person.
        Conflict: the person is disabled.
        Forbidden: a token asks for it, or a person who has not shown their password again.
        Rejected: it is neither a person's nor a machine's or both, has no name, or would last too long.
    """
    if (wanted.sign_in is None) == (wanted.role is None):
        raise Rejected("whose_token", "a token is a person's, or a machine's with a role: say one of both")
    if not 0 < len(wanted.name.strip()) <= 100 or not 1 <= wanted.days <= MOST_DAYS:
        raise Rejected("bad_token", f"a token has a name of 1 to 100 characters and lasts 1 to {MOST_DAYS} days")
    if wanted.role is not None:
        for site in wanted.sites or (EVERY_SITE,):
            actor.demand(Right.MANAGE_PEOPLE, site)
    if actor.recognition is Recognition.TOKEN:
        raise Forbidden("a token issues no tokens")
    actor.demand_shown_again(f"token.issue:{wanted.name.strip()}")
    token_id, secret, at = secrets.token_hex(6), make_secret(), clock.now()
    with database.transaction() as tx:
        person = known(tx, wanted.sign_in) if wanted.sign_in else None
        if person and person.disabled_at:
            raise Conflict(f"{person.sign_in} is disabled")
        api_tokens.issue(
            tx,
            token_id=token_id,
            person_id=person.person_id if person else None,
            name=wanted.name.strip(),
            role=wanted.role.value if wanted.role else "",
            sha256=sha256_of(secret),
            scopes=_values(wanted.scopes),
            sites=wanted.sites,
            at=at,
            by=actor.name,
            expires_at=at + timedelta(days=wanted.days),
        )
        about = person.sign_in if person else wanted.name
        enter(tx, "token.issued", actor, about, clock, token=token_id, name=wanted.name)
    return IssuedToken(
        token_id=token_id, token=f"{_PREFIX}_{token_id}_{secret}", expires_at=at + timedelta(days=wanted.days)
    )


def _values(scopes: Sequence[Right] | None) -> list[str] | None:
    return None if scopes is None else [right.value for right in scopes]


def revoke_token(
    database: Database, token_id: str, *, actor: Principal, clock: Clock, only_of: str | None = None
) -> None:
    """Let a token open nothing any more, at once; `only_of` lets it be that person's alone.

    Raises:
        NotFound: there is no such token.
    """
    with database.transaction() as tx:
        if only_of is not None and token_id not in {one.token_id for one in api_tokens.every(tx, person_id=only_of)}:
            token_id = ""
        name = api_tokens.revoke(tx, token_id, at=clock.now(), by=actor.name)
        enter(tx, "token.revoked", actor, name, clock, token=token_id)


def principal_of_token(database: Database, token: str, *, clock: Clock) -> Principal | None:
    """Return who acts by a token; None where it opens nothing, also because its time is over."""
    prefix, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    if prefix != _PREFIX or not (token_id.isascii() and token_id.isalnum()):
        return None
    with database.transaction() as tx:
        found = api_tokens.find(tx, token_id)
        is_secret = hmac.compare_digest(sha256_of(secret), found.sha256 if found else _NOTHING)
        if found is None or not is_secret or found.is_revoked or found.expires_at <= clock.now():
            return None
        if found.used_at is None or clock.now() - found.used_at > _NOTED_EVERY:
            api_tokens.note_use(tx, token_id, at=clock.now())
        person = people.by_id(tx, found.person_id) if found.person_id else None
    whole = principal_of(person, Recognition.TOKEN) if person else _machine(found)
    return _narrowed(whole, found)


def _machine(found: KnownToken) -> Principal:
    return Principal(
        name=found.name, recognition=Recognition.TOKEN, roles={EVERY_SITE: frozenset({PlantRole(found.role)})}
    )


def _narrowed(whole: Principal, found: KnownToken) -> Principal:
    """Leave of a principal what the token gives: never more than its person has now."""
    roles = whole.roles
    if found.sites is not None:
        everywhere = roles.get(EVERY_SITE, frozenset())
        roles = {site: roles.get(site, frozenset()) | everywhere for site in found.sites}
    scopes = None if found.scopes is None else frozenset(Right(one) for one in found.scopes if one in set(Right))
    return Principal(
        name=whole.name,
        recognition=Recognition.TOKEN,
        person_id=whole.person_id,
        roles={site: held for site, held in roles.items() if held},
        teams=whole.teams,
        scopes=scopes,
    )
