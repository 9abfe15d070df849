"""What the sites of a dot have gone through, as one number: its exposure, the integral of the
electrons on it over time [s].

A site is reduced at a rate that is in proportion to the electrons, and nothing comes back. So

    theta_i = 1 - exp(-k_i E),   E = integral(n/N_dot dt),   theta = sum(w_i theta_i)

for the classes of reduction.py, whatever the history: theta is one curve of E for all of a device.
It is tabled here, theta at even steps of ln E with its slope, and read off between them by cubic
polynomials, which is exact to a millionth and takes a tenth of the time of the sum. Compiled, in
memory that the caller lends.
"""

from typing import NamedTuple

import numpy as np

from .compiled import compiler

KNOTS = 512
LINEAR = 1e-6  # of the fastest class, k E below which theta is in proportion to E
SMALL = 1e-4  # k E below which three terms of a class's series are exact
FULL = 40.0  # of the slowest, k E from which on nothing is left
LONGEST = 1e12  # [s], beyond which nobody asks

compiled = compiler()


class Curve(NamedTuple):
    """theta against the exposure E: theta at the knots, and how it grows per knot (2, KNOTS); E
    [s] and ln E of the first knot, knots per unit of ln E, and the mean rate theta/E of small
    exposures [1/s] (4,)."""

    knots: np.ndarray
    span: np.ndarray


def curve():
    """A Curve to be filled."""
    return Curve(np.zeros((2, KNOTS)), np.zeros(4))


@compiled
def tabulate(factors, shares, curve):
    """Fill in the curve of classes with rates k_i [1/s] and shares w_i (CLASSES,)."""
    mean = fastest = 0.0
    slowest = np.inf
    for c in range(factors.size):
        mean += shares[c] * factors[c]
        fastest, slowest = max(fastest, factors[c]), min(slowest, factors[c])
    lowest = LINEAR / fastest  # compiled, a division by 0 is infinite
    first = np.log(lowest)
    last = np.log(min(FULL / slowest, LONGEST))
    knots, span = curve.knots, curve.span
    step = (last - first) / (knots.shape[1] - 1)
    span[0], span[1], span[2], span[3] = lowest, first, 1 / step, mean
    if not step > 0.0:  # only the proportional part is ever seen
        span[0] = np.inf
        return
    for i in range(knots.shape[1]):
        exposure = np.exp(first + i * step)
        theta = by_log = 0.0
        for c in range(factors.size):
            exponent = factors[c] * exposure
            reduced = 1.0
            if exponent < SMALL:
                reduced = exponent * (1 - exponent * (1 / 2 - exponent / 6))
            elif exponent < FULL:
                reduced = -np.expm1(-exponent)
            theta += shares[c] * reduced
            by_log += shares[c] * exponent * (1 - reduced)
        knots[0, i], knots[1, i] = theta, by_log * step


@compiled
def reduced_share(exposure, curve):
    """theta [1] at an exposure [s], and d theta / d ln E."""
    span = curve.span
    if not exposure > span[0]:
        proportional = span[3] * exposure
        return proportional, proportional
    at = (np.log(exposure) - span[1]) * span[2]
    i = min(int(at), KNOTS - 2)
    part = min(at - i, 1.0)
    before, left, right = curve.knots[0, i], curve.knots[1, i], curve.knots[1, i + 1]
    rise = curve.knots[0, i + 1] - before
    square, cube = 3 * rise - 2 * left - right, left + right - 2 * rise
    theta = before + part * (left + part * (square + part * cube))
    return theta, (left + part * (2 * square + 3 * part * cube)) * span[2]
