"""Exciton efficiency against its limits."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib import InputError, red_qled
from qdlib.physics.emission import electrons_per_dot, exciton_efficiency

DEVICE = red_qled()
DOT = replace(DEVICE.dot, dark_share=0.0, auger_rate=0.0)
OPTICS, C = DEVICE.optics, DEVICE.redox.capture_coefficient
DARK = replace(DOT, dark_share=1.0)
F = 1.4  # a Purcell factor


def test_a_fresh_free_dot_has_the_film_yield():
    assert exciton_efficiency(DOT, C, 0.0) == pytest.approx(DOT.film_yield)


def test_the_cavity_can_beat_the_film():
    """eta = F Y / (F Y + 1 - Y): slip 6 of the paper, IQE/PLQY above 1."""
    y = DOT.film_yield
    assert exciton_efficiency(DOT, C, 0.0, F) == pytest.approx(F * y / (F * y + 1 - y))
    assert exciton_efficiency(DOT, C, 0.0, F) > y


@pytest.mark.parametrize("share", [0.0, 0.5, 1.0])
def test_dark_dots_leave_the_film_its_yield(share):
    """In the flask and in the film the yield is what was measured, whatever it is lost to."""
    dots = replace(DOT, dark_share=share)
    assert exciton_efficiency(dots, C, 0.0) == pytest.approx(DOT.film_yield)
    assert dots.bright_share * dots.bright_yield == pytest.approx(DOT.film_yield)


def test_no_cavity_helps_dark_dots():
    """All of the loss dark: eta = Y, whatever the Purcell factor; none of it: the old formula."""
    assert exciton_efficiency(DARK, C, 0.0, F) == pytest.approx(DOT.film_yield)
    half = exciton_efficiency(replace(DOT, dark_share=0.5), C, 0.0, F)
    assert DOT.film_yield < half < exciton_efficiency(DOT, C, 0.0, F)


def test_a_reduced_site_does_not_quench_a_dark_dot_twice():
    """Dots that all emit fully are quenched by Stern-Volmer; the dark ones only lower the scale."""
    bright = replace(DARK, film_yield=1.0)
    sites = np.array([0.0, 1.0, 30.0])
    np.testing.assert_allclose(
        exciton_efficiency(DARK, C, sites, F),
        DOT.film_yield * exciton_efficiency(bright, C, sites, F),
    )


def test_an_electron_on_a_dot_takes_its_share():
    """Of dots without another loss, each with one electron: k_r/(k_r + k_A) emit."""
    dots = replace(DOT, film_yield=1.0, auger_rate=0.25 / DOT.radiative_lifetime)
    shares = exciton_efficiency(dots, C, 0.0, electrons=np.array([0.0, 1.0, 2.0]))
    np.testing.assert_allclose(shares, [1, 1 / 1.25, 1 / 1.5])


def test_a_level_holds_as_many_electrons_as_it_has_states():
    density = np.array([1e10, 1e24, 1e40])
    found = electrons_per_dot(DOT, density, 2 * DOT.number_density)
    assert found[0] == pytest.approx(1e10 / DOT.number_density)
    assert found[1] < 1e24 / DOT.number_density
    assert found[2] == pytest.approx(2)


def test_quenching_is_stern_volmer():
    """eta_0/eta grows linearly with the reduced sites, by c N_dot tau each."""
    sites = np.array([0.0, 1.0, 10.0, 100.0])
    fresh = exciton_efficiency(DOT, C, 0.0, F)
    slope = np.diff(fresh / exciton_efficiency(DOT, C, sites, F)) / np.diff(sites)
    lifetime = fresh * DOT.radiative_lifetime / F
    np.testing.assert_allclose(slope, C * DOT.number_density * lifetime, rtol=1e-9)


def test_the_field_acts_by_its_square_and_reversibly():
    fields = np.array([0.0, 1e7, 2e7, -2e7])
    loss = 1 / exciton_efficiency(DOT, C, 0.0, F, fields, OPTICS.stark_field)
    loss -= loss[0]
    assert loss[2] == pytest.approx(4 * loss[1])
    assert loss[3] == loss[2]


def test_optics_by_depth():
    optics = replace(
        OPTICS, depth=(1e-9, 3e-9), outcoupling_efficiency=(0.2, 0.3), purcell_factor=(1.0, 2.0)
    )
    shares, factors = optics.at(np.array([0.0, 2e-9, 9e-9]))
    np.testing.assert_allclose(shares, [0.2, 0.25, 0.3])
    np.testing.assert_allclose(factors, [1.0, 1.5, 2.0])


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("outcoupling_efficiency", (1.2,) * 9),
        ("purcell_factor", (0,) * 9),
        ("stark_field", float("nan")),
        ("depth", (0.0, 1.0)),
    ],
)
def test_bad_optics(field, value):
    with pytest.raises(InputError, match=field):
        replace(OPTICS, **{field: value})


@pytest.mark.parametrize(("field", "value"), [("dark_share", 1.1), ("auger_rate", -1.0)])
def test_bad_dots(field, value):
    with pytest.raises(InputError, match=field):
        replace(DOT, **{field: value})
