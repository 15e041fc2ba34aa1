"""The languages that the product speaks, and which one a browser is answered in."""

from __future__ import annotations

from contextvars import ContextVar
from enum import StrEnum

from starlette.requests import HTTPConnection

LANGUAGE_COOKIE = "assetloop_language"


class Language(StrEnum):
    """The languages the console speaks."""

    EN = "en"
    ZH = "zh"

    @property
    def tag(self) -> str:
        """Return the tag for the page's `lang` attribute."""
        return {"en": "en", "zh": "zh-CN"}[self.value]

    @property
    def endonym(self) -> str:
        """Return the language's name in itself."""
        return {"en": "English", "zh": "中文"}[self.value]


_SPOKEN: ContextVar[Language] = ContextVar("spoken", default=Language.EN)


def speak(language: Language) -> None:
    """Answer this request in a language."""
    _SPOKEN.set(language)


def spoken() -> Language:
    """Return the language of the request that is being answered."""
    return _SPOKEN.get()


def language_of(connection: HTTPConnection) -> Language:
    """Read the language a browser chose here, else the first it accepts that we speak."""
    chosen = connection.cookies.get(LANGUAGE_COOKIE)
    if chosen in set(Language):
        return Language(chosen)
    return accepted(connection.headers.get("accept-language", ""))


def accepted(header: str) -> Language:
    """Return the best of our languages by an Accept-Language header; English where it names none.

    >>> accepted("fr, zh-CN;q=0.8, en;q=0.5").value, accepted("en-GB, zh;q=0.1").value, accepted("zh;q=0").value
    ('zh', 'en', 'en')
    """
    weighed = [(_weight(part), part.split(";")[0].strip().lower().partition("-")[0]) for part in header.split(",")]
    ours = [(weight, name) for weight, name in weighed if weight > 0 and name in set(Language)]
    return Language(max(ours, key=lambda one: one[0])[1]) if ours else Language.EN


def _weight(part: str) -> float:
    _, _, quality = part.partition(";q=")
    try:
        return float(quality) if quality else 1.0
    except ValueError:
        return 0.0
