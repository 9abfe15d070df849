"""Electrons in the dots reduce the metal ions of the ligands.

    dtheta/dt = k_red (1 - theta),   k_red = k0 (n/N_dot) exp(-(lambda + dG)^2 / (4 lambda kT)),
    dG = -q (E0 + dE_c - E_dot)

theta is the share of the reducible sites that is reduced; the rate is Marcus' (J. Chem. Phys. 24,
966 (1956)). E0 has a Gaussian spread over the sites, taken by Gauss-Hermite quadrature: each
class of sites has its own theta. There is no way back: the products are stable at zero bias
(paper, Fig. 2b). All energies in eV, which are volts here.

The kinetics of a site over an instant are `reduce_sites` and `rate_sensitivity`, which march.py
compiles for one class at one node: another mechanism is another pair of them.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from ..errors import require_range

CLASSES = 13  # Gauss-Hermite nodes over the spread of E0; with 7 their steps show in a decay


@dataclass(frozen=True)
class Redox:
    """How fast a site is reduced, and what it does once reduced.

    rate_constant : k0 of a dot with one electron, barrierless [1/s]
    reorganisation_energy : lambda [eV]
    complexation_shift : dE_c, of the couple in the ligand against the aqueous ion [V]
    potential_spread : standard deviation of E0 over the sites [V]
    capture_coefficient : of a reduced site, for either carrier and for the exciton [m3/s]
    """

    rate_constant: float
    reorganisation_energy: float
    complexation_shift: float
    potential_spread: float
    capture_coefficient: float

    def __post_init__(self):
        require_range("rate_constant", self.rate_constant, 0, 1e15, "per s")
        require_range("reorganisation_energy", self.reorganisation_energy, 0.01, 5, "eV")
        require_range("complexation_shift", self.complexation_shift, -2, 2, "V")
        require_range("potential_spread", self.potential_spread, 0, 1, "V")
        require_range("capture_coefficient", self.capture_coefficient, 0, 1e-10, "m3/s")


class Sites(NamedTuple):
    """Reducible sites of a layer of dots on a mesh, in numbers, for the compiled loop.

    first : the layer's first node; depths : thickness that belongs to each of its nodes [m] (dots,)
    factors : rate of each class of sites in a dot with one electron [1/s], shares : its part of
        the sites (CLASSES,)
    density : of sites [1/m3]; charge : that reduces one [C]
    states : that a dot's lowest level has; activity : exp of that level's depth [Vt]
    """

    first: int
    depths: np.ndarray
    factors: np.ndarray
    shares: np.ndarray
    density: float
    charge: float
    states: float
    activity: float


NO_SITES = Sites(0, np.empty(0), np.empty(0), np.empty(0), 0.0, 0.0, 0.0, 0.0)


def driving_force(standard_potential, level, complexation_shift=0.0):
    """Free energy of reduction dG [eV], negative where it runs downhill.

    >>> round(driving_force(-0.402, -0.89), 3)  # cadmium
    -0.488
    """
    return -(standard_potential + complexation_shift - level)


def marcus_factor(driving_force, reorganisation_energy, thermal_energy):
    """exp(-(lambda + dG)^2 / (4 lambda kT)) [1]; all arguments in eV."""
    return np.exp(
        -((reorganisation_energy + driving_force) ** 2)
        / (4 * reorganisation_energy * thermal_energy)
    )


@lru_cache(maxsize=8)
def spread_classes(count=CLASSES):
    """Offsets in standard deviations and weights (sum 1) of a normal distribution, (count,)."""
    offsets, weights = np.polynomial.hermite_e.hermegauss(count)
    return offsets, weights / weights.sum()


def class_factors(couple, level, redox, thermal_energy):
    """Marcus factor of each class of sites times k0 [1/s] (CLASSES,)."""
    offsets, _ = spread_classes()
    potentials = couple.standard_potential + redox.potential_spread * offsets
    force = driving_force(potentials, level, redox.complexation_shift)
    return redox.rate_constant * marcus_factor(force, redox.reorganisation_energy, thermal_energy)


def reduction_rate(class_factors, electrons_per_dot):
    """k_red [1/s] (CLASSES, nodes) in dots that hold `electrons_per_dot` [1] (nodes,)."""
    return class_factors[:, None] * electrons_per_dot


def reduce_sites(reduced, rate, duration):
    """theta (CLASSES, nodes) after `duration` [s] at a constant rate [1/s]: the exact solution."""
    return reduced - (1 - reduced) * np.expm1(-rate * duration)  # 1 - exp(-x) would cancel


def rate_sensitivity(reduced, rate, duration):
    """d theta / d ln(rate) [1] of `reduce_sites`, theta being what it has given."""
    return rate * duration * (1 - reduced)


def mean_reduced(reduced):
    """theta averaged over the classes (nodes,)."""
    return spread_classes()[1] @ reduced
