"""People over HTTP: oneself, others, teams, tokens, and attempts to sign in."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from api.identity import credentials, tokens
from api.identity import people as use_cases
from api.identity.access import address_of
from api.identity.confirming import confirm
from api.identity.ledger_entries import enter
from api.identity.people import NewPerson
from api.identity.tokens import TokenWanted
from api.parts import GivenParts, Parts
from api.problems import answers
from api.protocol.paging import Pages
from api.revisions import VersionDemanded, VersionSeen, tag_version
from api.schemas.people import (
    ApiTokenShape,
    AttemptsShape,
    Confirmation,
    ConfirmationShape,
    IssuedTokenShape,
    LinkShape,
    MachineTokenWanted,
    MemberWanted,
    MeShape,
    OwnTokenWanted,
    PersonShape,
    PersonWanted,
    ReachWanted,
    RoleWanted,
    TeamShape,
    TeamWanted,
    reach_of,
)
from api.schemas.shape import NOTHING, Nothing
from plant.errors import Forbidden, NotFound
from plant.people.principal import Principal, Recognition
from plant.people.rights import Right
from storage.identity import api_tokens, people, sign_ins
from storage.identity.people import Person

me_router = APIRouter(prefix="/me", tags=["people"])
people_router = APIRouter(prefix="/people", tags=["people"])
team_router = APIRouter(prefix="/teams", tags=["people"])
token_router = APIRouter(prefix="/tokens", tags=["people"])
attempt_router = APIRouter(prefix="/sign-ins", tags=["people"])
_NEWEST_ATTEMPTS = 10_000
_EDITED = answers(400, 403, 412, 428)


@me_router.get("", responses=answers())
def get_me(parts: GivenParts) -> MeShape:
    """Say who acts, and what they may do."""
    return MeShape.of(parts.principal)


@me_router.post("/confirm", status_code=201, responses=answers(400, 403))
def confirm_me(request: Request, parts: GivenParts, shown: Confirmation) -> ConfirmationShape:
    """Show the credential again, for one act that is to be signed."""
    secret = confirm(
        parts.database, parts.principal, shown.password, shown.act, address=address_of(request), clock=parts.clock
    )
    return ConfirmationShape(confirmation=secret)


@me_router.get("/tokens", responses=answers(403))
def list_own_tokens(parts: GivenParts, pages: Pages) -> list[ApiTokenShape]:
    """List one's own tokens."""
    with parts.database.transaction() as tx:
        found = api_tokens.every(tx, person_id=_person_id(parts.principal))
    return [ApiTokenShape.model_validate(one) for one in pages.through(found, _by_token)]


@me_router.post("/tokens", status_code=201, responses=answers(400, 403))
def issue_own_token(parts: GivenParts, wanted: OwnTokenWanted) -> IssuedTokenShape:
    """Issue a token of one's own; not by a token."""
    with parts.database.transaction() as tx:
        person = people.by_id(tx, _person_id(parts.principal))
    issued = tokens.issue_token(
        parts.database,
        TokenWanted(
            name=wanted.name,
            sign_in=person.sign_in if person else None,
            scopes=None if wanted.scopes is None else tuple(wanted.scopes),
            sites=None if wanted.sites is None else tuple(wanted.sites),
            days=wanted.days,
        ),
        actor=parts.principal,
        clock=parts.clock,
    )
    return IssuedTokenShape.model_validate(issued)


@me_router.post("/tokens/{token_id}/revoke", status_code=204, responses=answers(403, 404))
def revoke_own_token(parts: GivenParts, token_id: str, _nothing: Nothing = NOTHING) -> None:
    """Let one's own token open nothing any more."""
    tokens.revoke_token(
        parts.database, token_id, actor=parts.principal, clock=parts.clock, only_of=_person_id(parts.principal)
    )


@me_router.get("/reach", responses=answers(403))
def get_own_reach(parts: GivenParts, response: Response) -> PersonShape:
    """Say how one is spoken to and reached."""
    return _shown(response, _oneself(parts))


@me_router.post("/reach", responses=_EDITED)
def change_own_reach(parts: GivenParts, wanted: ReachWanted, seen: VersionDemanded, response: Response) -> PersonShape:
    """Let oneself be spoken to and reached otherwise; not by a token."""
    sign_in = _oneself(parts).sign_in
    found = use_cases.change_reach(
        parts.database, sign_in, reach_of(wanted), actor=parts.principal, clock=parts.clock, seen=seen
    )
    return _shown(response, found)


