"""The lock-in amplifier against closed forms: amplitude, phase, settling, noise; seeded."""

import subprocess
import sys

import numpy as np
import pytest
from scipy.special import gammainc

from qdlib.errors import InputError
from qdlib.paper.published import published_value
from qdlib.paper.setups import lock_in
from qdlib.physics.lockin import FUNDAMENTAL, chopped, demodulate, detect, detector, drifting

F = published_value("L342").value
RATE, BACKGROUND = 1e9, 1e5


def samples(duration, per_period):
    return (np.arange(int(duration * F * per_period)) + 0.5) / (per_period * F)


def test_it_is_the_papers_frequency():
    assert lock_in().frequency == F


def test_square_wave_has_two_over_pi_at_its_frequency():
    """Peak amplitude, sampled at n points a period: 2/(n sin(pi/n)), to 2/pi for many."""
    short = lock_in(time_constant=0.02)
    for n in (8, 64):
        time = samples(0.4, n)
        output = demodulate(chopped(time, F), time, short)[-n:].mean()
        assert output.real == pytest.approx(2 / (n * np.sin(np.pi / n)), rel=1e-3)
        assert abs(output.imag) < 1e-3
    assert pytest.approx(2 / np.pi) == FUNDAMENTAL
    assert chopped(time, F).mean() == pytest.approx(0.5, rel=1e-3)


@pytest.mark.parametrize("phase", [0.0, 1.0, -2.5])
def test_phase_of_signal_and_reference(phase):
    time = samples(0.4, 16)
    signal = 3 * np.cos(2 * np.pi * F * time + phase)
    output = demodulate(signal, time, lock_in(time_constant=0.02))[-16:].mean()
    assert output == pytest.approx(3 * np.exp(1j * phase), abs=2e-3)
    turned = demodulate(signal, time, lock_in(time_constant=0.02, phase=phase))[-16:].mean()
    assert turned == pytest.approx(3, abs=2e-3)


