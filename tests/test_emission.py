"""Exciton efficiency against its limits."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib import InputError, red_qled
from qdlib.emission import Optics, exciton_efficiency

DEVICE = red_qled()
DOT, OPTICS, C = DEVICE.dot, DEVICE.optics, DEVICE.redox.capture_coefficient
FREE = replace(OPTICS, purcell_factor=1.0)


def test_a_fresh_free_dot_has_the_film_yield():
    assert exciton_efficiency(DOT, FREE, C, 0.0) == pytest.approx(DOT.film_yield)


def test_the_cavity_can_beat_the_film():
    """eta = F Y / (F Y + 1 - Y): slip 6 of the paper, IQE/PLQY above 1."""
    y, f = DOT.film_yield, OPTICS.purcell_factor
    assert exciton_efficiency(DOT, OPTICS, C, 0.0) == pytest.approx(f * y / (f * y + 1 - y))
    assert exciton_efficiency(DOT, OPTICS, C, 0.0) > y


def test_quenching_is_stern_volmer():
    """eta_0/eta grows linearly with the reduced sites."""
    sites = np.array([0.0, 1.0, 10.0, 100.0])
    ratio = exciton_efficiency(DOT, OPTICS, C, 0.0) / exciton_efficiency(DOT, OPTICS, C, sites)
    slope = np.diff(ratio) / np.diff(sites)
    lifetime = exciton_efficiency(DOT, OPTICS, C, 0.0) * DOT.radiative_lifetime
    expected = C * DOT.number_density * lifetime / OPTICS.purcell_factor
    np.testing.assert_allclose(slope, expected, rtol=1e-9)


def test_the_field_acts_by_its_square_and_reversibly():
    fields = np.array([0.0, 1e7, 2e7, -2e7])
    loss = 1 / exciton_efficiency(DOT, OPTICS, C, 0.0, fields)
    loss -= loss[0]
    assert loss[2] == pytest.approx(4 * loss[1])
    assert loss[3] == loss[2]


@pytest.mark.parametrize(("field", "value"), [
    ("outcoupling_efficiency", 1.2), ("purcell_factor", 0), ("stark_field", float("nan")),
])  # fmt: skip
def test_bad_optics(field, value):
    with pytest.raises(InputError, match=field):
        Optics(**{**vars(OPTICS), field: value})
