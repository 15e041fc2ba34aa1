r"""What strangers wrote, shown so that it can do nothing to a terminal or to the reader's eyes.

Topics, tags, texts and payloads may hold escape sequences that move a terminal's cursor, line breaks that make a second
row, marks that turn the direction of what follows (the bidirectional algorithm, UAX #9), and characters that nobody
sees. All of them are shown as `\x1b`, `\n`, `\u202e`.
"""

from __future__ import annotations

import unicodedata

_ESCAPED = {"Cc", "Cf", "Cs", "Zl", "Zp"}
"""Control, format, surrogate, line and paragraph separator, as Unicode calls its general categories."""


def escaped(text: str, *, keeps_lines: bool = False) -> str:
    r"""Return `text` with what is not to be seen written out; line feeds stay where `keeps_lines`.

    Escaping twice changes nothing more.

    >>> escaped("泵 \x1b[2J P-1\n\u202etxt.exe")
    '泵 \\x1b[2J P-1\\n\\u202etxt.exe'
    >>> escaped("a\nb\t", keeps_lines=True)
    'a\nb\\t'
    """
    if text.isprintable():
        return text
    return "".join(_escape(char) if _is_unseen(char, keeps_lines=keeps_lines) else char for char in text)


def _is_unseen(char: str, *, keeps_lines: bool) -> bool:
    if char == "\n" and keeps_lines:
        return False
    return unicodedata.category(char) in _ESCAPED


def _escape(char: str) -> str:
    return char.encode("unicode_escape", "surrogatepass").decode("ascii")
