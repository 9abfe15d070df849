"""Photometry against the definition of the lumen, hand-derived values and colour-science."""

import warnings

import numpy as np
import pytest

from qdlib.constants import CHARGE, LIGHT_SPEED, PLANCK
from qdlib.errors import InputError
from qdlib.paper import samples as paper
from qdlib.paper.published import published_value
from qdlib.parameters import BLUE, CORE_SHELL
from qdlib.physics.photometry import (
    Spectrum,
    chromaticity,
    electroluminescence,
    luminance_per_current,
    observer,
    photoluminescence,
    srgb,
)

NM = 1e-9


def line(wavelength_nm):
    return photoluminescence(wavelength_nm * NM, 1e-12)


@pytest.fixture(scope="module")
def colour():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return pytest.importorskip("colour")


def tables(colour, step):
    """Observer of colour-science: wavelengths [nm] and V, x, y, z."""
    wavelength = np.arange(380, 781, step)
    photopic = colour.colorimetry.SDS_LEFS_PHOTOPIC["CIE 1924 Photopic Standard Observer"]
    matching = colour.MSDS_CMFS["CIE 1931 2 Degree Standard Observer"]
    return wavelength, np.vstack([photopic[wavelength], matching[wavelength].T])


@pytest.mark.parametrize(
    ("wavelength", "photopic", "near"),
    [(555, 1.0, 1e-6), (470, 0.09098, 1e-4), (510, 0.503, 1e-4), (630, 0.265, 1e-4),
     (650, 0.107, 1e-4)],
)  # fmt: skip
def test_efficacy_of_a_line_is_the_eye_response(wavelength, photopic, near):
    lumens = np.pi * luminance_per_current(line(wavelength), 1.0)
    assert lumens / (1239.841984 / wavelength) == pytest.approx(683 * photopic, rel=near)


@pytest.mark.parametrize(
    ("wavelength", "photopic", "efficiency", "rounded"),
    [
        (620, 0.381, 0.2, 33.1),
        (630, 0.265, 0.2, 22.7),
        (640, 0.175, 0.2, 14.7),
        (465, 0.0739, 0.1, 4.28),
        (475, 0.1126, 0.1, 6.39),
    ],
)
def test_candela_per_ampere_of_a_line(wavelength, photopic, efficiency, rounded):
    volts = 1239.841984 / wavelength
    by_hand = 683 * photopic * volts * efficiency / np.pi
    found = luminance_per_current(line(wavelength), efficiency)
    assert found == pytest.approx(by_hand, rel=1e-4)
    assert found == pytest.approx(rounded, rel=3e-3)


def test_derived_luminances_of_the_ledger():
    def luminance(current, efficiency, spectrum):
        return current * luminance_per_current(spectrum, efficiency)

    red, blue = published_value("L343"), published_value("L347")
    for wavelength, expected in [(630, red.value), (640, red.low), (625, red.high)]:
        assert luminance(1000.0, 0.18, line(wavelength)) == pytest.approx(expected, rel=5e-3)
    for wavelength, expected in [(475, blue.value), (480, blue.low), (465, blue.high)]:
        assert luminance(expected * 10, 0.10, line(wavelength)) == pytest.approx(1450, rel=5e-3)


def test_luminance_is_linear_and_takes_arrays():
    spectrum, efficiency = photoluminescence(630 * NM, 25 * NM), np.array([0, 0.1, 0.2, np.nan])
    found = luminance_per_current(spectrum, efficiency)
    unit = luminance_per_current(spectrum, 1.0)
    assert found[:3] == pytest.approx([0, 0.1 * unit, 0.2 * unit]) and np.isnan(found[3])


def test_a_gaussian_holds_one_photon_and_its_width():
    spectrum = photoluminescence(630 * NM, 25 * NM)
    assert np.trapezoid(spectrum.photons, spectrum.wavelength) == pytest.approx(1)
    half = spectrum.wavelength[spectrum.photons >= spectrum.photons.max() / 2]
    assert half[-1] - half[0] == pytest.approx(25 * NM, abs=0.5 * NM)
    assert spectrum.wavelength[spectrum.photons.argmax()] == pytest.approx(630 * NM, abs=0.2 * NM)


def test_a_spectrum_is_scaled_copied_and_read_only():
    wavelength, photons = np.array([500, 510, 520]) * NM, np.array([0.0, 3.0, 0.0])
    spectrum = Spectrum(wavelength, photons)
    assert spectrum.photons == pytest.approx([0, 1e8, 0]) and photons[1] == 3
    wavelength[0] = 0
    assert spectrum.wavelength[0] == 500 * NM
    with pytest.raises(ValueError, match="read-only"):
        spectrum.photons[0] = 1


