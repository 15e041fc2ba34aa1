"""An episode is one alarm from its first sample to its last, however the stream was cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.scoring import state_codec
from models.scoring.episodes import Episode, Track, follow
from models.scoring.findings import finding_of, of_model
from plant.finding import FindingKind
from plant.severity import Severity
from storage.models.catalogue import StoredModel
from storage.models.installations import ModelSignal

AT = datetime(2026, 3, 2, tzinfo=UTC)
SECOND = 1_000_000


def said(alarms: list[bool], seed: int = 0) -> tuple[np.ndarray, Track, np.ndarray]:
    """What a detector said of rows at 0 s, 1 s, ... with the alarm standing where told."""
    chance = np.random.default_rng(seed)
    n = len(alarms)
    rows = np.where(chance.random((n, 3)) < 0.2, np.nan, chance.normal(size=(n, 3)))
    scored = Track(
        score=chance.uniform(0.3, 0.9, n), alarm=np.array(alarms, dtype=bool), share=chance.dirichlet(np.ones(3), n)
    )
    return np.arange(n, dtype=np.int64) * SECOND, scored, rows


def part(scored: Track, begin: int, end: int) -> Track:
    return Track(score=scored.score[begin:end], alarm=scored.alarm[begin:end], share=scored.share[begin:end])


def test_an_alarm_that_ends_is_cleared_at_the_first_calm_sample() -> None:
    times, scored, rows = said([False, True, True, False])
    (episode,), standing = follow(None, times, scored, rows)
    assert (episode.onset_us, episode.last_us, episode.cleared_us) == (1 * SECOND, 2 * SECOND, 3 * SECOND)
    assert episode.samples == 2
    assert episode.peak == scored.score[1:3].max()
    assert standing is None


def test_an_alarm_that_goes_on_stands_open() -> None:
    (episode,), standing = follow(None, *said([False, True]))
    assert episode.cleared_us is None
    assert standing is episode


def test_calm_after_a_standing_episode_clears_it_and_nothing_else() -> None:
    _, standing = follow(None, *said([True]))
    times, scored, rows = said([False, False])
    (episode,), after = follow(standing, times + SECOND, scored, rows)
    assert (episode.onset_us, episode.cleared_us) == (0, SECOND)
    assert after is None


def test_no_rows_change_nothing() -> None:
    _, standing = follow(None, *said([True]))
    assert follow(standing, *said([])) == ([], standing)


@given(
    alarms=st.lists(st.booleans(), min_size=1, max_size=60), cuts=st.lists(st.integers(0, 60)), seed=st.integers(0, 9)
)
def test_cutting_the_stream_anywhere_gives_the_same_episodes(alarms: list[bool], cuts: list[int], seed: int) -> None:
    times, scored, rows = said(alarms, seed)
    whole, _ = follow(None, times, scored, rows)
    kept: dict[int, Episode] = {}
    held: state_codec.Episodes = {}
    edges = [0, *sorted(min(cut, len(alarms)) for cut in cuts), len(alarms)]
    for begin, end in pairwise(edges):
        standing = held.get(FindingKind.WEAR)
        changed, standing = follow(standing, times[begin:end], part(scored, begin, end), rows[begin:end])
        kept |= {episode.onset_us: episode for episode in changed}
        held = {} if standing is None else {FindingKind.WEAR: standing}
        _, held = state_codec.unpack(state_codec.pack(np.zeros(2), held), 2, 3)
    assert [remembered(episode) for episode in whole] == [remembered(episode) for episode in kept.values()]
    assert [episode.cleared_us for episode in whole] == [episode.cleared_us for episode in kept.values()]


def remembered(episode: Episode) -> bytes:
    return state_codec.pack(np.zeros(0), {FindingKind.CONDITION: episode})


def test_shares_are_the_mean_over_the_episode_weighted_by_score() -> None:
    scored = Track(score=np.array([0.5, 0.75]), alarm=np.array([True, True]), share=np.array([[1.0, 0.0], [0.2, 0.8]]))
    (episode,), _ = follow(None, np.array([0, 1]), scored, np.zeros((2, 2)))
    assert episode.shares() == pytest.approx([0.52, 0.48])


def test_a_state_survives_as_bytes_to_the_last_bit() -> None:
    state = np.array([0.1, np.nan, -1e300])
    _, condition = follow(None, *said([True, True, True]))
    _, wear = follow(None, *said([True], seed=1))
    assert condition is not None
    assert wear is not None
    standing = {FindingKind.WEAR: wear, FindingKind.CONDITION: condition}
    again, episodes = state_codec.unpack(state_codec.pack(state, standing), 3, 3)
    assert again.tobytes() == state.tobytes()
    assert list(episodes) == list(standing)
    assert state_codec.pack(again, episodes) == state_codec.pack(state, standing)


def test_many_states_are_written_and_read_as_each_alone() -> None:
    states = np.random.default_rng(0).normal(size=(3, 4))
    _, episode = follow(None, *said([True]))
    assert episode is not None
    episodes: list[state_codec.Episodes] = [{}, {FindingKind.CONDITION: episode}, {}]
    packed = state_codec.pack_many(states, episodes)
    assert packed == [state_codec.pack(state, held) for state, held in zip(states, episodes, strict=True)]
    again, read = state_codec.unpack_many(packed, 4, 3)
    assert again.tobytes() == states.tobytes()
    assert [list(held) for held in read] == [[], [FindingKind.CONDITION], []]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"12345678",
        np.array([9.0, 1.0, 0.0]).tobytes(),  # another format
        np.array([2.0, 5.0, 0.0]).tobytes(),  # of another width
        np.array([2.0, 1.0, 0.0, 1.0]).tobytes(),  # half an episode
    ],
)
def test_bytes_that_are_no_state_are_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"stored state|no episodes"):
        state_codec.unpack(data, 1, 3)


def found(peak: float, pull: list[float], **times: int) -> Episode:
    when = {"onset_us": SECOND, "last_us": 5 * SECOND, **times}
    return Episode(**when, peak=peak, samples=4, missing=3, pull=np.array(pull))


@pytest.fixture
def model() -> StoredModel:
    units = {"vibration": "mm/s", "temperature": "°C", "pressure": "bar"}
    signals = tuple(ModelSignal(signal_id=k, key=key, unit=unit) for k, (key, unit) in enumerate(units.items()))
    return StoredModel(
        model_id=4, installation_id=1, asset_id=9, asset="P-1", kind="condition", version=2, state="champion",
        signals=signals, data_from=AT, data_to=AT, data_rows=1, data_sha256=b"", libraries={}, figures={},
        artifact=b"", trained_by="", trained_at=AT,
    )  # fmt: skip


def test_a_finding_tells_what_when_how_bad_and_by_which_model(model: StoredModel) -> None:
    finding = finding_of(of_model(model), FindingKind.CONDITION, found(0.7, [0.5, 2.0, 0.001]))
    assert (finding.kind, finding.source, finding.source_version) == ("condition", "model", "condition/P-1/v2")
    assert finding.severity is Severity.MAJOR
    assert finding.failure_mode == "OHE"
    assert [share.signal for share in finding.shares] == ["temperature", "vibration"]
    assert sum(share.share for share in finding.shares) == pytest.approx(1)
    assert (finding.onset.second, finding.updated.second, finding.cleared) == (1, 5, None)
    assert finding.quality == {"samples": 4, "missing": 0.25}


def test_a_finding_keeps_its_identity_until_it_clears(model: StoredModel) -> None:
    opened = finding_of(of_model(model), FindingKind.CONDITION, found(0.5, [1.0, 0.0, 0.0]))
    cleared = finding_of(
        of_model(model), FindingKind.CONDITION, found(0.9, [0.0, 0.0, 9.0], last_us=8 * SECOND, cleared_us=9 * SECOND)
    )
    later = finding_of(of_model(model), FindingKind.CONDITION, found(0.5, [1.0, 0.0, 0.0], onset_us=2 * SECOND))
    assert opened.finding_id == cleared.finding_id != later.finding_id
    assert cleared.cleared == cleared.updated
    assert (cleared.severity, cleared.failure_mode) == (Severity.CRITICAL, "PDE")
    assert (opened.severity, opened.failure_mode) == (Severity.MINOR, "VIB")


def test_many_signals_of_small_shares_are_still_named(model: StoredModel) -> None:
    many = tuple(ModelSignal(signal_id=k, key=f"s{k}", unit="") for k in range(300))
    assert (
        len(finding_of(of_model(replace(model, signals=many)), FindingKind.CONDITION, found(0.6, [1.0] * 300)).shares)
        == 300
    )
