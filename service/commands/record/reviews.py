"""`assetloop review`: goals of a project, its joint reviews, their decisions, and what it teaches the next one."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from plant.errors import Misconfigured
from service.commands.common import (
    Data,
    Json,
    Tongue,
    answer,
    read_amount,
    read_language,
    surroundings,
    table,
    write_file,
)
from service.commands.instants import read_day, read_instant
from service.commands.record.projects import Project
from service.commands.who import who

if TYPE_CHECKING:
    from lifecycle.review.document import ReviewDocument
    from storage.projects.reviews import OwingSide

review_app = typer.Typer(help="Joint reviews of a project: goals, decisions, lessons.", no_args_is_help=True)
SinceDay = Annotated[str | None, typer.Option("--since", help="From this instant on; else since the last review.")]
Lessons = Annotated[bool, typer.Option("--lessons", help="With what the project teaches the next one.")]
Out = Annotated[Path | None, typer.Option("-o", "--out", help="Write it as an HTML page, to be printed.")]


@review_app.command(epilog="Example: assetloop review show cw-2026 --language zh -o review.html")
def show(
    project: Project,
    language: Tongue = "en",
    out: Out = None,
    since: SinceDay = None,
    lessons: Lessons = False,
    number: Annotated[int | None, typer.Option(help="One that was held; else as it stands now.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Show what slipped, what failed, what each side owes, and what is decided."""
    from lifecycle.review import reviewing

    around = surroundings(data)
    with around.database() as database:
        if number is not None:
            found = reviewing.held_review(database, project, number)
        else:
            begin = read_instant(since) if since else None
            found = reviewing.draft(database, project, clock=around.clock, since=begin, with_lessons=lessons)
    _tell(found, language, out, as_json=json)


