"""Slow wear of a device, beside the reduction of its ligands, and how lifetimes are converted.

    left(t) = exp(-ln 2 (t / T)^beta),   T = T_ref (J_ref / J)^n,   L0^n T50 = constant

A stretched exponential in time at a constant current density; n is the acceleration factor (paper,
Fig. 1g and Fig. S9c). That wear follows the current, and not the light, is an assumption: the two
agree as long as the efficiency is the same.
"""

from dataclasses import dataclass

import numpy as np

from .errors import require_range

REFERENCE_CURRENT = 1000.0
"""The paper's drive, 100 mA/cm2 [A/m2], at which `half_life` is given."""


@dataclass(frozen=True)
class Wear:
    """How a device with inert ligands fades.

    half_life : time to lose half the light at REFERENCE_CURRENT [s]
    stretching : beta [1]
    acceleration : n [1]
    """

    half_life: float
    stretching: float
    acceleration: float

    def __post_init__(self):
        require_range("half_life", self.half_life, 1e-3, 1e15, "s")
        require_range("stretching", self.stretching, 0.1, 3)
        require_range("acceleration", self.acceleration, 0.1, 10)

    def left(self, time, current_density=REFERENCE_CURRENT):
        """Share of the light left [1] after `time` [s] at a constant current density [A/m2]."""
        stress = (np.asarray(current_density) / REFERENCE_CURRENT) ** self.acceleration
        return np.exp(-np.log(2) * (np.asarray(time) * stress / self.half_life) ** self.stretching)

    def lifetime(self, share, current_density=REFERENCE_CURRENT):
        """Time [s] at which `share` of the light is left, by wear alone."""
        stress = (current_density / REFERENCE_CURRENT) ** self.acceleration
        return self.half_life / stress * (np.log(share) / np.log(0.5)) ** (1 / self.stretching)


def time_to(share, time, relative_luminance):
    """When the relative luminance first falls to `share` [s]; NaN if it does not.

    time : increasing [s] (K,); relative_luminance : 1 at its start (K,)
    """
    low = np.flatnonzero(~(relative_luminance > share))
    if len(low) == 0 or low[0] == 0:
        return np.nan
    after, before = low[0], low[0] - 1
    part = (relative_luminance[before] - share) / (
        relative_luminance[before] - relative_luminance[after]
    )
    return float(time[before] + part * (time[after] - time[before]))


def lifetime_at(luminance, lifetime, initial_luminance, acceleration):
    """A lifetime converted to another initial luminance [cd/m2]: L0^n T = constant.

    >>> round(lifetime_at(100, 85, 1450, 1.88))  # blue, in hours: "> 10,000 h" in the paper
    12966
    """
    return lifetime * (initial_luminance / luminance) ** acceleration
