"""`assetloop train`: choose assets, declare healthy time where asked to, train, and say what came of it."""

from __future__ import annotations

from datetime import UTC, datetime

from lifecycle.healthy import declare_healthy
from models.training import Refused
from models.training import train as train_models
from plant.errors import Misconfigured
from service.demonstration import Progress
from service.surroundings import Surroundings
from storage import register


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
                for asset_id in ids:
                    span = (_instant(since), _instant(until))
                    declare_healthy(tx, asset_id, *span, origin="declared", by="assetloop train")
        outcomes = train_models(
            database,
            clock=around.clock,
            trained_by="assetloop train",
            asset_ids=ids or None,
            progress=lambda done, total, _what: progress(done, total),
        )
    return {
        "trained": [f"{one.asset}: version {one.version}" for one in outcomes if not isinstance(one, Refused)],
        "refused": [f"{one.asset}: {one.reason}" for one in outcomes if isinstance(one, Refused)],
    }


def _tags(text: str) -> tuple[str, str]:
    site, slash, tag = text.partition("/")
    if not (site and slash and tag):
        raise Misconfigured(f"--asset {text}: write SITE/TAG, as in demo/P-101")
    return site, tag


def _instant(text: str) -> datetime:
    try:
        instant = datetime.fromisoformat(text)
    except ValueError as error:
        raise Misconfigured(f"{text} is no ISO 8601 instant; write 2026-01-31T08:00:00+00:00") from error
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)
