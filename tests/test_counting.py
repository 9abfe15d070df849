"""Counts against closed forms and binomial statistics; every random test has its seeds."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib.errors import InputError
from qdlib.paper.setups import single_dot
from qdlib.physics.counting import (
    Blinking,
    collection,
    count,
    decay,
    fit_lifetime,
    lifetime,
    on_fraction,
    single_dot_trace,
)

NS = 1e-9
TIME = (np.arange(128) - 6) * 2 * NS
TAU = 25 * NS
FRAMES = 100_000


def test_lifetime_is_yield_times_radiative_lifetime():
    assert lifetime(25 * NS, 0.8) == pytest.approx(20 * NS)
    radiative, other = 1 / (25 * NS), (1 / 0.8 - 1) / (25 * NS)
    assert lifetime(25 * NS, 0.8) == pytest.approx(1 / (radiative + other))


def test_all_photons_are_counted():
    time = (np.arange(4000) - 100) * 0.5 * NS
    for response in (0, 0.1 * NS, 5 * NS):
        expected = decay(time, [TAU, 3 * NS], 1e4, [1, 5], 0, response)
        assert expected.sum() == pytest.approx(1e4, rel=1e-9)


def test_without_a_response_it_is_an_exponential():
    expected = decay(TIME, TAU, 1e4, background=3.0)
    after = TIME > 0.5 * NS
    ratios = (expected[after] - 3)[1:] / (expected[after] - 3)[:-1]
    np.testing.assert_allclose(ratios, np.exp(-2 * NS / TAU), rtol=1e-9)
    np.testing.assert_array_equal(expected[TIME < -2 * NS], 3.0)


def test_components_share_the_photons_by_amplitude_times_lifetime():
    parts = [decay(TIME, tau, n) for tau, n in ((TAU, 1e4 * 25 / 30), (5 * NS, 1e4 * 5 / 30))]
    np.testing.assert_allclose(decay(TIME, [TAU, 5 * NS], 1e4, [1, 1]), sum(parts), rtol=1e-12)


@pytest.mark.parametrize(("tau", "width"), [(25, 1), (2, 3), (1, 10), (0.5, 20)])
def test_response_against_a_numeric_convolution(tau, width):
    """Trapezoids over the excitation times, fine against both widths; exact over each channel."""
    time = (np.arange(60) - 25) * 1.0
    sigma = width / np.sqrt(8 * np.log(2))
    shift = np.linspace(-8 * sigma, 8 * sigma, 20_001)
    weight = np.exp(-(shift**2) / (2 * sigma**2))
    edges = np.append(time, time[-1] + 1) - 0.5
    after = np.exp(-np.maximum(edges[:, None] - shift, 0) / tau)
    numeric = -np.diff(np.trapezoid(after * weight, shift) / np.trapezoid(weight, shift))
    closed = decay(time * NS, tau * NS, 1.0, instrument_response=width * NS)
    np.testing.assert_allclose(closed, numeric, rtol=0, atol=1e-5 * numeric.max())


def test_a_response_far_longer_than_the_lifetime_is_itself():
    expected = decay(TIME, 1e-3 * NS, 1.0, instrument_response=4 * NS)
    assert np.isfinite(expected).all()
    assert (TIME * expected).sum() / expected.sum() == pytest.approx(1e-12, abs=0.1 * NS)


def test_counts_are_poisson():
    """Mean and variance of 1e5 counts within 5 of their standard errors."""
    counts = count(np.full(FRAMES, 7.0), 1)
    assert counts.dtype.kind == "i"
    assert counts.mean() == pytest.approx(7, abs=5 * np.sqrt(7 / FRAMES))
    assert counts.var() == pytest.approx(7, abs=5 * np.sqrt((7 + 2 * 49) / FRAMES))
    np.testing.assert_array_equal(counts, count(np.full(FRAMES, 7.0), 1))


@pytest.mark.proof
def test_fit_finds_the_lifetime_and_its_own_error():
    """Deviations in standard errors over 100 seeds.

    Within 1: binomial with p = 0.683, so 68 +- 4.7, here 4 of these each way. Outside 3: 0.27
    expected, more than 3 in 2 of 10,000 such tests. Mean and spread: 0 +- 0.1 and 1 +- 0.07.
    """
    expected = decay(TIME, TAU, 5000, background=2.0, instrument_response=1 * NS)
    fits = [
        fit_lifetime(TIME, count(expected, seed), instrument_response=1 * NS) for seed in range(100)
    ]
    off = np.array([(fit.lifetimes[0] - TAU) / fit.errors[0] for fit in fits])
    assert 50 <= (abs(off) < 1).sum() <= 86
    assert (abs(off) > 3).sum() <= 3
    assert off.mean() == pytest.approx(0, abs=0.4)
    assert off.std() == pytest.approx(1, abs=0.28)
    photons = np.array([fit.photons[0] for fit in fits])
    assert photons.mean() == pytest.approx(5000, abs=5 * photons.std() / 10)
    degrees = TIME.size - 3
    misfit = np.mean([fit.chi_square for fit in fits])
    assert misfit == pytest.approx(1, abs=5 * np.sqrt((2 + 1 / 2) / degrees / 100))


def test_error_is_that_of_counting():
    """tau/sqrt(N) without background (Cramer-Rao), so 1/sqrt(N); the window holds 16 lifetimes."""
    time, counts = (np.arange(800) + 0.5) * 0.5 * NS, np.array([1e3, 1e4, 1e5, 1e6])
    errors = [fit_lifetime(time, decay(time, TAU, n)).errors[0] for n in counts]
    np.testing.assert_allclose(errors[1:], TAU / np.sqrt(counts[1:]), rtol=0.06)
    slope = np.polyfit(np.log(counts[1:]), np.log(errors[1:]), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.01)
    scaled = [
        fit_lifetime(TIME, decay(TIME, TAU, n, background=n / 5000)).errors[0] for n in counts
    ]
    np.testing.assert_allclose(scaled * np.sqrt(counts), scaled[0] * np.sqrt(counts[0]), rtol=1e-4)


def test_fit_of_exact_counts_is_exact():
    expected = decay(TIME, [TAU, 4 * NS], 1e5, [1, 2], 5.0, 1 * NS)
    fit = fit_lifetime(TIME, expected, 2, 1 * NS)
    np.testing.assert_allclose(fit.lifetimes, [4 * NS, TAU], rtol=1e-5)
    np.testing.assert_allclose(fit.photons, [1e5 * 8 / 33, 1e5 * 25 / 33], rtol=1e-4)
    assert fit.background == pytest.approx(5.0, rel=1e-4)
    np.testing.assert_allclose(fit.expected, expected, rtol=1e-5)


def test_fit_tells_two_components_apart():
    expected = decay(TIME, [TAU, 4 * NS], 1e5, [1, 2], 5.0, 1 * NS)
    for seed in range(3):
        counts = count(expected, seed)
        fit = fit_lifetime(TIME, counts, 2, 1 * NS)
        for found, error, true in zip(fit.lifetimes, fit.errors, [4 * NS, TAU], strict=True):
            assert abs(found - true) < 4 * error
        assert fit_lifetime(TIME, counts, 1, 1 * NS).chi_square > 2 > fit.chi_square


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"time": TIME[:5]}, "time"),
        ({"time": TIME[::-1]}, "time"),
        ({"time": np.append(TIME[:-1], 1.0)}, "time"),
        ({"lifetimes": 0.0}, "lifetimes"),
        ({"lifetimes": np.nan}, "lifetimes"),
        ({"lifetimes": [TAU, TAU]}, "amplitudes"),
        ({"amplitudes": 0.0}, "amplitudes"),
        ({"counts": -1}, "counts"),
        ({"background": np.nan}, "background"),
        ({"instrument_response": -1e-9}, "instrument_response"),
    ],
)
def test_decay_names_a_bad_input(change, name):
    with pytest.raises(InputError, match=name):
        decay(**{"time": TIME, "lifetimes": TAU, "counts": 1e4} | change)


@pytest.mark.parametrize(
    ("counts", "components", "name"),
    [
        (np.zeros(TIME.size), 1, "counts"),
        (np.full(TIME.size, -1.0), 1, "counts"),
        (np.ones(5), 1, "counts"),
        (np.full(TIME.size, np.nan), 1, "counts"),
        (decay(TIME, TAU, 1e4), 3, "components"),
        (count(decay(TIME, TAU, 300), 0), 2, "components"),
    ],
)
def test_fit_names_a_bad_input(counts, components, name):
    with pytest.raises(InputError, match=name):
        fit_lifetime(TIME, counts, components)


def test_count_names_a_bad_input():
    with pytest.raises(InputError, match="expected"):
        count([1.0, -1.0], 0)


def closed_form(dot):
    """Mean and variance of a frame's counts, from the physics rather than from the code."""
    pulses = dot.repetition_rate * dot.exposure_time
    p = (1 - np.exp(-dot.excitons_per_pulse)) * dot.quantum_yield * dot.detection_efficiency
    electrons, scale = pulses * p + dot.background, dot.gain / dot.electrons_per_count
    photon_noise = pulses * p * (1 - p) + dot.background
    gain_noise = electrons * (1 - 1 / dot.gain)
    read = (dot.read_noise / dot.electrons_per_count) ** 2
    return scale * electrons, scale**2 * (photon_noise + gain_noise) + read


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"gain": 1.0, "read_noise": 0.0},
        {"gain": 300.0, "read_noise": 5000.0},
        {"excitons_per_pulse": 0.0, "background": 2.0},
        {"excitons_per_pulse": 5.0, "detection_efficiency": 0.9, "quantum_yield": 1.0},
    ],
)
def test_mean_and_variance_of_the_camera(changes):
    """1e5 frames: 5 standard errors, that of the variance with room for the gain's long tail."""
    dot = single_dot(**changes)
    counts = single_dot_trace(FRAMES * dot.exposure_time, 3, dot).counts
    mean, variance = closed_form(dot)
    assert counts.size == FRAMES
    assert dot.mean() == pytest.approx(mean)
    assert dot.deviation == pytest.approx(np.sqrt(variance))
    assert counts.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / FRAMES))
    kurtosis = np.mean((counts - mean) ** 4) / variance**2
    error = variance * np.sqrt((kurtosis - 1) / FRAMES)
    assert counts.var() == pytest.approx(variance, abs=5 * error)


