"""The statements of a building model's file, one after another, without the geometry that makes most of it.

An IFC file is text (ISO 10303-21): a header and then statements such as `#12=IFCPUMP('2O2Fr…',#5,'Pump',$,…);`. What is
kept goes through IfcOpenShell's streaming reader, which knows how each schema names attributes and writes text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import IO, Any

from plant.errors import Rejected

_PIECE = 2**20
_LONGEST = 16 * 2**20
_TOGETHER = 4000
# Text in quotes and comments may hold semicolons. Possessive: a statement that is not whole is given up at once.
_STATEMENT = re.compile(rb"(?:[^';/]+|'[^']*'|/\*.*?\*/|/(?!\*))*+;", re.DOTALL)
_SCHEMA = re.compile(rb"FILE_SCHEMA\s*\(\s*\(\s*'([A-Za-z0-9_]+)'")
_HEAD = (
    "ISO-10303-21;\nHEADER;\nFILE_DESCRIPTION((''),'2;1');\nFILE_NAME('','',(''),(''),'','','');\n"
    "FILE_SCHEMA(('{}'));\nENDSEC;\nDATA;\n"
)
_END = "ENDSEC;\nEND-ISO-10303-21;\n"
SCHEMAS = {"IFC2X3": "IFC2X3", "IFC4": "IFC4", "IFC4X3_ADD2": "IFC4X3_ADD2", "IFC4X3": "IFC4X3_ADD2"}

Instance = dict[str, Any]
"""What the file says of one thing: `id`, `type`, and its attributes; another thing is `{"ref": id}`."""


def statements(file: IO[bytes], *, most: int, progress: Callable[[int], None]) -> Iterator[bytes]:
    """Cut a file into statements; what was read of it is told to `progress` in bytes.

    Raises:
        Rejected: it unfolds to more than `most` bytes, or holds a statement that does not end.
    """
    left, done = b"", 0
    while piece := file.read(_PIECE):
        done += len(piece)
        if done > most:
            raise Rejected("too_large", f"the model unfolds to more than {most // 2**20} MiB")
        left, at = left + piece, 0
        while found := _STATEMENT.match(left, at):
            at = found.end()
            yield found[0]
        left = left[at:]
        if len(left) > _LONGEST:
            raise Rejected("bad_ifc", "the file holds a statement that does not end; save the model again")
        progress(done)
    if not done or left.strip():
        raise Rejected("bad_ifc", "the file ends in the middle of a statement; it was not copied whole")


def instances(cut: Iterator[bytes], kept: Callable[[str], AbstractSet[str]]) -> Iterator[Instance]:
    """Give the instances whose type is among those that are `kept` of the file's schema, geometry passed over.

    Raises:
        Rejected: the file says no schema that is read, or is damaged.
    """
    schema = _schema_of(cut)
    names = {name.upper().encode() for name in kept(schema)}
    together: list[bytes] = []
    for statement in cut:
        equals = statement.find(b"=")
        if statement[equals + 1 : statement.find(b"(", equals)].strip().upper() in names:
            together.append(statement)
            if len(together) == _TOGETHER:
                yield from _read(schema, together)
                together = []
    yield from _read(schema, together)


def _schema_of(cut: Iterator[bytes]) -> str:
    for statement in cut:
        if found := _SCHEMA.search(statement):
            said = found[1].decode().upper()
            if said not in SCHEMAS:
                raise Rejected("bad_schema", f"the model is of the schema {said}; IFC2X3, IFC4 and IFC4X3 are read")
            return SCHEMAS[said]
        if statement.strip() == b"DATA;":
            break
    raise Rejected("bad_ifc", "the file does not say its schema; it is no building model")


def _read(schema: str, together: Sequence[bytes]) -> Iterator[Instance]:
    import ifcopenshell

    if not together:
        return
    text = "".join([_HEAD.format(schema), *(one.decode("latin-1").strip() + "\n" for one in together), _END])
    count = 0
    try:
        for one in ifcopenshell.stream2_from_string(text):
            if one["id"]:
                count += 1
                yield one
    except (RuntimeError, ValueError) as error:
        raise Rejected("bad_ifc", f"the file is damaged: {str(error)[:200]}") from error
    if count < len(together):
        raise Rejected(
            "bad_ifc", f"the file is damaged: {len(together) - count} of {len(together)} statements say nothing"
        )
