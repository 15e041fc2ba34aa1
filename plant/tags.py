"""Tags and keys in one form, whatever keyboard or device they came from, and how to tell those that look alike."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212\u30fc_]")


@lru_cache(maxsize=65_536)
def one_form(tag: str) -> str:
    """Return a tag with its characters composed (NFC), without blanks around it and without what nobody sees.

    >>> one_form("Mu\u0308ller\u200b "), one_form("P-101")
    ('Müller', 'P-101')
    """
    if tag.isascii():
        return tag.strip()
    return _UNSEEN.sub("", unicodedata.normalize("NFC", tag)).strip()


def alike(tag: str) -> str:
    """Return what tags have in common that a person would take for each other: case, width, kinds of dashes, blanks.

    >>> alike("Ｐ－101") == alike("p_101") == alike("P 101".replace(" ", "-"))
    True
    """
    return "".join(_DASHES.sub("-", unicodedata.normalize("NFKC", one_form(tag))).casefold().split())