def test_the_observer_integral_is_made_once():
    spectrum = photoluminescence(630 * NM, 25 * NM)
    assert spectrum.observed_energy is spectrum.observed_energy


def test_observer_matches_colour_science_at_its_nodes(colour):
    wavelength, expected = tables(colour, 5)
    assert observer(wavelength * NM) == pytest.approx(expected, abs=1e-9)


def test_observer_matches_colour_science_between_its_nodes(colour):
    wavelength, expected = tables(colour, 1)
    assert observer(wavelength * NM) == pytest.approx(expected, abs=2.5e-3)
    seen = expected[0] > 1e-3
    assert observer(wavelength * NM)[0, seen] == pytest.approx(expected[0, seen], rel=5e-3)


def test_observer_is_blind_outside_its_table():
    assert (observer(np.array([379, 781]) * NM) == 0).all()
    assert (observer(np.array([380, 780]) * NM)[0] > 0).all()


@pytest.mark.parametrize("peak", [475, 540, 630])
def test_chromaticity_matches_colour_science(colour, peak):
    spectrum = photoluminescence(peak * NM, 25 * NM)
    wavelength, observed = tables(colour, 1)
    power = np.interp(wavelength * NM, spectrum.wavelength, spectrum.photons, 0, 0) / wavelength
    xyz = observed[1:] @ power
    assert chromaticity(spectrum) == pytest.approx(tuple(xyz[:2] / xyz.sum()), abs=5e-4)


def test_a_flat_power_spectrum_is_white():
    wavelength = np.linspace(380, 780, 4001) * NM
    assert chromaticity(Spectrum(wavelength, wavelength)) == pytest.approx((1 / 3, 1 / 3), abs=1e-4)


def test_red_dots_look_red_and_blue_dots_blue():
    assert srgb(photoluminescence(630 * NM, 25 * NM)) == "#ff0000"
    blue = srgb(photoluminescence(465 * NM, 22 * NM))
    assert blue.startswith("#00") and blue.endswith("ff")


@pytest.mark.parametrize("peak", [475, 555, 590, 630])
def test_srgb_matches_colour_science(colour, peak):
    spectrum = photoluminescence(peak * NM, 25 * NM)
    x, y = chromaticity(spectrum)
    matrix = colour.RGB_COLOURSPACES["sRGB"].matrix_XYZ_to_RGB
    linear = np.maximum(matrix @ [x, y, 1 - x - y], 0)
    for brightness in (1.0, 0.2, 0.002, 0.0):
        levels = 255 * colour.models.eotf_inverse_sRGB(brightness * linear / linear.max())
        text = srgb(spectrum, brightness)
        found = [int(text[i : i + 2], 16) for i in (1, 3, 5)]
        assert found == pytest.approx(list(levels), abs=1.0)


@pytest.mark.parametrize(
    ("call", "name"),
    [
        (lambda: photoluminescence(0, 25 * NM), "peak"),
        (lambda: photoluminescence(630 * NM, 0), "linewidth"),
        (lambda: photoluminescence(630 * NM, 400 * NM), "linewidth"),
        (lambda: Spectrum([500 * NM], [1.0]), "spectrum"),
        (lambda: Spectrum([500 * NM, 510 * NM], [1.0]), "spectrum"),
        (lambda: Spectrum([510 * NM, 500 * NM], [1.0, 1.0]), "wavelength"),
        (lambda: Spectrum([0, 500 * NM], [1.0, 1.0]), "wavelength"),
        (lambda: Spectrum([500 * NM, np.nan], [1.0, 1.0]), "wavelength"),
        (lambda: Spectrum([500 * NM, 510 * NM], [-1.0, 2.0]), "photons"),
        (lambda: Spectrum([500 * NM, 510 * NM], [0.0, 0.0]), "photons"),
        (lambda: Spectrum([500 * NM, 510 * NM], [np.inf, 0.0]), "photons"),
        (lambda: luminance_per_current(line(630), 1.2), "external_quantum_efficiency"),
        (lambda: luminance_per_current(line(630), [0.1, -0.1]), "external_quantum_efficiency"),
        (lambda: chromaticity(line(900)), "spectrum"),
        (lambda: srgb(line(900)), "spectrum"),
        (lambda: srgb(line(630), 1.5), "brightness"),
        (lambda: srgb(line(630), np.nan), "brightness"),
    ],
)
def test_bad_inputs_are_named(call, name):
    with pytest.raises(InputError) as raised:
        call()
    assert raised.value.name == name


HC = PLANCK * LIGHT_SPEED / CHARGE  # [eV m]
DOTS = [paper.dot(CORE_SHELL), paper.dot(BLUE)]


