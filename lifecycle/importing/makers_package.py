"""A maker's package (AASX) as facts: the machine by its Digital Nameplate, its documents by its Handover Documentation.

Both are submodels of the Asset Administration Shell: the nameplate says maker, model and serial number; the
documentation is VDI 2770 as a submodel, each document with its class, its versions and its files. Where in a plant the
machine stands the package does not say, unless one of its ids is called a tag: a person says it (`--asset`).
"""

from __future__ import annotations

import hashlib
import re
import tempfile
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from lifecycle.importing.facts import (
    AssetFact,
    ClassFact,
    DocumentFact,
    Facts,
    Origin,
    ParameterFact,
    RowFault,
    SiteFact,
    Source,
)
from lifecycle.importing.reading import ReadOptions
from plant.errors import Misconfigured, Rejected

if TYPE_CHECKING:
    from basyx.aas.model import AssetAdministrationShell, Submodel

_MOST_PARTS = 5000
_MOST_BYTES = 256 * 2**20
_MOST_XML = 64 * 2**20
_MOST_RATIO = 200
_NEWER = {  # version 3.0 says all that 3.1 says; much written by older tools names its relationships with www
    b"https://admin-shell.io/aas/3/0": b"https://admin-shell.io/aas/3/1",
    b"http://www.admin-shell.io/aasx/relationships": b"http://admin-shell.io/aasx/relationships",
}
_TAG_NAMES = {"tag", "tagnumber", "assettag", "equipmenttag", "functionallocation", "位号"}
_VDI_CLASS = re.compile(r"\b0[1-4]-0[1-6]\b")
_MODEL = ("ManufacturerProductType", "ManufacturerProductDesignation", "ManufacturerProductFamily")


def read_makers_package(path: Path, options: ReadOptions) -> Facts:
    """Read a package as facts about the assets that it says, or the one that a person says.

    Raises:
        Misconfigured: the extra that reads packages is not installed.
        Rejected: it is damaged, lacks a part, declares entities, unfolds to too much, or nobody says whose it is.
    """
    if find_spec("basyx") is None:
        raise Misconfigured("makers' packages are read by an extra of the product: pip install 'assetloop[aas]'")
    _refuse_what_is_not_opened(path)
    shells, submodels, digests = _opened(path)
    if not options.site:
        raise Rejected("no_site", "the package names no site; say it: --site TAG")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return _Package(options, shells, submodels, digests).facts(Source(kind="aasx", file=path.name, sha256=digest))


def _refuse_what_is_not_opened(path: Path) -> None:
    """Bound a package before it is unfolded, and look through its XML for declarations."""
    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import ParseError, iterparse

    try:
        with zipfile.ZipFile(path) as package:
            parts = package.infolist()
            whole, packed = sum(one.file_size for one in parts), sum(one.compress_size for one in parts)
            if len(parts) > _MOST_PARTS or whole > _MOST_BYTES or whole > _MOST_RATIO * max(packed, 2**16):
                raise Rejected("too_large", f"the package unfolds to {whole // 2**20} MiB in {len(parts)} parts")
            for one in parts:
                if not one.filename.lower().endswith((".xml", ".rels")):
                    continue
                if one.file_size > _MOST_XML:
                    raise Rejected("too_large", f"{one.filename} has more than {_MOST_XML // 2**20} MiB")
                with package.open(one) as part:
                    for _, element in iterparse(part, forbid_dtd=True):
                        element.clear()
    except DefusedXmlException as error:
        raise Rejected(
            "bad_aasx", "the package declares entities or a document type, which it has no use for"
        ) from error
    except (zipfile.BadZipFile, ParseError, OSError, EOFError, RuntimeError, NotImplementedError, ValueError) as error:
        raise Rejected("bad_aasx", f"the package is damaged: {error}") from error


def _write_newer(path: Path, newer: IO[bytes]) -> None:
    """Write a package as the newest version of its form does, which is the one that the reader knows."""
    with zipfile.ZipFile(path) as package, zipfile.ZipFile(newer, "w") as written:
        for one in package.infolist():
            body = package.read(one)
            if one.filename.lower().endswith((".xml", ".rels")):
                for before, now in _NEWER.items():
                    body = body.replace(before, now)
            written.writestr(one, body)


