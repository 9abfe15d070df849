"""Electrons in the dots reduce the metal ions of the ligands.

    dtheta/dt = k_red (1 - theta),   k_red = k0 (n/N_dot) exp(-(lambda + dG)^2 / (4 lambda kT)),
    dG = -q (E0 + dE_c - E_dot)

With a chemical step of k_c after the charge transfer, which alone is final, k_red is

    k_red k_c / (k_c + k_back),   k_back/k0 = exp(dG/kT) times that Marcus factor (detailed balance)

theta is the share of the reducible sites that is reduced; the rate is Marcus' (J. Chem. Phys. 24,
966 (1956)). E0 has a Gaussian spread over the sites, taken at even steps of it: each class of
sites has its own theta; a wash that takes the loosest sites first leaves the spread's
lower tail. There is no way back: the products are stable at zero bias (paper, Fig. 2b). All
energies in eV, which are volts here.

The rate is in proportion to the electrons at every moment, so that all that a site has gone through
is its exposure to them, see exposure.py. What is `register_jitable` may be called in compiled code
as well.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numba.extending import register_jitable

from ..errors import require_range
from .ligand import lower_tail

CLASSES, WIDEST = 21, 4.0
"""Classes of sites, and how far they reach to either side of the middle [standard deviations].

A decay is a front that runs through the classes: even steps keep theirs from showing in it, where
Gauss and Hermite's nodes, best for polynomials, moved a lifetime by a tenth with 13 of them.
"""


@dataclass(frozen=True)
class Redox:
    """How fast a site is reduced, and what it does once reduced.

    rate_constant : k0 of a dot with one electron, barrierless [1/s]
    reorganisation_energy : lambda [eV]
    complexation_shift : dE_c, of the couple in the ligand against the aqueous ion [V]
    potential_spread : standard deviation of E0 over the sites [V]
    capture_coefficient : of a reduced site, for either carrier and for the exciton [m3/s]
    settling_time : 1/k_c, after which a transferred electron cannot come back: 0 for at once [s]
    coupling_spread : how much ln k0 grows with a standard deviation of E0: what is held loosely is
        reached more easily as well [1]
    """

    rate_constant: float
    reorganisation_energy: float
    complexation_shift: float
    potential_spread: float
    capture_coefficient: float
    settling_time: float = 0.0
    coupling_spread: float = 0.0

    def __post_init__(self):
        require_range("rate_constant", self.rate_constant, 0, 1e15, "per s")
        require_range("reorganisation_energy", self.reorganisation_energy, 0.01, 5, "eV")
        require_range("complexation_shift", self.complexation_shift, -2, 2, "V")
        require_range("potential_spread", self.potential_spread, 0, 1, "V")
        require_range("capture_coefficient", self.capture_coefficient, 0, 1e-10, "m3/s")
        require_range("settling_time", self.settling_time, 0, 1e9, "s")
        require_range("coupling_spread", self.coupling_spread, 0, 10)


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


@register_jitable
def driving_force(standard_potential, level, complexation_shift=0.0):
    """Free energy of reduction dG [eV], negative where it runs downhill.

    >>> round(driving_force(-0.402, -0.89), 3)  # cadmium
    -0.488
    """
    return -(standard_potential + complexation_shift - level)


@register_jitable
def marcus_factor(driving_force, reorganisation_energy, thermal_energy):
    """exp(-(lambda + dG)^2 / (4 lambda kT)) [1]; all arguments in eV."""
    return np.exp(
        -((reorganisation_energy + driving_force) ** 2)
        / (4 * reorganisation_energy * thermal_energy)
    )


@lru_cache(maxsize=16)
def spread_classes(count=CLASSES):
    """Offsets in standard deviations and weights (sum 1) of a normal distribution, (count,).

    The trapezium rule, which converges faster than any power of the step for smooth functions.
    """
    offsets = np.linspace(-WIDEST, WIDEST, count)
    weights = np.exp(-(offsets**2) / 2)
    return offsets, weights / weights.sum()


@register_jitable
def return_rate(rate, driving_force, thermal_energy):
    """Rate of the way back [1/s] of a transfer with that rate [1/s]: detailed balance; dG, kT [eV].

    >>> float(return_rate(3.0, 0.0, 0.0254))
    3.0
    """
    return rate * np.exp(driving_force / thermal_energy)


@register_jitable
def settled_rate(forward, back, settling_time):
    """Rate of what does not come back [1/s]: transfer and return [1/s], then a step that is final.

    The electron in between is at its steady state (EC mechanism: Bard and Faulkner, ch. 12).
    """
    return forward / (1 + back * settling_time)


def class_factors(couple, level, redox, thermal_energy, lower_share=1.0, count=CLASSES):
    """k_red of each class of sites in a dot with one electron [1/s] (count,).

    lower_share : of the spread of E0 that the sites occupy, from its lower end, see `Ligand`
    """
    offsets = class_offsets(lower_share, count)
    return site_rate(couple.standard_potential, offsets, level, redox, thermal_energy)


def class_offsets(lower_share=1.0, count=CLASSES):
    """Of each class of sites from the middle of the whole spread, in its deviations (count,)."""
    return lower_tail(spread_classes(count)[0], lower_share)


def site_rate(standard_potential, offset, level, redox, thermal_energy):
    """k_red in a dot with one electron [1/s] of sites at an offset, in standard deviations of E0.

    standard_potential : of their couple, level : of the dot [V]; redox : `Redox`, kT in eV
    """
    potential = standard_potential + redox.potential_spread * offset
    force = driving_force(potential, level, redox.complexation_shift)
    factor = marcus_factor(force, redox.reorganisation_energy, thermal_energy)
    forward = redox.rate_constant * np.exp(redox.coupling_spread * offset) * factor
    back = return_rate(forward, force, thermal_energy)
    return settled_rate(forward, back, redox.settling_time)


def level_electrons(filling, states):
    """Electrons on a level [1]: no more than its `states` [1], whatever Boltzmann's filling n/Nc.

    >>> level_electrons(1e-6, 2.0) < 2.1e-6, level_electrons(1e6, 2.0) < 2.0
    (True, True)
    """
    return states * filling / (1 + filling)


def reduce_sites(class_factors, exposure):
    """theta of each class (CLASSES, nodes) in dots with an exposure to electrons [s] (nodes,)."""
    return -np.expm1(-class_factors[:, None] * exposure)  # 1 - exp(-x) would cancel


def mean_reduced(reduced):
    """theta averaged over the classes (nodes,)."""
    return spread_classes()[1] @ reduced
