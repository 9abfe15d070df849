"""Reduction of the ligands' metal against closed forms."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm

from qdlib import InputError, cadmium_carboxylate, magnesium_carboxylate, red_qled, zinc_carboxylate
from qdlib.constants import BOLTZMANN, CHARGE
from qdlib.device.experiment import sweep
from qdlib.physics.ligand import Couple, Ligand, lower_tail
from qdlib.physics.reduction import (
    Redox,
    class_factors,
    driving_force,
    marcus_factor,
    mean_reduced,
    reduce_sites,
    return_rate,
    settled_rate,
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


@pytest.mark.parametrize("share", [0.12, 0.5, 0.9])
def test_what_a_selective_wash_leaves_is_the_truncated_normal(share):
    """Mean and variance of a normal distribution cut above a: -h and 1 - a h - h^2."""
    offsets, weights = spread_classes(200)
    left = lower_tail(offsets, share)
    cut = norm.ppf(share)
    h = norm.pdf(cut) / share
    # the classes end where 6e-5 of the sites are left out
    assert weights @ left == pytest.approx(-h, rel=1e-3)
    assert weights @ (left + h) ** 2 == pytest.approx(1 - cut * h - h**2, rel=3e-3)
    # as few classes as the model has serve as well
    offsets, weights = spread_classes()
    assert weights @ lower_tail(offsets, share) == pytest.approx(-h, rel=0.01)


def test_a_wash_that_takes_nothing_or_anything_leaves_the_whole_spread():
    whole = replace(cadmium_carboxylate(), tight_fraction=0.15, selectivity=1.0)
    half = replace(whole, fraction=0.575)
    assert whole.lower_share == 1
    assert half.lower_share == pytest.approx(0.5)
    assert replace(half, selectivity=0.0).lower_share == 1
    assert replace(half, selectivity=0.5).lower_share == pytest.approx(0.5**0.5)
    args = Couple("Cd", -0.4), -0.89, REDOX, KT
    np.testing.assert_array_equal(class_factors(*args, whole.lower_share), class_factors(*args))


def test_a_selective_wash_leaves_the_slow_sites():
    args = Couple("Zn", -0.76), -0.89, REDOX, KT
    rates = [spread_classes()[1] @ class_factors(*args, share) for share in (1.0, 0.5, 0.1)]
    assert rates[0] > 1.5 * rates[1] > 1.5 * rates[2]
    assert lower_tail(spread_classes()[0], 0.5).max() <= 0


@pytest.mark.parametrize("force", [-0.4, 0.0, 0.2])
def test_transfer_and_return_balance_in_detail(force):
    """k_back/k_red = exp(dG/kT), and the way back is the Marcus rate of the driving force -dG."""
    forward = marcus_factor(force, 0.8, KT)
    back = return_rate(forward, force, KT)
    assert back / forward == pytest.approx(np.exp(force / KT))
    assert back == pytest.approx(marcus_factor(-force, 0.8, KT))


def test_the_chemical_step_limits_what_runs_uphill_only():
    forward = np.array([1e-3, 1e-3])
    back = return_rate(forward, np.array([-0.5, 0.3]), KT)
    np.testing.assert_array_equal(settled_rate(forward, back, 0.0), forward)
    slow = settled_rate(forward, back, 1e4)
    assert slow[0] == pytest.approx(forward[0], rel=1e-6)
    # pre-equilibrium: the share that is transferred, times how often that settles
    assert slow[1] == pytest.approx(np.exp(-0.3 / KT) / 1e4, rel=1e-3)


def test_the_steady_state_of_the_chemical_step_is_that_of_the_rate_equations():
    """M+ --k1--> I, I --k2--> M+, I --k3--> M: the slow eigenvalue, where k1 is small."""
    forward, back, settling = 1e-6, 3.0, 0.5
    matrix = np.array([[-forward, back], [forward, -back - 1 / settling]])
    slow = -np.linalg.eigvals(matrix).max()
    assert settled_rate(forward, back, settling) == pytest.approx(slow, rel=1e-5)


def test_without_the_options_a_device_is_the_plain_one():
    """No wash, no chemical step: a random and a selective wash of nothing are the same device."""
    off = {"redox.settling_time": 0.0, "ligand.selectivity": 0.0}
    plain = red_qled(zinc_carboxylate(), changes=off)
    couple = plain.ligand.couple
    force = driving_force(
        couple.standard_potential + plain.redox.potential_spread * spread_classes()[0],
        plain.dot.level,
        plain.redox.complexation_shift,
    )
    marcus = marcus_factor(force, plain.redox.reorganisation_energy, KT)
    np.testing.assert_allclose(plain.class_factors, plain.redox.rate_constant * marcus)
    selective = red_qled(zinc_carboxylate(), changes=off | {"ligand.selectivity": 1.0})
    np.testing.assert_array_equal(selective.class_factors, plain.class_factors)


def test_a_spread_of_the_coupling_speeds_up_a_site_as_it_is_held_loosely():
    """By e^(s u) for a site u deviations above the middle, whatever the metal."""
    offsets = spread_classes()[0]
    for salt in (zinc_carboxylate(), cadmium_carboxylate()):
        plain, spread = (
            red_qled(salt, changes={"redox.settling_time": 0.0, "redox.coupling_spread": own})
            for own in (0.0, 1.5)
        )
        faster = spread.class_factors / plain.class_factors
        np.testing.assert_allclose(faster, np.exp(1.5 * offsets))


def test_what_a_selective_wash_leaves_is_reduced_more_slowly():
    left = [
        sweep(red_qled(zinc_carboxylate(0.3), changes={"ligand.selectivity": share}))
        for share in (0.0, 1.0)
    ]
    reduced = [run.reduced_sites_per_dot[-1] for run in left]
    assert left[0].device.sites_per_dot == left[1].device.sites_per_dot
    assert 0 < reduced[1] < 0.2 * reduced[0]


def test_what_is_not_there_is_not_reduced():
    with pytest.raises(InputError, match="one with a metal"):
        red_qled(replace(zinc_carboxylate(), couple=None)).class_factors  # noqa: B018


def test_reduction_is_first_order_in_the_exposure():
    factors, exposure = np.array([3.0, 5.0]), np.array([0.0, 0.1, 2.0])
    left = [[1, np.exp(-0.3), np.exp(-6)], [1, np.exp(-0.5), np.exp(-10)]]
    np.testing.assert_allclose(1 - reduce_sites(factors, exposure), left)


def test_the_slowest_reduction_is_not_lost_in_rounding():
    assert reduce_sites(np.array([1e-20]), 3.0) == pytest.approx(3e-20)


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
    with pytest.raises(InputError, match="settling_time = -1"):
        replace(REDOX, settling_time=-1)
    with pytest.raises(InputError, match="selectivity = 2"):
        replace(cadmium_carboxylate(), selectivity=2)
