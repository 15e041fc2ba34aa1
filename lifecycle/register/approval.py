"""Unknown assets that have spoken: a person takes one into the register, or dismisses it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches

from lifecycle import ledger
from lifecycle.ledger_events import AssetApproved
from lifecycle.register import importing
from lifecycle.register.plant_file import LONGEST_TAG, tags_of
from plant.errors import Conflict, Rejected
from plant.people.principal import Principal
from storage.core.database import Transaction
from storage.register import assets as store
from storage.telemetry import quarantine


@dataclass(frozen=True, kw_only=True, slots=True)
class Approved:
    """A stranger that became an asset; `messages` were held of it and are replayed now."""

    site: str
    asset: str
    name: str
    asset_class: str
    messages: int


def approve(
    tx: Transaction,
    *,
    site: str,
    asset: str,
    asset_class: str,
    at: datetime,
    actor: Principal,
    name: str = "",
    name_zh: str = "",
    new_class: bool = False,
) -> Approved:
    """Take a stranger into the register, with the signals of its class; what was held of it is then replayed.

    That is also what was held under its tag, or `site/tag`, of topics that name no site, if it alone is called so. The
    class is one of the register, unless it is to be a `new_class`; the site is made where it is missing.

    Raises:
        Conflict: the register has that asset.
        Rejected: a tag is empty or too long, a name too long, or the class unknown; the text names the nearest.
    """
    site, asset, asset_class = tags_of(site, asset, asset_class)
    if max(len(name), len(name_zh)) > LONGEST_TAG:
        raise Rejected("bad_name", f"a name has at most {LONGEST_TAG} characters")
    if store.find_asset(tx, site, asset) is not None:
        raise Conflict(f"the register has asset {asset} at site {site} already")
    if not new_class:
        _refuse_unknown_class(tx, asset_class)
    approved = importing.add_bare(tx, site, asset, asset_class, at, name=name, name_zh=name_zh)
    store.put_signals(tx, site, asset)
    quarantine.heed(tx, approved.asset_id)
    messages = quarantine.waiting(tx, approved.asset_id)
    ledger.append(
        tx, site, AssetApproved(actor=actor.name, asset=asset, asset_class=asset_class, messages=messages), at
    )
    return Approved(site=site, asset=asset, name=approved.name, asset_class=asset_class, messages=messages)


def _refuse_unknown_class(tx: Transaction, asset_class: str) -> None:
    known = store.list_classes(tx)
    if asset_class in known:
        return
    nearest = get_close_matches(asset_class, known, n=1) or sorted(known)[:5]
    raise Rejected(
        "unknown_class",
        f"the register has no class {asset_class}; {_nearest_says(nearest)} or ask for a new class by that tag",
    )


def _nearest_says(tags: list[str]) -> str:
    return f"choose {', '.join(tags)}," if tags else "import one,"


@dataclass(frozen=True, kw_only=True, slots=True)
class DismissedHolding:
    """How much was held of an asset that was dismissed; only its counts are left."""

    messages: int
    readings: int


def dismiss(tx: Transaction, *, site: str, asset: str, at: datetime, actor: Principal) -> DismissedHolding:
    """Dismiss an unknown asset: what it said and will say is counted and not kept, until it is approved or imported.

    `site` is empty where its topic names none.

    Raises:
        Conflict: the register has that asset, or is replaying what it said.
        Rejected: the tag is empty or too long.
    """
    if not 0 < len(asset) <= 2 * LONGEST_TAG or len(site) > LONGEST_TAG:
        raise Rejected("bad_tag", f"a tag has 1 to {LONGEST_TAG} characters")
    if site and store.find_asset(tx, site, asset) is not None:
        raise Conflict(f"the register has asset {asset} at site {site}; what it says is stored")
    if quarantine.is_known(tx, site=site, asset=asset):
        raise Conflict(f"{asset} is in the register by now; what was held of it is being stored")
    messages, readings = quarantine.dismiss(tx, site=site, asset=asset, by=actor.name, at=at)
    return DismissedHolding(messages=messages, readings=readings)
