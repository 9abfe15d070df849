"""What a reduced site does to the light, and how the light leaves.

    eta_x = b k_r F_P / (k_r F_P + k_nr + k_q N + k_field + k_A n),
    k_q = c N_dot,   k_field = k_r (F/F0)^2,   b = 1 - d (1 - Y),   k_nr = k_r (b/Y - 1)

N is the number of reduced sites per dot, c their capture coefficient (the same with which they
take up free carriers in `transport`), F the field in the dots (quantum-confined Stark effect:
Shirasaki, Phys. Rev. Lett. 110, 217403 (2013)), F_P the Purcell factor of the cavity. Of
what the film loses, 1 - Y, a share d is dots that never emit, which no cavity helps; the others
share a rate k_nr. An electron on a dot makes a trion of its exciton, n electrons at the rate k_A n.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from ..errors import InputError, require_range
from .compiled import read_only
from .photometry import Spectrum, luminance_per_current
from .reduction import level_electrons


@dataclass(frozen=True)
class Optics:
    """The cavity around the dots, by depth in their layer.

    depth : from the anode's side of the layer, increasing [m] (depths,)
    outcoupling_efficiency : share of the photons emitted there that reaches the air [1] (depths,)
    purcell_factor : radiative rate there over that in the film [1] (depths,)
    stark_field : F0, at which the field costs as much as the film's radiative rate [V/m]
    spectrum : photons that reach the air
    """

    depth: tuple[float, ...]
    outcoupling_efficiency: tuple[float, ...]
    purcell_factor: tuple[float, ...]
    stark_field: float
    spectrum: Spectrum

    def __post_init__(self):
        if not len(self.depth) == len(self.outcoupling_efficiency) == len(self.purcell_factor) > 0:
            raise InputError("depth", self.depth, "as many as the efficiencies and factors")
        for share in self.outcoupling_efficiency:
            require_range("outcoupling_efficiency", share, 0, 1)
        for factor in self.purcell_factor:
            require_range("purcell_factor", factor, 0.01, 1e4)  # next to a metal: hundreds
        require_range("stark_field", self.stark_field, 1e5, 1e12, "V/m")

    @cached_property
    def brightness(self):
        """Luminance per current density at an external quantum efficiency of 1 [cd/A]."""
        return float(luminance_per_current(self.spectrum, 1.0))

    def at(self, depth):
        """Outcoupling efficiency and Purcell factor at depths in the layer [m]."""
        return _at(self, np.asarray(depth, float).tobytes())


@lru_cache(maxsize=64)
def _at(optics, depth):
    depth = np.frombuffer(depth)
    found = (
        np.interp(depth, optics.depth, optics.outcoupling_efficiency),
        np.interp(depth, optics.depth, optics.purcell_factor),
    )
    read_only(*found)
    return found


def electrons_per_dot(dot, density, states):
    """Electrons on a dot's lowest level [1], as many at most as the level has states.

    density : of the electrons as Boltzmann counts them, states : of the level [1/m3]
    """
    return level_electrons(density / states, states / dot.number_density)


def exciton_efficiency(
    dot,
    capture_coefficient,
    reduced_sites,
    purcell_factor=1.0,
    field=0.0,
    stark_field=np.inf,
    electrons=0.0,
):
    """Share of the excitons that emit, eta_x [1].

    reduced_sites : per dot [1]; purcell_factor : F_P [1]; field : in the dots, stark_field : F0
    [V/m]; electrons : per dot [1]; numbers, or arrays of one shape
    """
    # each over the radiative rate of the film
    other = 1 / dot.bright_yield - 1
    quenching = dot.radiative_lifetime * capture_coefficient * dot.number_density * reduced_sites
    stark = (field / stark_field) ** 2
    trion = dot.radiative_lifetime * dot.auger_rate * electrons
    rates = purcell_factor + other + quenching + stark + trion
    return dot.bright_share * purcell_factor / rates
