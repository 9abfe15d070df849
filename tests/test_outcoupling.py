"""Light out of the stack: closed forms, energy, reciprocity, and the paper's 23.5 %."""

import numpy as np
import pytest
from scipy.integrate import quad

from qdlib import InputError, blue_qled, published_value, red_qled
from qdlib.paper.cavity import cavity_of, tabulated
from qdlib.physics import outcoupling
from qdlib.physics.outcoupling import (
    Cavity,
    OpticalLayer,
    angular_emission,
    modes,
    spectrum_average,
)
from qdlib.physics.photometry import photoluminescence

NM = 1e-9
PERFECT = 1e7j  # index of a mirror: r = -1 for E of s waves, +1 for H of p waves


def slab(indices, thicknesses, wavelength, angles):
    """Reflectance, transmittance (2, angles) and absorptance (films, 2, angles), s and p waves."""
    index, u = np.asarray(indices, complex), np.sin(np.atleast_1d(angles))
    lengths = np.array([0.0, *thicknesses, 0.0]) * (2 * np.pi / wavelength * index[0].real)
    epsilon, last = (index / index[0]) ** 2, len(index) - 1
    power = np.zeros((last + 3, 2, len(u)))
    for j, s in np.ndindex(len(u), 2):
        w, y, phase = outcoupling._plane_wave(complex(u[j] ** 2), epsilon, lengths)
        r, heat = outcoupling._reflections(y[s], phase, 0, last), np.zeros(last + 1)
        given = s == 0, u[j] ** 2, epsilon, lengths, w, y[s], phase, r, 0, last, heat
        through = outcoupling._deposit(*given) / y[s, 0].real
        power[:, s, j] = abs(r[0]) ** 2, through, *heat / y[s, 0].real
    return power[0], power[1], power[3:-1]


def reference():
    """The stack that the paper's 23.5 % was checked with, by another program."""
    films = (
        ("ITO", 150, tabulated("ITO")),
        ("PEDOT:PSS", 35, tabulated("PEDOT:PSS")),
        ("poly-TPD", 30, 1.68),
        ("PVK", 5, 1.68),
        ("dots", 40, 1.80),
        ("ZnMgO", 60, 1.75),
        ("Ag", 100, tabulated("Ag")),
    )
    return Cavity(tuple(OpticalLayer(name, d * NM, n) for name, d, n in films), "dots", 1.52)


def before_mirror(thickness, index=1.5):
    """Dipoles in what the glass is made of, before a perfect mirror."""
    return Cavity((OpticalLayer("dots", thickness, index),), "dots", index, PERFECT)


def films(*layers, **around):
    return Cavity(tuple(OpticalLayer(*layer) for layer in layers), "dots", **around)


STACKS = {
    "red": (reference(), 632 * NM),
    "blue": (cavity_of(blue_qled().stack), 475 * NM),
    "transparent": (films(("a", 150 * NM, 2.0), ("dots", 40 * NM, 1.7)), 550 * NM),
    "lossy": (
        films(("a", 90 * NM, 1.9 + 0.1j), ("dots", 30 * NM, 1.7), ("m", 30 * NM, 0.1 + 3j)),
        550 * NM,
    ),
    "glass denser than dots": (
        films(
            ("a", 60 * NM, 2.0 + 0.01j),
            ("dots", 30 * NM, 1.6),
            ("m", 80 * NM, 0.1 + 3.5j),
            substrate=1.8,
        ),
        600 * NM,
    ),
}


# Closed forms


@pytest.mark.parametrize("share", [0, 2 / 3, 1])
def test_homogeneous_medium_changes_nothing(share):
    cavity = films(("dots", 50 * NM, 1.8), substrate=1.8, behind=1.8)
    found = modes(cavity, [450 * NM, 632 * NM], horizontal_share=share)
    assert found.purcell_factor == pytest.approx(1, abs=1e-12)
    assert np.abs(found.closure).max() < 1e-9


def test_half_of_a_homogeneous_medium_outside_the_escape_cone():
    """Downward half of isotropic light, beyond air's critical angle: sqrt(1 - 1/n^2)/2."""
    found = modes(films(("dots", 50 * NM, 1.5), substrate=1.5, behind=1.5), 600 * NM)
    assert found.substrate == pytest.approx(np.sqrt(1 - 1 / 1.5**2) / 2, abs=1e-9)
    assert found.air + found.back == pytest.approx(1 - found.substrate, abs=1e-9)


