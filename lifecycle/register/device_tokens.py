"""Device tokens: made once, shown once, kept as a hash, and tried without telling how near a guess was."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime

from plant.errors import Rejected
from plant.people.principal import Principal
from storage.core.database import Transaction
from storage.register import device_tokens as store

_PREFIX = "dev"
_NOTHING = bytes(32)
_LONGEST = 200


@dataclass(frozen=True, kw_only=True, slots=True)
class Issued:
    """A new token; `token` is the only time that its secret is told."""

    token_id: str
    token: str
    site: str
    asset: str | None


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """What a token opens: a site or, with `asset`, that asset alone."""

    token_id: str
    site: str
    asset: str | None


def issue(tx: Transaction, *, site: str, asset: str | None, name: str, at: datetime, actor: Principal) -> Issued:
    """Make a token for a site, or for one asset of it, whether or not that is registered yet.

    Raises:
        NotFound: the register has no such site.
        Rejected: a tag or name is empty or too long.
    """
    for what, text in (("asset", asset if asset is not None else "-"), ("name", name)):
        if not 0 < len(text.strip()) <= _LONGEST:
            raise Rejected("bad_name", f"{what} has 1 to {_LONGEST} characters")
    token_id, secret = secrets.token_hex(6), secrets.token_urlsafe(32)
    store.issue(tx, token_id=token_id, site=site, asset=asset, name=name, sha256=_hash(secret), at=at, by=actor.name)
    return Issued(token_id=token_id, token=f"{_PREFIX}_{token_id}_{secret}", site=site, asset=asset)


def admit(tx: Transaction, token: str, *, at: datetime) -> Scope | None:
    """Return what a token opens; None where it opens nothing."""
    prefix, _, rest = token.partition("_")
    token_id, _, secret = rest.partition("_")
    found = store.find_valid(tx, token_id) if prefix == _PREFIX and token_id.isalnum() else None
    is_right = hmac.compare_digest(_hash(secret), found.sha256 if found else _NOTHING)
    if found is None or not is_right:
        return None
    store.note_use(tx, token_id, at=at)
    return Scope(token_id=token_id, site=found.site, asset=found.asset)


def _hash(secret: str) -> bytes:
    return hashlib.sha256(secret.encode(errors="replace")).digest()
