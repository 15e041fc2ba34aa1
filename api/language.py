"""The languages that the product speaks, and which one a browser is answered in."""

from __future__ import annotations

from collections.abc import Mapping
from contextvars import ContextVar
from decimal import Decimal
from enum import StrEnum
from typing import Self

from babel import Locale
from starlette.requests import HTTPConnection

LANGUAGE_COOKIE = "assetloop_language"


_LOCALES = {"en": Locale.parse("en"), "zh": Locale.parse("zh_Hans_CN")}


class Language(StrEnum):
    """The languages the console speaks."""

    EN = "en"
    ZH = "zh"

    @property
    def tag(self) -> str:
        """Return the tag for the page's `lang` attribute."""
        return {"en": "en", "zh": "zh-CN"}[self.value]

    @property
    def locale(self) -> Locale:
        """Return what Unicode's data say of the language: plurals, months, separators."""
        return _LOCALES[self.value]

    @property
    def endonym(self) -> str:
        """Return the language's name in itself."""
        return {"en": "English", "zh": "中文"}[self.value]


class Plural(str):
    """A text about a number of things: the string is for many, `one` for one; `of` names the value that is counted."""

    __slots__ = ("of", "one")
    one: str
    of: str

    def __new__(cls, one: str, many: str, *, of: str = "count") -> Self:
        """Take both forms, as English has them; languages with one form have a plain string instead."""
        self = super().__new__(cls, many)
        self.one, self.of = one, of
        return self

    def counting(self, language: Language, counted: object) -> str:
        """Return the form for a number, by the language's own rule; a number may be written with its separators.

        >>> tries = Plural("{count} try", "{count} tries")
        >>> [tries.counting(Language.EN, one) for one in (0, 1, 2, "1,001")]
        ['{count} tries', '{count} try', '{count} tries', '{count} tries']
        """
        number = Decimal(str(counted).replace(",", ""))
        return self.one if language.locale.plural_form(number) == "one" else str(self)


def said_in(language: Language, both: tuple[str, str], values: Mapping[str, object]) -> str:
    """Return one of a text's two languages with its values filled in, in the form that its number asks for."""
    said = both[1] if language is Language.ZH else both[0]
    if isinstance(said, Plural):
        said = said.counting(language, values[said.of])
    return said.format(**values)


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
