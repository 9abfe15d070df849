"""The curve of the reduced share against the exposure, beside the sum that it stands for."""

import numpy as np
import pytest

from qdlib import cadmium_carboxylate, magnesium_carboxylate, red_qled, zinc_carboxylate
from qdlib.physics import exposure
from qdlib.physics.reduction import mean_reduced, reduce_sites, spread_classes

EXPOSURES = np.concatenate([[0.0], np.geomspace(1e-25, 9e11, 1111)])  # [s]


def read(factors, exposures, shares=None):
    """theta and its derivative by ln E, at exposures [s]."""
    curve = exposure.curve()
    exposure.tabulate(factors, spread_classes()[1] if shares is None else shares, curve)
    return np.array([exposure.reduced_share(one, curve) for one in exposures]).T


@pytest.mark.parametrize(
    "device",
    [
        red_qled(cadmium_carboxylate()),
        red_qled(cadmium_carboxylate(0.3)),
        red_qled(zinc_carboxylate(), changes={"redox.coupling_spread": 2.0}),
        red_qled(magnesium_carboxylate()),
        red_qled(cadmium_carboxylate(), changes={"redox.potential_spread": 0.0}),
        red_qled(cadmium_carboxylate(), changes={"redox.potential_spread": 0.4}),
    ],
)
def test_the_curve_is_the_sum_over_the_classes(device):
    theta, by_log = read(device.class_factors, EXPOSURES)
    summed = mean_reduced(reduce_sites(device.class_factors, EXPOSURES))
    np.testing.assert_allclose(theta, summed, rtol=1e-6)
    exponent = device.class_factors[:, None] * EXPOSURES
    slope = mean_reduced(exponent * np.exp(-exponent))
    # where the share is flat its slope is next to nothing
    np.testing.assert_allclose(by_log, slope, rtol=1e-3, atol=1e-5)


def test_one_class_is_an_exponential():
    theta, _ = read(np.array([2.0]), [0.0, 1e-12, 0.5, 100.0], np.ones(1))
    assert theta == pytest.approx([0.0, 2e-12, 1 - np.exp(-1), 1.0], rel=1e-6)


def test_what_is_never_reached_stays_in_proportion():
    theta, by_log = read(np.array([1e-40, 1e-60]), [1.0, 1e12], np.array([0.5, 0.5]))
    np.testing.assert_allclose(theta, [5e-41, 5e-29])
    np.testing.assert_array_equal(theta, by_log)


def test_it_only_rises():
    theta, by_log = read(red_qled(cadmium_carboxylate()).class_factors, EXPOSURES)
    assert (np.diff(theta) >= -1e-13).all()  # but for rounding
    assert (by_log >= -1e-12).all()
    assert theta[-1] == pytest.approx(1, rel=1e-12)
