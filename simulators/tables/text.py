"""The text of a file, whatever it was encoded in: UTF-8, UTF-16, GB18030, and what Excel writes elsewhere."""

from __future__ import annotations

import codecs
import re

from charset_normalizer import from_bytes

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_ELSEWHERE = ["cp1252", "cp1251", "cp1250", "shift_jis", "big5", "euc_kr", "gb18030"]
_SNIFFED_BYTES = 1 << 16
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\ufffe\uffff]")
_PAIR = re.compile(rb"[\x80-\xff]{2}")
_USUAL_GB = re.compile(rb"[\xa1-\xa9\xb0-\xd7][\xa1-\xfe]")  # signs, and the 3,755 most frequent characters
_LEAST_USUAL = 0.9
_LEAST_ALONE = 0.8


def decode(data: bytes, encoding: str | None = None) -> tuple[str, str]:
    """Return the text and the name of its encoding, which is found unless it is given.

    Raises:
        ValueError: the bytes are no text, or not of this encoding.

    >>> decode("时间,温度(℃)".encode("gb18030"))
    ('时间,温度(℃)', 'gb18030')
    >>> decode("Zeit;°C".encode("cp1252"))
    ('Zeit;°C', 'cp1252')
    """
    found = encoding or _encoding_of(data)
    if found is None:
        raise ValueError("no text in any usual encoding; save it as UTF-8")
    try:
        text = data.decode(found)
    except (UnicodeError, LookupError) as error:
        raise ValueError(f"not {found} text; save it as UTF-8") from error
    if _CONTROL.search(text):
        raise ValueError("no text: it holds control characters")
    return text.removeprefix("\ufeff"), found.removesuffix("-sig")


def _encoding_of(data: bytes) -> str | None:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    wide = _utf16_without_mark(data)
    if wide is not None:
        return wide
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "gb18030" if _is_chinese(data) else _guessed(data)
    return "utf-8"


def _utf16_without_mark(data: bytes) -> str | None:
    """Tell UTF-16 by the zero bytes of its Latin letters and digits."""
    head = data[:_SNIFFED_BYTES]
    for name, zeros in (("utf-16-le", head[1::2]), ("utf-16-be", head[::2])):
        if zeros and zeros.count(0) > 0.4 * len(zeros):
            return name
    return None


def _is_chinese(data: bytes) -> bool:
    """Say whether all bytes beyond ASCII are pairs of GB2312, nearly all of them of usual characters.

    A guess by letter frequencies takes short Chinese headers for Korean; in Western text such bytes come one by one.
    """
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return False
    runs = re.findall(rb"[\x80-\xff]+", data)
    if any(len(run) % 2 for run in runs):
        return False
    pairs = [pair for run in runs for pair in _PAIR.findall(run)]
    return sum(_USUAL_GB.fullmatch(pair) is not None for pair in pairs) >= _LEAST_USUAL * len(pairs)


def _guessed(data: bytes) -> str | None:
    runs = re.findall(rb"[\x80-\xff]+", data)
    alone = sum(len(run) == 1 for run in runs)
    if alone >= _LEAST_ALONE * sum(map(len, runs)):
        return "cp1252"  # signs and accents within ASCII: °C, µ, é
    best = from_bytes(data[:_SNIFFED_BYTES], cp_isolation=_ELSEWHERE).best()
    return best.encoding if best is not None else None
