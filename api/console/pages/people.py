"""The people of the plant as an administrator keeps them: roles, links, teams, and attempts to sign in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from nicegui import run, ui
from nicegui.element import Element

from api.console.components.elements import box, card, chip, heading, mark, moment, words
from api.console.components.forms import CredentialField, attempt, choice, offer, said, sheet
from api.console.components.frame import filling, framed
from api.console.visit import Visit
from api.identity import people as use_cases
from api.identity.credentials import make_link
from api.identity.people import NewPerson, PersonReach, normal
from api.identity.signing_in.texts import IDENTITY_TEXTS
from api.parts import Parts
from plant.people.principal import Principal
from plant.people.rights import EVERY_SITE, PlantRole, Right
from storage.identity import people, sign_ins
from storage.identity.people import Person, Team
from storage.identity.sign_ins import Attempts
from storage.register import assets

_ROLES = {role.value: IDENTITY_TEXTS[f"role_{role.value}"] for role in PlantRole if role is not PlantRole.DEVICE}
_EVERYWHERE = {EVERY_SITE: IDENTITY_TEXTS["person_everywhere"]}
_MOST_ATTEMPTS = 30


@dataclass(frozen=True, kw_only=True, slots=True)
class Administration:
    """Everything that the page shows."""

    people: Sequence[Person]
    teams: Sequence[Team]
    attempts: Sequence[Attempts]
    sites: dict[str, tuple[str, str]]


def read_administration(parts: Parts) -> Administration:
    """Read people, teams and attempts.

    Raises:
        Unavailable: the database is away.
    """
    sites = parts.principal.sites_with(Right.MANAGE_PEOPLE)
    with parts.database.transaction() as tx:
        everybody = people.everybody(tx)
        return Administration(
            people=[one for one in everybody if sites is None or sites & one.roles.keys() or not one.roles],
            teams=people.teams(tx),
            attempts=sign_ins.attempts(tx, most=_MOST_ATTEMPTS) if sites is None else (),
            sites={tag: names for tag, names in assets.list_sites(tx).items() if sites is None or tag in sites},
        )


async def show(visit: Visit) -> None:
    """Draw the page."""
    with framed(visit, visit.t("people")):
        with box("title"):
            heading(visit.t("people"))
            words(visit.t("people_hint"), "muted")
        await PeoplePage(visit, filling(visit, box("stack", testid="people"))).read()


class PeoplePage:
    """The page's middle, drawn again after each change."""

    def __init__(self, visit: Visit, room: Element) -> None:
        self._visit = visit
        self._room = room
        self._shown = box("stack")

    async def read(self) -> None:
        """Read and show."""
        found = await run.io_bound(read_administration, self._administering())
        if found is None:
            return
        self._room.clear()
        with self._room:
            self._list(found)
            with box("two"):
                self._teams(found.teams)
                self._attempts(found.attempts)

    def _administering(self) -> Parts:
        visit = self._visit
        database = visit.whole.database.on_behalf_of(visit.principal, sites=None)
        return Parts(database=database, clock=visit.whole.clock, version=visit.whole.version, principal=visit.principal)

    def _list(self, found: Administration) -> None:
        visit = self._visit
        with box("card list people"):
            for person in found.people:
                with box("entry", testid=f"person-{person.sign_in}"):
                    with box("wide"):
                        words(person.name, "strong clip")
                        words(person.sign_in, "small muted clip")
                    with box("line wide"):
                        self._roles(person)
                    with box("line right"):
                        self._actions(person, found)
        with box("line"):
            offer(visit, "person_add", partial(self._ask_person, found))

    def _roles(self, person: Person) -> None:
        visit = self._visit
        for site, held in sorted(person.roles.items()):
            for role in sorted(held):
                where = visit.t("everywhere") if site == EVERY_SITE else site
                chip(f"{visit.word('role', role.value)} · {where}", "plain")
        if person.disabled_at:
            chip(visit.t("person_disabled"), "off")
        if person.is_demo:
            chip(visit.t("demo_person"), "watch")

    def _actions(self, person: Person, found: Administration) -> None:
        visit = self._visit
        if person.disabled_at:
            ask = partial(self._ask_change, "person_enable", use_cases.enable_person, person, "person.enable")
            self._quiet("person_enable", person, ask)
            return
        ask = partial(self._ask_role, person, found, use_cases.grant_role, "person_grant", "role.grant")
        self._quiet("person_grant", person, ask)
        if person.roles:
            ask = partial(self._ask_role, person, found, use_cases.withdraw_role, "person_withdraw", "role.withdraw")
            self._quiet("person_withdraw", person, ask)
        if not person.is_demo:
            self._quiet("person_link", person, partial(self._ask_link, person))
        if person.person_id != visit.principal.person_id:
            ask = partial(self._ask_change, "person_disable", use_cases.disable_person, person, "person.disable")
            self._quiet("person_disable", person, ask)

    def _quiet(self, key: str, person: Person, on_click: Callable[[], Any]) -> None:
        with mark(box("button quiet", tag="button"), f"{key}-{person.sign_in}") as button:
            words(self._visit.t(key))
        button.on("click", on_click)

    async def _do(self, act: Callable[[Parts], Any], sign: Callable[[], Principal]) -> bool:
        """Do something as who has just shown the credential again."""
        visit = self._visit

        def signed() -> None:
            visit.renewed(Right.MANAGE_PEOPLE)
            signer = sign()
            database = visit.whole.database.on_behalf_of(signer, sites=None)
            act(Parts(database=database, clock=visit.whole.clock, version=visit.whole.version, principal=signer))

        done = await attempt(visit, signed)
        if done:
            await self.read()
        return done

    def _ask_change(self, action: str, change: Callable[..., Person], person: Person, kind: str) -> None:
        visit = self._visit
        with sheet(f"{person.name}: {visit.t(action)}") as dialog:
            credential = CredentialField(visit)

            async def press() -> None:
                def act(parts: Parts) -> None:
                    change(parts.database, person.sign_in, actor=parts.principal, clock=parts.clock)

                if await self._do(act, partial(credential.signed, f"{kind}:{person.sign_in}")):
                    dialog.close()

            offer(visit, action, press, testid="change-do")

    def _ask_link(self, person: Person) -> None:
        visit, made = self._visit, []
        with sheet(f"{person.name}: {visit.t('person_link')}"):
            shown = box("stack")
            with shown:
                credential = CredentialField(visit)

            async def press() -> None:
                def act(parts: Parts) -> None:
                    made.append(make_link(parts.database, person.sign_in, actor=parts.principal, clock=parts.clock))

                if await self._do(act, partial(credential.signed, f"person.link:{person.sign_in}")):
                    shown.clear()
                    with shown:
                        words(visit.t("person_link_shown"), "muted")
                        mark(words(f"{visit.origin}{made[0]}", "small figures secret"), "link-shown")

            with shown:
                offer(visit, "person_link", press, testid="link-do")

    def _ask_role(
        self, person: Person, found: Administration, change: Callable[..., Person], action: str, kind: str
    ) -> None:
        visit = self._visit
        with sheet(f"{person.name}: {visit.t(action)}") as dialog:
            with box("fields"):
                role = choice(visit, "person_role", _ROLES, None, "choose-role")
                site = choice(visit, "site", {**_EVERYWHERE, **found.sites}, EVERY_SITE, "choose-site")
            credential = CredentialField(visit)

            async def press() -> None:
                if not role.value:
                    ui.notify(visit.t("missing_field"), type="warning")
                    return
                wanted, where = PlantRole(role.value), _site(site.value)

                def act(parts: Parts) -> None:
                    change(parts.database, person.sign_in, wanted, where, actor=parts.principal, clock=parts.clock)

                if await self._do(act, partial(credential.signed, f"{kind}:{person.sign_in}")):
                    dialog.close()

            offer(visit, action, press, testid="role-do")

    def _ask_person(self, found: Administration) -> None:
        visit = self._visit
        with sheet(visit.t("person_add")) as dialog:
            with box("fields"):
                name = mark(ui.input(label=visit.t("person_name")).props("outlined dense maxlength=100"), "new-name")
                sign_in = mark(
                    ui.input(label=visit.t("login_name")).props("outlined dense maxlength=100"), "new-sign-in"
                )
                role = choice(visit, "person_role", _ROLES, None, "new-role")
                site = choice(visit, "site", {**_EVERYWHERE, **found.sites}, EVERY_SITE, "new-site")
                mail = mark(ui.input(label=visit.t("reach_mail")).props("outlined dense maxlength=200"), "new-mail")
            credential = CredentialField(visit)

            async def press() -> None:
                if not (said(name) and said(sign_in) and role.value):
                    ui.notify(visit.t("missing_field"), type="warning")
                    return
                new = NewPerson(
                    sign_in=said(sign_in),
                    name=said(name),
                    roles=((PlantRole(role.value), _site(site.value)),),
                    reach=PersonReach(mail=said(mail)),
                )

                def act(parts: Parts) -> None:
                    use_cases.add_person(parts.database, new, actor=parts.principal, clock=parts.clock)

                if await self._do(act, partial(credential.signed, f"person.add:{normal(new.sign_in)}")):
                    dialog.close()

            offer(visit, "person_add", press, testid="person-do")

    def _teams(self, teams: Sequence[Team]) -> None:
        visit = self._visit
        with card(visit.t("teams")), box("lines", testid="teams"):
            for team in teams:
                with box("line"):
                    words(team.name_zh if visit.language.value == "zh" and team.name_zh else team.name, "strong")
                    if team.answers_for_engineering:
                        chip(visit.t("answers_engineering"), "plain")
                    words(", ".join(team.members), "small muted")
                    if team.on_call:
                        words(f"{visit.t('on_call')}: {', '.join(team.on_call)}", "small")
            if not teams:
                words(visit.t("no_teams"), "muted")

    def _attempts(self, attempts: Sequence[Attempts]) -> None:
        visit = self._visit
        with card(visit.t("attempts")), box("lines", testid="attempts"):
            for one in attempts:
                with box("line small"):
                    moment(one.last_at)
                    words(one.account, "strong clip")
                    words(one.address, "muted figures")
                    words(f"{visit.t(f'attempt_{one.outcome}')} {one.count}×")


def _site(chosen: str) -> str | None:
    return None if chosen == EVERY_SITE else chosen