@review_app.command(epilog="Example: assetloop review hold cw-2026 -o review.html")
def hold(
    project: Project,
    language: Tongue = "en",
    out: Out = None,
    since: SinceDay = None,
    lessons: Lessons = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Keep a review as both sides looked at it; the next one begins where it ends."""
    from lifecycle.review import reviewing

    around = surroundings(data)
    begin = read_instant(since) if since else None
    with around.database(actor=who()) as database:
        found = reviewing.hold(database, project, actor=who(), clock=around.clock, since=begin, with_lessons=lessons)
    _tell(found, language, out, as_json=json)


def _tell(review: ReviewDocument, language: str, out: Path | None, *, as_json: bool) -> None:
    from lifecycle.review.page import html_page

    tongue = read_language(language)
    if out is not None:
        write_file(out, html_page(review, tongue).encode())
    answer(dataclasses.asdict(review), as_json=as_json, line=lambda: str(out) if out else _lines(review, tongue))


def _lines(review: ReviewDocument, language: str) -> str:
    from lifecycle.review.wording import phrase

    said = [f"{review.name}: {review.since:%Y-%m-%d} – {review.until:%Y-%m-%d}"]
    for section in review.sections:
        said.append(f"\n{section.title.in_language(language)}")
        said += [
            f"  {line.what.in_language(language)}  {line.detail.in_language(language)}".rstrip()
            for line in section.lines
        ]
        if not section.lines:
            said.append(f"  {phrase('nothing').in_language(language)}")
    return "\n".join(said)


@review_app.command(
    epilog="Example: assetloop review decide cw-2026 'Which seal?' --side engineering --owner Jonas --due 2026-06-03"
)
def decide(
    project: Project,
    text: Annotated[str, typer.Argument(help="What has to be decided or done.")],
    side: Annotated[str, typer.Option(help="engineering or operations.")],
    owner: Annotated[str, typer.Option(help="Whose it is.")],
    due: Annotated[str, typer.Option(help="By when, as 2026-06-03.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write a decision down; it comes back in each review until it is done."""
    from lifecycle.review.decisions import raise_decision

    around = surroundings(data)
    with around.database(actor=who()) as database:
        number = raise_decision(
            database,
            project,
            text,
            side=_side(side),
            owner=owner,
            due=read_day(due),
            actor=who(),
            clock=around.clock,
        )
    answer({"decision": number}, as_json=json, line=lambda: f"decision {number}")


def _side(side: str) -> OwingSide:
    if side == "engineering":
        return "engineering"
    if side == "operations":
        return "operations"
    raise Misconfigured("--side is engineering or operations")


@review_app.command(epilog="Example: assetloop review done cw-2026 1 'type B is ordered'")
def done(
    project: Project,
    number: Annotated[int, typer.Argument(help="Number of the decision.")],
    outcome: Annotated[str, typer.Argument(help="What came of it.")],
    data: Data = None,
) -> None:
    """Say what came of a decision."""
    from lifecycle.review.decisions import finish_decision

    around = surroundings(data)
    with around.database(actor=who()) as database:
        finish_decision(database, project, number, outcome, actor=who(), clock=around.clock)
    print(f"decision {number} is done")


@review_app.command(epilog="Example: assetloop review goal cw-2026 availability 0.98")
def goal(
    project: Project,
    measure: Annotated[str, typer.Argument(help="schedule, cost, energy, availability or failures.")],
    target: Annotated[float, typer.Argument(help="Days late, cost, kWh a day, a share from 0 to 1, or a count.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Propose a goal; it counts once a person of each side has agreed, in the console."""
    from lifecycle.review.goals import propose_goal
    from storage.projects.goals import Measure

    if measure not in set(Measure):
        raise Misconfigured(f"{measure} is no measure; they are {', '.join(Measure)}")
    around = surroundings(data)
    with around.database(actor=who()) as database:
        number = propose_goal(database, project, Measure(measure), target, actor=who(), clock=around.clock)
    answer({"goal": number}, as_json=json, line=lambda: f"goal {number}")


@review_app.command(epilog="Example: assetloop review assume cw-2026 pump failures_a_year 0.2")
def assume(
    project: Project,
    asset_class: Annotated[str, typer.Argument(help="Class of assets.", metavar="CLASS")],
    what: Annotated[str, typer.Argument(help="failures_a_year, power_kw or parts_a_year.")],
    value: Annotated[float, typer.Argument(help="For one machine.")],
    part: Annotated[str, typer.Option(help="The part, where it is about parts.")] = "",
    data: Data = None,
) -> None:
    """Say what the design counts with; the review shows what came of it."""
    from lifecycle.review.recommending import assume as say
    from storage.projects.recommendations import Assumed

    if what not in set(Assumed):
        raise Misconfigured(f"{what} is nothing to count with; say {', '.join(Assumed)}")
    around = surroundings(data)
    with around.database(actor=who()) as database:
        say(database, project, asset_class, Assumed(what), value, part=part, actor=who(), clock=around.clock)
    print(f"{asset_class}: {what} {value:g}")


@review_app.command(
    epilog="Example: assetloop review recommend cw-2026 pump spare SEAL-7 --quantity 2 --because 'seals failed'"
)
def recommend(
    project: Project,
    asset_class: Annotated[str, typer.Argument(help="Class of assets.", metavar="CLASS")],
    kind: Annotated[str, typer.Argument(help="document, training, spare or check.")],
    what: Annotated[str, typer.Argument(help="A class of VDI 2770, a part's number, or words.")],
    because: Annotated[str, typer.Option(help="What led to it.")],
    quantity: Annotated[str, typer.Option(help="How many.")] = "1",
    data: Data = None,
    json: Json = False,
) -> None:
    """Recommend something for later projects with such machines; somebody else accepts it."""
    from lifecycle.review.recommending import WantedRecommendation
    from lifecycle.review.recommending import recommend as say
    from storage.projects.recommendations import RecommendedKind

    if kind not in set(RecommendedKind):
        raise Misconfigured(f"{kind} is nothing to recommend; say {', '.join(RecommendedKind)}")
    wanted = WantedRecommendation(
        asset_class=asset_class,
        kind=RecommendedKind(kind),
        what=what,
        because=because,
        quantity=read_amount(quantity),
    )
    around = surroundings(data)
    with around.database(actor=who()) as database:
        number = say(database, project, wanted, actor=who(), clock=around.clock)
    answer({"recommendation": number}, as_json=json, line=lambda: f"recommendation {number}")


@review_app.command("list", epilog="Example: assetloop review list cw-2026")
def list_reviews(project: Project, data: Data = None, json: Json = False) -> None:
    """List the reviews that were held."""
    from storage.projects import projects, reviews

    with surroundings(data).database() as database, database.transaction() as tx:
        found = reviews.held_reviews(tx, projects.get(tx, project).project_id)
    rows = [(one.number, f"{one.since:%Y-%m-%d}", f"{one.until:%Y-%m-%d}", one.held_by) for one in found]
    answer(
        {"reviews": [dict(zip(("number", "since", "until", "held_by"), row, strict=True)) for row in rows]},
        as_json=json,
        line=lambda: table(("NUMBER", "FROM", "TO", "HELD BY"), rows),
    )
