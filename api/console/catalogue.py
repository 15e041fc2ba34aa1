"""The console's Chinese as a gettext catalogue, for translators' tools: written out, and taken back into the source.

`python -m api.console.catalogue write zh.po`, and `… take zh.po` once it comes back (make texts-po, texts-take).
"""

from __future__ import annotations

import ast
import string
import sys
from collections.abc import Iterator, Mapping
from io import BytesIO
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po, write_po

from api.console.texts.texts import TEXTS
from api.language import Language, Plural
from plant.errors import Rejected
from plant.iso14224 import FAILURE_MODES

_ROOT = Path(__file__).parents[2]
_SOURCES = (
    *(_ROOT / "api" / "console" / "texts").rglob("*.py"),
    _ROOT / "api" / "identity" / "signing_in" / "texts.py",
    _ROOT / "plant" / "orders" / "code_words.py",
)


def written() -> bytes:
    """Return the catalogue: each text under its key as context, a text that counts with both English forms.

    Failure modes are left out: their words are those of the standard (plant/iso14224.py).
    """
    catalogue = Catalog(locale=Language.ZH.locale, project="assetloop", charset="utf-8")
    for key, (english, chinese) in TEXTS.items():
        if key.removeprefix("mode_") in FAILURE_MODES:
            continue
        is_counting = isinstance(english, Plural)
        catalogue.add(
            (english.one, str(english)) if isinstance(english, Plural) else english,
            (chinese,) if is_counting else chinese,
            context=key,
            flags=["python-brace-format"] if "{" in english else [],
        )
    out = BytesIO()
    write_po(out, catalogue, width=0)
    return out.getvalue()


def changed(po: bytes) -> Mapping[str, str]:
    """Return by key the Chinese of a catalogue that is other than ours.

    Raises:
        Rejected: a key is none of ours, or the values in braces are not those of the English.
    """
    found: dict[str, str] = {}
    for message in read_po(BytesIO(po), locale=Language.ZH.locale):
        key, said = message.context, message.string
        chinese = said if isinstance(said, str) else next(iter(said or ()), "")
        if not message.id or not chinese:
            continue
        if key not in TEXTS:
            raise Rejected("unknown_text", f"{key}: there is no such text")
        if _values(chinese) != _values(TEXTS[key][0]):
            raise Rejected("other_values", f"{key}: {chinese!r} must hold {sorted(_values(TEXTS[key][0]))}")
        if chinese != TEXTS[key][1]:
            found[key] = chinese
    return found


def taken(source: str, wanted: Mapping[str, str]) -> str:
    """Return a module's source with the Chinese of some keys replaced.

    >>> taken('A = {"hello": ("Hello", "您好")}', {"hello": "你好"})
    'A = {"hello": ("Hello", "你好")}'
    """
    lines = source.encode().splitlines(keepends=True)
    for key, node in sorted(_pairs(ast.parse(source)), key=lambda one: one[1].lineno, reverse=True):
        if key in wanted and node.end_lineno is not None:
            first, last = node.lineno - 1, node.end_lineno - 1
            before, after = lines[first][: node.col_offset], lines[last][node.end_col_offset :]
            literal = '"' + wanted[key].replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
            lines[first : last + 1] = [before + literal.encode() + after]
    return b"".join(lines).decode()


def _pairs(tree: ast.Module) -> Iterator[tuple[str, ast.expr]]:
    """Find the Chinese of every text in a module."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            for key, pair in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and isinstance(pair, ast.Tuple) and len(pair.elts) == 2:
                    yield str(key.value), pair.elts[1]


def _values(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def main(arguments: list[str]) -> None:
    """Write the catalogue into a file, or take one back."""
    what, file = arguments
    if what == "write":
        Path(file).write_bytes(written())
        return
    wanted = changed(Path(file).read_bytes())
    elsewhere = set(wanted)
    for path in _SOURCES:
        source = path.read_text(encoding="utf-8")
        elsewhere -= {key for key, _ in _pairs(ast.parse(source))}
        if (after := taken(source, wanted)) != source:
            path.write_text(after, encoding="utf-8")
    for key in sorted(elsewhere):
        sys.stdout.write(f"{key} is made of words that stand elsewhere, and was left as it is\n")
    sys.stdout.write(f"{len(wanted) - len(elsewhere)} texts are other than before\n")


if __name__ == "__main__":
    main(sys.argv[1:])
