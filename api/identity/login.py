"""The small page that takes the token and opens a session; it holds no script."""

from __future__ import annotations

from html import escape
from string import Template
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from api.console.texts.texts import text
from api.identity.access import SESSION_COOKIE, SESSION_LASTS, Access
from api.language import Language, language_of
from api.parts import GivenParts

router = APIRouter(include_in_schema=False)
_PAGE = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · assetloop</title>
<style>
  :root { color-scheme: light dark; --paper: #f4f6f8; --card: #fff; --ink: #17212e; --muted: #5c6878; --line: #dde2e8; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #10151c; --card: #18202a; --ink: #e6ebf2; --muted: #94a1b3; --line: #2a3542; }
  }
  body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--paper);
    color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", sans-serif; }
  form { width: min(22rem, calc(100vw - 3rem)); padding: 2rem; border: 1px solid var(--line); border-radius: 14px;
    background: var(--card); display: grid; gap: .9rem; box-sizing: border-box; }
  h1 { margin: 0; font-size: 1.25rem; font-weight: 650; }
  p { margin: 0; color: var(--muted); font-size: .9rem; }
  p[role=alert] { color: #d5393f; }
  input, button { font: inherit; padding: .6rem .75rem; border-radius: 8px; border: 1px solid var(--line);
    background: transparent; color: inherit; }
  button { background: #1f6feb; border-color: #1f6feb; color: #fff; font-weight: 600; cursor: pointer; }
</style>
</head>
<body>
<form method="post" action="/login">
  <h1>assetloop</h1>
  <p>$hint</p>
  $fault
  <input type="hidden" name="next" value="$next">
  <input type="password" name="token" autocomplete="current-password" aria-label="$label" placeholder="$label"
    required autofocus>
  <button>$enter</button>
</form>
</body>
</html>
""")


@router.get("/login")
def show_login(request: Request, next: str = "/") -> Response:  # noqa: A002 - the query's own name
    """Ask for the token."""
    if _access(request).token is None:
        return RedirectResponse("/", status_code=303)
    return HTMLResponse(_page(language_of(request), local_path(next), fault=False))


@router.post("/login")
def enter(
    request: Request,
    parts: GivenParts,
    token: Annotated[str, Form()],
    next: Annotated[str, Form()] = "/",  # noqa: A002 - the form's own name
) -> Response:
    """Open a session for whoever knows the token."""
    access = _access(request)
    if not access.is_token(token.strip()):
        return HTMLResponse(_page(language_of(request), local_path(next), fault=True), status_code=401)
    answer = RedirectResponse(local_path(next), status_code=303)
    answer.set_cookie(
        SESSION_COOKIE,
        access.open_session(parts.clock.now()),
        max_age=int(SESSION_LASTS.total_seconds()),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return answer


@router.post("/logout")
def leave() -> Response:
    """Let the browser forget its session."""
    answer = RedirectResponse("/login", status_code=303)
    answer.delete_cookie(SESSION_COOKIE, httponly=True, samesite="strict")
    return answer


def local_path(wanted: str) -> str:
    """Keep a redirect on this host.

    >>> local_path("/work-orders"), local_path("//elsewhere.example"), local_path("https://elsewhere.example")
    ('/work-orders', '/', '/')
    """
    is_local = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted if is_local and wanted.isprintable() else "/"


def _access(request: Request) -> Access:
    access: Access = request.app.state.access
    return access


def _page(language: Language, following: str, *, fault: bool) -> str:
    wrong = f'<p role="alert">{escape(text(language, "login_wrong"))}</p>' if fault else ""
    return _PAGE.substitute(
        lang=language.value,
        title=escape(text(language, "login_title")),
        hint=escape(text(language, "login_hint")),
        fault=wrong,
        next=escape(following),
        label=escape(text(language, "login_token")),
        enter=escape(text(language, "login_enter")),
    )
