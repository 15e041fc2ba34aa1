"""A maker's package says which machine it is and brings its documents; what is dangerous or not whole is refused."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from basyx.aas import model
from basyx.aas.adapter.aasx import AASXWriter, DictSupplementaryFileContainer

from lifecycle.importing import makers_package
from lifecycle.importing.facts import Facts
from lifecycle.importing.reading import ReadOptions, kind_of, read_facts
from lifecycle.importing.running import import_facts
from plant.clock import ManualClock
from plant.errors import Misconfigured, Rejected
from plant.people.principal import system_user
from storage.core.database import Database
from tests.plant_rows import NOON, PlantRows

MANUAL = b"%PDF-1.7 how to run it"


def text(name: str | None, value: str) -> model.Property:
    return model.Property(name, model.datatypes.String, value)


def words(name: str, **said: str) -> model.MultiLanguageProperty:
    return model.MultiLanguageProperty(name, model.MultiLanguageTextType(said))


def branch(name: str | None, *inside: Any) -> model.SubmodelElementCollection:
    return model.SubmodelElementCollection(name, inside)


def nameplate() -> model.Submodel:
    meaning = model.ExternalReference(
        (model.Key(model.KeyTypes.GLOBAL_REFERENCE, "https://admin-shell.io/zvei/nameplate/2/0/Nameplate"),)
    )
    inside = (
        words("ManufacturerName", de="Acme Pumpen", en="Acme Pumps"),
        words("ManufacturerProductDesignation", en="centrifugal pump"),
        text("ManufacturerProductType", "NK 80-250"),
        text("SerialNumber", "SN-77"),
        text("YearOfConstruction", "2025"),
    )
    return model.Submodel("https://acme.example/nameplate/77", inside, id_short="Nameplate", semantic_id=meaning)


def documentation(*, lists: bool) -> model.Submodel:
    """The handover documentation, as version 1.2 (numbered collections) or 2.0 (lists) of its template writes it."""
    classes = branch(
        None if lists else "DocumentClassification01",
        text("ClassId", "03-02"),
        text("ClassificationSystem", "VDI2770:2018"),
    )
    file = model.File(
        None if lists else "DigitalFile01", content_type="application/pdf", value="/aasx/files/manual.pdf"
    )
    files = model.SubmodelElementList("DigitalFiles", model.File, [file]) if lists else file
    version = branch(
        None if lists else "DocumentVersion01",
        text("Version" if lists else "DocumentVersionId", "V1.2"),
        words("Title", en="Operating manual", zh="操作手册"),
        files,
    )
    collection = model.SubmodelElementCollection
    inside = (
        model.SubmodelElementList("DocumentClassifications", collection, [classes]) if lists else classes,
        model.SubmodelElementList("DocumentVersions", collection, [version]) if lists else version,
    )
    document = branch(None if lists else "Document01", *inside)
    top = model.SubmodelElementList("Documents", collection, [document]) if lists else document
    return model.Submodel("https://acme.example/documents/77", (top,), id_short="HandoverDocumentation")


def package(path: Path, *, lists: bool = False, tag: str = "", has_file: bool = True) -> Path:
    submodels = [nameplate(), documentation(lists=lists)]
    ids = {model.SpecificAssetId("equipmentTag", tag)} if tag else set()
    about = model.AssetInformation(model.AssetKind.INSTANCE, "https://acme.example/77", ids)
    shell = model.AssetAdministrationShell(
        about, "https://acme.example/shell/77", submodel={model.ModelReference.from_referable(one) for one in submodels}
    )
    objects: Any = model.DictIdentifiableStore([shell, *submodels])
    files = DictSupplementaryFileContainer()
    files.add_file("/aasx/files/manual.pdf", io.BytesIO(MANUAL), "application/pdf")
    with AASXWriter(path) as writer:
        writer.write_aas([shell.id], objects, files)
    return path if has_file else without(path, "aasx/files/manual.pdf")


def several(path: Path, *tags: str, type_too: bool = False) -> Path:
    """A package of several machines, each with a nameplate; one without a tag does not say where it stands."""
    objects: list[Any] = []
    for at, tag in enumerate(tags):
        plate = nameplate()
        plate.id = f"https://acme.example/nameplate/{at}"
        for one in plate.submodel_element:
            if one.id_short == "SerialNumber":
                one.value = f"SN-{at}"
        ids = {model.SpecificAssetId("tag", tag)} if tag else set()
        about = model.AssetInformation(model.AssetKind.INSTANCE, f"https://acme.example/{at}", ids)
        named = {model.ModelReference.from_referable(plate)}
        shell = model.AssetAdministrationShell(
            about, f"https://acme.example/shell/{at}", id_short=f"Shell{at}", submodel=named
        )
        objects += [shell, plate]
    if type_too:
        kind = model.AssetInformation(model.AssetKind.TYPE, "https://acme.example/type")
        objects.append(model.AssetAdministrationShell(kind, "https://acme.example/shell/type"))
    shells = [one.id for one in objects if isinstance(one, model.AssetAdministrationShell)]
    with AASXWriter(path) as writer:
        writer.write_aas(shells, model.DictIdentifiableStore(objects), DictSupplementaryFileContainer())
    return path


def test_each_shell_of_a_package_is_an_asset_and_one_that_says_no_place_is_named(tmp_path: Path) -> None:
    facts = read(several(tmp_path / "a.aasx", "P-1", "P-2", "", type_too=True), asset=None)
    assert [(one.tag, one.serial) for one in facts.assets] == [("P-1", "SN-0"), ("P-2", "SN-1")]
    assert {one.asset for one in facts.parameters} == {"P-1", "P-2"}
    assert [one.what for one in facts.faults] == ["Shell2 does not say where its machine stands"]
    with pytest.raises(Rejected, match="of 3 assets"):
        read(several(tmp_path / "b.aasx", "P-1", "P-2", ""))
    one = read(several(tmp_path / "c.aasx", "", type_too=True), asset="P-9")
    assert [(machine.tag, machine.serial) for machine in one.assets] == [("P-9", "SN-0")]


def without(path: Path, name: str) -> Path:
    lesser = path.with_suffix(".less.aasx")
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(lesser, "w") as kept:
        for one in whole.infolist():
            if one.filename != name:
                kept.writestr(one, whole.read(one))
    return lesser


def read(path: Path, **options: Any) -> Facts:
    return read_facts(path, ReadOptions(**{"site": "demo", "asset": "P-1", **options}))


@pytest.mark.parametrize("lists", [False, True], ids=["numbered", "lists"])
def test_a_package_says_the_machine_and_its_documents(tmp_path: Path, lists: bool) -> None:
    path = package(tmp_path / "a.aasx", lists=lists)
    assert kind_of(path) == "aasx"
    facts = read(path)
    ((machine,), (document,)) = facts.assets, facts.documents
    assert (machine.tag, machine.manufacturer, machine.model, machine.serial) == (
        "P-1",
        "Acme Pumps",
        "NK 80-250",
        "SN-77",
    )
    assert (document.title, document.vdi_class, document.version, document.file, document.asset) == (
        "Operating manual",
        "03-02",
        "V1.2",
        "manual.pdf",
        "P-1",
    )
    assert document.sha256 == hashlib.sha256(MANUAL).hexdigest()
    assert [(one.name, one.value) for one in facts.parameters] == [("YearOfConstruction", "2025")]


@pytest.mark.parametrize("lists", [False, True], ids=["numbered", "lists"])
def test_a_package_of_version_3_0_and_of_a_tool_that_names_relationships_with_www_is_read(
    tmp_path: Path, lists: bool
) -> None:
    newest = package(tmp_path / "a.aasx", lists=lists)
    older = older_form(newest, b"3/0")
    facts, now = read(older), read(newest)
    assert (facts.assets, facts.documents, facts.parameters) == (now.assets, now.documents, now.parameters)
    assert facts.documents[0].sha256 == hashlib.sha256(MANUAL).hexdigest()
    with pytest.raises(Rejected, match="no submodel of version 3"):
        read(older_form(newest, b"2/0"))


def older_form(path: Path, version: bytes) -> Path:
    older = path.with_suffix(".older.aasx")
    with zipfile.ZipFile(path) as newest, zipfile.ZipFile(older, "w") as written:
        for one in newest.infolist():
            body = newest.read(one).replace(b"admin-shell.io/aas/3/1", b"admin-shell.io/aas/" + version)
            written.writestr(one, body.replace(b"http://admin-shell.io/aasx", b"http://www.admin-shell.io/aasx"))
    return older


def test_documents_become_the_assets_and_again_nothing(
    tmp_path: Path, app_database: Database, plant_rows: PlantRows
) -> None:
    plant_rows.asset("P-1")
    facts, clock = read(package(tmp_path / "a.aasx")), ManualClock(NOON)
    done = import_facts(app_database, facts, actor=system_user("ann"), clock=clock)
    assert (done.faults, done.added.get("document")) == ((), 1)
    assert import_facts(app_database, facts, actor=system_user("ann"), clock=clock).is_none


def test_a_package_that_names_its_tag_needs_nobody_to_say_it(tmp_path: Path) -> None:
    path = package(tmp_path / "a.aasx", tag="P-101")
    assert [one.tag for one in read(path, asset=None).assets] == ["P-101"]
    for option, says in (({"asset": None}, "--asset TAG"), ({"site": None}, "--site TAG")):
        with pytest.raises(Rejected, match=says):
            read(package(tmp_path / "b.aasx"), **option)


def test_a_part_that_is_missing_entities_bombs_and_damage_are_refused(tmp_path: Path) -> None:
    whole = package(tmp_path / "a.aasx")
    entities, bomb, damaged = (tmp_path / name for name in ("entities.aasx", "bomb.aasx", "damaged.aasx"))
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(entities, "w") as after:
        for one in before.infolist():
            body = before.read(one)
            after.writestr(
                one.filename, b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>' if one.filename.endswith(".rels") else body
            )
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("aasx/aasx-origin", b" " * 50_000_000)
    damaged.write_bytes(whole.read_bytes()[:-400])
    cases = {
        package(tmp_path / "c.aasx", has_file=False): "lacks a part|cannot be read",
        entities: "declares entities",
        bomb: "unfolds to",
        damaged: "damaged",
    }
    for path, says in cases.items():
        with pytest.raises(Rejected, match=says):
            read(path, kind="aasx")


def test_without_the_extra_one_line_says_the_mend(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = package(tmp_path / "a.aasx")
    monkeypatch.setattr(makers_package, "find_spec", lambda _name: None)
    with pytest.raises(Misconfigured, match=r"pip install 'assetloop\[aas\]'"):
        read(path)
