"""What the commands share: their common options, their surroundings, and how they answer."""

from __future__ import annotations

import dataclasses
import hashlib
import sys
from collections.abc import Callable, Sequence
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import Misconfigured
from plant.escaped import escaped

if TYPE_CHECKING:
    from datetime import datetime

    from api.language import Language
    from lifecycle.ledger_events import ImportedWhat
    from plant.people.principal import Principal
    from service.runtime.surroundings import Surroundings
    from storage.core.database import Transaction

Data = Annotated[
    Path | None,
    typer.Option(
        "--data", help="The data folder; the running stack is found by it.", metavar="DIR", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Answer with one JSON object on the last line.")]
Tongue = Annotated[str, typer.Option("--language", help="en or zh.")]
Host = Annotated[str | None, typer.Option(help="Address to listen on; others than loopback want TLS in front.")]
Port = Annotated[int | None, typer.Option(help="Port of API and console.", min=1, max=65535)]


def surroundings(data: Path | None) -> Surroundings:
    """Read the settings and begin to log.

    Raises:
        Misconfigured: a setting makes no sense.
    """
    from service.runtime.log_lines import log_to_stderr
    from service.runtime.surroundings import Surroundings

    around = Surroundings.of(data)
    log_to_stderr(around.settings.log_level)
    return around


def sha256_of_file(file: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def enter_file(
    tx: Transaction,
    what: ImportedWhat,
    file: Path,
    counts: dict[str, int],
    *,
    actor: Principal,
    at: datetime,
    sites: Sequence[str] | None = None,
) -> None:
    """Enter in the ledger what a file brought in: at the `sites` that it concerns, or at every site.

    A file that changed nothing is no entry.
    """
    from lifecycle import ledger
    from lifecycle.ledger_events import FileImported
    from storage.register.assets import list_sites

    if not any(counts.values()):
        return
    imported = FileImported(actor=actor.name, what=what, file=file.name, sha256=sha256_of_file(file), counts=counts)
    for site in sites if sites is not None else sorted(list_sites(tx)):
        ledger.append(tx, site, imported, at)


def answer(result: Any, *, as_json: bool, line: Callable[[], str]) -> None:
    """Print a result for a machine, or what `line` says for a person."""
    if as_json:
        import orjson

        print(orjson.dumps(result if isinstance(result, dict) else dataclasses.asdict(result)).decode())
    else:
        show(line())


def show(text: str) -> None:
    """Print lines for a person; what strangers wrote in them cannot reach the terminal as anything but text."""
    print(escaped(text, keeps_lines=True))


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Lay rows out under their heads: words to the left, numbers to the right.

    >>> print(table(("DEVICE", "N"), [("demo/P-101", 1200), ("b", 7)]))
    DEVICE          N
    demo/P-101  1,200
    b               7
    """
    shown = [[f"{cell:,}" if isinstance(cell, int) else escaped(str(cell)) for cell in row] for row in rows]
    widths = [max(len(row[place]) for row in [list(head), *shown]) for place in range(len(head))]
    right = [bool(rows) and isinstance(rows[0][place], int) for place in range(len(head))]

    def line(cells: Sequence[str]) -> str:
        laid = [
            cell.rjust(width) if is_right else cell.ljust(width)
            for cell, width, is_right in zip(cells, widths, right, strict=True)
        ]
        return "  ".join(laid).rstrip()

    return "\n".join(line(cells) for cells in [head, *shown])


def site_and_tag(text: str) -> tuple[str, str]:
    """Take SITE/TAG apart at its first slash.

    Raises:
        Misconfigured: there is none.

    >>> site_and_tag("demo/P-101")
    ('demo', 'P-101')
    """
    site, slash, tag = text.partition("/")
    if not (site and slash and tag):
        raise Misconfigured(f"{text} names no asset; write SITE/TAG, as demo/P-101")
    return site, tag


def say(line: str) -> None:
    """Print one line for a person beside the result."""
    print(f"assetloop: {escaped(line, keeps_lines=True)}", file=sys.stderr)


def refuse_open_house(around: Surroundings, host: str) -> None:
    """Refuse, before anything is started, to let other machines send passwords in the clear.

    Raises:
        Misconfigured: `host` is not loopback, no TLS is in front, and nobody said that this is meant.
    """
    from api.identity.access import refuse_plain_http

    settings = around.settings
    refuse_plain_http(host, settings.tls_proxy, allow_plain_http=settings.allow_plain_http)


def read_language(text: str) -> Language:
    """Read a language of the product's.

    Raises:
        Misconfigured: it is none.
    """
    from api.language import Language

    if text not in set(Language):
        raise Misconfigured("--language is en or zh")
    return Language(text)


def bytes_of(file: Path) -> bytes:
    """Read a file that a person named.

    Raises:
        Misconfigured: it cannot be read.
    """
    try:
        return file.read_bytes()
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror or error}") from error


def write_file(file: Path, content: bytes) -> None:
    """Write a file that a person named.

    Raises:
        Misconfigured: it cannot be written.
    """
    try:
        file.write_bytes(content)
    except OSError as error:
        raise Misconfigured(f"{file} cannot be written: {error.strerror or error}") from error


def read_amount(text: str) -> Decimal:
    """Read a decimal number.

    Raises:
        Misconfigured: it is none.

    >>> read_amount("0.5")
    Decimal('0.5')
    """
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Misconfigured(f"{text} is not a number") from error