def test_perfect_mirror():
    """Chance, Prock & Silbey (1978): one dipole and its image."""
    distance = np.array([5, 20, 60, 150, 400, 900]) * NM
    x = 4 * np.pi * 1.5 * distance / (600 * NM)
    vertical = 1 - 3 * np.cos(x) / x**2 + 3 * np.sin(x) / x**3
    horizontal = 1 - 1.5 * (np.sin(x) / x + np.cos(x) / x**2 - np.sin(x) / x**3)
    for share, expected in ((0, vertical), (1, horizontal)):
        found = modes(before_mirror(1000 * NM), 600 * NM, 1000 * NM - distance, share)
        assert found.purcell_factor == pytest.approx(expected, abs=1e-5)


@pytest.mark.proof
def test_escape_cone_before_a_perfect_mirror():
    """All light inside air's cone leaves in the end: 1 - sqrt(1 - 1/n^2), and its interference."""
    distance, lowest = np.array([20, 70, 100, 333]) * NM, np.sqrt(1 - 1 / 1.5**2)
    isotropic = []
    for z in distance:
        x = 4 * np.pi * 1.5 * z / (600 * NM)
        vertical = quad(lambda w, x=x: 1.5 * (1 - w * w) * (1 + np.cos(w * x)), lowest, 1)[0]
        flat = quad(lambda w, x=x: 0.75 * (1 + w * w) * (1 - np.cos(w * x)), lowest, 1)[0]
        isotropic.append((vertical + 2 * flat) / 3)
    found = modes(before_mirror(400 * NM), 600 * NM, 400 * NM - distance)
    assert found.air * found.purcell_factor == pytest.approx(isotropic, abs=1e-5)
    far = modes(before_mirror(40_000 * NM), 600 * NM, np.linspace(4e-6, 36e-6, 400), in_plane=5000)
    assert far.mean().air == pytest.approx(1 - lowest, abs=1e-3)


# Energy


@pytest.mark.parametrize("share", [0, 2 / 3, 1])
@pytest.mark.parametrize("name", STACKS)
def test_shares_add_up_to_one(name, share):
    cavity, wavelength = STACKS[name]
    depths = np.array([0.03, 0.3, 0.7, 0.97]) * cavity.emitting_layer.thickness
    found = modes(cavity, wavelength, depths, share)
    assert np.abs(found.closure).max() < 1e-4
    for each in outcoupling.SHARES:
        assert (getattr(found, each) > -1e-6).all()
    assert found.heat.sum(0) == pytest.approx(found.absorbed)


@pytest.mark.parametrize("name", ["red", "blue", "lossy", "glass denser than dots"])
def test_what_is_guided_ends_as_heat(name):
    """Beyond the glass light line: heat on the real axis against the dipole's own field."""
    cavity, wavelength = STACKS[name]
    depth = cavity.depths(3)
    found = modes(cavity, wavelength, depth, 2 / 3)
    epsilon, *rest = outcoupling._optics(cavity, np.array([wavelength]), depth)
    x, dx = np.polynomial.legendre.leggauss(20)
    x = ((x + 1) / 2 + np.arange(200)[:, None]).ravel() / 200
    s = x / (1 - x)
    u = np.sqrt(epsilon[0, 0].real + s**2)
    du = s / u / (1 - x) ** 2 * np.tile(dx, 200) / 400
    bins = np.zeros(u.size, int)
    flux = outcoupling._flux(u[None], du[None], bins, 1, epsilon, *rest)
    vertical, flat = flux[0, 0, 3:].sum(0)
    heat = (vertical + 2 * flat) / 3 / found.purcell_factor
    assert heat == pytest.approx(found.guided + found.plasmon, abs=1e-5)


def test_stack_of_films_conserves_power():
    index = [1.52, 1.78 + 0.003j, 1.5 + 0.013j, 1.75, 0.05 + 4.3j, 1.0]
    found = slab(index, np.array([150, 35, 130, 20]) * NM, 632 * NM, np.radians(np.arange(0, 90)))
    reflectance, transmittance, absorptance = found
    assert reflectance + transmittance + absorptance.sum(0) == pytest.approx(1, abs=1e-12)
    assert absorptance[2] == pytest.approx(0, abs=0)