def test_excess_noise_doubles_the_variance():
    """The factor sqrt(2): Poisson light at high gain, in photoelectrons."""
    dot = single_dot(gain=1000.0, read_noise=0.0, detection_efficiency=0.0, background=400.0)
    electrons = single_dot_trace(FRAMES * dot.exposure_time, 4, dot).counts
    electrons *= dot.electrons_per_count / dot.gain
    assert electrons.var() / 400 == pytest.approx(2, abs=5 * 2 * np.sqrt(2 / FRAMES) + 1e-3)


def test_the_setup_is_the_papers():
    dot = single_dot()
    assert dot.repetition_rate == 1e6
    assert dot.exposure_time == pytest.approx(30e-3)
    assert collection(1.46, 1.518) == pytest.approx(0.363, abs=5e-4)
    assert 0.05 < dot.detection_efficiency < 0.10
    assert collection(1.518, 1.518) == 0.5


def test_a_dot_that_does_not_blink_is_always_on():
    trace = single_dot_trace(60, 5, single_dot())
    assert trace.time.size == 2000
    assert trace.time[1] == pytest.approx(30e-3)
    assert (trace.bright == 1).all()
    assert trace.on_fraction == 1.0


def test_on_is_above_half_way_from_the_dark_level():
    counts = np.repeat([1000.0, 1090.0, 1200.0], [50, 20, 30])
    assert on_fraction(counts, dark=1000.0) == 0.3
    assert on_fraction(counts, dark=1000.0, level=0.4) == 0.5