@pytest.mark.parametrize("order", [1, 2, 4])
def test_settling(order):
    """A step: the incomplete gamma function of t/tau, 1 - exp(-t/tau) for order 1."""
    tau, time = 0.05, samples(0.3, 16)
    output = demodulate(np.cos(2 * np.pi * F * time), time, lock_in(time_constant=tau, order=order))
    cycles = output[: output.size // 16 * 16].reshape(-1, 16).mean(axis=1).real
    centres = time[: output.size // 16 * 16].reshape(-1, 16).mean(axis=1)
    np.testing.assert_allclose(cycles, gammainc(order, centres / tau), atol=5e-3)
    if order == 1:
        np.testing.assert_allclose(cycles, 1 - np.exp(-centres / tau), atol=5e-3)


def test_settled_start_stays():
    time = samples(0.05, 16)
    lockin = lock_in(time_constant=0.1, order=3)
    output = demodulate(np.cos(2 * np.pi * F * time), time, lockin, start=1.0)
    np.testing.assert_allclose(output, 1, atol=5e-3)


@pytest.mark.parametrize("order", [1, 2])
def test_another_frequency_is_rejected(order):
    """At f + d the output beats at d, 1/(1 + (2 pi d tau)^2)^(order/2) as strong."""
    tau, offset, time = 0.05, 30.0, samples(1.0, 8)
    signal = np.cos(2 * np.pi * (F + offset) * time)
    output = demodulate(signal, time, lock_in(time_constant=tau, order=order))
    strength = np.sqrt(np.mean(np.abs(output[output.size // 2 :]) ** 2))
    expected = (1 + (2 * np.pi * offset * tau) ** 2) ** (-order / 2)
    assert strength == pytest.approx(expected, rel=0.02)


@pytest.mark.parametrize("order", [1, 2])
def test_constant_background_leaves_a_ripple(order):
    tau, time = 0.02, samples(0.5, 64)
    output = demodulate(
        np.full(time.size, BACKGROUND), time, lock_in(time_constant=tau, order=order)
    )
    ripple = np.abs(output[-64:]).mean()
    assert ripple == pytest.approx(
        2 * BACKGROUND / (1 + (2 * np.pi * F * tau) ** 2) ** (order / 2), rel=0.01
    )


@pytest.mark.parametrize(("order", "expected"), [(1, 1 / 4), (2, 1 / 8), (3, 3 / 32), (4, 5 / 64)])
def test_noise_bandwidth(order, expected):
    """Also as the integral over |H|^2 = (1 + (2 pi f tau)^2)^-order."""
    lockin = lock_in(time_constant=0.2, order=order)
    assert lockin.noise_bandwidth == pytest.approx(expected / 0.2)
    angle = (np.arange(20_000) + 0.5) / 20_000 * np.pi / 2  # f = tan(angle)/(2 pi tau)
    integral = (np.cos(angle) ** (2 * order - 2)).mean() / 4 / 0.2
    assert lockin.noise_bandwidth == pytest.approx(integral, rel=1e-6)


@pytest.mark.parametrize(("tau", "order"), [(0.05, 1), (0.05, 2), (0.2, 2)])
def test_white_noise_passes_by_its_bandwidth(tau, order):
    """Samples of variance v at the step h: in-phase variance 4 v h ENBW."""
    lockin, time = lock_in(time_constant=tau, order=order), samples(60, 8)
    output = demodulate(np.random.default_rng(2).standard_normal(time.size), time, lockin)
    expected = np.sqrt(4 * (time[1] - time[0]) * lockin.noise_bandwidth)
    assert output[2 * int(8 * F) :].real.std() == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize(("tau", "order"), [(0.03, 1), (0.03, 2), (0.12, 2)])
def test_detected_noise_is_the_closed_form(tau, order):
    """So it falls as 1/sqrt(tau): four times the time constant, half the noise."""
    time, lockin = np.linspace(0, 300, 30_001), lock_in(time_constant=tau, order=order)
    found = detect(time, 1.0, BACKGROUND, RATE, lockin, 3)[100:]
    assert found.std() == pytest.approx(lockin.relative_noise(BACKGROUND, RATE), rel=0.05)
    assert found.mean() == pytest.approx(1, abs=5e-3)
    quieter = lock_in(time_constant=4 * tau, order=order)
    ratio = lockin.relative_noise(1, 1) / quieter.relative_noise(1, 1)
    assert ratio == pytest.approx(2)


def test_fast_twin_has_the_noise_of_the_time_domain():
    """Background 1e5, order 2: one number per cycle against 8 samples of it, 60 s."""
    lockin, time = lock_in(time_constant=0.1), samples(60, 8)
    whole = demodulate(detector(time, 1.0, BACKGROUND, RATE, F, 4), time, lockin).real / RATE
    cycles = whole[: time.size // 8 * 8].reshape(-1, 8).mean(axis=1)[2000:]
    gain = 2 / (8 * np.sin(np.pi / 8))
    grid = np.arange(0, 60, 0.01)
    fast = detect(grid, 1.0, BACKGROUND, RATE, lockin, 5)[200:]
    assert cycles.mean() / gain == pytest.approx(fast.mean(), abs=0.01)
    assert cycles.std() / gain == pytest.approx(fast.std(), rel=0.2)


def test_photoluminescence_under_a_background_that_drifts():
    """1e5 times stronger, by 10 % unsteady: a fall to a half is found within its noise and lag."""
    time = np.linspace(0, 60, 601)
    true = np.where(time < 30, 1.0, 0.5)
    background = drifting(time, BACKGROUND, 0.1, 6)
    lockin = lock_in()
    found = detect(time, true, background, RATE, lockin, 7)
    noise = lockin.relative_noise(BACKGROUND, RATE)
    settled = (time < 30) | (time > 40)
    assert np.abs(found - true)[settled].max() < 5 * noise
    rise = (time > 30.1) & (time < 33)
    lag = 0.5 + 0.5 * (1 - gammainc(2, time[rise] - 29.95))
    np.testing.assert_allclose(found[rise], lag, atol=5 * noise)


def test_time_domain_survives_the_drift_too():
    """Ten seconds from the detector's samples on; order 1 would not do: see the ripple."""
    time = samples(10, 8)
    seconds = np.linspace(0, 10, 101)
    background = np.interp(time, seconds, drifting(seconds, BACKGROUND, 0.1, 8))
    lockin = lock_in(time_constant=0.5)
    signal = detector(time, 0.7, background, RATE, F, 9) / RATE
    output = demodulate(signal, time, lockin).real[time > 8].mean() / FUNDAMENTAL
    assert output == pytest.approx(0.7, abs=0.05)


def test_a_turned_reference_detects_less():
    time, phase = np.linspace(0, 1, 50), 1.2
    found = detect(time, 0.8, 0.0, 1e15, lock_in(phase=phase), 1)
    np.testing.assert_allclose(found, 0.8 * np.cos(phase), rtol=1e-4)


def test_a_walk_drifts_by_its_drift():
    time = np.linspace(0, 50, 20)
    ends = [drifting(time, 2.0, 0.1, seed)[-1] for seed in range(400)]
    assert np.std(ends) == pytest.approx(0.2, rel=0.1)
    assert np.mean(ends) == pytest.approx(2, abs=0.03)
    assert drifting(time, 2.0, 0.1, 1)[0] == 2.0


def test_shot_noise_of_the_detector():
    time = samples(20, 8)
    counts = detector(time, 0.0, 3.0, 1e6, F, 1) * (time[1] - time[0])
    assert counts.var() == pytest.approx(counts.mean(), rel=0.02)


def test_same_seed_same_trace():
    time = np.linspace(0, 10, 100)
    one, two, other = (detect(time, 1.0, 10.0, RATE, lock_in(), seed) for seed in (1, 1, 2))
    np.testing.assert_array_equal(one, two)
    assert (one[1:] != other[1:]).all()


def test_import_leaves_scipy_signal_alone():
    modules = "qdlib.physics.lockin, qdlib.paper.surface"
    code = f"import sys, {modules}; sys.exit('scipy.signal' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(
    ("name", "changes"),
    [
        ("frequency", {"frequency": 0}),
        ("time_constant", {"time_constant": np.nan}),
        ("order", {"order": 0}),
        ("order", {"order": 1.5}),
        ("phase", {"phase": np.inf}),
    ],
)
def test_lock_in_names_a_bad_input(name, changes):
    with pytest.raises(InputError, match=f"^{name} "):
        lock_in(**changes)


TIME = np.linspace(0, 1, 20_000)


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("time", lambda: detect([0.0, 0.0, 1.0], 1.0, 1.0, RATE, lock_in(), 1)),
        ("time", lambda: detect([0.0, np.inf], 1.0, 1.0, RATE, lock_in(), 1)),
        ("cycles", lambda: detect([0.0, 1e-4], 1.0, 1.0, RATE, lock_in(), 1)),
        ("photoluminescence", lambda: detect(TIME, -1.0, 1.0, RATE, lock_in(), 1)),
        ("background", lambda: detect(TIME, 1.0, [1.0, 2.0], RATE, lock_in(), 1)),
        ("rate", lambda: detect(TIME, 1.0, 1.0, 0, lock_in(), 1)),
        ("drift", lambda: drifting(TIME, 1.0, 2, 1)),
        ("background", lambda: detector(TIME, 1.0, np.nan, RATE, F, 1)),
        ("time", lambda: detector(TIME**2, 1.0, 1.0, RATE, F, 1)),
        ("signal", lambda: demodulate(TIME[:-1], TIME, lock_in())),
        ("samples per period", lambda: demodulate(TIME[:100], 100 * TIME[:100], lock_in())),
        ("frequency", lambda: chopped(TIME, 0)),
    ],
)
def test_bad_inputs_are_named(name, call):
    with pytest.raises(InputError, match=f"^{name} "):
        call()
