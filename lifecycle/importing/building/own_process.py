"""Read a building model in a process of its own, with a bound on its memory, and say how far it has come.

`python -m lifecycle.importing.building.own_process FILE` is that process: it writes lines of JSON, the last of them the
facts. A file that makes the reader die, or take more memory than it may, costs that process alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import IO, Any

from lifecycle.importing import facts as kinds
from lifecycle.importing.facts import Facts, Origin, RowFault, SiteFact, Source
from lifecycle.importing.reading import ReadOptions
from plant.errors import Misconfigured, Rejected

MEMORY_MIB = 1024
_MOST_BYTES = 4 * 2**30
_MOST_RATIO = 200
_NO_MEMORY = ("MemoryError", "bad_alloc", "failed to map segment", "Cannot allocate memory")
_EVERY = 4 * 2**20
_KINDS: dict[str, Any] = {
    "areas": kinds.AreaFact,
    "systems": kinds.SystemFact,
    "classes": kinds.ClassFact,
    "assets": kinds.AssetFact,
    "signals": kinds.SignalFact,
    "parameters": kinds.ParameterFact,
    "documents": kinds.DocumentFact,
    "global_ids": kinds.GlobalIdFact,
    "faults": RowFault,
}


def read_building_facts(path: Path, options: ReadOptions, *, memory_mib: int = MEMORY_MIB) -> Facts:
    """Read a model (.ifc, or .ifczip) as facts.

    Raises:
        Misconfigured: the extra that reads models is not installed.
        Rejected: it is damaged, of another schema, or wants more memory than it may have.
    """
    if find_spec("ifcopenshell") is None:
        raise Misconfigured("building models are read by an extra of the product: pip install 'assetloop[bim]'")
    asked = {
        "path": str(path),
        "mapping": str(options.mapping) if options.mapping else None,
        "site": options.site,
        "memory_mib": memory_mib,
    }
    command = [sys.executable, "-m", "lifecycle.importing.building.own_process", json.dumps(asked)]
    with (
        tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as errors,
        subprocess.Popen(  # noqa: S603 - this interpreter, and a list
            command, stdout=subprocess.PIPE, stderr=errors, text=True, env={**os.environ, "OPENBLAS_NUM_THREADS": "1"}
        ) as process,
    ):
        try:
            said = _listen(process, options)
        except BaseException:
            process.kill()
            raise
        code = process.wait()
        errors.seek(0)
        last_words = errors.read()[-4000:]
    if "error" in said:
        raise Rejected(str(said["error"]), str(said["detail"]))
    if "facts" not in said:
        raise _died(code, last_words, memory_mib)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _facts(said["facts"], Source(kind="ifc", file=path.name, sha256=digest))


def _listen(process: subprocess.Popen[str], options: ReadOptions) -> dict[str, Any]:
    said: dict[str, Any] = {}
    for line in process.stdout or ():
        said = json.loads(line)
        if "done" in said:
            options.progress(int(said["done"]), int(said["total"]))
    return said


def _died(code: int, stderr: str, memory_mib: int) -> Rejected:
    if any(said in stderr for said in _NO_MEMORY):
        return Rejected("too_large", f"the model wants more than {memory_mib} MiB of memory; export it in parts")
    last = (stderr.strip().splitlines() or [f"exit code {code}"])[-1]
    return Rejected("bad_ifc", f"the reader of building models ended: {last[:200]}")


def _facts(said: dict[str, Any], source: Source) -> Facts:
    made: dict[str, Any] = {name: tuple(_fact(kind, one) for one in said[name]) for name, kind in _KINDS.items()}
    return Facts(source=source, site=SiteFact(**said["site"]), notes=tuple(said["notes"]), **made)


def _fact(kind: Any, said: dict[str, Any]) -> Any:
    given = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return kind(**{**given, "origin": Origin(**said["origin"])})


@contextmanager
def _opened(path: Path) -> Iterator[tuple[IO[bytes], int]]:
    """Open the model itself, also where it is packed, with its size."""
    if not zipfile.is_zipfile(path):
        with path.open("rb") as file:
            yield file, path.stat().st_size
        return
    with zipfile.ZipFile(path) as package:
        inner = [one for one in package.infolist() if one.filename.lower().endswith(".ifc")]
        if len(inner) != 1:
            raise Rejected("bad_ifc", f"the package holds {len(inner)} models; it holds one")
        if inner[0].file_size > _MOST_RATIO * max(inner[0].compress_size, 1):
            raise Rejected(
                "too_large", f"the package unfolds to more than {_MOST_RATIO} times its size; it is no model"
            )
        with package.open(inner[0]) as file:
            yield file, inner[0].file_size


def _read(asked: dict[str, Any]) -> Facts:
    from lifecycle.importing.building.equipment import EQUIPMENT, EquipmentReader
    from lifecycle.importing.building.model_file import KINDS, gathered
    from lifecycle.importing.building.model_mapping import read_model_mapping
    from lifecycle.importing.building.statements import instances, statements

    mapping = read_model_mapping(Path(asked["mapping"]) if asked["mapping"] else None)
    known: dict[str, frozenset[str]] = {}

    def kept(schema: str) -> frozenset[str]:
        known.update({name: subtypes(schema, name) for name in (*KINDS, *EQUIPMENT, "IfcSite")})
        return frozenset().union(*(known[name] for name in KINDS))

    told = 0
    with _opened(Path(asked["path"])) as (file, total):

        def progress(done: int) -> None:
            nonlocal told
            if done - told >= _EVERY or done == total:
                told = done
                _say(json.dumps({"done": done, "total": total}))

        model = gathered(instances(statements(file, most=_MOST_BYTES, progress=progress), kept), known)
    reader = EquipmentReader(model, mapping, asked["site"])
    return reader.facts(Source(kind="ifc", file="", sha256=""))


def subtypes(schema: str, name: str) -> frozenset[str]:
    """Return a type of a schema and every kind of it; nothing where the schema has no such type."""
    import ifcopenshell

    try:
        waiting: list[Any] = [ifcopenshell.schema_by_name(schema).declaration_by_name(name)]
    except RuntimeError:
        return frozenset()
    found = set()
    while waiting:
        one = waiting.pop()
        found.add(str(one.name()))
        waiting += one.subtypes()
    return frozenset(found)


def main(asked: dict[str, Any]) -> None:
    """Read, with no more memory than was said, and write what came of it."""
    import resource

    most = int(asked["memory_mib"]) * 2**20
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    try:
        facts = asdict(_read(asked))
    except Rejected as error:
        _say(json.dumps({"error": error.reason, "detail": error.detail}))
        return
    except (zipfile.BadZipFile, EOFError) as error:
        _say(json.dumps({"error": "bad_ifc", "detail": f"the package is damaged: {error}"}))
        return
    _say(json.dumps({"facts": {name: facts[name] for name in (*_KINDS, "site", "notes")}}))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