def line_of(dot):
    return photoluminescence(dot.peak_wavelength, dot.linewidth)


def crossings(x, y, level):
    """Where the one maximum of y(x) rises and falls through a level, x increasing."""
    top = np.argmax(y)
    return np.interp(level, y[:top], x[:top]), np.interp(-level, -y[top:], x[top:])


@pytest.mark.parametrize("dot", DOTS, ids=lambda dot: dot.name)
def test_photoluminescence_is_the_dots(dot):
    spectrum = line_of(dot)
    assert np.trapezoid(spectrum.photons, spectrum.wavelength) == pytest.approx(1)
    near = np.argmax(spectrum.photons) + np.arange(-5, 6)
    offset = (spectrum.wavelength[near] - dot.peak_wavelength) / NM
    top = np.polyfit(offset, spectrum.photons[near], 2)
    assert -top[1] / (2 * top[0]) == pytest.approx(0, abs=2e-3)  # [nm] off the peak


@pytest.mark.parametrize("dot", DOTS, ids=lambda dot: dot.name)
def test_photoluminescence_is_gaussian_in_energy(dot):
    spectrum = line_of(dot)
    energy = HC / spectrum.wavelength[::-1]
    per_energy = (spectrum.photons * spectrum.wavelength**2)[::-1]
    low, high = crossings(energy, per_energy, per_energy.max() / 2)
    half = dot.linewidth / 2
    width = HC / (dot.peak_wavelength - half) - HC / (dot.peak_wavelength + half)
    assert high - low == pytest.approx(width, rel=1e-4)
    centre = np.average(energy, weights=per_energy)
    sigma = width / np.sqrt(8 * np.log(2))
    assert np.average((energy - centre) ** 2, weights=per_energy) == pytest.approx(
        sigma**2, rel=1e-4
    )
    assert np.average((energy - centre) ** 3, weights=per_energy) == pytest.approx(0, abs=1e-9)


def test_too_broad_a_line_is_refused():
    with pytest.raises(InputError, match="linewidth"):
        photoluminescence(632 * NM, 190 * NM)


@pytest.mark.parametrize("grid", [None, np.array([300.0, 640.0, 900.0]) * NM])
def test_a_flat_cavity_changes_nothing(grid):
    spectrum = line_of(DOTS[0])
    flat = 0.235 if grid is None else np.full(grid.shape, 0.235)
    out = electroluminescence(spectrum, flat, grid)
    np.testing.assert_allclose(out.photons, spectrum.photons, rtol=1e-12)
    np.testing.assert_array_equal(out.wavelength, spectrum.wavelength)


def test_a_sloping_cavity_moves_the_mean_by_its_slope():
    """Weight 1 + s (l - m) moves the mean m by s times the variance."""
    spectrum = line_of(DOTS[0])
    x = spectrum.wavelength / NM
    mean = np.trapezoid(x * spectrum.photons, x) * NM
    variance = np.trapezoid((x - mean) ** 2 * spectrum.photons, x) * NM
    grid, slope = np.linspace(500, 800, 7), 2e-3
    out = electroluminescence(spectrum, 0.2 * (1 + slope * (grid - mean)), grid * NM)
    moved = np.trapezoid(x * out.photons, x) * NM - mean
    assert moved == pytest.approx(slope * variance, rel=1e-6)


@pytest.mark.parametrize(
    ("outcoupling", "wavelength", "name"),
    [
        ([0.2, 0.2], None, "outcoupling"),
        ([0.2, -0.1], [400 * NM, 800 * NM], "outcoupling"),
        ([0.2, np.nan], [400 * NM, 800 * NM], "outcoupling"),
        ([0.2, 0.2], [800 * NM, 400 * NM], "wavelength"),
        ([0.2, 0.2], [620 * NM, 800 * NM], "wavelength"),
        (0.0, None, "photons"),
    ],
)
def test_electroluminescence_names_a_bad_input(outcoupling, wavelength, name):
    with pytest.raises(InputError, match=name):
        electroluminescence(line_of(DOTS[0]), outcoupling, wavelength)


def test_what_the_cavity_lets_out_is_a_spectrum():
    assert isinstance(electroluminescence(line_of(DOTS[1]), 1.0), Spectrum)


def test_spectra_of_the_same_line_are_the_same():
    """So that a device made anew is the one whose run is kept."""
    line = photoluminescence(632e-9, 25e-9)
    again = photoluminescence.__wrapped__(632e-9, 25e-9)
    assert again is not line
    assert again == line and hash(again) == hash(line)
    assert photoluminescence(632e-9, 26e-9) != line and line != 1
