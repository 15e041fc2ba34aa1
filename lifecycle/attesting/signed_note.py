"""Signed notes and checkpoints, as C2SP writes them (signed-note, tlog-checkpoint, tlog-cosignature), with Ed25519.

A note is lines of text, an empty line, and a line for each signature: `— name base64(key id ‖ signature)`. A checkpoint
is a note of three lines: origin, size of the tree, its root. A witness signs a checkpoint with the time at which it saw
it.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from plant.errors import Misconfigured, Rejected

_ED25519, _COSIGNATURE = 1, 4
_DASH = "— "


@dataclass(frozen=True, kw_only=True, slots=True)
class TreeHead:
    """What a checkpoint says: of which ledger, how many entries, and the root over them."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        r"""Return the lines that are signed.

        >>> TreeHead(origin="a/b", size=2, root=bytes(32)).text
        'a/b\n2\nAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n'
        """
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


@dataclass(frozen=True, kw_only=True, slots=True)
class NoteKey:
    """Who signs: a name without blanks or plus, and a key; `is_witness` makes cosignatures, which carry a time."""

    name: str
    private: Ed25519PrivateKey
    is_witness: bool = False

    @property
    def verifier(self) -> str:
        """Return what others check signatures with: `name+key id+base64`."""
        public = bytes([_COSIGNATURE if self.is_witness else _ED25519]) + _raw(self.private.public_key())
        return f"{self.name}+{_key_id(self.name, public).hex()}+{base64.b64encode(public).decode()}"

    def sign(self, text: str, *, at_s: int | None = None) -> str:
        """Return a signature's line for a note's text; a witness says when, in seconds since 1970."""
        public = bytes([_COSIGNATURE if self.is_witness else _ED25519]) + _raw(self.private.public_key())
        if not self.is_witness:
            signed = self.private.sign(text.encode())
        else:
            seconds = at_s or 0
            signed = seconds.to_bytes(8, "big") + self.private.sign(_cosigned(text, seconds))
        return f"{_DASH}{self.name} {base64.b64encode(_key_id(self.name, public) + signed).decode()}\n"


def key_in(file: Path, name: str, *, is_witness: bool = False) -> NoteKey:
    """Read a key that only its owner may read, or make it the first time.

    Raises:
        Misconfigured: the file cannot be read or written, or holds no such key.
    """
    try:
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            made = Ed25519PrivateKey.generate().private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as opened:
                opened.write(base64.b64encode(made) + b"\n")
        raw = base64.b64decode(file.read_bytes(), validate=False)
        return NoteKey(name=name, private=Ed25519PrivateKey.from_private_bytes(raw), is_witness=is_witness)
    except (OSError, ValueError) as error:
        raise Misconfigured(f"{file} holds no key for signing: {error}") from error


def signed(head: TreeHead, key: NoteKey) -> str:
    """Return a head as a signed note."""
    return f"{head.text}\n{key.sign(head.text)}"


def opened(note: str, verifier: str) -> TreeHead:
    """Read a checkpoint that somebody has signed.

    Raises:
        Rejected: it is no checkpoint, or not signed with that key.
    """
    text, _, signatures = note.partition("\n\n")
    text += "\n"
    name, public, kind = _verifier(verifier)
    for line in signatures.splitlines():
        if line.startswith(f"{_DASH}{name} ") and _is_good(line, text, name, public, kind):
            return _head(text)
    raise Rejected("not_signed", f"the head is not signed by {name}")


def cosigned_at(note: str, verifier: str) -> int | None:
    """Return when a witness cosigned a note, in seconds since 1970; None where it did not."""
    text, _, signatures = note.partition("\n\n")
    name, public, kind = _verifier(verifier)
    for line in signatures.splitlines():
        if line.startswith(f"{_DASH}{name} ") and _is_good(line, f"{text}\n", name, public, kind):
            return int.from_bytes(_blob(line)[4:12], "big")
    return None


def _head(text: str) -> TreeHead:
    lines = text.splitlines()
    try:
        origin, size, tree = lines[:3]
        found = TreeHead(origin=origin, size=int(size), root=base64.b64decode(tree, validate=True))
    except (ValueError, binascii.Error) as error:
        raise Rejected("no_head", "that is no head of a ledger") from error
    if not origin or found.size < 0 or len(found.root) != 32 or not size.isdecimal():
        raise Rejected("no_head", "that is no head of a ledger")
    return found


def _is_good(line: str, text: str, name: str, public: bytes, kind: int) -> bool:
    blob = _blob(line)
    if blob[:4] != _key_id(name, bytes([kind]) + public):
        return False
    message, signature = text.encode(), blob[4:]
    if kind == _COSIGNATURE:
        message, signature = _cosigned(text, int.from_bytes(blob[4:12], "big")), blob[12:]
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _blob(line: str) -> bytes:
    try:
        return base64.b64decode(line.rpartition(" ")[2], validate=True)
    except binascii.Error:
        return b""


def _verifier(verifier: str) -> tuple[str, bytes, int]:
    try:
        name, key_id, encoded = verifier.strip().split("+", 2)
        public = base64.b64decode(encoded, validate=True)
        if len(public) != 33 or public[0] not in {_ED25519, _COSIGNATURE} or _key_id(name, public).hex() != key_id:
            raise ValueError
    except (ValueError, binascii.Error) as error:
        raise Rejected("no_key", "that is no key of a ledger or witness: name+key id+base64") from error
    return name, public[1:], public[0]


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(f"{name}\n".encode() + public).digest()[:4]


def _cosigned(text: str, seconds: int) -> bytes:
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _raw(public: Ed25519PublicKey) -> bytes:
    return public.public_bytes(Encoding.Raw, PublicFormat.Raw)
