"""Figure S4: the lock-in amplifier as the reader drives it."""

import numpy as np
import pytest
from lessons import lesson

from qdlib.paper.operando import CYCLES, PER_CYCLE, PER_INSTANT

QUIET = {"time_constant": 0.1, "background": 1.0, "fall": 0.1, "bias": 5.0}


def experiment(**values):
    """The reading of the bench, and the signal at the watched bias."""
    (panel,) = lesson("figure_S4").panels
    return panel(**QUIET | values)


def test_truth_falls_above_two_volts_only():
    reading, _ = experiment()
    assert np.all(reading.true[reading.bias <= 2.0] == 1)
    assert reading.true[-1] == pytest.approx(1 - QUIET["fall"])


def test_each_instant_of_the_run_is_followed_in_time():
    reading, _ = experiment()
    assert len(reading.time) == 101 * PER_INSTANT  # 0 to 5 V in steps of 0.05 V
    assert (np.diff(reading.time) > 0).all()


def test_a_weak_background_is_no_trouble():
    assert experiment()[0].error < 1e-3


def test_noise_grows_with_the_background_and_shrinks_with_the_time_constant():
    """Shot noise: as the root of the light, and of the bandwidth."""
    bright, signal = experiment(background=1e5, fall=0.0)
    slow, calmer = experiment(background=1e5, fall=0.0, time_constant=0.4)
    assert signal.noise / calmer.noise == pytest.approx(2)
    assert bright.error > slow.error
    last = bright.bias > 4.5  # where the light is strong: the scatter is what the formula says
    scatter = np.std((bright.recovered - bright.true)[last])
    light = np.sqrt(bright.background[last].mean() / signal.background)
    assert 0.5 < scatter / (signal.noise * light) < 2


def test_a_long_time_constant_lags():
    assert experiment(time_constant=10.0)[0].error > 5 * experiment()[0].error


def test_raw_signal_is_some_cycles_less_its_mean():
    _, signal = experiment()
    assert len(signal.time) == CYCLES * PER_CYCLE
    assert abs(signal.total.mean()) < 1e-9
    np.testing.assert_allclose(np.ptp(signal.photoluminescence), 0.9)
