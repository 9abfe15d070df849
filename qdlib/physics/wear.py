"""Slow wear of a device, beside the reduction of its ligands, and how lifetimes are converted.

    left(t) = exp(-ln 2 (t / T)^beta),   T = T_ref (J_ref / J)^n,   L0^n T50 = constant

A stretched exponential in time at a constant current density; n is the acceleration factor (paper,
Fig. 1g and Fig. S9c). That wear follows the current, and not the light, is an assumption: the two
agree as long as the efficiency is the same.
"""

from dataclasses import dataclass
from functools import singledispatch

import numpy as np

from ..errors import InputError, require_range
from . import readout

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
        stress = (current_density / REFERENCE_CURRENT) ** self.acceleration
        return np.exp(-np.log(2) * (np.asarray(time) * stress / self.half_life) ** self.stretching)

    def lifetime(self, share, current_density=REFERENCE_CURRENT):
        """Time [s] at which `share` of the light is left, by wear alone."""
        stress = (current_density / REFERENCE_CURRENT) ** self.acceleration
        return self.half_life / stress * (np.log(share) / np.log(0.5)) ** (1 / self.stretching)


@singledispatch
def first_fall(relative_luminance, time, share):
    """When the relative luminance first falls to `share` [s]; NaN if it does not.

    Read off between two instants on the logarithm of time, as the instants of a hold are spaced.
    relative_luminance : 1 at its start (K,); time : increasing [s] (K,)
    """
    return readout.fall(relative_luminance, time, share)


def lifetime_at(luminance, lifetime, initial_luminance, acceleration):
    """A lifetime converted to another initial luminance [cd/m2]: L0^n T = constant.

    >>> round(lifetime_at(100, 85, 1450, 1.88))  # blue, in hours: "> 10,000 h" in the paper
    12966
    """
    return lifetime * (initial_luminance / luminance) ** acceleration


@dataclass(frozen=True, eq=False)
class AccelerationFit:
    """L0^n T = constant, fitted to lifetimes at several initial luminances.

    acceleration : n [1]; log_constant : ln(L0^n T), L0 in cd/m2 and T in s
    covariance : of the line's slope, -n, and log_constant (2, 2); points : number of lifetimes
    """

    acceleration: float
    log_constant: float
    covariance: np.ndarray
    points: int

    @property
    def error(self):
        """Standard error of n [1]."""
        return float(np.sqrt(self.covariance[0, 0]))

    def lifetime(self, luminance):
        """On the line, from an initial luminance [cd/m2], array or number [s]."""
        return np.exp(self.log_constant - self.acceleration * np.log(luminance))

    def band(self, luminance, level=0.95):
        """Lower and upper end of the confidence band of the line, at luminances [cd/m2] [s].

        level : probability that the band holds the true line at one luminance, Student's t [1]
        """
        from scipy.special import stdtrit

        level = require_range("level", level, 0.01, 0.9999)
        quantile, line = stdtrit(self.points - 2, (1 + level) / 2), self.lifetime(luminance)
        (slope, both), (_, constant) = self.covariance
        variance = np.polyval([slope, 2 * both, constant], np.log(luminance))
        width = np.exp(quantile * np.sqrt(variance))
        return line / width, line * width


def fit_acceleration(luminance, lifetime):
    """Fit ln T = ln(constant) - n ln L0 by least squares: AccelerationFit.

    luminance : initial ones, at least two different [cd/m2] (K,); lifetime : [s] (K,); K >= 3
    Raises InputError if they do not match, are not positive, or are all at one luminance.

    >>> round(fit_acceleration([100, 200, 400], [16, 4, 1]).acceleration, 9)  # T goes as 1/L0^2
    2.0
    """
    x, y = np.array(luminance, float), np.array(lifetime, float)
    if x.ndim != 1 or x.shape != y.shape or len(x) < 3:
        raise InputError("lifetime", y.shape, "an array like luminance, of 3 points or more")
    for name, values in (("luminance", x), ("lifetime", y)):
        if not (np.isfinite(values).all() and (values > 0).all()):
            raise InputError(name, values.tolist(), "finite and above 0")
    x, y = np.log(x), np.log(y)
    if np.var(x) < 1e-12:
        raise InputError("luminance", luminance, "at least two different ones")
    (slope, constant), covariance = np.polyfit(x, y, 1, cov=True)
    return AccelerationFit(-float(slope), float(constant), covariance, len(x))