def _opened(path: Path) -> tuple[list[AssetAdministrationShell], dict[str, Submodel], dict[str, str]]:
    """Open a package: its shells, its submodels by id, and the SHA-256 of each file in it."""
    from basyx.aas import model
    from basyx.aas.adapter.aasx import AASXReader, DictSupplementaryFileContainer

    objects: Any = model.DictIdentifiableStore()
    files: Any = DictSupplementaryFileContainer()  # type: ignore[no-untyped-call]
    try:
        with tempfile.TemporaryFile() as newer:
            _write_newer(path, newer)
            with AASXReader(newer) as reader:
                reader.read_into(objects, files)
    except KeyError as error:
        raise Rejected("bad_aasx", f"the package lacks a part that it names: {error.args[0]}") from error
    except Exception as error:  # whatever the reader stumbles over in a stranger's package
        raise Rejected("bad_aasx", f"the package cannot be read: {str(error)[:300]}") from error
    shells = [one for one in objects if isinstance(one, model.AssetAdministrationShell)]
    submodels = {str(one.id): one for one in objects if isinstance(one, model.Submodel)}
    if not submodels:
        raise Rejected("bad_aasx", "the package holds no submodel of version 3 of the Asset Administration Shell")
    return shells, submodels, {name: files.get_sha256(name).hex() for name in files}


class _Package:
    def __init__(
        self,
        options: ReadOptions,
        shells: list[AssetAdministrationShell],
        submodels: dict[str, Submodel],
        digests: dict[str, str],
    ) -> None:
        self.options, self.shells, self.submodels, self.digests = options, shells, submodels, digests
        self.faults: list[RowFault] = []
        self.documents: list[DocumentFact] = []
        self.parameters: list[ParameterFact] = []

    def facts(self, source: Source) -> Facts:
        assets = [self._asset(tag, submodels) for tag, submodels in self._machines()]
        tag_of_class = self.options.class_tag
        return Facts(
            source=source,
            site=SiteFact(tag=self.options.site or ""),
            classes=(ClassFact(tag=tag_of_class),) if tag_of_class else (),
            assets=tuple(assets),
            parameters=tuple(self.parameters),
            documents=tuple(self.documents),
            faults=tuple(self.faults),
        )

    def _machines(self) -> Iterator[tuple[str, list[Submodel]]]:
        """Give each asset's tag with its submodels; a package without a shell is of one asset."""
        shells: list[AssetAdministrationShell | None] = [one for one in self.shells if not _is_of_a_type(one)] or [None]
        if self.options.asset and len(shells) > 1:
            raise Rejected("many_assets", f"the package is of {len(shells)} assets; --asset can name but one")
        for shell in shells:
            tag = self.options.asset or _tag_in(shell)
            if not tag and len(shells) > 1:
                self.faults.append(_untold(shell))
                continue
            if not tag:
                raise Rejected("no_asset", "the package does not say where the machine stands; say it: --asset TAG")
            named = [str(one.key[0].value) for one in shell.submodel] if shell is not None else list(self.submodels)
            yield tag, [self.submodels[name] for name in named if name in self.submodels]

    def _asset(self, tag: str, submodels: list[Submodel]) -> AssetFact:
        said: dict[str, str] = {}
        for one in submodels:
            if _is_called(one, "nameplate"):
                said.update(_flat(one))
            if _is_called(one, "documentation", "0173-1#01-ahf578"):
                self._take_documents(tag, one)
        self.parameters += [
            ParameterFact(name=name, value=value, property_set="Nameplate", asset=tag, origin=_at("Nameplate"))
            for name, value in said.items()
            if value and not name.startswith("Manufacturer") and name != "SerialNumber"
        ]
        return AssetFact(
            tag=tag,
            class_tag=self.options.class_tag,
            manufacturer=said.get("ManufacturerName") or None,
            model=next((said[name] for name in _MODEL if said.get(name)), None),
            serial=said.get("SerialNumber") or None,
            origin=_at("Nameplate"),
        )

    def _take_documents(self, tag: str, submodel: Submodel) -> None:
        for place, document in enumerate(_documents_in(submodel), start=1):
            texts = " ".join(_said(one) for one in _below(document) if _name(one).startswith("ClassId"))
            vdi_class = found[0] if (found := _VDI_CLASS.search(texts)) else ""
            for version in (one for one in _below(document) if _holds(one, "Title") and _is_branch(one)):
                self._take_version(tag, version, vdi_class, Origin(sheet=str(submodel.id_short), row=place))

    def _take_version(self, tag: str, version: Any, vdi_class: str, origin: Origin) -> None:
        inside = {_name(one): one for one in _below(version)}
        title = _said(inside["Title"])
        number = next((_said(inside[name]) for name in ("DocumentVersionId", "Version") if name in inside), "")
        files = [one for one in _below(version) if type(one).__name__ == "File" and one.value]
        files = [one for one in files if "preview" not in f"{_name(one)} {_name(one.parent)}".lower()]
        if not title or not files:
            self.faults.append(
                RowFault(
                    what=f"document {title or '?'} has no title or no file", mend="ask the maker for it", origin=origin
                )
            )
            return
        for one in files:
            self.documents.append(
                DocumentFact(
                    title=title if len(files) == 1 else f"{title} ({Path(one.value).name})",
                    vdi_class=vdi_class,
                    version=number,
                    file=Path(one.value).name,
                    sha256=self.digests.get(one.value, ""),
                    asset=tag,
                    origin=origin,
                )
            )


