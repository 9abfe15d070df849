"""Reduction of the ligands' metal against closed forms."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib import InputError, cadmium_carboxylate, magnesium_carboxylate, red_qled, zinc_carboxylate
from qdlib.constants import BOLTZMANN, CHARGE
from qdlib.physics.ligand import Couple, Ligand
from qdlib.physics.reduction import (
    Redox,
    class_factors,
    driving_force,
    marcus_factor,
    mean_reduced,
    rate_sensitivity,
    reduce_sites,
    reduction_rate,
    spread_classes,
)

KT = BOLTZMANN * 295 / CHARGE
REDOX = Redox(100.0, 0.8, 0.0, 0.1, 1e-18)


def test_driving_forces_order_the_metals():
    """-0.49, -0.13 and +1.47 eV from the level at -0.89 V: two downhill, one impossible."""
    level = red_qled().dot.level
    salts = (cadmium_carboxylate(), zinc_carboxylate(), magnesium_carboxylate())
    forces = [driving_force(salt.couple.standard_potential, level) for salt in salts]
    np.testing.assert_allclose(forces, [-0.49, -0.13, 1.47], atol=0.005)


def test_marcus_is_fastest_where_the_driving_force_is_the_reorganisation_energy():
    forces = np.linspace(-2, 1, 3001)
    factors = marcus_factor(forces, 0.8, KT)
    assert forces[factors.argmax()] == pytest.approx(-0.8, abs=1e-3)
    assert factors.max() == pytest.approx(1.0)
    # at dG = 0 the barrier is lambda/4
    assert marcus_factor(0.0, 0.8, KT) == pytest.approx(np.exp(-0.2 / KT))


def test_classes_average_a_gaussian_spread():
    """The mean Marcus factor over a normal spread has a closed form, a wider Gaussian."""
    couple, level, sigma = Couple("Cd", -0.4), -0.89, 0.1
    factors = class_factors(couple, level, REDOX, KT)
    mean = spread_classes()[1] @ factors / REDOX.rate_constant
    variance = 2 * 0.8 * KT
    offset = 0.8 + driving_force(-0.4, level)
    wide = variance + sigma**2
    closed = np.sqrt(variance / wide) * np.exp(-(offset**2) / (2 * wide))
    assert mean == pytest.approx(closed, rel=1e-3)


def test_rate_is_proportional_to_the_electrons():
    rate = reduction_rate(np.array([3.0, 5.0]), np.array([0.0, 0.1, 2.0]))
    np.testing.assert_allclose(rate, [[0, 0.3, 6.0], [0, 0.5, 10.0]])


def test_reduction_is_first_order_and_exact():
    rate = np.array([[1e-3, 1.0, 1e9]])
    fresh = np.zeros_like(rate)
    np.testing.assert_allclose(reduce_sites(fresh, rate, 2.0), 1 - np.exp(-rate * 2.0))
    halves = reduce_sites(reduce_sites(fresh, rate, 1.0), rate, 1.0)
    np.testing.assert_allclose(halves, reduce_sites(fresh, rate, 2.0), rtol=1e-12)


def test_the_slowest_reduction_is_not_lost_in_rounding():
    assert reduce_sites(0.0, 1e-20, 3.0) == pytest.approx(3e-20)
    assert 1 - reduce_sites(0.5, 1.0, 60.0) == pytest.approx(0, abs=1e-15)


@pytest.mark.parametrize("rate", [1e-9, 0.1, 30.0])
def test_sensitivity_is_the_derivative_by_the_logarithm_of_the_rate(rate):
    below, after, above = (reduce_sites(0.3, rate * np.exp(h), 2.0) for h in (-1e-4, 0, 1e-4))
    slope = (above - below) / 2e-4
    assert rate_sensitivity(after, rate, 2.0) == pytest.approx(slope, rel=1e-5, abs=1e-11)


def test_mean_weights_sum_to_one():
    assert mean_reduced(np.ones((len(spread_classes()[0]), 4))) == pytest.approx(np.ones(4))


@pytest.mark.parametrize(("fraction", "left"), [(1.0, 1.0), (0.575, 0.5), (0.15, 0.0), (0.0, 0.0)])
def test_the_tight_share_is_inert(fraction, left):
    ligand = replace(cadmium_carboxylate(fraction), tight_fraction=0.15)
    assert ligand.reducible_fraction == pytest.approx(left)


def test_what_can_be_reduced_asks_for_the_tight_share():
    with pytest.raises(InputError, match="tight_fraction"):
        cadmium_carboxylate().reducible_fraction  # noqa: B018


@pytest.mark.parametrize("fraction", [1.2, -0.1, float("nan"), "half"])
def test_bad_fraction(fraction):
    with pytest.raises(InputError, match=r"fraction = .* from 0 to 1"):
        cadmium_carboxylate(fraction)


def test_bad_redox():
    with pytest.raises(InputError, match="reorganisation_energy = 0"):
        Redox(1.0, 0, 0.0, 0.1, 1e-18)
    with pytest.raises(InputError, match="standard_potential = 7"):
        Ligand("x", Couple("Xx", 7), 1.0)
