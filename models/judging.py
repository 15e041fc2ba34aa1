"""Judge the windows of many assets at once: each continues from its own state, as if it were alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models import memory
from models.bank import DetectorBank
from models.detector import Scored
from models.episodes import Episode, Track, follow
from plant.finding import FindingKind
from storage.models import StoredModel
from storage.scoring import Advance, Leased, ScoreRow
from storage.windows import Block, Windows

MOST_VALUES_A_BLOCK = 400_000
"""Values that are judged side by side: some thousand assets in a usual round, and arrays that fit the caches."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """What a window says about an asset, not yet written. `episodes` are those that changed, in the order of time."""

    model: StoredModel
    advance: Advance
    rows: int
    behind: bool
    score: ScoreRow | None
    episodes: Sequence[tuple[FindingKind, Episode]]


def judge(
    leased: Sequence[Leased], models: Sequence[StoredModel], bank: DetectorBank, windows: Windows
) -> list[Judged]:
    """Judge one window of each leased asset; all their models are of one shape and stand in `bank`, in this order.

    Raises:
        ValueError: the state of an asset is not one of its detector.
    """
    judged = [_unchanged(one, model) for one, model in zip(leased, models, strict=True)]
    for block in windows.blocks(most_values=MOST_VALUES_A_BLOCK):
        places = block.assets.tolist()
        held = [leased[place].state for place in places]
        states, standing = memory.unpack_many(held, bank.state_width, bank.signals)
        lines = np.array([leased[place].line for place in places])
        scored, after = bank.take(block.assets).stream(states, block.values, block.times_s, lines)
        followed = [_followed(windows, place, standing[n], scored, n) for n, place in enumerate(places)]
        memories = memory.pack_many(after, [open_ for _, open_ in followed])
        scores = _score_rows(leased, models, windows, block, scored)
        for n, place in enumerate(places):
            judged[place] = Judged(
                model=models[place],
                advance=_advance(leased[place], windows, place, memories[n]),
                rows=int(windows.lengths[place]),
                behind=not windows.complete[place],
                score=scores[n],
                episodes=followed[n][0],
            )
    return judged


def _unchanged(leased: Leased, model: StoredModel) -> Judged:
    """Say that nothing was measured up to the horizon."""
    return Judged(
        model=model,
        advance=Advance(leased=leased, watermark_us=leased.horizon_us, state=leased.state),
        rows=0,
        behind=False,
        score=None,
        episodes=(),
    )


def _advance(leased: Leased, windows: Windows, place: int, state: bytes) -> Advance:
    """Go to the horizon, or where more was there than was read, to the last row."""
    last_us = int(windows.times_us[windows.first[place + 1] - 1])
    return Advance(leased=leased, watermark_us=leased.horizon_us if windows.complete[place] else last_us, state=state)


def _score_rows(
    leased: Sequence[Leased], models: Sequence[StoredModel], windows: Windows, block: Block, scored: Scored
) -> list[ScoreRow]:
    ends = windows.lengths[block.assets] - 1
    columns = np.arange(len(ends))
    lasts, alarms = scored.score[ends, columns].tolist(), scored.alarm[ends, columns].tolist()
    maxima = scored.score.max(axis=0).tolist()
    times_us = windows.times_us[windows.first[block.assets] + ends].tolist()
    return [
        ScoreRow(
            asset_id=leased[place].asset_id,
            time_us=times_us[n],
            model_id=models[place].model_id,
            score_max=maxima[n],
            score_last=lasts[n],
            flags=int(alarms[n]),
        )
        for n, place in enumerate(block.assets.tolist())
    ]


def _followed(
    windows: Windows, place: int, standing: Mapping[FindingKind, Episode], scored: Scored, column: int
) -> tuple[list[tuple[FindingKind, Episode]], dict[FindingKind, Episode]]:
    """Take an asset's rows into its episodes of each kind: those that changed, and those that stand open."""
    length = int(windows.lengths[place])
    changed: list[tuple[FindingKind, Episode]] = []
    still: dict[FindingKind, Episode] = {}
    for kind, track in _tracks(scored, length, column).items():
        before = standing.get(kind)
        if before is None and not track.alarm.any():
            continue
        window = windows.of(place)
        episodes, last = follow(before, window.times_us, track, window.values)
        changed += [(kind, episode) for episode in episodes]
        if last is not None:
            still[kind] = last
    return changed, still


def _tracks(scored: Scored, length: int, column: int) -> dict[FindingKind, Track]:
    rows = (slice(length), column)
    return {
        FindingKind.CONDITION: Track(score=scored.score[rows], alarm=scored.alarm[rows], share=scored.share[rows]),
    }
