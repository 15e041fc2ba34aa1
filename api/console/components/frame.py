"""What surrounds every page: brand, ways to go, language, light or dark, and what is wrong with the product itself."""

from __future__ import annotations

import copy
import hashlib
import html
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import quote

from nicegui import app as nicegui_app
from nicegui import ui
from nicegui.element import Element

from api.console.components.elements import box, icon, link, mark, words, zone
from api.console.visit import Visit, changed
from api.console.watch import Picture
from api.language import Language
from plant.escaped import escaped
from plant.people.rights import Right
from plant.product_state import ProductFault

_STATIC = Path(__file__).parents[1] / "static"
_LOOP = """
<svg viewBox="0 0 24 24" fill="none" stroke="currentColor" stroke-width="2.4" stroke-linecap="round" aria-hidden="true">
<path d="M4.2 13.5a8 8 0 0 1 13.6-7.1"/><path d="M18.4 2.6v4.2h-4.2"/>
<path d="M19.8 10.5a8 8 0 0 1-13.6 7.1"/><path d="M5.6 21.4v-4.2h4.2"/>
</svg>
"""
_THEMES = {"auto": ("brightness_auto", None), "light": ("light_mode", False), "dark": ("dark_mode", True)}
_AFTER = {"auto": "light", "light": "dark", "dark": "auto"}
_UNCONFIRMED = frozenset({"other", "untold", "earlier", "refused", "away"})
"""Why a provider did not confirm who signs, as the way back from it says."""
_MAIN = frozenset({"/", "/work-orders", "/alerts", "/search"})
"""The ways that are in view on a phone, too."""
_WAYS = (
    ("/", "nav_overview", "grid_view", Right.SEE),
    ("/work-orders", "nav_orders", "assignment", Right.SEE),
    ("/alerts", "nav_alerts", "notifications_none", Right.SEE),
    ("/models", "nav_models", "insights", Right.SEE),
    ("/figures", "nav_figures", "bar_chart", Right.SEE),
    ("/search", "nav_search", "search", Right.SEE),
    ("/telemetry", "nav_telemetry", "sensors", Right.SEE_INGEST),
    ("/quarantine", "nav_quarantine", "inventory_2", Right.SEE_INGEST),
    ("/engineering", "nav_engineering", "design_services", Right.SEE),
    ("/notices", "nav_notices", "mark_email_read", Right.SEE),
    ("/handover", "nav_handover", "handshake", Right.SEE),
    ("/ledger", "nav_ledger", "menu_book", Right.SEE),
    ("/register", "nav_register", "upload_file", Right.REGISTER_ASSETS),
    ("/people", "nav_people", "group", Right.MANAGE_PEOPLE),
    ("/system", "nav_system", "settings", Right.SEE_METRICS),
)


@cache
def _address(name: str) -> str:
    """Serve a file of ours under an address that changes with its content."""
    digest = hashlib.sha256((_STATIC / name).read_bytes()).hexdigest()[:12]
    stem, _, ending = name.partition(".")
    return nicegui_app.add_static_file(
        local_file=_STATIC / name, url_path=f"/_console/{stem}.{digest}.{ending}", max_cache_age=31_536_000
    )


@contextmanager
def framed(visit: Visit, title: str) -> Iterator[None]:
    """Draw the frame; what is made inside stands in the page's middle."""
    _head(visit, title)
    _zones(visit)
    with link("#content", "skip"):
        words(visit.t("skip"))
    with box("bar", tag="header"):
        with link("/", "brand"):
            ui.html(_LOOP, sanitize=False)
            words("assetloop")
        _ways(visit)
        _tools(visit)
    _away(visit)
    visit.leave_when_over()
    with box("page") as main:
        main.props["id"], main.props["tabindex"] = "content", "-1"
        why = visit.asked.get("unconfirmed", "")
        if why in _UNCONFIRMED:
            with box("card", testid="unconfirmed") as told:
                told.props["role"] = "alert"
                words(visit.t(f"unconfirmed_{why}"), "strong alarming")
        yield


