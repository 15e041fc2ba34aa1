"""The small pages of signing in; they hold no script."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from string import Template
from urllib.parse import quote

from api.identity.signing_in.passwords import LEAST_PASSWORD, MOST_PASSWORD
from api.identity.signing_in.texts import identity_text
from api.language import Language
from storage.identity.people import Person

SIGN = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke="#1d5fbf" stroke-width="2.6" '
    'stroke-linecap="round"><path d="M4.2 13.5a8 8 0 0 1 13.6-7.1"/><path d="M18.4 2.6v4.2h-4.2"/>'
    '<path d="M19.8 10.5a8 8 0 0 1-13.6 7.1"/><path d="M5.6 21.4v-4.2h4.2"/></svg>'
)
"""The sign of the product, as an SVG picture."""
ASK_AGAIN_S = 2
"""How long a page waits until it asks again whether the database is back."""

_PAGE = Template("""<!doctype html>
<html lang="$lang">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title · assetloop</title>
<link rel="icon" href="$sign">
<style>
  :root { color-scheme: light dark; --paper: #f4f6f8; --card: #fff; --ink: #17212e; --muted: #5c6878; --line: #dde2e8;
    --field: #8592a3; --alarm: #c62f37; --button: #1d5fbf; --on-button: #fff; }
  @media (prefers-color-scheme: dark) {
    :root { --paper: #10151c; --card: #18202a; --ink: #e6ebf2; --muted: #94a1b3; --line: #2a3542;
      --field: #66758a; --alarm: #ff8a8e; --button: #2f6fd0; }
  }
  @media (prefers-contrast: more) {
    :root { --muted: var(--ink); --line: var(--ink); --field: var(--ink); --button: var(--ink);
      --on-button: var(--paper); --alarm: #96000f; }
  }
  @media (prefers-contrast: more) and (prefers-color-scheme: dark) { :root { --alarm: #ffb0b3; } }
  body { margin: 0; min-height: 100vh; background: var(--paper);
    color: var(--ink); font: 15px/1.5 system-ui, -apple-system, "Segoe UI", "PingFang SC", "Microsoft YaHei",
    "Noto Sans CJK SC", sans-serif; }
  main { min-height: 100vh; display: grid; place-content: center; gap: 1rem; padding: 1.5rem; box-sizing: border-box; }
  :focus-visible { outline: 2px solid var(--button); outline-offset: 2px; }
  form, nav { width: min(24rem, calc(100vw - 3rem)); padding: 1.6rem 2rem; border: 1px solid var(--line);
    border-radius: 14px; background: var(--card); display: grid; gap: .8rem; box-sizing: border-box; }
  nav { padding: .8rem 2rem; }
  nav form { width: auto; padding: 0; border: 0; background: none; }
  h1 { margin: 0; font-size: 1.25rem; font-weight: 650; }
  h2 { margin: 0; font-size: 1rem; font-weight: 600; }
  p { margin: 0; color: var(--muted); font-size: .9rem; overflow-wrap: anywhere; }
  p[role=alert], [role=alert] h1 { color: var(--alarm); }
  label { display: grid; gap: .25rem; font-size: .85rem; color: var(--muted); }
  label.line { grid-auto-flow: column; justify-content: start; align-items: center; gap: .5rem; }
  input, textarea, button, .button { font: inherit; padding: .6rem .75rem; border-radius: 8px;
    border: 1px solid var(--field); background: transparent; color: var(--ink); }
  button, .button { background: var(--button); border-color: var(--button); color: var(--on-button); font-weight: 600;
    cursor: pointer; text-decoration: none; text-align: center; }
  button.person { background: transparent; color: var(--ink); border-color: var(--line); text-align: left;
    display: flex; justify-content: space-between; gap: 1rem; width: 100%; font-weight: 500; }
  button.person:hover, button.person:focus-visible { border-color: var(--button); }
  button.person span + span { color: var(--muted); font-weight: 400; }
  a.quiet { color: var(--muted); font-size: .9rem; }
  a.tongue { color: var(--muted); justify-self: center; font-size: .9rem; }
</style>
</head>
<body>
<main>
$body
<a class="tongue" href="/language/$other?next=$here" hreflang="$other">$endonym</a>
</main>
</body>
</html>
""")
_SIGN_IN = Template("""<form method="post" action="/login">
  <h1>$title</h1>
  $fault
  <input type="hidden" name="next" value="$next">
  <label>$name <input name="name" autocomplete="username" autocapitalize="none" maxlength="100" required autofocus
    data-testid="name"></label>
  <label>$password <input type="password" name="password" autocomplete="current-password" maxlength="200" required
    data-testid="password"></label>
  <label class="line"><input type="checkbox" name="shared" value="1"> $shared</label>
  <button data-testid="enter">$enter</button>
  $provider
  $forgotten
</form>""")
_FORGOTTEN_LINK = Template('<a class="quiet" href="/login/forgotten" data-testid="forgotten">$say</a>')
_FORGOTTEN = Template("""<form method="post" action="/login/forgotten">
  <h1>$title</h1>
  <p>$hint</p>
  $fault
  <label>$name <input name="name" autocomplete="username" autocapitalize="none" maxlength="100" required autofocus
    data-testid="name"></label>
  <button data-testid="enter">$enter</button>
  <a class="quiet" href="/login">$back</a>
</form>""")
_PROVIDER = Template('<a class="button" href="/login/provider">$say</a>')
_DEMO = Template("""<nav aria-label="$title">
  <h2>$title</h2>
  <p>$hint</p>
  $people
</nav>""")
_DEMO_PERSON = Template("""<form method="post" action="/login/demo">
    <input type="hidden" name="next" value="$next">
    <button class="person" name="name" value="$sign_in" data-testid="demo-$sign_in"><span>$name</span>
      <span>$role</span></button>
  </form>""")
_WELCOME = Template("""<form method="post">
  <h1>$title</h1>
  <p>$hint</p>
  $fault
  <label>$password <input type="password" name="password" autocomplete="new-password" minlength="$least"
    maxlength="$most" required autofocus data-testid="password"></label>
  <p>$rule</p>
  <button data-testid="enter">$enter</button>
</form>""")


def sign_in_page(
    language: Language,
    following: str,
    *,
    fault: str = "",
    demo: Sequence[Person] = (),
    provider: str = "",
    mails_links: bool = False,
) -> str:
    """Draw the page that asks for name and password; `demo` are those who come in by one click, above it."""
    say = _saying(language)
    form = _SIGN_IN.substitute(
        title=say("login_title"),
        fault=_fault(fault),
        next=escape(following),
        name=say("login_name"),
        password=say("login_password"),
        shared=say("login_shared"),
        enter=say("login_enter"),
        provider=_PROVIDER.substitute(say=say("login_provider", name=provider)) if provider else "",
        forgotten=_FORGOTTEN_LINK.substitute(say=say("forgotten_title"))
        if mails_links
        else f"<p>{say('forgotten_ask')}</p>",
    )
    return small_page(language, say("login_title"), _demo(language, following, demo) + form, "/login")


def _demo(language: Language, following: str, people: Sequence[Person]) -> str:
    if not people:
        return ""
    say = _saying(language)
    buttons = [
        _DEMO_PERSON.substitute(
            next=escape(following),
            sign_in=escape(person.sign_in),
            name=escape(person.name),
            role=", ".join(say(f"role_{role}") for role in sorted(set().union(*person.roles.values()))),
        )
        for person in people
    ]
    return _DEMO.substitute(title=say("login_demo"), hint=say("login_demo_hint"), people="\n  ".join(buttons))


def forgotten_page(language: Language, *, fault: str = "", is_asked: bool = False) -> str:
    """Draw the page that asks who has forgotten a password, or that says what follows, whoever was named."""
    say = _saying(language)
    if is_asked:
        said = f'<p role="status" data-testid="asked">{say("forgotten_asked")}</p>'
        back = f'<a class="quiet" href="/login">{say("login_title")}</a>'
        body = f"<form><h1>{say('forgotten_title')}</h1>{said}{back}</form>"
        return small_page(language, say("forgotten_title"), body, "/login")
    form = _FORGOTTEN.substitute(
        title=say("forgotten_title"),
        hint=say("forgotten_hint"),
        fault=_fault(fault),
        name=say("login_name"),
        enter=say("forgotten_send"),
        back=say("login_title"),
    )
    return small_page(language, say("forgotten_title"), form, "/login/forgotten")


def welcome_page(language: Language, person: Person | None, *, fault: str = "") -> str:
    """Draw the page that sets a password; or, without a person, that says that the link is over."""
    say = _saying(language)
    if person is None:
        return small_page(
            language,
            say("welcome_title"),
            f"<form><h1>{say('welcome_title')}</h1>{_fault(say('welcome_over'))}</form>",
            "/login",
        )
    form = _WELCOME.substitute(
        title=say("welcome_title"),
        hint=say("welcome_hint", name=person.name, sign_in=person.sign_in),
        fault=_fault(fault),
        password=say("login_password"),
        least=LEAST_PASSWORD,
        most=MOST_PASSWORD,
        rule=say("password_rule", least=LEAST_PASSWORD),
        enter=say("welcome_set"),
    )
    return small_page(language, say("welcome_title"), form, "/login")


def away_page(language: Language) -> str:
    """Draw what is shown while the database is away and nobody can be recognised."""
    said = escape(identity_text(language, "database_away"))
    body = f'<form id="content"><div role="status" data-testid="away"><h1>{said}</h1></div></form>'
    return small_page(language, said, body, "/")


def refused_page(language: Language, why: str) -> str:
    """Draw what is shown instead of a page that one's role does not open."""
    say = _saying(language)
    body = (
        f'<form action="/" id="content"><div role="alert" data-testid="refused"><h1>{say("page_refused")}</h1></div>'
        f"<p>{escape(why)}</p><button>{say('nav_back')}</button></form>"
    )
    return small_page(language, say("page_refused"), body, "/")


def missing_page(language: Language) -> str:
    """Draw what is shown where no page is."""
    say = _saying(language)
    body = (
        f'<form action="/" id="content"><div role="alert" data-testid="missing"><h1>{say("page_missing")}</h1></div>'
        f"<p>{say('page_missing_hint')}</p><button>{say('nav_back')}</button></form>"
    )
    return small_page(language, say("page_missing"), body, "/")


def _saying(language: Language) -> Callable[..., str]:
    def say(key: str, /, **values: object) -> str:
        return escape(identity_text(language, key, **values))

    return say


def _fault(said: str) -> str:
    return f'<p role="alert">{escape(said)}</p>' if said else ""


def small_page(language: Language, title: str, body: str, here: str) -> str:
    """Frame a small page that holds no script; `here` is where it goes back to in the other language."""
    other = Language.EN if language is Language.ZH else Language.ZH
    return _PAGE.substitute(
        sign="data:image/svg+xml," + quote(SIGN),
        lang=language.tag,
        title=title,
        body=body,
        other=other.value,
        endonym=other.endonym,
        here=here,
    )
