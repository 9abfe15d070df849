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


def time_to(share, time, relative_luminance):
    """When the relative luminance first falls to `share` [s]; NaN if it does not.

    Read off between two instants on the logarithm of time, as the instants of a hold are spaced.
    time : increasing [s] (K,); relative_luminance : 1 at its start (K,)
    """
    return first_fall(relative_luminance, time, share)


@singledispatch
def first_fall(y, time, level):
    """When y (K,) first falls to a level; see `time_to`."""
    return readout.fall(y, time, level)


def lifetime_at(luminance, lifetime, initial_luminance, acceleration):
    """A lifetime converted to another initial luminance [cd/m2]: L0^n T = constant.

    >>> round(lifetime_at(100, 85, 1450, 1.88))  # blue, in hours: "> 10,000 h" in the paper
    12966
    """
    return lifetime * (initial_luminance / luminance) ** acceleration


@dataclass(frozen=True)
class AccelerationFit:
    """L0^n T = constant, fitted to lifetimes at several initial luminances.

    acceleration, error : n and its standard error [1]
    log_constant, log_constant_error : ln(L0^n T), L0 in cd/m2 and T in s, and its standard error
    scatter : standard deviation of ln T about the line [1]
    points : number of lifetimes; centre, spread : mean of ln L0, and sum of squares about it [1]
    """

    acceleration: float
    error: float
    log_constant: float
    log_constant_error: float
    scatter: float
    points: int
    centre: float
    spread: float

    def lifetime(self, luminance):
        """On the line, from an initial luminance [cd/m2], array or number [s]."""
        return np.exp(self.log_constant - self.acceleration * np.log(luminance))

    def band(self, luminance, level=0.95):
        """Lower and upper end of the confidence band of the line, at luminances [cd/m2] [s].

        level : probability that the band holds the true line at one luminance, Student's t [1]
        """
        from scipy.special import stdtrit

        level = require_range("level", level, 0.01, 0.9999)
        quantile = stdtrit(self.points - 2, (1 + level) / 2)
        away = (np.log(luminance) - self.centre) ** 2 / self.spread
        width = np.exp(quantile * self.scatter * np.sqrt(1 / self.points + away))
        line = self.lifetime(luminance)
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
    centre, spread = x.mean(), ((x - x.mean()) ** 2).sum()
    if spread < 1e-12 * len(x):
        raise InputError("luminance", luminance, "at least two different ones")
    slope = float((x - centre) @ y / spread)
    residual = y - y.mean() - slope * (x - centre)
    scatter = float(np.sqrt(residual @ residual / (len(x) - 2)))
    return AccelerationFit(
        float(-slope),
        float(scatter / np.sqrt(spread)),
        float(y.mean() - slope * centre),
        float(scatter * np.sqrt(1 / len(x) + centre**2 / spread)),
        scatter,
        len(x),
        float(centre),
        float(spread),
    )
