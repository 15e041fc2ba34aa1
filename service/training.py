"""`assetloop train`: choose assets, declare healthy time where asked to, train, and say what came of it."""

from __future__ import annotations

from datetime import datetime

from lifecycle.healthy import declare_healthy
from models.training import Refused, Trained
from models.training import train as train_models
from plant.errors import Misconfigured
from service.demonstration import Progress
from service.instants import read_instant
from service.surroundings import Surroundings
from storage import register, status
from storage.database import Transaction


def train(
    around: Surroundings, assets: tuple[str, ...], since: str | None, until: str | None, progress: Progress
) -> dict[str, list[str]]:
    """Train the named assets, or all; returns a line each under `trained` and `refused`.

    Raises:
        Misconfigured: an asset or an instant is not written as it should be, or --from without --to.
        NotFound: there is no such asset.
    """
    if (since is None) != (until is None) or (since and not assets):
        raise Misconfigured(
            "--from and --to go together, and with --asset: they declare that asset healthy between them"
        )
    with around.database() as database:
        with database.transaction() as tx:
            ids = [register.get_asset(tx, *_tags(text)).asset_id for text in assets]
            if since and until:
                for text in assets:
                    _declare(tx, around, text, read_instant(since), read_instant(until))
        outcomes = train_models(
            database,
            clock=around.clock,
            trained_by="assetloop train",
            asset_ids=ids or None,
            progress=lambda done, total, _what: progress(done, total),
        )
    return {
        "trained": [_told(one) for one in outcomes if not isinstance(one, Refused)],
        "refused": [f"{one.asset}: {one.reason}" for one in outcomes if isinstance(one, Refused)],
    }


def _told(trained: Trained) -> str:
    span = f"{trained.data_from:%Y-%m-%d %H:%M:%S} to {trained.data_to:%Y-%m-%d %H:%M:%S} UTC"
    return f"{trained.asset}: version {trained.version}, {trained.rows} rows from {span}"


def _declare(tx: Transaction, around: Surroundings, text: str, since: datetime, until: datetime) -> None:
    site, tag = _tags(text)
    if until > around.clock.now():
        raise Misconfigured(
            f"--to {until.isoformat()} lies in the future: nobody knows yet whether {text} stays healthy"
        )
    if not status.stored_between(tx, site, tag, since, until):
        raise Misconfigured(
            f"{text} has no reading from {since.isoformat()} to {until.isoformat()}; nothing was declared"
        )
    asset_id = register.get_asset(tx, site, tag).asset_id
    declare_healthy(tx, asset_id, since, until, origin="declared", by="assetloop train")


def _tags(text: str) -> tuple[str, str]:
    site, slash, tag = text.partition("/")
    if not (site and slash and tag):
        raise Misconfigured(f"--asset {text}: write SITE/TAG, as in demo/P-101")
    return site, tag
