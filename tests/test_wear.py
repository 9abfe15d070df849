"""Wear against closed forms, and the law of acceleration against the textbook of straight lines."""

import numpy as np
import pytest
from scipy import stats

from qdlib.errors import InputError
from qdlib.paper.published import published_value
from qdlib.physics.wear import REFERENCE_CURRENT, Wear, first_fall, fit_acceleration, lifetime_at

BLUE = Wear(half_life=3600.0, stretching=0.96, acceleration=1.88)
LUMINANCE = np.geomspace(300, 6000, 7)


def scattered(scatter=0.1, seed=3):
    """Lifetimes of L0^1.88 T = 1e9 with a log-normal scatter."""
    noise = np.random.default_rng(seed).normal(0, scatter, len(LUMINANCE))
    return 1e9 * LUMINANCE**-1.88 * np.exp(noise)


def test_half_is_left_at_the_half_life():
    assert BLUE.left(0.0) == 1.0
    assert BLUE.left(BLUE.half_life) == pytest.approx(0.5)


def test_without_stretching_the_light_is_lost_exponentially():
    plain = Wear(half_life=100.0, stretching=1.0, acceleration=1.8)
    np.testing.assert_allclose(plain.left([100, 200, 300]), [0.5, 0.25, 0.125])


@pytest.mark.parametrize("share", [0.5, 0.95])
@pytest.mark.parametrize("current", [50.0, REFERENCE_CURRENT])
def test_lifetime_is_where_its_share_is_left(share, current):
    assert BLUE.left(BLUE.lifetime(share, current), current) == pytest.approx(share)


def test_twice_the_current_shortens_life_by_two_to_the_n():
    slow, fast = (BLUE.lifetime(0.5, k * REFERENCE_CURRENT) for k in (1, 2))
    assert slow / fast == pytest.approx(2**1.88)


def test_time_to_a_share_is_read_on_the_logarithm_of_time():
    time, light = np.array([0.0, 10.0, 1000.0]), np.array([1.0, 0.8, 0.4])
    assert first_fall(light, time, 0.6) == pytest.approx(100.0)
    assert first_fall(light, time, 0.9) == pytest.approx(5.0)  # from 0 on, there is no logarithm
    assert first_fall(light, time, 0.8) == pytest.approx(10.0)
    assert np.isnan(first_fall(light, time, 0.3))


def test_blue_lifetime_from_1450_to_100():
    """L089 and L090 to L092: the paper says more than 10,000 h (L002)."""
    hours, bright, derived = (published_value(id).value for id in ("L089", "L090", "L092"))
    found = lifetime_at(100, hours, bright, published_value("L091").value)
    assert found == pytest.approx(derived, abs=1)
    assert found > published_value("L002").low
    assert lifetime_at(bright, hours, bright, 1.88) == hours


def test_fit_gives_back_an_exact_law_without_error():
    fit = fit_acceleration(LUMINANCE, scattered(0.0))
    assert fit.acceleration == pytest.approx(1.88)
    assert np.exp(fit.log_constant) == pytest.approx(1e9)
    assert fit.error == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(fit.lifetime(LUMINANCE), scattered(0.0))
    np.testing.assert_allclose(fit.band(1e5), fit.lifetime(1e5), rtol=1e-9)


def test_fit_is_the_line_that_scipy_fits():
    fit = fit_acceleration(LUMINANCE, scattered())
    line = stats.linregress(np.log(LUMINANCE), np.log(scattered()))
    assert fit.acceleration == pytest.approx(-line.slope)
    assert fit.error == pytest.approx(line.stderr)
    assert fit.log_constant == pytest.approx(line.intercept)
    assert np.sqrt(fit.covariance[1, 1]) == pytest.approx(line.intercept_stderr)


def test_band_of_three_points_against_the_closed_form():
    """ln L0 = -1, 0, 1 and ln T = 0, 1, -1: slope -1/2, residual sum 3/2, one degree of freedom."""
    fit = fit_acceleration(np.exp([-1.0, 0.0, 1.0]), np.exp([0.0, 1.0, -1.0]))
    assert fit.acceleration == pytest.approx(0.5)
    assert fit.error == pytest.approx(np.sqrt(1.5 / 2))
    quantile = np.tan(np.pi * 0.95 / 2)  # Student's t with one degree of freedom: Cauchy's
    low, high = fit.band(np.exp([0.0, 2.0]))
    half = quantile * np.sqrt(1.5) * np.sqrt([1 / 3, 1 / 3 + 4 / 2])
    np.testing.assert_allclose(np.log(high / low) / 2, half)


def test_band_is_narrowest_at_the_mean_and_wider_with_confidence():
    fit = fit_acceleration(LUMINANCE, scattered())
    at = np.array([100.0, np.exp(np.log(LUMINANCE).mean()), 3e4])
    low, high = fit.band(at)
    assert np.argmin(high / low) == 1
    wider = fit.band(at, level=0.99)
    assert (wider[0] < low).all() and (wider[1] > high).all()


def test_band_holds_the_true_line_as_often_as_it_says():
    held = 0
    for seed in range(400):
        low, high = fit_acceleration(LUMINANCE, scattered(0.2, seed)).band(100.0)
        held += low <= 1e9 * 100.0**-1.88 <= high
    assert held / 400 == pytest.approx(0.95, abs=0.035)


@pytest.mark.parametrize(
    ("luminance", "lifetime", "name"),
    [
        ([100, 200], [2, 1], "lifetime"),
        ([100, 200, 300], [3, 2], "lifetime"),
        ([100, 200, 0], [3, 2, 1], "luminance"),
        ([100, 200, 300], [3, 2, np.nan], "lifetime"),
        ([100, 100, 100], [3, 2, 1], "luminance"),
    ],
)
def test_points_that_no_line_fits_are_refused(luminance, lifetime, name):
    with pytest.raises(InputError, match=name):
        fit_acceleration(luminance, lifetime)


@pytest.mark.parametrize(
    "change", [{"half_life": 0.0}, {"stretching": 9.0}, {"acceleration": -1.0}]
)
def test_impossible_wear_is_refused(change):
    with pytest.raises(InputError, match=next(iter(change))):
        Wear(**({"half_life": 3600.0, "stretching": 1.0, "acceleration": 1.8} | change))


def test_impossible_level_is_refused():
    with pytest.raises(InputError, match="level"):
        fit_acceleration(LUMINANCE, scattered()).band(100.0, level=1.5)