def _tag_in(shell: AssetAdministrationShell | None) -> str:
    ids = shell.asset_information.specific_asset_id if shell is not None else ()
    return next((one.value for one in ids if re.sub(r"[\W_]", "", one.name).lower() in _TAG_NAMES), "")


def _is_of_a_type(shell: AssetAdministrationShell) -> bool:
    """Say whether a shell is of a type of machine, which stands nowhere."""
    return str(shell.asset_information.asset_kind.name) == "TYPE"


def _untold(shell: AssetAdministrationShell | None) -> RowFault:
    name = str(shell.id_short or shell.id) if shell is not None else "a shell"
    return RowFault(
        what=f"{name} does not say where its machine stands",
        mend="name the asset in the package (a specific asset id called tag), or send it as a package of its own",
        origin=_at(name),
    )


def _is_called(submodel: Submodel, *words: str) -> bool:
    meaning = submodel.semantic_id.key[0].value if submodel.semantic_id else ""
    return any(word in f"{meaning} {submodel.id_short or ''}".lower() for word in words)


def _documents_in(branch: Any) -> Iterator[Any]:
    """Give every document: a collection that holds its classes and its versions."""
    for one in _children(branch):
        if _holds(one, "DocumentClassification") and _holds(one, "DocumentVersion"):
            yield one
        elif _is_branch(one):
            yield from _documents_in(one)


def _children(branch: Any) -> list[Any]:
    inside = getattr(branch, "submodel_element", None)
    return list(inside if inside is not None else branch.value if _is_branch(branch) else ())


def _below(branch: Any) -> Iterator[Any]:
    for one in _children(branch):
        yield one
        if _is_branch(one):
            yield from _below(one)


def _is_branch(one: Any) -> bool:
    return type(one).__name__ in {"SubmodelElementCollection", "SubmodelElementList"}


def _holds(branch: Any, name: str) -> bool:
    return _is_branch(branch) and any(_name(one).startswith(name) for one in _children(branch))


def _name(one: Any) -> str:
    return str(getattr(one, "id_short", "") or "")


def _said(one: Any) -> str:
    """Say a value as text; of several languages English, or the first."""
    value = getattr(one, "value", None)
    if value is None:
        return ""
    if type(one).__name__ == "MultiLanguageProperty":
        return str(value.get("en") or next(iter(value.values()), "")).strip()
    return str(value).strip() if type(one).__name__ == "Property" else ""


def _flat(submodel: Submodel) -> dict[str, str]:
    return {_name(one): said for one in _below(submodel) if (said := _said(one))}


def _at(where: str) -> Origin:
    return Origin(sheet=where)
