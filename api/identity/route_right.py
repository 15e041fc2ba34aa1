"""One row of the table of rights: what a route wants of whoever asks, and at whose site."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from plant.people.rights import ROLE_RIGHTS, PlantRole, Right
from plant.work_order import Step

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


def each(method: str, path: str, wants: Right | Reach, at: At, *ends: str) -> Iterator[RouteRight]:
    """Yield a row for each end of a path.

    >>> [one.path for one in each("GET", "/a/", Right.SEE, At.PROJECT, "b", "c")]
    ['/a/b', '/a/c']
    """
    for end in ends:
        yield RouteRight(method, f"{path}{end}", wants, at)


def _part(part: str) -> str:
    if not part.startswith("{"):
        return re.escape(part)
    name, _, kind = part.strip("{}").partition(":")
    return f"(?P<{name}>{'.+' if kind == 'path' else '[^/]+'})"


def rights_on_orders() -> Iterable[RouteRight]:
    """Give the routes of the table that are about orders."""
    path = f"{API}/work-orders"
    yield RouteRight("GET", path, Right.SEE)
    yield RouteRight("POST", path, Right.REPORT_FAILURES, At.BODY)
    yield RouteRight("POST", f"{path}/report", Right.REPORT_FAILURES)
    yield RouteRight("GET", f"{path}/{{number}}", Right.SEE, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/acknowledge", Right.ACKNOWLEDGE, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/bookings", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/bookings/{{booking_id}}/reverse", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/edit", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/assign", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/comments", Right.COMMENT_ON_ORDERS, At.ORDER)
    yield RouteRight("GET", f"{path}/{{number}}/attachments", Right.SEE, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/attachments", Right.COMMENT_ON_ORDERS, At.ORDER)
    yield RouteRight("GET", f"{path}/{{number}}/attachments/{{attachment_id}}", Right.SEE, At.ORDER)
    yield RouteRight("GET", f"{path}/{{number}}/tasks", Right.SEE, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/tasks", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/job-plans", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("GET", f"{path}/{{number}}/engineering-answers", Right.SEE, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/engineering-answers", Right.ANSWER_FOR_ENGINEERING, At.ORDER)
    yield RouteRight("POST", f"{path}/{{number}}/engineering-answers/settle", Right.ACKNOWLEDGE, At.ORDER)
    for act in ("answer", "raise", "dismiss"):
        yield RouteRight("POST", f"{path}/{{number}}/tasks/{{position}}/{act}", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("GET", f"{API}/job-plans", Right.SEE)
    yield RouteRight("GET", f"{API}/job-plans/{{tag}}", Right.SEE)
    yield RouteRight("GET", f"{API}/maintenance-plans", Right.SEE)
    for act in ("", "/change", "/rest", "/resume"):
        yield RouteRight("POST", f"{API}/maintenance-plans{act}", Right.WORK_ON_ORDERS, At.BODY)
    yield RouteRight("GET", f"{path}/{{number}}/costs", Right.SEE, At.ORDER)
    yield RouteRight("GET", f"{path}/{{number}}/downtimes", Right.SEE, At.ORDER)
    for act in ("labour", "parts/reserve", "parts/release", "parts/issue", "downtimes", "downtimes/end"):
        yield RouteRight("POST", f"{path}/{{number}}/{act}", Right.WORK_ON_ORDERS, At.ORDER)
    yield RouteRight("GET", f"{API}/parts", Right.SEE)
    yield RouteRight("POST", f"{API}/parts/receive", Right.WORK_ON_ORDERS, At.BODY)
    yield RouteRight("GET", f"{API}/downtimes", Right.SEE)
    for step in Step:
        yield RouteRight("POST", f"{path}/{{number}}/{step.value.replace('_', '-')}", right_of_step(step), At.ORDER)


def right_of_step(step: Step) -> Right:
    """Return the right that a step of a work order wants.

    >>> right_of_step(Step.CANCEL).value, right_of_step(Step.START).value
    ('approve_orders', 'work_on_orders')
    """
    if step in {Step.APPROVE, Step.CANCEL}:
        return Right.APPROVE_ORDERS
    return Right.CLOSE_ORDERS if step is Step.CLOSE else Right.WORK_ON_ORDERS