def _oneself(parts: Parts) -> Person:
    with parts.database.transaction() as tx:
        person = people.by_id(tx, _person_id(parts.principal))
    if person is None:
        raise Forbidden("only a person who is signed in has tokens of their own")
    return person


def _shown(response: Response, person: Person) -> PersonShape:
    tag_version(response, use_cases.reach_document(person))
    return PersonShape.of(person)


def _person_id(principal: Principal) -> str:
    """Return who a person is; a token issues and lists no tokens."""
    if not principal.person_id or principal.recognition is Recognition.TOKEN:
        raise Forbidden("only a person who is signed in has tokens of their own")
    return principal.person_id


@people_router.get("", responses=answers(403))
def list_people(parts: GivenParts, pages: Pages) -> list[PersonShape]:
    """List the people of the sites one administers."""
    with parts.database.transaction() as tx:
        found = people.everybody(tx)
    mine = parts.principal.sites_with(Right.MANAGE_PEOPLE)
    theirs = [one for one in found if mine is None or mine & one.roles.keys() or not one.roles]
    return [PersonShape.of(one) for one in pages.through(theirs, lambda one: (one.sign_in,))]


@people_router.post("", status_code=201, responses=answers(400, 403, 404, 409))
def add_person(parts: GivenParts, wanted: PersonWanted) -> PersonShape:
    """Enter a person with their roles."""
    new = NewPerson(
        sign_in=wanted.sign_in,
        name=wanted.name,
        reach=reach_of(wanted),
        roles=tuple((one.role, one.site) for one in wanted.roles),
        teams=tuple(wanted.teams),
    )
    return PersonShape.of(use_cases.add_person(parts.database, new, actor=parts.principal, clock=parts.clock))


@people_router.get("/{sign_in}", responses=answers(403, 404))
def get_person(parts: GivenParts, sign_in: str, response: Response) -> PersonShape:
    """Show a person of the sites one administers."""
    with parts.database.transaction() as tx:
        person = use_cases.known(tx, sign_in)
    mine = parts.principal.sites_with(Right.MANAGE_PEOPLE)
    if mine is not None and person.roles and not mine & person.roles.keys():
        raise NotFound(f"nobody signs in as {sign_in}")
    return _shown(response, person)


@people_router.post("/{sign_in}/reach", responses=answers(400, 403, 404, 412, 428))
def change_reach(
    parts: GivenParts, sign_in: str, wanted: ReachWanted, seen: VersionDemanded, response: Response
) -> PersonShape:
    """Let a person be spoken to and reached otherwise."""
    found = use_cases.change_reach(
        parts.database, sign_in, reach_of(wanted), actor=parts.principal, clock=parts.clock, seen=seen
    )
    return _shown(response, found)


@people_router.post("/{sign_in}/disable", responses=answers(403, 404, 409))
def disable_person(parts: GivenParts, sign_in: str, _nothing: Nothing = NOTHING) -> PersonShape:
    """Let a person in no more; what they did keeps their name."""
    return PersonShape.of(use_cases.disable_person(parts.database, sign_in, actor=parts.principal, clock=parts.clock))


@people_router.post("/{sign_in}/enable", responses=answers(403, 404))
def enable_person(parts: GivenParts, sign_in: str, _nothing: Nothing = NOTHING) -> PersonShape:
    """Let a disabled person in again."""
    return PersonShape.of(use_cases.enable_person(parts.database, sign_in, actor=parts.principal, clock=parts.clock))


@people_router.post("/{sign_in}/link", status_code=201, responses=answers(403, 404, 409))
def make_link(parts: GivenParts, sign_in: str, _nothing: Nothing = NOTHING) -> LinkShape:
    """Make a link with which a person sets a password."""
    return LinkShape(link=credentials.make_link(parts.database, sign_in, actor=parts.principal, clock=parts.clock))


@people_router.post("/{sign_in}/roles", responses=answers(403, 404))
def grant_role(parts: GivenParts, sign_in: str, wanted: RoleWanted) -> PersonShape:
    """Give a person a role."""
    found = use_cases.grant_role(
        parts.database, sign_in, wanted.role, wanted.site, actor=parts.principal, clock=parts.clock
    )
    return PersonShape.of(found)


