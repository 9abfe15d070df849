"""Figure S4: the lock-in amplifier as the reader drives it."""

import numpy as np

from qdlib.figures.figs4 import CYCLES, PER_CYCLE, experiment, raw

QUIET = {"time_constant": 0.1, "background": 1.0, "fall": 0.1, "bias": 5.0}


def test_truth_falls_above_two_volts_only():
    shown = experiment(**QUIET)
    assert np.all(shown.true[shown.bias <= 2.0] == 1)
    assert shown.true[-1] == 1 - QUIET["fall"]


def test_a_weak_background_is_no_trouble():
    assert experiment(**QUIET).error < 1e-3


def test_noise_grows_with_the_background_and_shrinks_with_the_time_constant():
    """Shot noise: as the root of the light, and of the bandwidth."""
    bright = experiment(**QUIET | {"background": 1e5, "fall": 0.0})
    slow = experiment(**QUIET | {"background": 1e5, "fall": 0.0, "time_constant": 0.4})
    assert bright.noise / slow.noise == 2
    assert bright.error > slow.error
    last = bright.bias > 4.5  # where the light is strong: the scatter is what the formula says
    scatter = np.std((bright.recovered - bright.true)[last])
    light = np.sqrt(bright.background[last].mean() / bright.background[bright.instant])
    assert 0.5 < scatter / (bright.noise * light) < 2


def test_a_long_time_constant_lags():
    assert experiment(**QUIET | {"time_constant": 10.0}).error > 5 * experiment(**QUIET).error


def test_raw_signal_is_some_cycles_less_its_mean():
    time, signal, light = raw(experiment(**QUIET))
    assert len(time) == CYCLES * PER_CYCLE
    assert abs(signal.mean()) < 1e-9
    np.testing.assert_allclose(np.ptp(light), 0.9)