def _zones(visit: Visit) -> None:
    """Let the page know the time zones of the sites that its reader sees, now and when they change."""
    known = visit.watch.look().zones
    ui.add_head_html(f"<script>knowZones({_in_script(known)}, {_in_script(visit.site)})</script>")

    def tell(zones: dict[str, str]) -> None:
        ui.run_javascript(f"knowZones({_in_script(zones)})")

    visit.follow(changed(tell, lambda one: one.zones))


def _in_script(said: object) -> str:
    return json.dumps(said).replace("<", "\\u003c")


_FILLS_WITHIN_S = 4.0
_SAID_OF_CONNECTION = ("away", "back", "stale", "stale_do", "signed_out", "signed_out_do", "loaded_again")
_SAID_OF_DRAFTS = ("draft_back", "draft_forget")
_SAID_OF_WAITING = ("offline", "waiting", "refused", "again", "forget", "keep")
_WORDS_OF_WAITING = {
    "verdict": "verdict",
    "note": "note",
    "photos": "files",
    "seen": "what_seen",
    "mode": "failure_mode",
    "severity": "severity",
    "report": "report",
}


def _head(visit: Visit, title: str) -> None:
    client = ui.context.client
    client.page = copy.copy(client.page)  # one for all browsers: in this one the library speaks the reader's language
    client.page.language = "zh-CN" if visit.language is Language.ZH else "en-US"
    ui.page_title(f"{escaped(title)} · assetloop")
    ui.add_head_html(
        f'<script>document.documentElement.lang = "{visit.language.tag}"</script>'
        f'<link rel="stylesheet" href="{_address("look.css")}"><link rel="stylesheet" href="{_address("lists.css")}">'
        f'<script src="{_address("console.js")}"></script><script src="{_address("lists.js")}"></script>'
        f'<script src="{_address("connection.js")}" data-said="{_said_of_connection(visit)}"></script>'
        f'<script src="{_address("drafts.js")}" data-said="{_said_of_drafts(visit)}"></script>'
        f'<script src="{_address("waiting.js")}" data-said="{_said_of_waiting(visit)}"></script>'
    )


def _said_of_connection(visit: Visit) -> str:
    """Write what a page says while it is away, and where one signs in again."""
    texts = {key: visit.t(f"connection_{key}", at="{at}") for key in _SAID_OF_CONNECTION}
    return _attribute(visit, texts, signIn=f"/login?next={quote(visit.path)}")


def _said_of_drafts(visit: Visit) -> str:
    """Write what a page says of what was typed before."""
    return _attribute(visit, {key: visit.t(f"connection_{key}") for key in _SAID_OF_DRAFTS})


def _said_of_waiting(visit: Visit) -> str:
    """Write what stands in the forms of a page that is away, and beside what waits to be sent."""
    texts = {key: visit.t(f"waiting_{key}", count="{count}", why="{why}") for key in _SAID_OF_WAITING}
    return _attribute(visit, texts | {key: visit.t(text) for key, text in _WORDS_OF_WAITING.items()})


def _attribute(visit: Visit, texts: dict[str, str], **more: str) -> str:
    said = {"texts": texts, "person": str(visit.principal.person_id), **more}
    return html.escape(json.dumps(said, ensure_ascii=False))


def _ways(visit: Visit) -> None:
    with box("nav", tag="nav") as nav:
        nav.props["aria-label"] = visit.t("ways")
        for target, key, sign, right in _WAYS:
            if not visit.principal.may_somewhere(right):
                continue
            here = visit.path == target or (target != "/" and visit.path.startswith(target))
            with link(target, f"{'here' if here else ''} {'main' if target in _MAIN else ''}") as way:
                icon(sign)
                words(visit.t(key))
                if target in {"/work-orders", "/alerts"}:
                    _count(visit, target)
            if here:
                way.props["aria-current"] = "page"
        with mark(box("all-ways", tag="button"), "all-ways") as button:
            icon("more_horiz")
            words(visit.t("all_ways"))
        button.props["aria-expanded"] = "false"


