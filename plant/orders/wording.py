"""What people write about orders: plain text of a bounded length."""

from __future__ import annotations

from plant.errors import Rejected

MOST_WORDS = 4000
_SPACES = "\n\t"


def plain_text(text: str, *, what: str, most: int = MOST_WORDS) -> str:
    r"""Return a text without the space around it.

    Raises:
        Rejected: it is empty or too long, or holds a control character other than a line break or a tab.

    >>> plain_text(" a leak \n", what="comment")
    'a leak'
    """
    said = text.replace("\r\n", "\n").strip()
    if not said:
        raise Rejected(f"no_{what}", f"say something: the {what} is empty")
    return readable(said, what=what, most=most)


def readable(text: str, *, what: str, most: int = MOST_WORDS) -> str:
    """Return a text that may be empty; raises `Rejected` as `plain_text` does."""
    if len(text) > most:
        raise Rejected("too_long", f"the {what} has {len(text)} characters; at most {most} are kept")
    strange = next((one for one in text if not one.isprintable() and one not in _SPACES), None)
    if strange is not None:
        raise Rejected("control_character", f"the {what} holds the control character {strange!r}; leave it out")
    return text
