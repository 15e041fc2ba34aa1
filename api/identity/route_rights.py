"""The one table: which route wants which right, and at which site. A route that is not in it does not start."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

from api.identity.route_right import API, At, Reach, RouteRight, each, rights_on_orders
from plant.errors import Misconfigured
from plant.people.rights import PlantRole, Right

_PROJECT, _REGISTER = f"{API}/projects/{{project}}/", f"{API}/register/"
_ORDER = f"{API}/work-orders/{{number}}/"

_THE_PLANT = (
    RouteRight("GET", f"{API}/codes", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("GET", f"{API}/alerts", Right.SEE),
    RouteRight("POST", f"{API}/alerts/acknowledge", Right.ACKNOWLEDGE),
    RouteRight("POST", f"{API}/alerts/shelve", Right.SHELVE_ALERTS),
    RouteRight("POST", f"{API}/alerts/{{alert_id}}/acknowledge", Right.ACKNOWLEDGE, At.ALERT),
    RouteRight("POST", f"{API}/alerts/{{alert_id}}/shelve", Right.SHELVE_ALERTS, At.ALERT),
    RouteRight("POST", f"{API}/alerts/{{alert_id}}/unshelve", Right.SHELVE_ALERTS, At.ALERT),
    RouteRight("GET", f"{API}/alerts/{{alert_id}}", Right.SEE, At.ALERT),
    RouteRight("GET", f"{API}/incidents", Right.SEE),
    RouteRight("GET", f"{API}/rationalisations", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("GET", f"{API}/figures/alarms", Right.SEE),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/suppress", Right.SUPPRESS_BY_DESIGN, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/unsuppress", Right.SUPPRESS_BY_DESIGN, At.PATH),
    RouteRight("GET", f"{API}/findings", Right.SEE),
    RouteRight("GET", f"{API}/liveness", Right.SEE),
    RouteRight("GET", f"{API}/assets/{{site}}/{{tag:path}}/liveness", Right.SEE, At.PATH),
    RouteRight("GET", f"{API}/assets", Right.SEE),
    RouteRight("GET", f"{API}/assets/{{site}}/{{tag:path}}/series", Right.SEE, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/out-of-service", Right.CHANGE_SERVICE_STATE, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/return-to-service", Right.CHANGE_SERVICE_STATE, At.PATH),
    RouteRight("GET", f"{API}/assets/{{site}}/{{tag:path}}/state", Right.SEE, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/state", Right.SAY_WHAT_IS_NORMAL, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/warranty", Right.REGISTER_ASSETS, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/retire", Right.REGISTER_ASSETS, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/restore", Right.REGISTER_ASSETS, At.PATH),
    RouteRight("POST", f"{API}/assets/{{site}}/{{tag:path}}/merge", Right.REGISTER_ASSETS, At.PATH),
    RouteRight("GET", f"{API}/register/retired", Right.SEE),
    RouteRight("GET", f"{API}/assets/{{site}}/{{tag:path}}", Right.SEE, At.PATH),
    RouteRight("GET", f"{API}/models", Right.SEE),
    RouteRight("GET", f"{API}/models/{{model_id}}", Right.SEE, At.MODEL),
    RouteRight("POST", f"{API}/models/{{model_id}}/promote", Right.DECIDE_ON_MODELS, At.MODEL),
    RouteRight("POST", f"{API}/models/{{model_id}}/rollback", Right.DECIDE_ON_MODELS, At.MODEL),
    RouteRight("GET", f"{API}/proposals", Right.SEE),
    RouteRight("POST", f"{API}/proposals/{{proposal_id}}/accept", Right.DECIDE_ON_MODELS, At.PROPOSAL),
    RouteRight("POST", f"{API}/proposals/{{proposal_id}}/dismiss", Right.DECIDE_ON_MODELS, At.PROPOSAL),
    RouteRight("GET", f"{API}/changes", Right.SEE),
    RouteRight("GET", f"{API}/figures", Right.SEE),
    RouteRight("GET", f"{API}/figures/detection", Right.SEE),
    RouteRight("GET", f"{API}/projects", Right.SEE),
    RouteRight("POST", f"{API}/projects", Right.PLAN_PROJECTS, At.BODY),
    RouteRight("GET", f"{API}/projects/{{project}}", Right.SEE, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/schedule", Right.PLAN_PROJECTS, At.PROJECT),
    RouteRight("GET", f"{API}/projects/{{project}}/costs", Right.SEE, At.PROJECT),
    RouteRight("GET", f"{API}/projects/{{project}}/costs/table", Right.SEE, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/costs", Right.PLAN_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/documents", Right.WORK_ON_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/punches", Right.WORK_ON_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/punches/{{punch_id}}/close", Right.WORK_ON_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/punches/{{punch_id}}/carry", Right.SIGN_FOR_OPERATIONS, At.PROJECT),
    RouteRight("GET", f"{API}/projects/{{project}}/punches/bcf", Right.SEE, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/punches/bcf", Right.WORK_ON_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/trainings", Right.WORK_ON_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/spares", Right.PLAN_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/gates/{{gate}}/duty", Right.PLAN_PROJECTS, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/gates/{{gate}}/pass", Right.SEE, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/gates/{{gate}}/waive", Right.WAIVE_GATES, At.PROJECT),
    RouteRight("POST", f"{API}/projects/{{project}}/gates/{{gate}}/sign", Right.SEE, At.PROJECT),
    RouteRight("GET", f"{API}/ledger", Right.SEE),
    *(
        RouteRight("GET", f"{API}/ledger/{{site}}/{part}", Right.SEE, At.PATH)
        for part in ("entries", "verdict", "head", "proof/{entry}", "consistency")
    ),
    RouteRight("POST", f"{API}/ledger/{{site}}/cosignatures", Right.WITNESS_LEDGER, At.PATH),
    RouteRight("GET", f"{API}/quarantine", Right.SEE_INGEST),
    RouteRight("GET", f"{API}/quarantine/assets", Right.SEE_INGEST),
    RouteRight("POST", f"{API}/quarantine/assets/approve", Right.REGISTER_ASSETS, At.BODY),
    RouteRight("POST", f"{API}/quarantine/assets/dismiss", Right.REGISTER_ASSETS, At.BODY),
    RouteRight("GET", f"{API}/quarantine/{{quarantine_id}}", Right.SEE_INGEST, At.QUARANTINED),
    RouteRight("GET", f"{API}/ingest/status", Right.SEE_INGEST),
    RouteRight("GET", f"{API}/ingest/minutes", Right.SEE_INGEST),
    RouteRight("GET", f"{API}/device-tokens", Right.MANAGE_DEVICES),
    RouteRight("POST", f"{API}/device-tokens", Right.MANAGE_DEVICES, At.BODY),
    RouteRight("POST", f"{API}/device-tokens/{{token_id}}/revoke", Right.MANAGE_DEVICES, At.DEVICE_TOKEN),
    RouteRight("POST", f"{API}/telemetry", Reach.DEVICE_TOKEN, At.NOWHERE),
    RouteRight("GET", f"{API}/health", Reach.ANYONE, At.NOWHERE),
    RouteRight("GET", f"{API}/health/live", Reach.ANYONE, At.NOWHERE),
    RouteRight("GET", f"{API}/openapi.json", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("GET", "/metrics", Right.SEE_METRICS, At.NOWHERE),
)

_ADMINISTRATION = (
    RouteRight("GET", f"{API}/jobs", Right.SEE_METRICS, At.EVERYWHERE),
    RouteRight("GET", f"{API}/jobs/{{job_id}}", Right.SEE_METRICS, At.EVERYWHERE),
    RouteRight("POST", f"{API}/jobs/{{job_id}}/again", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("GET", f"{API}/device-logins", Right.MANAGE_DEVICES, At.EVERYWHERE),
    RouteRight("POST", f"{API}/device-logins", Right.MANAGE_DEVICES, At.EVERYWHERE),
    RouteRight("POST", f"{API}/device-logins/{{login}}/revoke", Right.MANAGE_DEVICES, At.EVERYWHERE),
    RouteRight("GET", f"{API}/mapping", Right.SEE_INGEST, At.EVERYWHERE),
    RouteRight("POST", f"{API}/mapping/check", Right.SEE_INGEST, At.EVERYWHERE),
    RouteRight("POST", f"{API}/mapping/try", Right.SEE_INGEST, At.EVERYWHERE),
    RouteRight("GET", f"{API}/notices/plans", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("POST", f"{API}/notices/ways/{{way}}/try", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("POST", f"{API}/rationalisations", Right.REGISTER_ASSETS, At.EVERYWHERE),
    RouteRight("POST", f"{API}/job-plans", Right.REGISTER_ASSETS, At.EVERYWHERE),
    RouteRight("POST", f"{API}/parts", Right.REGISTER_ASSETS, At.BODY),
    RouteRight("GET", f"{API}/trades", Right.SEE),
    RouteRight("POST", f"{API}/trades", Right.REGISTER_ASSETS, At.BODY),
)

_KNOWLEDGE = (
    RouteRight("GET", f"{API}/search", Right.SEE),
    RouteRight("GET", f"{API}/work-orders/{{number}}/nearest", Right.SEE, At.ORDER),
    RouteRight("POST", f"{API}/work-orders/{{number}}/lessons", Right.CLOSE_ORDERS, At.ORDER),
    RouteRight("GET", f"{API}/lessons", Right.SEE),
    RouteRight("POST", f"{API}/lessons", Right.CLOSE_ORDERS, At.BODY),
    RouteRight("GET", f"{API}/lessons/{{lesson_id}}", Right.SEE, At.LESSON),
    RouteRight("POST", f"{API}/lessons/{{lesson_id}}/revise", Right.CLOSE_ORDERS, At.LESSON),
    RouteRight("POST", f"{API}/lessons/{{lesson_id}}/withdraw", Right.CLOSE_ORDERS, At.LESSON),
)

_EXPORTS = (
    *(RouteRight("GET", f"{API}/exports/{one}", Right.SEE) for one in ("work-orders", "alerts", "assets")),
    RouteRight("GET", f"{API}/exports/readings/{{site}}/{{tag:path}}", Right.SEE, At.PATH),
    RouteRight("GET", f"{API}/exports/quarantine", Right.SEE_INGEST),
    *(RouteRight("GET", f"{API}/exports/{one}", Right.SEE) for one in ("bookings", "figures")),
)

_NOTICES = (
    RouteRight("GET", f"{API}/notices", Right.SEE),
    RouteRight("POST", f"{API}/notices/messages/{{message_id}}/again", Right.ACKNOWLEDGE, At.MESSAGE),
    RouteRight("GET", f"{API}/notices/closed-ways", Right.SEE, At.NOWHERE),
    RouteRight("POST", f"{API}/notices/ways/{{way}}/open", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("GET", f"{API}/design-requests", Right.SEE),
    RouteRight("POST", f"{API}/design-requests/bcf", Right.ANSWER_FOR_ENGINEERING),
    RouteRight("GET", f"{API}/design-requests/{{request_id}}", Right.SEE, At.DESIGN_REQUEST),
    RouteRight("GET", f"{API}/design-requests/{{request_id}}/bcf", Right.SEE, At.DESIGN_REQUEST),
    RouteRight("GET", f"{API}/design-requests/{{request_id}}/picture", Right.SEE, At.DESIGN_REQUEST),
    RouteRight("POST", f"{API}/design-requests/{{request_id}}/accept", Right.ANSWER_FOR_ENGINEERING, At.DESIGN_REQUEST),
    RouteRight("POST", f"{API}/design-requests/{{request_id}}/reject", Right.ANSWER_FOR_ENGINEERING, At.DESIGN_REQUEST),
    RouteRight("GET", f"{API}/me/notices", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("POST", f"{API}/me/notices", Reach.SIGNED_IN, At.NOWHERE),
)

_PEOPLE = (
    RouteRight("GET", f"{API}/me", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("POST", f"{API}/me/confirm", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("GET", f"{API}/me/reach", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("POST", f"{API}/me/reach", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("GET", f"{API}/me/tokens", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("POST", f"{API}/me/tokens", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("POST", f"{API}/me/tokens/{{token_id}}/revoke", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("GET", f"{API}/people", Right.MANAGE_PEOPLE, At.NOWHERE),
    RouteRight("POST", f"{API}/people", Right.MANAGE_PEOPLE, At.NOWHERE),
    RouteRight("GET", f"{API}/people/{{sign_in}}", Right.MANAGE_PEOPLE, At.NOWHERE),
    *(
        RouteRight("POST", f"{API}/people/{{sign_in}}/{act}", Right.MANAGE_PEOPLE, At.NOWHERE)
        for act in ("reach", "disable", "enable", "link", "roles", "roles/withdraw")
    ),
    RouteRight("GET", f"{API}/teams", Right.SEE, At.NOWHERE),
    RouteRight("GET", f"{API}/teams/{{team}}", Right.SEE, At.NOWHERE),
    RouteRight("POST", f"{API}/teams", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("POST", f"{API}/teams/{{team}}/members", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("GET", f"{API}/tokens", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("POST", f"{API}/tokens", Right.MANAGE_PEOPLE, At.NOWHERE),
    RouteRight("POST", f"{API}/tokens/{{token_id}}/revoke", Right.MANAGE_PEOPLE, At.EVERYWHERE),
    RouteRight("GET", f"{API}/sign-ins", Right.MANAGE_PEOPLE, At.EVERYWHERE),
)

_SIGNING_IN = (
    *(
        RouteRight(method, path, Reach.ANYONE, At.NOWHERE)
        for path in ("/login", "/login/forgotten", "/welcome/{secret}", "/answer/{token}")
        for method in ("GET", "POST")
    ),
    RouteRight("POST", "/login/demo", Reach.ANYONE, At.NOWHERE),
    RouteRight("GET", "/login/provider", Reach.ANYONE, At.NOWHERE),
    RouteRight("GET", "/login/provider/back", Reach.ANYONE, At.NOWHERE),
    RouteRight("POST", "/login/pin", Reach.SIGNED_IN, At.NOWHERE),
    RouteRight("POST", "/logout", Reach.ANYONE, At.NOWHERE),
    RouteRight("GET", "/language/{language}", Reach.ANYONE, At.NOWHERE),
)

PAGES = (
    RouteRight("GET", "/", Right.SEE),
    RouteRight("GET", "/work-orders", Right.SEE),
    RouteRight("GET", "/work-orders/{number}", Right.SEE, At.ORDER),
    RouteRight("GET", "/maintenance-plans", Right.SEE),
    RouteRight("GET", "/labels", Right.SEE),
    RouteRight("GET", "/at/{site}/{tag:path}", Right.SEE, At.PATH),
    RouteRight("GET", "/alerts", Right.SEE),
    RouteRight("GET", "/search", Right.SEE),
    RouteRight("GET", "/figures", Right.SEE),
    RouteRight("GET", "/models", Right.SEE),
    RouteRight("GET", "/models/{site}/{tag:path}", Right.SEE, At.PATH),
    RouteRight("GET", "/assets/{site}/{tag:path}", Right.SEE, At.PATH),
    RouteRight("GET", "/telemetry", Right.SEE_INGEST),
    RouteRight("GET", "/quarantine", Right.SEE_INGEST),
    RouteRight("GET", "/engineering", Right.SEE),
    RouteRight("GET", "/notices", Right.SEE),
    RouteRight("GET", "/handover", Right.SEE),
    RouteRight("GET", "/handover/{project}", Right.SEE, At.PROJECT),
    RouteRight("GET", "/handover/{project}/certificate", Right.SEE, At.PROJECT),
    RouteRight("GET", "/handover/{project}/review", Right.SEE, At.PROJECT),
    RouteRight("GET", "/warranty", Right.SEE),
    RouteRight("GET", "/ledger", Right.SEE),
    RouteRight("GET", "/register", Right.REGISTER_ASSETS),
    RouteRight("GET", "/people", Right.MANAGE_PEOPLE, At.NOWHERE),
    RouteRight("GET", "/system", Right.SEE_METRICS, At.EVERYWHERE),
    RouteRight("GET", "/account", Reach.SIGNED_IN, At.NOWHERE),
)

ROUTE_RIGHTS: Sequence[RouteRight] = (
    *rights_on_orders(),
    *_THE_PLANT,
    *each("GET", _PROJECT, Right.SEE, At.PROJECT, "review", "review/page", "decisions", "goals", "recommendations"),
    *each("POST", _PROJECT, Right.WORK_ON_PROJECTS, At.PROJECT, "reviews", "decisions", "decisions/{decision_id}/done"),
    *each("POST", _PROJECT, Right.WORK_ON_PROJECTS, At.PROJECT, "recommendations", "checks/{recommendation_id}"),
    *each("POST", _PROJECT, Right.PLAN_PROJECTS, At.PROJECT, "goals", "assumptions", "requirements"),
    *each("POST", _PROJECT, Right.PLAN_PROJECTS, At.PROJECT, "requirements/file"),
    *each("POST", _PROJECT, Right.SEE, At.PROJECT, "goals/{goal_id}/agree", "requirements/sign"),
    *each("POST", _PROJECT, Right.SEE, At.PROJECT, "recommendations/{recommendation_id}/decide"),
    *each("GET", _PROJECT, Right.SEE, At.PROJECT, "requirements", "requirements/ids", "requirements/toml"),
    *each("GET", _ORDER, Right.SEE, At.ORDER, "warranty", "warranty/evidence"),
    *each("POST", _ORDER, Right.CLAIM_WARRANTY, At.ORDER, "warranty/claim", "warranty/answer"),
    *each("GET", f"{API}/", Right.SEE, At.SITES_WITH_IT, "warranties", "warranty-claims"),
    *each("GET", _REGISTER, Right.REGISTER_ASSETS, At.SITES_WITH_IT, "imports"),
    *each("POST", f"{_REGISTER}imports/{{upload_id}}/", Right.REGISTER_ASSETS, At.SITES_WITH_IT, "confirm", "dismiss"),
    *each("POST", _REGISTER, Right.REGISTER_ASSETS, At.PATH, "{site}/imports", "{site}/mappings"),
    *each("POST", _REGISTER, Right.REGISTER_ASSETS, At.PATH, "{site}/mappings/{name}/delete"),
    *each("GET", _REGISTER, Right.SEE, At.PATH, "{site}/mappings", "{site}/mappings/{name}"),
    *each("GET", _REGISTER, Right.SEE, At.PATH, "{site}/on/{day}", "{site}/changes"),
    *_ADMINISTRATION,
    *_KNOWLEDGE,
    *_EXPORTS,
    *_NOTICES,
    *_PEOPLE,
    *_SIGNING_IN,
    *PAGES,
)


@lru_cache(maxsize=4096)
def right_of(method: str, path: str) -> RouteRight | None:
    """Find the row for a request; HEAD counts as GET.

    >>> right_of("POST", "/api/v1/work-orders/WO-000001/approve").wants.value
    'approve_orders'
    >>> right_of("GET", "/nothing") is None
    True
    """
    asked = "GET" if method == "HEAD" else method
    return next((one for one in ROUTE_RIGHTS if one.method == asked and one.pattern.fullmatch(path)), None)


@lru_cache(maxsize=4096)
def methods_of(path: str) -> tuple[str, ...]:
    """Name the methods that a path has.

    >>> methods_of("/api/v1/work-orders"), methods_of("/nothing")
    (('GET', 'POST'), ())
    """
    return tuple(sorted({one.method for one in ROUTE_RIGHTS if one.pattern.fullmatch(path)}))


def refuse_unlisted(routes: Iterable[tuple[str, str]]) -> None:
    """Refuse to start with a route for which nobody has decided who may use it.

    Raises:
        Misconfigured: a route is not in the table.
    """
    listed = {(one.method, one.path) for one in ROUTE_RIGHTS}
    unlisted = sorted(f"{method} {path}" for method, path in set(routes) - listed)
    if unlisted:
        raise Misconfigured(
            f"nobody has decided who may use {', '.join(unlisted)}: add it to api/identity/route_rights.py"
        )


def as_table() -> str:
    """Print the table for the docs: each route, and who is let in."""
    lines = ["| route | wants | at | " + " | ".join(role.value for role in PlantRole) + " |"]
    lines.append("| --- | --- | --- |" + " :-: |" * len(PlantRole))
    for one in ROUTE_RIGHTS:
        wants = one.wants.phrase if isinstance(one.wants, Right) else one.wants.value
        marks = " | ".join("✓" if role in one.roles else "" for role in PlantRole)
        lines.append(f"| `{one.method} {one.path}` | {wants} | {one.at.value} | {marks} |")
    return "\n".join(lines)