def _count(visit: Visit, target: str) -> None:
    badge = words("", "count")

    def show(picture: Picture) -> None:
        counts = picture.counts
        is_orders = target == "/work-orders"
        standing = (counts.open_orders if is_orders else counts.open_alerts) if counts else 0
        waiting = (counts.unacknowledged_orders if is_orders else counts.unacknowledged_alerts) if counts else 0
        badge.set_text(str(standing))
        badge.set_visibility(standing > 0)
        badge.classes(add="urgent" if waiting else "", remove="" if waiting else "urgent")

    visit.follow(show)


def _tools(visit: Visit) -> None:
    with box("tools"):
        if visit.principal.may_somewhere(Right.SEE) and visit.path != "/search":
            _search(visit)
        with box("offset small"):
            zone()
        other = Language.EN if visit.language is Language.ZH else Language.ZH
        with link(
            f"/language/{other.value}?next={quote(visit.address_here, safe='/')}",
            "tool",
            testid=f"language-{other.value}",
        ) as switch:
            words(other.endonym)
        switch.props["hreflang"] = other.tag
        _theme(visit)
        _account(visit)


def _search(visit: Visit) -> None:
    """Let people search from every page; the key / leads here."""
    with box("everywhere", tag="form") as form:
        form.props["action"], form.props["method"], form.props["role"] = "/search", "get", "search"
        field = mark(box("search-input", tag="input"), "search-everywhere")
        field.props["type"], field.props["name"], field.props["maxlength"] = "search", "q", "500"
        field.props["placeholder"], field.props["aria-label"] = visit.t("search_everywhere"), visit.t("nav_search")


def _account(visit: Visit) -> None:
    with link("/account", "tool person", testid="account") as account:
        icon("account_circle")
        words(visit.principal.name, "clip")
    account.props["title"] = visit.t("account")
    with box(tag="form") as form:
        form.props["method"], form.props["action"] = "post", "/logout"
        with mark(box("tool", tag="button"), "logout") as button:
            icon("logout")
        button.props["title"] = button.props["aria-label"] = visit.t("logout")


def _theme(visit: Visit) -> None:
    theme = visit.theme if visit.theme in _THEMES else "auto"
    dark = ui.dark_mode(_THEMES[theme][1])
    with mark(box("tool", tag="button"), "theme") as button:
        sign = ui.icon(_THEMES[theme][0])
    button.props["title"] = button.props["aria-label"] = visit.t("theme")

    def turn() -> None:
        following = _AFTER[visit.theme if visit.theme in _AFTER else "auto"]
        visit.remember_theme(following)
        sign.set_name(_THEMES[following][0])
        dark.value = _THEMES[following][1]

    button.on("click", turn)


def _away(visit: Visit) -> None:
    with mark(box("away"), "away") as banner:
        said = words("", "lines", keeps_lines=True)
    banner.props["role"] = "status"

    def show(picture: Picture) -> None:
        lines = [_fault(visit, fault) for fault in picture.faults]
        if picture.away is not None:
            lines = [visit.t("away" if picture.at else "away_first")]
        said.set_text("\n".join(lines))
        banner.set_visibility(bool(lines))

    visit.follow(show)


def _fault(visit: Visit, fault: ProductFault) -> str:
    """Say in the reader's language what is wrong, and in the program's own words what it met."""
    return f"{visit.word('fault', fault.kind.value)} ({fault.says})"


def filling(visit: Visit, room: Element) -> Element:
    """Let a room say that it is being filled, or that the database is away, for as long as nothing is in it.

    Where nothing fills it though the database is back, the page is opened anew.
    """

    def open_anew() -> None:
        if not room.is_deleted and not room.default_slot.children:
            ui.navigate.reload()

    def show(is_away: bool) -> None:
        was_away = room.props.get("data-loading") == visit.t("away_first")
        room.props["data-loading"] = visit.t("away_first" if is_away else "loading")
        if was_away and not is_away:
            ui.timer(_FILLS_WITHIN_S, open_anew, once=True)

    visit.follow(changed(show, lambda picture: picture.away is not None))
    return room


def empty(said: str, sign: str = "check_circle", hint: str = "") -> Element:
    """Show that there is nothing here, and what that means."""
    with box("empty") as element:
        icon(sign)
        words(said)
        if hint:
            words(hint, "small")
    return element
