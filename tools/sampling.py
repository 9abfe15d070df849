"""Samples of a posterior whose model is slow: emcee on an emulator, weighted by the model itself.

The deviations are smooth in the unknowns nearly everywhere, so that an emulator through some
thousand computed points stands for them. The first points are of a short walk on the model itself,
which finds where the density is; then emcee walks on the emulator, points that it visits are
computed, and the emulator is built anew: at first of radial basis functions (scipy), later as a
network (scikit-learn), which errs by half as much among the points and by anything beyond them, so
that the functions stand around it as a wall. What emcee draws at the end, from a density that is a
little wider than the emulated one, is weighted by the ratio of the model's to it: the weights
correct what the emulator has wrong, and tell how many independent samples the set is worth.

A few targets are too steep to be emulated well. They count for less where emcee walks, so that it
does not miss what they allow, and most of what is drawn has no weight for them alone. So the last
draw is sifted: only these targets are computed at first, the model in full only where that leaves a
weight worth it, each with a known chance by which its weight is divided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

WALKERS, FIRST_STEPS, STEPS, THINNED = 48, 30, 3000, 20
LAST_STEPS = 30_000
"""Of the walk that is drawn from; a walker is independent of itself after some 150."""
ADDED = 400, 400, *[700] * 8
"""Points that are computed before the emulator is built anew, each time."""
BY_FUNCTIONS = 2
"""How often it is of radial basis functions at first."""
ENOUGH = 1 / 7
"""Worth of added points, over their number, from which on the emulator is good enough."""
LAYERS, ITERATIONS, NETWORKS = (64, 64), 1500, 4
"""Of a network; how many of the last one's kind are averaged."""
WALL, LOOSELY = 40.0, 1.5
"""Above the smallest sum of squares so much stands the wall, for errors that are larger by that."""
WIDER = 1.2
"""Temperature of the density that is drawn from."""
STEEP = 0.7
"""Targets that the emulator misses by more, at one point in three [errors]."""
SIFTED = 8
"""How many are drawn for each that is computed in full."""
UNLIKELY = 1e-3
"""Share of the highest chance that each has, as the emulator may be wrong of the others."""
NEAR, FAR = 40.0, 400.0
"""Points whose sum of squares is by so much above the smallest one are not worth emulating, by
functions and by networks; for a network a point counts for less from NEAR on."""


@dataclass(frozen=True)
class Problem:
    """Deviations of targets, and a normal prior between bounds.

    deviations : deviations(x, which) of coordinates (points, unknowns), in errors, of the targets
        at these indices (points, which); slow
    targets : how many there are
    centre, width : of the prior (unknowns,); low, high : bounds (unknowns,)
    """

    deviations: Callable[[np.ndarray, Sequence[int]], np.ndarray]
    targets: int
    centre: np.ndarray
    width: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def all_deviations(self, x):
        """Deviations of all targets (points, targets)."""
        return self.deviations(x, range(self.targets))

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
        """How many equal weights these are worth."""
        return _size(self.weights)

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
    points, known = _walked(problem, start, FIRST_STEPS, rng)
    missed = np.zeros(problem.targets)
    for built, added in enumerate(ADDED):
        guess = _guess(problem, points, known, missed, int(built >= BY_FUNCTIONS))
        chain, logarithm, _ = _chain(guess, _best(problem, points, known), STEPS, rng)
        drawn = rng.choice(len(chain), added, replace=False)
        x, deviations = chain[drawn], problem.all_deviations(chain[drawn])
        worth = _size(_weights(problem, x, deviations, logarithm[drawn]))
        told(f"{added} points are worth {worth:.0f}")
        missed = np.quantile(np.abs(guess.emulator(x) - deviations), 2 / 3, axis=0)
        missed[missed < STEEP] = 0.0
        points, known = np.vstack([points, x]), np.vstack([known, deviations])
        if built >= BY_FUNCTIONS and worth > ENOUGH * added:
            break
    guess = _guess(problem, points, known, missed, NETWORKS)
    start = _best(problem, points, known)
    chain, logarithm, acceptance = _chain(guess, start, LAST_STEPS, rng)
    drawn = rng.choice(len(chain), min(SIFTED * number, len(chain)), replace=False)
    x, logarithm = chain[drawn], logarithm[drawn]
    partly, steep = guess.emulator(x), np.flatnonzero(missed)
    partly[:, steep] = problem.deviations(x, steep)
    first = _weights(problem, x, partly, logarithm)
    chance = _chances(first, number)
    told(f"{len(x)} points, of which targets {steep} are computed, are worth {_size(first):.0f}")
    kept = rng.random(len(x)) < chance
    x, logarithm = x[kept], logarithm[kept] + np.log(chance[kept])
    weights = _weights(problem, x, problem.all_deviations(x), logarithm)
    told(f"{len(x)} of them, computed in full, are worth {_size(weights):.0f}")
    return Posterior(x, weights, acceptance)


def _weights(problem, x, deviations, logarithm):
    """Weights of coordinates that are drawn from a density with this logarithm; their sum is 1."""
    excess = -0.5 * problem.chi2(x, deviations) - logarithm
    weights = np.exp(excess - excess.max())
    return weights / weights.sum()


def _size(weights):
    """How many equal weights these are worth, 1 / sum w^2 (Kish)."""
    return float(1 / np.sum(weights**2))


def _chances(weights, number):
    """Chances with which each is kept, as its weight or 1, so that about so many are."""
    from scipy.optimize import brentq

    if number >= len(weights):
        return np.ones(len(weights))
    likely = np.maximum(weights, UNLIKELY * weights.max())

    def excess(logarithm):
        return np.minimum(1, likely * np.exp(logarithm)).sum() - number

    highest = -np.log(likely.min())
    return np.minimum(1, likely * np.exp(brentq(excess, 0, highest)))


