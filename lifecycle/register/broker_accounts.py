"""The devices that mosquitto lets in: a login each, whose rights are its own topics, in two files that mosquitto reads.

`passwords` holds a salted hash a login, `acl` a section a login. Whoever runs mosquitto has it read both again when
they change: `deploy/mosquitto/start.sh` does, or a SIGHUP to the process whose number a file holds.
"""

from __future__ import annotations

import base64
import contextlib
import fcntl
import hashlib
import os
import re
import secrets
import signal
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from plant.errors import Conflict, Misconfigured, NotFound, Rejected
from plant.mqtt.topics import tag_to_topic, telemetry_topic

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_OURS = frozenset({"ingest", "work", "engineering"})
_ROUNDS = 1000  # a password is 24 random bytes: nobody guesses it, however quickly
_SALT_BYTES = 12
_STATES = ("topic read spBv1.0/STATE/+", "topic read STATE/+")


@dataclass(frozen=True, kw_only=True, slots=True)
class Login:
    """A device or a gateway: its name, which is also its client id, and its lines of the ACL."""

    name: str
    rights: tuple[str, ...]
    has_password: bool


def asset_rights(site: str, asset: str) -> tuple[str, ...]:
    """Return what the device of an asset may do: publish its telemetry, read its commands.

    >>> asset_rights("demo", "P-101")
    ('topic write assetloop/v1/demo/P-101/telemetry', 'topic read assetloop/v1/demo/P-101/cmd')
    """
    telemetry = telemetry_topic(site, asset)
    return f"topic write {telemetry}", f"topic read {telemetry.removesuffix('telemetry')}cmd"


def node_rights(group: str, node: str) -> tuple[str, ...]:
    """Return what a Sparkplug node may do: be born, speak and die, with its devices, and hear commands and its host.

    >>> node_rights("plant", "edge1")[0]
    'topic write spBv1.0/plant/NBIRTH/edge1'
    """
    group, node = tag_to_topic(group), tag_to_topic(node)
    own = [f"topic write spBv1.0/{group}/N{word}/{node}" for word in ("BIRTH", "DATA", "DEATH")]
    devices = [f"topic write spBv1.0/{group}/D{word}/{node}/+" for word in ("BIRTH", "DATA", "DEATH")]
    return (
        *own,
        *devices,
        f"topic read spBv1.0/{group}/NCMD/{node}",
        f"topic read spBv1.0/{group}/DCMD/{node}/+",
        *_STATES,
    )


def gateway_rights() -> tuple[str, ...]:
    """Return what a ThingsBoard gateway may do. Its topics name no device, so it may speak for those of every other."""
    own = tuple(f"topic write v1/gateway/{word}" for word in ("telemetry", "connect", "disconnect"))
    return *own, "topic write v1/devices/me/rpc/request/+", "topic read v1/devices/me/rpc/response/+"


def control_room_rights(site: str) -> tuple[str, ...]:
    """Return what a control room of a site may do: hear its alerts, orders and notices, ask, and hear the answers.

    >>> control_room_rights("demo")[0]
    'topic write assetloop/v1/demo/+/alert/ack'
    """
    of_site = f"assetloop/v1/{tag_to_topic(site)}/+"
    heard = ("alert", "alert/ack/reply", "workorder", "notice")
    return f"topic write {of_site}/alert/ack", *(f"topic read {of_site}/{what}" for what in heard)


def topic_rights(wanted: str) -> tuple[str, ...]:
    """Return the right to publish on the plant's own topics that a filter names.

    Raises:
        Rejected: it is no filter, or reaches topics that have rights of their own.
    """
    root = wanted.split("/", maxsplit=1)[0]
    if not wanted or not wanted.isprintable() or "#" in wanted[:-1] or wanted != wanted.strip():
        raise Rejected("bad_topic", f"{wanted!r} is no topic filter")
    if set("+#") & set(root) or root in {"assetloop", "spBv1.0", "STATE", "v1"} or root.startswith("$"):
        raise Rejected(
            "bad_topic", f"{wanted} reaches topics of others; name the asset, the node or a plant's own topic"
        )
    return (f"topic write {wanted}",)


