"""Samples of a posterior that is known: linear deviations and a normal prior make a normal one."""

import numpy as np
import pytest
import sampling
from sampling import Posterior, Problem, sample

pytestmark = pytest.mark.proof

SLOPES = np.array([[2.0, 1.0], [0.0, 0.5], [1.0, -1.0]])
CENTRE, WIDTH, BOUND = np.array([0.5, -1.0]), np.array([1.0, 2.0]), np.array([9.0, 9.0])


@pytest.fixture
def short(monkeypatch):
    short = {"FIRST_STEPS": 8, "STEPS": 600, "LAST_STEPS": 2000, "THINNED": 5,
             "ADDED": (100, 100), "BY_FUNCTIONS": 1, "NETWORKS": 1, "ITERATIONS": 300}  # fmt: skip
    for name, value in short.items():
        monkeypatch.setattr(sampling, name, value)


def drawn(bent=0.0, low=-BOUND):
    """Posterior of deviations that are linear, or bent."""

    def deviations(x, which):
        return (x + bent * np.sin(2 * x)) @ SLOPES[which].T - 1

    problem = Problem(deviations, 3, CENTRE, WIDTH, low, BOUND)
    precision = SLOPES.T @ SLOPES + np.diag(1 / WIDTH**2)
    mean = np.linalg.solve(precision, SLOPES.T @ np.ones(3) + CENTRE / WIDTH**2)
    covariance = np.linalg.inv(precision)
    return sample(problem, np.clip(mean, low + 0.1, None), covariance, 2000), mean, covariance


def spread(found):
    return np.cov(found.coordinates.T, aweights=found.weights)


def test_a_normal_posterior_comes_out(short):
    found, mean, covariance = drawn()
    assert found.weights.sum() == pytest.approx(1)
    assert found.effective_size > 1000
    # what is drawn from a walk is worth less than as many independent samples
    assert found.weights @ found.coordinates == pytest.approx(
        mean, abs=0.4 * np.sqrt(covariance.max())
    )
    assert spread(found) == pytest.approx(covariance, abs=0.3 * covariance.max())


def test_weights_correct_an_emulator_that_is_wrong(short, monkeypatch):
    """One of half the deviations draws far too widely, as far as the wall."""
    make = sampling._networks

    def wrong(*given):
        emulator = make(*given)
        return lambda x: 0.5 * emulator(x)

    monkeypatch.setattr(sampling, "_networks", wrong)
    monkeypatch.setattr(
        sampling, "STEEP", np.inf
    )  # or it would be noticed, and nothing sifted by it
    found, _, covariance = drawn()
    assert np.cov(found.coordinates.T).max() > 1.5 * covariance.max()
    assert spread(found) == pytest.approx(covariance, abs=0.3 * covariance.max())


def test_a_steep_target_is_sifted_first(short):
    """A step that no smooth function follows: the mean is that of a sum over a grid."""
    asked = []

    def deviations(x, which):
        asked.append((len(x), tuple(which)))
        steep = 3 * np.sign(np.sin(40 * x[:, 0] + 23 * x[:, 1]))
        return np.column_stack([x @ SLOPES.T - 1, steep])[:, which]

    problem = Problem(deviations, 4, CENTRE, WIDTH, -BOUND, BOUND)
    found = sample(problem, np.array([0.4, 0.0]), np.diag([0.2, 0.2]), 1000)
    sifted, *rest = [one for one in asked if one[1] != (0, 1, 2, 3)]
    assert rest == [] and sifted == (8000, (3,))
    assert asked[-1][0] == len(found.weights) == pytest.approx(1000, rel=0.15)
    assert found.effective_size > 500
    x = np.stack(np.meshgrid(*[np.linspace(-3, 3, 1201)] * 2), axis=-1).reshape(-1, 2)
    density = np.exp(-0.5 * problem.chi2(x, problem.all_deviations(x)))
    mean = density @ x / density.sum()
    deviation = np.sqrt(density @ (x - mean) ** 2 / density.sum())
    assert found.weights @ found.coordinates == pytest.approx(mean, abs=0.2 * deviation.max())


def test_nothing_lies_beyond_a_bound(short):
    found, _, _ = drawn(bent=0.3, low=np.array([0.4, -9.0]))
    assert found.coordinates[:, 0].min() >= 0.4
    assert found.draws(48, np.random.default_rng(0)).shape == (48, 2)


def test_the_effective_size_is_kishs():
    even = Posterior(np.zeros((4, 1)), np.full(4, 0.25), 0.5)
    one = Posterior(np.zeros((4, 1)), np.array([1.0, 0, 0, 0]), 0.5)
    assert (even.effective_size, one.effective_size) == (pytest.approx(4), pytest.approx(1))
