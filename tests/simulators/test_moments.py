from __future__ import annotations

import numpy as np

from simulators.moments import LoadCycle, Moments, white_noise

START = 1_767_268_800.0


def test_noise_is_standard_normal_and_white() -> None:
    noise = white_noise(7, "flow", START + np.arange(200_000))
    assert abs(noise.mean()) < 0.01
    assert abs(noise.std() - 1.0) < 0.01
    assert abs(np.corrcoef(noise[1:], noise[:-1])[0, 1]) < 0.01
    assert np.abs(noise).max() <= 4.0


def test_noise_differs_between_names_and_seeds() -> None:
    times = START + np.arange(10_000)
    flow = white_noise(7, "flow", times)
    assert abs(np.corrcoef(flow, white_noise(7, "speed", times))[0, 1]) < 0.05
    assert abs(np.corrcoef(flow, white_noise(8, "flow", times))[0, 1]) < 0.05


def test_lag_follows_a_step_as_the_first_order_does() -> None:
    cycle = LoadCycle.of(1)
    times = START + np.array([-60.0, 60.0, 120.0, 1_200.0, 6_000.0])
    moments = Moments(times=times, seed=1, cycle=cycle)
    stepped = moments.lagged(lambda past: 1.0 / (1.0 + np.exp(-(past.times - START) / 20.0)), 120.0)
    assert stepped[0] < 0.05
    assert abs(stepped[2] - (1 - np.exp(-1))) < 0.05
    assert stepped[4] > 0.99
    assert (np.diff(stepped) > 0).all()


def test_lag_of_a_constant_is_the_constant() -> None:
    moments = Moments(times=START + np.arange(5.0), seed=1, cycle=LoadCycle.of(1))
    assert np.allclose(moments.lagged(lambda past: np.full_like(past.times, 3.0), 90.0), 3.0)


def test_load_stays_between_nothing_and_full() -> None:
    for seed in range(20):
        load = LoadCycle.of(seed).at(START + np.arange(0.0, 86_400.0, 5.0))
        assert 0.0 <= load.min() < 0.05
        assert 0.95 < load.max() <= 1.0