def _near(problem, best, covariance, rng):
    """Where walkers start (WALKERS, unknowns), well within the bounds."""
    edge = 1e-6 * (problem.high - problem.low)
    points = rng.multivariate_normal(best, 0.3**2 * covariance, WALKERS)
    return np.clip(points, problem.low + edge, problem.high - edge)


@dataclass(frozen=True)
class Guess:
    """The density that emcee walks on.

    emulator : deviations (points, targets) of coordinates (points, unknowns), as it has them
    missed : what it may have wrong, added to a target's own error [errors] (targets,)
    wall : another emulator, which allows no sum of squares above `highest`; None for none
    """

    problem: Problem
    emulator: Callable[[np.ndarray], np.ndarray]
    missed: np.ndarray
    wall: Callable[[np.ndarray], np.ndarray] | None
    highest: float

    def deviations(self, x):
        """As emulated, in the errors that count here."""
        return self.emulator(x) / np.hypot(1, self.missed)

    def logarithm(self, x):
        """Of the density at coordinates (points, unknowns)."""
        found = _density(self.problem, self.deviations, WIDER)(x)
        inside = np.isfinite(found)
        if self.wall is not None and inside.any():
            loosely = np.maximum(np.hypot(1, self.missed), LOOSELY)
            chi2 = self.problem.chi2(x[inside], self.wall(x[inside]) / loosely)
            found[inside] -= 0.5 * np.maximum(0, chi2 - self.highest)
        return found


def _guess(problem, points, known, missed, networks):
    """The Guess from what is known, of so many networks, or of functions alone."""
    functions = _functions(problem, points, known)
    if not networks:
        return Guess(problem, functions, missed, None, np.inf)
    highest = problem.chi2(points, known).min() + WALL
    emulator = _networks(problem, points, known, networks)
    return Guess(problem, emulator, missed, functions, highest)


def _within(problem, points, known, most):
    """Points so much above the best one at most, each once, and what is known of them."""
    points, first = np.unique(points, axis=0, return_index=True)
    chi2 = problem.chi2(points, known[first])
    near = chi2 < chi2.min() + most
    return points[near], known[first][near]


def _functions(problem, points, known):
    """An emulator of radial basis functions through the points."""
    from scipy.interpolate import RBFInterpolator

    points, known = _within(problem, points, known, NEAR)
    scale = points.std(axis=0)
    through = RBFInterpolator(points / scale, known, kernel="cubic", degree=1)
    return lambda x: through(x / scale)


def _networks(problem, points, known, count):
    """An emulator that is the mean of so many networks, all fitted to the points."""
    from joblib import Parallel, delayed
    from sklearn.preprocessing import StandardScaler

    points, known = _within(problem, points, known, FAR)
    above = problem.chi2(points, known)
    above = np.maximum(0, above - above.min() - NEAR)
    count_for = 1 / (1 + (above / NEAR) ** 2)
    inner, outer = StandardScaler().fit(points), StandardScaler().fit(known)
    given = inner.transform(points), outer.transform(known), count_for
    made = Parallel(n_jobs=-1)(delayed(_network)(*given, seed) for seed in range(count))

    def emulator(x):
        scaled = inner.transform(x)
        return outer.inverse_transform(np.mean([one.predict(scaled) for one in made], axis=0))

    return emulator


def _network(points, known, weights, seed):
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor

    made = MLPRegressor(
        hidden_layer_sizes=LAYERS, activation="tanh", solver="lbfgs", alpha=1e-3,
        max_iter=ITERATIONS, max_fun=10 * ITERATIONS, random_state=seed,
    )  # fmt: skip
    with warnings.catch_warnings():  # it is as good as so many iterations make it
        warnings.simplefilter("ignore", ConvergenceWarning)
        return made.fit(points, known, sample_weight=weights)


def _sampler(problem, density, seed):
    import emcee

    moves = [(emcee.moves.DEMove(), 0.7), (emcee.moves.StretchMove(), 0.3)]
    unknowns = len(problem.centre)
    made = emcee.EnsembleSampler(WALKERS, unknowns, density, vectorize=True, moves=moves)
    made.random_state = np.random.RandomState(seed).get_state()
    return made


def _density(problem, deviations, temperature=1.0, told=lambda x, found: None):
    """The logarithm of the density of coordinates; told : is called with all that it computes."""

    def density(x):
        found = np.full(len(x), -np.inf)
        inside = np.all((x >= problem.low) & (x <= problem.high), axis=1)
        if inside.any():
            own = deviations(x[inside])
            told(x[inside], own)
            found[inside] = -0.5 * problem.chi2(x[inside], own) / temperature
        return found

    return density


def _walked(problem, start, steps, rng):
    """All coordinates that a walk on the model has computed, and their deviations."""
    seen = []
    density = _density(problem, problem.all_deviations, told=lambda *both: seen.append(both))
    _sampler(problem, density, rng.integers(2**31)).run_mcmc(start, steps)
    return tuple(np.vstack(part) for part in zip(*seen, strict=True))


def _best(problem, points, known):
    """Where emcee starts: the best of the points (WALKERS, unknowns)."""
    return points[np.argsort(problem.chi2(points, known))[:WALKERS]]


def _chain(guess, start, steps, rng):
    """A walk on a Guess: coordinates, their logarithmic density, and the acceptance."""
    sampler = _sampler(guess.problem, guess.logarithm, rng.integers(2**31))
    sampler.run_mcmc(start, steps // THINNED, thin_by=THINNED)
    kept = {"discard": STEPS // 4 // THINNED, "flat": True}
    acceptance = float(np.mean(sampler.acceptance_fraction))
    return sampler.get_chain(**kept), sampler.get_log_prob(**kept), acceptance
