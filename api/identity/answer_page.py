"""The page behind the link in a message to engineering: it works on a phone, without an account, once."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from html import escape
from string import Template
from typing import Annotated
from zoneinfo import ZoneInfo

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse

from alerts.dispatch.answering.answers import AnswerKind, GivenAnswer, answer_by_token, look_by_token
from api.identity.signing_in.login_page import small_page
from api.language import Language, language_of
from api.parts import Parts
from plant.clock import in_zone
from plant.errors import AssetloopError, Conflict, Forbidden, Rejected, StaleRevision, Unavailable
from plant.escaped import escaped
from plant.work_order import WorkOrder
from storage.register.assets import time_zone_of

router = APIRouter(include_in_schema=False)

ANSWER_TEXTS: dict[str, tuple[str, str]] = {
    "answer_title": ("Answer for engineering", "工程方回复"),
    "answer_for": (
        "You answer for the team {team}. The link is good for one answer.",
        "您代表 {team} 回复。此链接仅可回复一次。",
    ),
    "answer_due": ("Requested finish: {at}", "要求完成：{at}"),
    "answer_date": ("Planned on", "计划日期"),
    "answer_words": ("Remark, question or reason", "备注、问题或理由"),
    "answer_accept": ("Accept with this date", "按此日期接受"),
    "answer_ask": ("Ask", "提问"),
    "answer_reject": ("Reject with this reason", "说明理由并拒绝"),
    "answer_done": (
        "Thank you. Operations see your answer on {number}.",
        "谢谢。运行方已可在 {number} 中看到您的回复。",
    ),
    "answer_forbidden": ("This link is none of ours, or its time is over.", "此链接无效或已过期。"),
    "answer_used": ("This link was used, or the order needs no answer.", "此链接已使用，或该工单无需回复。"),
    "answer_stale": (
        "The order has changed meanwhile. Please look at it again and answer.",
        "工单已有变更，请重新查看后回复。",
    ),
    "answer_lacks": (
        "Accepting wants a day to come; asking and rejecting want words.",
        "接受须填写未来日期；提问和拒绝须填写说明。",
    ),
    "answer_away": ("Please try again in a minute.", "请稍后再试。"),
    "answer_priority": ("Priority {priority}, {severity}", "优先级 {priority}，{severity}"),
}
_FORM = Template("""<form method="post" data-testid="answer">
  <h1>$number</h1>
  <p data-testid="what" style="color: inherit; font-size: 1rem">$title</p>
  <p>$asset</p>
  <p>$priority<br>$due</p>
  <p>$who</p>
  $fault
  <input type="hidden" name="revision" value="$revision">
  <label>$date <input type="date" name="planned_on" min="$today" data-testid="planned_on"></label>
  <label>$words <textarea name="said" rows="3" maxlength="4000" data-testid="said"></textarea></label>
  <button name="kind" value="accept" data-testid="accept">$accept</button>
  <button name="kind" value="ask" class="person" data-testid="ask">$ask</button>
  <button name="kind" value="reject" class="person" data-testid="reject">$reject</button>
</form>""")


def _say(language: Language) -> Callable[..., str]:
    def say(key: str, **values: object) -> str:
        english, chinese = ANSWER_TEXTS[key]
        return escape((chinese if language is Language.ZH else english).format(**values))

    return say


@router.get("/answer/{token}")
def show(request: Request, token: str) -> HTMLResponse:
    """Show the order, and how it can be answered."""
    return _page(request, token)


@router.post("/answer/{token}")
def give(
    request: Request,
    token: str,
    kind: Annotated[AnswerKind, Form()],
    revision: Annotated[int, Form(ge=1, le=2**31 - 1)],
    said: Annotated[str, Form(max_length=8000)] = "",
    planned_on: Annotated[str, Form(max_length=10)] = "",
) -> HTMLResponse:
    """Take the answer; the link is then over."""
    parts: Parts = request.app.state.parts
    say = _say(language_of(request))
    try:
        day = date.fromisoformat(planned_on) if planned_on and kind is AnswerKind.ACCEPT else None
        given = GivenAnswer(kind=kind, revision=revision, planned_on=day, said=said.replace("\r\n", "\n"))
        order = answer_by_token(parts.database, token, given, way="link", clock=parts.clock)
    except StaleRevision:
        return _page(request, token, fault=say("answer_stale"), status=409)
    except (Rejected, ValueError) as error:
        detail = error.detail if isinstance(error, Rejected) else ""
        return _page(request, token, fault=f"{say('answer_lacks')} {escape(detail)}", status=400)
    except AssetloopError as error:
        return _refused(request, error)
    return _said(request, say("answer_done", number=order.number), status=200, tone="status")


def _page(request: Request, token: str, *, fault: str = "", status: int = 200) -> HTMLResponse:
    parts: Parts = request.app.state.parts
    try:
        shown, order, name = look_by_token(parts.database, token, clock=parts.clock)
        with parts.database.transaction() as tx:
            zone = time_zone_of(tx, order.site)
    except AssetloopError as error:
        return _refused(request, error)
    language = language_of(request)
    body = _form(language, order, f"{order.asset} {name}", shown.team, fault, parts.clock.now(), zone)
    page = small_page(language, _say(language)("answer_title"), body, escape(request.url.path))
    return HTMLResponse(
        page, status_code=status, headers={"referrer-policy": "no-referrer", "cache-control": "no-store"}
    )


def _form(language: Language, order: WorkOrder, asset: str, team: str, fault: str, now: datetime, zone: str) -> str:
    say = _say(language)
    return _FORM.substitute(
        number=escape(order.number),
        title=escape(escaped(order.title)),
        asset=escape(escaped(f"{order.site} · {asset}")),
        priority=say("answer_priority", priority=order.priority, severity=order.severity.value),
        due=say("answer_due", at=in_zone(order.requested_finish, zone)),
        who=say("answer_for", team=team),
        fault=f'<p role="alert" data-testid="fault">{fault}</p>' if fault else "",
        revision=order.revision,
        today=now.astimezone(ZoneInfo(zone)).date().isoformat(),
        date=say("answer_date"),
        words=say("answer_words"),
        accept=say("answer_accept"),
        ask=say("answer_ask"),
        reject=say("answer_reject"),
    )


def _refused(request: Request, error: AssetloopError) -> HTMLResponse:
    say = _say(language_of(request))
    key, status = {
        Forbidden: ("answer_forbidden", 403),
        Conflict: ("answer_used", 409),
        Unavailable: ("answer_away", 503),
    }.get(type(error), ("answer_forbidden", 404))
    return _said(request, say(key), status=status, tone="alert")


def _said(request: Request, said: str, *, status: int, tone: str) -> HTMLResponse:
    language = language_of(request)
    title = _say(language)("answer_title")
    body = f'<form><h1>{title}</h1><p role="{tone}" data-testid="said">{said}</p></form>'
    return HTMLResponse(
        small_page(language, title, body, escape(request.url.path)),
        status_code=status,
        headers={"referrer-policy": "no-referrer", "cache-control": "no-store"},
    )