def test_thick_lossy_films_stay_finite():
    index, thick = [1.0, 0.05 + 4.3j, 1.7 + 0.5j, 1.5], [1e-4, 5e-4]
    reflectance, transmittance, absorptance = slab(index, thick, 632 * NM, [0.0, 1.5])
    assert reflectance + transmittance + absorptance.sum(0) == pytest.approx(1, abs=1e-12)
    assert (transmittance == 0).all()


# Other programs


def test_films_against_tmm():
    tmm = pytest.importorskip("tmm")
    index = [1.52, 1.78 + 0.003j, 1.5 + 0.013j, 1.75, 0.05 + 4.3j, 1.0]
    thickness = np.array([150, 35, 130, 20]) * NM
    for angle in np.radians([0.0, 20, 41, 60, 85]):
        found = slab(index, thickness, 632 * NM, angle)
        for wave, polarisation in enumerate("sp"):
            coherent = [np.inf, *thickness / NM, np.inf]
            other = tmm.coh_tmm(polarisation, index, coherent, angle, 632)
            heat = tmm.absorp_in_each_layer(other)[1:-1]
            assert found[0][wave, 0] == pytest.approx(other["R"], abs=1e-10)
            assert found[1][wave, 0] == pytest.approx(other["T"], abs=1e-10)
            assert found[2][:, wave, 0] == pytest.approx(heat, abs=1e-10)


@pytest.mark.parametrize("share", [0, 1])
def test_reciprocity_against_tmm(share):
    """What a dipole sends into the glass is what a wave from there brings to its place."""
    tmm = pytest.importorskip("tmm")
    cavity, wavelength = STACKS["red"]
    index = cavity.indices(wavelength)[0]
    thickness = [np.inf, *(layer.thickness / NM for layer in cavity.layers), np.inf]
    depth, angles = 13 * NM, np.radians([0.0, 15, 35, 50, 75])
    sent = angular_emission(cavity, wavelength, depth, angles, share, "glass")
    sent = sent * modes(cavity, wavelength, depth, share).purcell_factor
    for angle, each in zip(angles, sent, strict=True):
        brought = 0.0
        for wave in "sp":
            other = tmm.coh_tmm(wave, list(index), thickness, angle, wavelength / NM)
            field = tmm.position_resolved(cavity.position + 1, depth / NM, other)
            if share:
                brought += (abs(field["Ex"]) ** 2 + abs(field["Ey"]) ** 2) / 2
            else:
                brought += abs(field["Ez"]) ** 2
        ratio = index[0].real / index[cavity.position + 1].real
        assert each == pytest.approx(3 / (8 * np.pi) * ratio * brought, rel=1e-8, abs=1e-12)


def test_glass_is_seen_by_the_full_stack():
    """Air's share again from plain films: passes between the glass/air face and all the films."""
    cavity, wavelength = STACKS["red"]
    index = cavity.indices(wavelength)[0]
    thickness = [layer.thickness for layer in cavity.layers]
    x, dx = np.polynomial.legendre.leggauss(60)
    critical = np.arcsin(1 / 1.52)
    angles = critical * np.sin(np.pi / 4 * (x + 1))
    step = critical * np.cos(np.pi / 4 * (x + 1)) * np.pi / 4 * dx
    once = angular_emission(cavity, wavelength, 20 * NM, angles, 0, "glass")  # p waves alone
    back, out, _ = (each[..., 1, :] for each in slab([1.52, 1.0], [], wavelength, angles))
    stack = slab(index, thickness, wavelength, angles)[0][1]
    air = once * out / (1 - back * stack) * 2 * np.pi * np.sin(angles) * step
    assert modes(cavity, wavelength, 20 * NM, 0).air == pytest.approx(air.sum(), rel=1e-6)


# The paper


def test_outcoupling_of_the_paper():
    found = modes(reference(), 632 * NM).mean()
    stated = published_value("L011").value / 100
    assert found.air == pytest.approx(stated, abs=0.005)
    assert found.purcell_factor == pytest.approx(1.44, abs=0.03)
    assert found.air + found.substrate == pytest.approx(0.51, abs=0.015)


# Sums


@pytest.mark.proof
@pytest.mark.parametrize("cavity, wavelength", [STACKS["red"], STACKS["blue"]])
def test_enough_in_plane_wave_vectors(cavity, wavelength):
    fine = modes(cavity, wavelength, in_plane=4000)
    for count, allowed in ((100, 1e-3), (200, 1e-4), (400, 2e-5)):
        found = modes(cavity, wavelength, in_plane=count)
        for name in (*outcoupling.SHARES, "purcell_factor"):
            assert getattr(found, name) == pytest.approx(getattr(fine, name), abs=allowed)


