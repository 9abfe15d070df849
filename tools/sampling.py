"""Samples of a posterior whose model is slow: emcee on an emulator, weighted by the model itself.

The deviations are smooth in the unknowns nearly everywhere, so that radial basis functions through
some thousand computed points stand for them (scipy's RBFInterpolator). The first points are of a
short walk on the model itself, which finds where the density is; then emcee walks on the emulator,
points that it visits are computed, and the emulator is built anew. What it draws at the end, from a
density that is a little wider than the emulated one, is weighted by the ratio of the model's to it:
the weights correct what the emulator has wrong, and tell how many independent samples the set is
worth.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

WALKERS, FIRST_STEPS, STEPS, THINNED = 48, 30, 3000, 20
ADDED = 400, 400, 400
"""Points that are computed before the emulator is built anew, each time."""
WIDER = 1.2
"""Temperature of the density that is drawn from."""
KNOWN = 40.0
"""Points whose sum of squares is by so much above the smallest one are not worth emulating."""


@dataclass(frozen=True)
class Problem:
    """Deviations of targets, and a normal prior between bounds.

    deviations : of coordinates (points, unknowns), in errors (points, targets); slow
    centre, width : of the prior (unknowns,); low, high : bounds (unknowns,)
    """

    deviations: Callable[[np.ndarray], np.ndarray]
    centre: np.ndarray
    width: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def chi2(self, x, deviations):
        """Sum of squares, the prior's included, of coordinates (points, unknowns)."""
        return np.sum(deviations**2, axis=1) + np.sum(((x - self.centre) / self.width) ** 2, axis=1)


@dataclass(frozen=True)
class Posterior:
    """Coordinates (samples, unknowns), the weight of each [1], their sum being 1 (samples,), and
    the acceptance of emcee on the emulator [1]."""

    coordinates: np.ndarray
    weights: np.ndarray
    acceptance: float

    @property
    def effective_size(self):
        """How many equal weights these are worth, 1 / sum w^2 (Kish)."""
        return float(1 / np.sum(self.weights**2))

    def draws(self, number, rng):
        """Coordinates (number, unknowns) of equal weight."""
        return self.coordinates[rng.choice(len(self.weights), number, p=self.weights)]


def sample(problem, best, covariance, number, seed=0, told=lambda line: None):
    """A Posterior of so many coordinates that are computed.

    best, covariance : where to begin, (unknowns,) and (unknowns, unknowns)
    told : is called with a line now and then
    """
    rng = np.random.default_rng(seed)
    start = _near(problem, best, covariance, rng)
    points, known, _ = _walked(problem, problem.deviations, start, FIRST_STEPS, rng)
    for number_added in (*ADDED, number):
        emulator = _emulator(problem, points, known)
        likely = points[np.argsort(problem.chi2(points, known))[:WALKERS]]
        chain, logarithm, acceptance = _chain(problem, emulator, likely, rng)
        chosen = rng.choice(len(chain), number_added, replace=False)
        drawn, deviations = chain[chosen], problem.deviations(chain[chosen])
        found = _weighted(problem, drawn, deviations, logarithm[chosen], acceptance)
        told(f"{number_added} points are worth {found.effective_size:.0f}")
        points, known = np.vstack([points, drawn]), np.vstack([known, deviations])
    return found


def _weighted(problem, drawn, deviations, logarithm, acceptance):
    excess = -0.5 * problem.chi2(drawn, deviations) - logarithm
    weights = np.exp(excess - excess.max())
    return Posterior(drawn, weights / weights.sum(), acceptance)


def _near(problem, best, covariance, rng):
    """Where walkers start (WALKERS, unknowns), well within the bounds."""
    edge = 1e-6 * (problem.high - problem.low)
    points = rng.multivariate_normal(best, 0.3**2 * covariance, WALKERS)
    return np.clip(points, problem.low + edge, problem.high - edge)


def _emulator(problem, points, known):
    """Deviations (points, targets) of coordinates (points, unknowns), as interpolated."""
    from scipy.interpolate import RBFInterpolator

    points, first = np.unique(points, axis=0, return_index=True)
    known = known[first]
    chi2 = problem.chi2(points, known)
    near = chi2 < chi2.min() + KNOWN
    scale = points[near].std(axis=0)
    through = RBFInterpolator(points[near] / scale, known[near], kernel="cubic", degree=1)
    return lambda x: through(x / scale)


def _sampler(problem, density, seed):
    import emcee

    moves = [(emcee.moves.DEMove(), 0.7), (emcee.moves.StretchMove(), 0.3)]
    unknowns = len(problem.centre)
    made = emcee.EnsembleSampler(WALKERS, unknowns, density, vectorize=True, moves=moves)
    made.random_state = np.random.RandomState(seed).get_state()
    return made


def _density(problem, deviations, temperature=1.0):
    """The logarithm of the density of coordinates, and a list of all that it has computed."""
    seen = []

    def density(x):
        found = np.full(len(x), -np.inf)
        inside = np.all((x >= problem.low) & (x <= problem.high), axis=1)
        if inside.any():
            own = deviations(x[inside])
            seen.append((x[inside], own))
            found[inside] = -0.5 * problem.chi2(x[inside], own) / temperature
        return found

    return density, seen


def _walked(problem, deviations, start, steps, rng):
    """All coordinates that a walk has computed, their deviations, and its acceptance."""
    density, seen = _density(problem, deviations)
    sampler = _sampler(problem, density, rng.integers(2**31))
    sampler.run_mcmc(start, steps)
    points, known = (np.vstack(part) for part in zip(*seen, strict=True))
    return points, known, float(np.mean(sampler.acceptance_fraction))


def _chain(problem, emulator, start, rng):
    """A long walk on the emulator: coordinates, their logarithmic density, and the acceptance."""
    density, _ = _density(problem, emulator, WIDER)
    sampler = _sampler(problem, density, rng.integers(2**31))
    sampler.run_mcmc(start, STEPS)
    kept = {"discard": STEPS // 4, "thin": THINNED, "flat": True}
    acceptance = float(np.mean(sampler.acceptance_fraction))
    return sampler.get_chain(**kept), sampler.get_log_prob(**kept), acceptance
