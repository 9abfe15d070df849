"""What holds of any device: properties, tried on settings drawn at random."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qdlib import Hold, Rest, Sweep, cadmium_carboxylate, perform, red_qled, sweep
from qdlib.constants import CHARGE
from qdlib.physics import transport

few = settings(
    max_examples=8, derandomize=True, deadline=None, database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)  # fmt: skip
TOLERANCE = 1e-3  # relative, of what Newton's method leaves: 1e-4 of the current
fractions = st.floats(0.0, 1.0)
potentials = st.floats(-1.6, 0.4)
biases = st.floats(1.6, 4.0)


def diode(potential, fraction, **ligand):
    made = red_qled(cadmium_carboxylate(fraction).at(potential))
    return replace(made, ligand=replace(made.ligand, **ligand)) if ligand else made


@few
@given(potentials, fractions, fractions)
def test_more_of_a_reducible_ligand_never_raises_the_efficiency(potential, one, other):
    """As long as all that is there can be reduced alike: a wash may leave the harmless sites."""
    less, more = sorted((one, other))
    runs = [sweep(diode(potential, x, selectivity=0.0), 0, 4, 0.25) for x in (less, more)]
    seen = runs[0].current_density > 1e-3
    low, high = (run.external_quantum_efficiency[seen] for run in runs)
    assert (high <= low * (1 + TOLERANCE) + 1e-9).all()


@few
@given(potentials, fractions, biases, st.floats(1e-3, 100.0))
def test_nothing_comes_back_without_an_oxidant_and_no_charge_is_used_twice(
    potential, fraction, bias, hours
):
    device = diode(potential, fraction)
    protocol = [Sweep(0, bias, 0.25), Hold(voltage=bias, hours=hours, instants_count=8),
                Rest(hours, 4), Hold(voltage=-bias, hours=hours, instants_count=4)]  # fmt: skip
    run = perform(device, protocol)
    assert run.converged.all()
    assert (np.diff(run.reduced, axis=0) >= -1e-12).all()
    assert run.reduced.min() >= 0 and run.reduced.max() <= 1 + 1e-12
    assert (run.charge >= -1e-12 * run.charge_per_full_reduction).all()
    used, passed = np.cumsum(run.charge), np.cumsum(run.current_density * run.duration)
    forward = run.voltage >= 0  # in reverse what leaks is taken off again
    assert (used[forward] <= passed[forward] * (1 + TOLERANCE) + 1e-12).all()
    assert used[-1] <= run.charge_per_full_reduction * (1 + 1e-9)


@few
@given(st.floats(-3.0, 3.0), biases)
def test_currents_in_another_unit_are_the_same_currents(decades, bias):
    """Mobilities, rates and leakage times a factor: all currents are, and nothing else moves."""
    factor, stack = 10**decades, red_qled().wired_stack
    quicker = tuple(
        replace(
            layer,
            **{
                name: factor * getattr(layer, name)
                for name in ("electron_mobility", "hole_mobility", "radiative_coefficient")
            },
        )
        for layer in stack.layers
    )
    one, other = (
        transport.solve(each, [bias], tolerance=1e-8)
        for each in (stack, replace(stack, layers=quicker))
    )
    assert other.current_density() == pytest.approx(factor * one.current_density(), rel=1e-6)
    np.testing.assert_allclose(other.potential, one.potential, atol=1e-6)
    light = CHARGE * one.recombination.sum() / one.current_density()[0]
    assert CHARGE * other.recombination.sum() / other.current_density()[0] == pytest.approx(light)