@dataclass(frozen=True, kw_only=True, slots=True)
class LoginWish:
    """Who is to be let in, and for what it speaks.

    `assets` are of (site, tag), `node` of (group, node) of Sparkplug, `control_rooms` sites, `topics` the plant's own.
    """

    name: str
    assets: tuple[tuple[str, str], ...] = ()
    node: tuple[str, str] | None = None
    is_gateway: bool = False
    control_rooms: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()

    def rights(self) -> tuple[str, ...]:
        """Return its lines of the ACL.

        Raises:
            Rejected: it speaks for nothing, or for topics that have rights of their own.
        """
        found = [
            *(right for site, tag in self.assets for right in asset_rights(site, tag)),
            *(node_rights(*self.node) if self.node else ()),
            *(gateway_rights() if self.is_gateway else ()),
            *(right for site in self.control_rooms for right in control_room_rights(site)),
            *(right for topic in self.topics for right in topic_rights(topic)),
        ]
        if not found:
            raise Rejected("no_topics", "say for what it speaks: asset, node, gateway, control room or topic")
        return tuple(dict.fromkeys(found))


class Accounts:
    """The two files in a folder. `pid_file` holds the number of a mosquitto that is to read them again; None: none is.

    Raises:
        Misconfigured: the folder cannot be written.
    """

    def __init__(self, folder: Path, pid_file: Path | None = None) -> None:
        self._folder = folder
        self._pid_file = pid_file
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._lock_file = folder / "lock"
            self._lock_file.touch()
        except OSError as error:
            raise Misconfigured(f"ASSETLOOP_BROKER_ACCOUNTS: {folder} cannot be written: {error.strerror}") from error

    def every(self) -> list[Login]:
        """Return every login, by name."""
        known = {line.split(":")[0] for line in self._lines("passwords")}
        return [
            Login(name=name, rights=rights, has_password=name in known)
            for name, rights in sorted(_sections(self._lines("acl")).items())
        ]

    def add(self, name: str, rights: Sequence[str], *, has_password: bool = True) -> str:
        """Let a device in; return its password, which is kept nowhere. Without one it comes with a certificate.

        Raises:
            Rejected: the name is not one that a login may have.
            Conflict: there is one of that name.
        """
        if not _NAME.fullmatch(name) or name in _OURS:
            raise Rejected(
                "bad_name", f"{name!r}: a login is letters, digits, . _ -, at most 64, and none of the product's"
            )
        password = secrets.token_urlsafe(24)
        with self._held():
            sections = _sections(self._lines("acl"))
            if name in sections:
                raise Conflict(f"there is a login {name} already; remove it first")
            self._write("acl", _acl({**sections, name: tuple(dict.fromkeys(rights))}))
            if has_password:
                self._write("passwords", [*self._lines("passwords"), f"{name}:{_hashed(password)}"])
        self._have_them_read()
        return password if has_password else ""

    def remove(self, name: str) -> Login:
        """Let a device in no more; mosquitto ends its connection when it reads that, unless it came by certificate.

        Raises:
            NotFound: there is no such login.
        """
        with self._held():
            found = next((one for one in self.every() if one.name == name), None)
            if found is None:
                raise NotFound(f"there is no login {name}; `assetloop device logins` lists them")
            sections = _sections(self._lines("acl"))
            del sections[name]
            self._write("passwords", [line for line in self._lines("passwords") if line.split(":")[0] != name])
            self._write("acl", _acl(sections))
        self._have_them_read()
        return found

    @contextlib.contextmanager
    def _held(self) -> Iterator[None]:
        with self._lock_file.open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _lines(self, name: str) -> list[str]:
        try:
            return (self._folder / name).read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return []

    def _write(self, name: str, lines: Sequence[str]) -> None:
        """Replace a file at once, so that mosquitto never reads half of it; it may belong to another account."""
        draft = self._folder / f"{name}.new"
        draft.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        draft.chmod(0o644)
        draft.replace(self._folder / name)

    def _have_them_read(self) -> None:
        if self._pid_file is None:
            return
        try:
            os.kill(int(self._pid_file.read_text(encoding="utf-8")), signal.SIGHUP)
        except (OSError, ValueError) as error:
            raise Misconfigured(
                f"ASSETLOOP_BROKER_PID_FILE: no mosquitto could be told to read its files again: {error}"
            ) from error


def _sections(lines: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Read an ACL of logins alone.

    >>> _sections(["user a", "topic write x", "", "user b"])
    {'a': ('topic write x',), 'b': ()}
    """
    sections: dict[str, tuple[str, ...]] = {}
    name = ""
    for line in lines:
        if line.startswith("user "):
            name = line.removeprefix("user ")
            sections[name] = ()
        elif line and name:
            sections[name] = (*sections[name], line)
    return sections


def _acl(sections: dict[str, tuple[str, ...]]) -> list[str]:
    return [line for name, rights in sorted(sections.items()) for line in (f"user {name}", *rights, "")]


def _hashed(password: str) -> str:
    """Hash as mosquitto 2 does: PBKDF2 with SHA-512."""
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS)
    return f"$7${_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(digest).decode()}"
