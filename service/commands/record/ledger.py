"""`assetloop ledger`: verify the chains, give proofs and heads, and cosign another installation's heads."""

from __future__ import annotations

import json as json_text
import time
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from plant.errors import Conflict, Misconfigured, Rejected, Unavailable
from service.commands.common import Data, Json, answer, sha256_of_file, surroundings
from service.runtime.counted import counted

if TYPE_CHECKING:
    from lifecycle.attesting.heads import ChainVerdict
    from lifecycle.attesting.signed_note import NoteKey, TreeHead
    from service.runtime.surroundings import Surroundings

ledger_app = typer.Typer(help="The ledger: what was done, which nobody changes unseen.", no_args_is_help=True)
Project = Annotated[str | None, typer.Option(help="One chain: a site's tag, or @people. Default: every chain.")]


@ledger_app.command(epilog="Example: assetloop ledger verify --head plant-2026-03.head")
def verify(
    head: Annotated[
        list[Path] | None, typer.Option(help="A signed head that was kept elsewhere; may be given again.")
    ] = None,
    project: Project = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Hold every chain against itself and the heads; name the first entry changed, removed, moved or cut off."""
    from lifecycle.attesting import heads
    from lifecycle.ledger import VerifiedChain
    from storage.work import ledger as store

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        kept = _heads(around, head or (), store.installation(tx))
        named = {one.origin.partition("/")[2] for one in kept}
        chains = [project] if project else sorted(set(store.projects(tx)) | named)
        verdicts = {
            chain: heads.compare(tx, chain, [one for one in kept if one.origin.endswith(f"/{chain}")])
            for chain in chains
        }
    is_good = all(isinstance(one, VerifiedChain) for one in verdicts.values())
    said = {chain: say_verdict(verdict) for chain, verdict in verdicts.items()}
    answer(
        {"verified": is_good, "chains": said},
        as_json=json,
        line=lambda: "\n".join(f"{chain}: {line}" for chain, line in said.items()) or "the ledger has no entry",
    )
    if not is_good:
        raise typer.Exit(1)


def say_verdict(verdict: ChainVerdict) -> str:
    """Say in a line what became of a chain."""
    from lifecycle.attesting.heads import RestoredChain, RewrittenChain, TruncatedChain
    from lifecycle.ledger import BrokenChain

    match verdict:
        case BrokenChain() if verdict.unreadable:
            return f"entry {verdict.seq} cannot be read, its record is damaged: {verdict.unreadable}"
        case BrokenChain():
            return f"entry {verdict.seq} was changed, moved or removed"
        case TruncatedChain():
            return f"entry {verdict.seq} and what followed were cut off: a head that was signed knew them"
        case RewrittenChain():
            return f"rewritten: one of the entries {verdict.first} to {verdict.last} is not what a signed head knew"
        case RestoredChain():
            return f"a backup was restored, as entry {verdict.seq} says; a head knew entries that went with that"
        case _:
            return f"{counted(verdict.entries, 'entries')} verified, head {verdict.head.hex()[:16]}"


def _heads(around: Surroundings, files: Sequence[Path], installation: str) -> list[TreeHead]:
    from lifecycle.attesting.signed_note import opened

    if not files:
        return []
    verifier = signing_key(around, installation).verifier
    return [opened(_text(file), verifier) for file in files]


def signing_key(around: Surroundings, installation: str) -> NoteKey:
    """Return the key that signs this installation's heads: in the data folder, readable by its owner alone."""
    from lifecycle.attesting.signed_note import key_in

    return key_in(around.settings.ledger_key_file or around.folder.path / "ledger.key", installation)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise Misconfigured(f"{file} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise Misconfigured(f"{file} is no text in UTF-8") from error


@ledger_app.command(epilog="Example: assetloop ledger head --project demo -o demo.head")
def head(
    project: Annotated[str, typer.Option(help="The chain: a site's tag, or @people.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write it to.")] = None,
    data: Data = None,
    json: Json = False,
) -> None:
    """Sign the head of a chain as it stands, as a note for whoever keeps it elsewhere."""
    from lifecycle.attesting.heads import sign_head
    from storage.work import ledger as store

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        key = signing_key(around, store.installation(tx))
        note = sign_head(tx, project, key, around.clock.now())
    if output is not None:
        output.write_text(note, encoding="utf-8")
    answer({"head": note, "key": key.verifier}, as_json=json, line=note.rstrip)


@ledger_app.command(epilog="Example: assetloop ledger key")
def key(data: Data = None, json: Json = False) -> None:
    """Print the key by which others know this ledger's heads."""
    from storage.work import ledger as store

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        found = signing_key(around, store.installation(tx)).verifier
    answer({"key": found}, as_json=json, line=lambda: found)


@ledger_app.command(epilog="Example: assetloop ledger prove 17 --project demo -o entry-17.json")
def prove(
    entry: Annotated[int, typer.Argument(help="Number of the entry.", min=1)],
    project: Annotated[str, typer.Option(help="The chain: a site's tag, or @people.")],
    output: Annotated[Path | None, typer.Option("-o", "--output", help="File to write it to.")] = None,
    data: Data = None,
) -> None:
    """Prove an entry: a JSON document that docs/ledger.md checks in 40 lines, without this program."""
    from lifecycle.attesting.heads import proof, sign_head
    from storage.work import ledger as store

    around = surroundings(data)
    with around.database() as database, database.transaction() as tx:
        note = sign_head(tx, project, signing_key(around, store.installation(tx)), around.clock.now())
        found = json_text.dumps(proof(tx, project, entry, note=note), ensure_ascii=False, indent=1)
    if output is None:
        print(found)
    else:
        output.write_text(found, encoding="utf-8")


@ledger_app.command(epilog="Example: assetloop ledger witness https://plant.example --project demo --key KEY")
def witness(
    url: Annotated[str, typer.Argument(help="Address of the other side's console.")],
    project: Annotated[str, typer.Option(help="The chain: a site's tag, or @people.")],
    name: Annotated[str, typer.Option(help="Under which name this witness signs.")] = "witness",
    token_file: Annotated[Path | None, typer.Option(help="File with an API token of the other side.")] = None,
    ledger_key: Annotated[
        str | None, typer.Option("--key", help="The ledger's key, the first time: `assetloop ledger key` prints it.")
    ] = None,
    accept_restore: Annotated[
        bool,
        typer.Option("--accept-restore", help="They restored a backup: go on from the last head left."),
    ] = False,
    data: Data = None,
    json: Json = False,
) -> None:
    """Cosign the other side's head, if it goes on from every head seen before; keeps what it saw in the data folder."""
    from lifecycle.attesting.signed_note import key_in
    from lifecycle.attesting.witness import WitnessState, cosign

    around = surroundings(data)
    folder = around.folder.path / "witness"
    own = key_in(folder / f"{name}.key", name, is_witness=True)
    asked = _Asked(url, project, _text(token_file).strip() if token_file else "")
    note = str(asked.get("head")["head"])
    line = cosign(
        WitnessState(folder / "heads.json"),
        note,
        own,
        at_s=int(time.time()),
        consistency=asked.consistency,
        verifier=ledger_key,
        accepts_restore=accept_restore,
    )
    size = int(note.splitlines()[1])
    asked.post("cosignatures", {"size": size, "line": line})
    answer(
        {"project": project, "size": size, "key": own.verifier},
        as_json=json,
        line=lambda: f"{project}: {counted(size, 'entries')} cosigned; our key is {own.verifier}",
    )


def enter_restore(url: str, file: Path, around: Surroundings) -> None:
    """Write into every chain of the ledger that it was restored, so that this is told apart from a rewrite."""
    from lifecycle import ledger
    from lifecycle.ledger_events import FileImported
    from service.commands.who import who
    from storage.core.database import Database, Role
    from storage.work import ledger as store

    actor, digest = who(otherwise="assetloop restore"), sha256_of_file(file)
    with Database(url, role=Role.APP).on_behalf_of(actor, sites=None) as database, database.transaction() as tx:
        for chain in store.chains(tx):
            counts = {"entries": chain.entries}
            restored = FileImported(actor=actor.name, what="backup", file=file.name, sha256=digest, counts=counts)
            ledger.append(tx, chain.project, restored, around.clock.now())


class _Asked:
    """The other side's API."""

    def __init__(self, url: str, project: str, token: str) -> None:
        import httpx

        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(base_url=f"{url.rstrip('/')}/api/v1/ledger/{project}/", headers=headers, timeout=30)

    def consistency(self, before: int, size: int) -> list[bytes]:
        return [bytes.fromhex(one) for one in self.get(f"consistency?before={before}&size={size}")["path"]]

    def get(self, path: str) -> dict[str, Any]:
        return self._answer("GET", path, None)

    def post(self, path: str, body: dict[str, Any]) -> None:
        self._answer("POST", path, body)

    def _answer(self, method: str, path: str, body: dict[str, Any] | None) -> dict[str, Any]:
        import httpx

        try:
            given = self._client.request(method, path, json=body)
        except httpx.HTTPError as error:
            raise Unavailable(f"the other side does not answer: {error}") from error
        if given.status_code == 409:
            raise Conflict(str(given.json()["detail"]))
        if given.status_code >= 400:
            raise Rejected("refused", f"the other side answers {given.status_code}: {given.text[:200]}")
        found: dict[str, Any] = given.json() if given.content else {}
        return found