@pytest.mark.parametrize(("on_rate", "off_rate"), [(1.0, 0.5), (0.5, 2.0)])
def test_blinking_has_its_duty_cycle(on_rate, off_rate):
    """A telegraph signal's mean has the variance 2 p (1 - p)/((k_on + k_off) T)."""
    blinking, duration = Blinking(on_rate, off_rate), 3000
    duty = on_rate / (on_rate + off_rate)
    error = np.sqrt(2 * duty * (1 - duty) / ((on_rate + off_rate) * duration))
    trace = single_dot_trace(duration, 6, single_dot(), blinking=blinking)
    assert blinking.duty_cycle == pytest.approx(duty)
    assert trace.bright.mean() == pytest.approx(duty, abs=4 * error)
    assert trace.on_fraction == pytest.approx(trace.bright.mean(), abs=0.01)


@pytest.mark.parametrize("exponent", [0.5, 1.0, 1.5, 2.0, 3.0])
def test_power_law_stays(exponent):
    """Their mean and share above a time, against the integral of the density on a fine grid."""
    blinking = Blinking(10.0, 1.0, exponent, 5.0)
    times = blinking.dark_times(np.random.default_rng(7), FRAMES)
    assert times.min() >= 0.1 * (1 - 1e-9)
    assert times.max() <= 5.0 * (1 + 1e-9)
    grid = np.geomspace(0.1, 5, 10_001)
    density = grid**-exponent / np.trapezoid(grid**-exponent, grid)
    mean = np.trapezoid(grid * density, grid)
    assert times.mean() == pytest.approx(mean, abs=5 * times.std() / np.sqrt(FRAMES))
    assert blinking.duty_cycle == pytest.approx(1 / (1 + mean), rel=1e-5)
    later = np.trapezoid(density * (grid > 1), grid)
    assert np.mean(times > 1) == pytest.approx(later, abs=2.5 / np.sqrt(FRAMES) + 1e-3)