@people_router.post("/{sign_in}/roles/withdraw", responses=answers(403, 404, 409))
def withdraw_role(parts: GivenParts, sign_in: str, wanted: RoleWanted) -> PersonShape:
    """Take a role of a person."""
    found = use_cases.withdraw_role(
        parts.database, sign_in, wanted.role, wanted.site, actor=parts.principal, clock=parts.clock
    )
    return PersonShape.of(found)


@team_router.get("", responses=answers(403))
def list_teams(parts: GivenParts, pages: Pages) -> list[TeamShape]:
    """List every team."""
    with parts.database.transaction() as tx:
        found = people.teams(tx)
    return [TeamShape.of(one) for one in pages.through(found, lambda one: (one.tag,))]


@team_router.get("/{team}", responses=answers(403, 404))
def get_team(parts: GivenParts, team: str, response: Response) -> TeamShape:
    """Show a team."""
    with parts.database.transaction() as tx:
        found = people.find_team(tx, team)
    if found is None:
        raise NotFound(f"there is no team {team}")
    tag_version(response, use_cases.team_document(found))
    return TeamShape.of(found)


@team_router.post("", status_code=201, responses=answers(400, 403, 412, 428))
def put_team(parts: GivenParts, wanted: TeamWanted, seen: VersionSeen, response: Response) -> TeamShape:
    """Make a team, or, with If-Match, call it otherwise; teams are of every site."""
    made = use_cases.put_team(parts.database, wanted.team(), actor=parts.principal, clock=parts.clock, seen=seen)
    tag_version(response, use_cases.team_document(made))
    return TeamShape.of(made)


@team_router.post("/{team}/members", status_code=204, responses=answers(400, 403, 404))
def join_team(parts: GivenParts, team: str, wanted: MemberWanted) -> None:
    """Let a person be of a team."""
    parts.principal.demand_shown_again(f"team.join:{team}")
    with parts.database.transaction() as tx:
        person = use_cases.known(tx, wanted.sign_in)
        people.join_team(tx, person.person_id, team, on_call=wanted.on_call)
        enter(tx, "team.joined", parts.principal, person.sign_in, parts.clock, team=team)


@token_router.get("", responses=answers(403))
def list_tokens(parts: GivenParts, pages: Pages) -> list[ApiTokenShape]:
    """List every token, people's and machines'; never a secret."""
    with parts.database.transaction() as tx:
        found = api_tokens.every(tx)
    return [ApiTokenShape.model_validate(one) for one in pages.through(found, _by_token)]


def _by_token(token: api_tokens.ApiToken) -> tuple[str]:
    return (token.token_id,)


@token_router.post("", status_code=201, responses=answers(400, 403))
def issue_machine_token(parts: GivenParts, wanted: MachineTokenWanted) -> IssuedTokenShape:
    """Issue a token of a machine, with a role of its own."""
    issued = tokens.issue_token(
        parts.database,
        TokenWanted(
            name=wanted.name,
            role=wanted.role,
            scopes=None if wanted.scopes is None else tuple(wanted.scopes),
            sites=None if wanted.sites is None else tuple(wanted.sites),
            days=wanted.days,
        ),
        actor=parts.principal,
        clock=parts.clock,
    )
    return IssuedTokenShape.model_validate(issued)


@token_router.post("/{token_id}/revoke", status_code=204, responses=answers(403, 404))
def revoke_token(parts: GivenParts, token_id: str, _nothing: Nothing = NOTHING) -> None:
    """Let any token open nothing any more."""
    tokens.revoke_token(parts.database, token_id, actor=parts.principal, clock=parts.clock)


@attempt_router.get("", responses=answers(403))
def list_attempts(parts: GivenParts, pages: Pages) -> list[AttemptsShape]:
    """List the newest attempts to sign in."""
    with parts.database.transaction() as tx:
        found = sign_ins.attempts(tx, most=_NEWEST_ATTEMPTS)
    listed = pages.through(found, lambda one: (one.last_at, one.account, one.address, one.outcome), newest_first=True)
    return [AttemptsShape.model_validate(one) for one in listed]
