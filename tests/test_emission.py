"""Exciton efficiency against its limits."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib import InputError, red_qled
from qdlib.physics.emission import exciton_efficiency

DEVICE = red_qled()
DOT, OPTICS, C = DEVICE.dot, DEVICE.optics, DEVICE.redox.capture_coefficient
F = 1.4  # a Purcell factor


def test_a_fresh_free_dot_has_the_film_yield():
    assert exciton_efficiency(DOT, C, 0.0) == pytest.approx(DOT.film_yield)


def test_the_cavity_can_beat_the_film():
    """eta = F Y / (F Y + 1 - Y): slip 6 of the paper, IQE/PLQY above 1."""
    y = DOT.film_yield
    assert exciton_efficiency(DOT, C, 0.0, F) == pytest.approx(F * y / (F * y + 1 - y))
    assert exciton_efficiency(DOT, C, 0.0, F) > y


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
