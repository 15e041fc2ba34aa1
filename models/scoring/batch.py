"""Judge the windows of many assets side by side: each continues from its own state, as if it were alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from models.detector.arrays import Flags, Floats
from models.detector.bank import DetectorBank
from models.detector.results import Scored
from models.scoring import state_codec, tracks
from models.scoring.episodes import Episode, follow
from plant.finding import FindingKind
from storage.models.catalogue import StoredModel
from storage.models.scoring import LeasedToScore, ScoreRow, ScoringProgress
from storage.models.wear import WearRow
from storage.telemetry.windows import Block, Windows

Changed: TypeAlias = list[tuple[FindingKind, Episode]]

MOST_VALUES_A_BLOCK = 400_000
"""Values that are judged side by side: some thousand assets in a usual round, and arrays that fit the caches."""

ALARM, UNSEEN = 1, 4
"""Bits of a score row's flags: the alarm stands; the regime is unknown, so that the score says nothing."""

WEAR_S = 600
"""Wear is written down every ten minutes of data time."""


@dataclass(frozen=True, kw_only=True, slots=True)
class JudgedWindow:
    """What one window of an asset showed, not yet written. `episodes` are those that changed, in the order of time."""

    model: StoredModel
    advance: ScoringProgress
    rows: int
    behind: bool
    score: ScoreRow | None
    episodes: Sequence[tuple[FindingKind, Episode]]
    wear: Sequence[WearRow] = ()


def judge(
    leased: Sequence[LeasedToScore], models: Sequence[StoredModel], bank: DetectorBank, windows: Windows
) -> list[JudgedWindow]:
    """Judge one window of each leased asset; their models all have one shape and are in `bank`, in this order.

    Raises:
        ValueError: a stored state is not one of the asset's detector.
    """
    judged = [_nothing_new(one, model) for one, model in zip(leased, models, strict=True)]
    for block in windows.blocks(most_values=MOST_VALUES_A_BLOCK):
        places = block.assets.tolist()
        some = bank.take(block.assets)
        states, still_open = state_codec.unpack_many(
            [leased[place].state for place in places], bank.state_width, bank.signals
        )
        lines = np.array([leased[place].line for place in places])
        scored, after = some.stream(states, block.values, block.times_s, lines)
        followed = _follow_all(windows, block, still_open, scored)
        stored = state_codec.pack_many(after, [still for _, still in followed])
        scores = _score_rows(leased, models, windows, block, scored)
        wear = _wear_rows(models, block, some.last_rows(states), some.judges_wear, scored)
        for n, place in enumerate(places):
            judged[place] = JudgedWindow(
                model=models[place],
                advance=_progress(leased[place], windows, place, stored[n]),
                rows=int(windows.lengths[place]),
                behind=not windows.complete[place],
                score=scores[n],
                episodes=followed[n][0],
                wear=wear.get(place, ()),
            )
    return judged


def _nothing_new(leased: LeasedToScore, model: StoredModel) -> JudgedWindow:
    """Return what is written where nothing was measured up to the horizon: the watermark alone."""
    return JudgedWindow(
        model=model,
        advance=ScoringProgress(leased=leased, watermark_us=leased.horizon_us, state=leased.state),
        rows=0,
        behind=False,
        score=None,
        episodes=(),
    )


def _progress(leased: LeasedToScore, windows: Windows, place: int, state: bytes) -> ScoringProgress:
    """Move the watermark to the horizon, or to the last row where not all was read."""
    last_us = int(windows.times_us[windows.first[place + 1] - 1])
    return ScoringProgress(
        leased=leased, watermark_us=leased.horizon_us if windows.complete[place] else last_us, state=state
    )


def _follow_all(
    windows: Windows, block: Block, still_open: Sequence[Mapping[FindingKind, Episode]], scored: Scored
) -> list[tuple[Changed, dict[FindingKind, Episode]]]:
    """Take each asset's rows into its episodes of each kind; return those that changed, and those still open.

    Most assets have none: they are found all at once, and skipped.
    """
    has_any = tracks.any_trouble(scored)
    followed: list[tuple[Changed, dict[FindingKind, Episode]]] = [([], {}) for _ in still_open]
    for column in np.flatnonzero(has_any | np.array([bool(held) for held in still_open])).tolist():
        window = windows.of(int(block.assets[column]))
        changed, still = followed[column]
        for kind, track in tracks.by_kind(scored[: len(window), column]).items():
            before = still_open[column].get(kind)
            if before is None and not track.alarm.any():
                continue
            episodes, last = follow(before, window.times_us, track, window.values)
            changed += [(kind, episode) for episode in episodes]
            if last is not None:
                still[kind] = last
    return followed


def _score_rows(
    leased: Sequence[LeasedToScore], models: Sequence[StoredModel], windows: Windows, block: Block, scored: Scored
) -> list[ScoreRow]:
    ends = windows.lengths[block.assets] - 1
    columns = np.arange(len(ends))
    lasts = scored.score[ends, columns].tolist()
    flags = (ALARM * scored.alarm[ends, columns] + UNSEEN * scored.unseen[ends, columns]).tolist()
    maxima = scored.score.max(axis=0).tolist()
    times_us = windows.times_us[windows.first[block.assets] + ends].tolist()
    return [
        ScoreRow(
            asset_id=leased[place].asset_id,
            time_us=times_us[n],
            model_id=models[place].model_id,
            score_max=maxima[n],
            score_last=lasts[n],
            flags=flags[n],
        )
        for n, place in enumerate(block.assets.tolist())
    ]


def _wear_rows(
    models: Sequence[StoredModel], block: Block, last_s: Floats, judges_wear: Flags, scored: Scored
) -> dict[int, list[WearRow]]:
    """Return the wear rows of each asset, by its place: one for each ten minutes, at the first row after them."""
    ten = np.floor(block.times_s / WEAR_S)
    before = np.concatenate([np.floor(last_s / WEAR_S)[None, :], ten[:-1]])
    ended = np.argwhere((ten > before) & judges_wear)
    rows: dict[int, list[WearRow]] = {}
    for row, column in ended[np.argsort(ended[:, 1], kind="stable")].tolist():
        place = int(block.assets[column])
        rows.setdefault(place, []).append(
            WearRow(
                asset_id=models[place].asset_id,
                time_us=int(before[row, column]) * WEAR_S * 1_000_000,
                model_id=models[place].model_id,
                wear=float(scored.wear[row, column]),
                wear_signals=tuple(scored.wear_share[row, column].tolist()),
            )
        )
    return rows