@pytest.mark.parametrize("exponent", [None, 1.5])
def test_a_trace_starts_in_the_steady_state(exponent):
    """The first frames of many traces are bright as often as the duty cycle says."""
    blinking = Blinking(2.0, 1.0, exponent, 20.0)
    rng = np.random.default_rng(8)
    shares = np.mean([blinking.bright_shares(50, 0.1, rng) for _ in range(1500)], axis=0)
    duty = blinking.duty_cycle
    error = np.sqrt(duty * (1 - duty) / 1500)
    np.testing.assert_allclose(shares[[0, 10, 49]], duty, atol=4.5 * error)


def test_a_dim_state_keeps_its_brightness():
    blinking = replace(Blinking(1.0, 1.0), dark_brightness=0.4)
    trace = single_dot_trace(600, 9, single_dot(), blinking=blinking)
    dim = trace.counts[trace.bright == 0]
    _, variance = closed_form(single_dot())
    assert dim.mean() == pytest.approx(single_dot().mean(0.4), abs=5 * np.sqrt(variance / dim.size))


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: single_dot_trace(0.01, 0, single_dot()), "duration"),
        (lambda: single_dot_trace(np.nan, 0, single_dot()), "duration"),
        (lambda: single_dot(gain=0.5), "gain"),
        (lambda: single_dot(quantum_yield=1.1), "quantum_yield"),
        (lambda: single_dot(colour=1), "changes"),
        (lambda: collection(1.6, 1.518), "numerical_aperture"),
        (lambda: Blinking(0, 1), "on_rate"),
        (lambda: Blinking(1, 1, exponent=1.5, longest_off=0.5), "longest_off"),
        (lambda: single_dot_trace(3000, 0, single_dot(), blinking=Blinking(1e5, 1e5)), "switches"),
        (lambda: on_fraction([1.0, np.nan]), "counts"),
        (lambda: on_fraction([1.0, 2.0], level=2), "level"),
        (lambda: lifetime(25 * NS, 1.5), "quantum_yield"),
    ],
)
def test_a_bad_input_is_named(call, name):
    with pytest.raises(InputError, match=name):
        call()
