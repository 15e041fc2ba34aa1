"""Judge the windows of many assets at once: each continues from its own state, as if it were alone."""

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
from storage.models.scoring import Advance, Leased, ScoreRow
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
class Judged:
    """What a window says about an asset, not yet written. `episodes` are those that changed, in the order of time."""

    model: StoredModel
    advance: Advance
    rows: int
    behind: bool
    score: ScoreRow | None
    episodes: Sequence[tuple[FindingKind, Episode]]
    wear: Sequence[WearRow] = ()


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
        some = bank.take(block.assets)
        states, standing = state_codec.unpack_many(
            [leased[place].state for place in places], bank.state_width, bank.signals
        )
        lines = np.array([leased[place].line for place in places])
        scored, after = some.stream(states, block.values, block.times_s, lines)
        followed = _follow(windows, block, standing, scored)
        memories = state_codec.pack_many(after, [still for _, still in followed])
        scores = _score_rows(leased, models, windows, block, scored)
        wear = _wear_rows(models, block, some.last_rows(states), some.judges_wear, scored)
        for n, place in enumerate(places):
            judged[place] = Judged(
                model=models[place],
                advance=_advance(leased[place], windows, place, memories[n]),
                rows=int(windows.lengths[place]),
                behind=not windows.complete[place],
                score=scores[n],
                episodes=followed[n][0],
                wear=wear.get(place, ()),
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


def _follow(
    windows: Windows, block: Block, standing: Sequence[Mapping[FindingKind, Episode]], scored: Scored
) -> list[tuple[Changed, dict[FindingKind, Episode]]]:
    """Take each asset's rows into its episodes of each kind: those that changed, and those that stand open.

    Most assets have nothing: they are told from the others without looking at each.
    """
    lively = tracks.lively(scored)
    followed: list[tuple[Changed, dict[FindingKind, Episode]]] = [([], {}) for _ in standing]
    for column in np.flatnonzero(lively | np.array([bool(held) for held in standing])).tolist():
        window = windows.of(int(block.assets[column]))
        changed, still = followed[column]
        for kind, track in tracks.of(scored[: len(window), column]).items():
            before = standing[column].get(kind)
            if before is None and not track.alarm.any():
                continue
            episodes, last = follow(before, window.times_us, track, window.values)
            changed += [(kind, episode) for episode in episodes]
            if last is not None:
                still[kind] = last
    return followed


def _score_rows(
    leased: Sequence[Leased], models: Sequence[StoredModel], windows: Windows, block: Block, scored: Scored
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
    """Write down ten minutes at the first row after them: by asset's place, where any have ended."""
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