def test_lossless_guided_modes_need_no_finer_grid():
    """Their poles lie on the real axis; the path passes below."""
    cavity = films(("a", 300 * NM, 2.2), ("dots", 60 * NM, 1.9), ("m", 50 * NM, 1.6))
    found, fine = (modes(cavity, 550 * NM, in_plane=n) for n in (400, 4000))
    assert fine.guided.min() > 0.02
    assert found.guided == pytest.approx(fine.guided, abs=1e-5)
    assert found.plasmon == pytest.approx(fine.plasmon, abs=1e-5)


def test_angles_add_up_to_the_air_share():
    cavity, wavelength = STACKS["red"]
    x, dx = np.polynomial.legendre.leggauss(80)
    angles, step = (x + 1) * np.pi / 4, dx * np.pi / 4
    emission = angular_emission(cavity, wavelength, angles=angles)
    total = (emission * 2 * np.pi * np.sin(angles) * step).sum(-1)
    assert total == pytest.approx(modes(cavity, wavelength).air, rel=1e-6)
    assert angular_emission(cavity, [wavelength], 20 * NM, [0.0]).shape == (1, 1)


def test_average_over_a_spectrum():
    cavity = cavity_of(red_qled().stack)
    wavelength = np.linspace(560, 704, 38) * NM
    found = modes(cavity, wavelength)
    assert found.air.shape == (38, 5)
    assert found.heat.shape == (7, 38, 5)
    spectrum = photoluminescence(632 * NM, 27 * NM)
    average = spectrum_average(found, spectrum)
    assert average.air.shape == (5,)
    assert np.abs(average.closure).max() < 1e-4
    assert average.heat.sum(0) == pytest.approx(average.absorbed)
    mean = np.trapezoid(spectrum.photons * spectrum.wavelength, spectrum.wavelength)
    assert average.wavelength == pytest.approx(mean, rel=1e-4)
    single = spectrum_average(modes(cavity, wavelength, 20 * NM), spectrum)
    assert single.air == pytest.approx(average.air[2])
    wavelength = np.sort(np.r_[np.linspace(570, 690, 25), 621, 633, 634, 652]) * NM
    found = modes(cavity, wavelength)
    rate = np.interp(wavelength, spectrum.wavelength, spectrum.photons, 0, 0)
    rate = rate * found.purcell_factor.T
    expected = np.trapezoid(rate * found.air.T, wavelength) / np.trapezoid(rate, wavelength)
    assert spectrum_average(found, spectrum).air == pytest.approx(expected, rel=1e-12)


# What is refused

RED = cavity_of(red_qled().stack)


@pytest.mark.parametrize(
    "name, call",
    [
        ("wavelength", lambda: modes(RED, np.nan)),
        ("wavelength", lambda: modes(RED, 800 * NM)),
        ("wavelength", lambda: modes(RED, [])),
        ("depths", lambda: modes(RED, 632 * NM, 40 * NM)),
        ("depths", lambda: modes(RED, 632 * NM, [0.0])),
        ("horizontal_share", lambda: modes(RED, 632 * NM, horizontal_share=1.1)),
        ("in_plane", lambda: modes(RED, 632 * NM, in_plane=10)),
        ("emitter", lambda: Cavity(RED.layers, "no such layer")),
        ("a: thickness", lambda: OpticalLayer("a", -1.0, 1.5)),
        ("a: index", lambda: modes(films(("a", NM, 1 - 1j), ("dots", NM, 1.7)), 632 * NM, NM / 2)),
        ("emitting layer: index", lambda: modes(films(("dots", NM, 1 + 1j)), 632 * NM, NM / 2)),
        ("angles", lambda: angular_emission(RED, 632 * NM, angles=[np.pi / 2])),
        ("medium", lambda: angular_emission(RED, 632 * NM, medium="water")),
        (
            "modes",
            lambda: spectrum_average(
                modes(RED, [620e-9, 630e-9]), photoluminescence(632e-9, 27e-9)
            ),
        ),
    ],
)
def test_inputs_that_are_refused(name, call):
    with pytest.raises(InputError) as error:
        call()
    assert error.value.name == name
