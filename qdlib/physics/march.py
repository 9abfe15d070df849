"""A stack and its reducible sites, instant by instant: the loop of an experiment, compiled.

In an instant the bias, or the current density, is constant. The device is solved for the end of it
with the sites that are reduced by then as recombination centres: at each step of Newton's method
theta follows from the electrons, node by node, and so do its derivative and the Faradaic current,

    J = q (Jp - Jn) + dQ/dt + G V.

Where a hold goes on, the electrons of an instant are the mean of its start and its end (second
order in its duration); where the bias has just changed, those of its end.

Potentials and biases are in thermal voltages here. No memory is taken: the caller lends `Work`.
"""

from typing import NamedTuple

import numpy as np

from ..constants import CHARGE
from . import newton, reduction
from .compiled import compiler

MOST_STEP = 20.0  # [Vt], of the bias, in a step of Newton's method at a given current
SAME_BIAS = 4e-4  # [Vt], width of a bracket of the bias that is not divided any more
NEAR = 12  # iterations in which a current is found from a neighbouring one, or hardly ever

compiled = compiler(newton, reduction)
_reduce = compiled(reduction.reduce_sites)
_sensitivity = compiled(reduction.rate_sensitivity)


class Grid(NamedTuple):
    """A stack on a mesh: `materials` of transport.py, share of the bias that falls beyond each
    node where the field is even (N,), potentials of the contacts at zero bias [Vt]."""

    materials: np.ndarray
    tilt: np.ndarray
    anode: float
    cathode: float
    thermal_voltage: float
    leakage: float


class Protocol(NamedTuple):
    """Instants: voltage [V], NaN where the current density [A/m2] is given; duration [s]; whether
    an instant goes on with the one before it (K,)."""

    voltage: np.ndarray
    current: np.ndarray
    duration: np.ndarray
    goes_on: np.ndarray


class Limits(NamedTuple):
    """Of Newton's method: tolerance on the last update, relative; iterations; smallest step of
    the bias when one has to be cut, and highest bias when a current is looked for [Vt]."""

    tolerance: float
    iterations: int
    smallest_step: float
    highest_bias: float


class Rows(NamedTuple):
    """What comes out: voltage [V] (K,), potential, quasi_fermi_electron, quasi_fermi_hole [Vt],
    traps [1/m3] (K, N), theta (K, CLASSES, dots), charge [C/m2] (K,). NaN where unsolved."""

    voltage: np.ndarray
    potential: np.ndarray
    quasi_fermi_electron: np.ndarray
    quasi_fermi_hole: np.ndarray
    traps: np.ndarray
    reduced: np.ndarray
    charge: np.ndarray


class Work(NamedTuple):
    """The device: bias of now and of the last other bias [Vt] (2,), potentials [Vt] (3, N) then,
    theta (CLASSES, dots) and electrons per dot (dots,). And room to work in."""

    bias: np.ndarray
    now: np.ndarray
    before: np.ndarray
    reduced: np.ndarray
    electrons: np.ndarray
    trial: np.ndarray
    traps: np.ndarray
    slope: np.ndarray
    reduced_after: np.ndarray
    gain: np.ndarray
    step: np.ndarray
    tangent: np.ndarray


def rows(instants, nodes, classes, dots):
    """Rows to be filled."""
    potentials = (np.full((instants, nodes), np.nan) for _ in range(3))
    traps, reduced = np.zeros((instants, nodes)), np.zeros((instants, classes, dots))
    return Rows(np.full(instants, np.nan), *potentials, traps, reduced, np.zeros(instants))


def work(bias, state, reduced):
    """Work of a device at a bias [Vt] in a state [Vt] (3, N), theta (CLASSES, dots)."""
    nodes = state.shape[1]
    return Work(
        np.array([bias, np.nan]),
        np.array(state, dtype=float),
        np.zeros((3, nodes)),
        np.array(reduced, dtype=float),
        np.zeros(reduced.shape[1]),
        np.zeros((3, nodes)),
        np.zeros(nodes),
        np.zeros(nodes),
        np.zeros(reduced.shape),
        np.empty((nodes, 3, 3)),
        np.empty((nodes, 3)),
        np.empty((nodes, 3)),
    )


@compiled
def _electrons(x, state, sites):
    """Electrons per dot at the layer's node x, and the derivative of their logarithm by ln n.

    A dot's lowest level holds no more electrons than it has states, whatever Boltzmann says.
    """
    filling = sites.activity * np.exp(state[0, sites.first + x] - state[1, sites.first + x])
    return sites.states * filling / (1 + filling), 1 / (1 + filling)


@compiled
def react(state, duration, share, sites, work):
    """Reduce for `duration` [s], `share` of it with the electrons of `state` [Vt] (3, N).

    The rest with the electrons of the work, at whose theta it starts; fills its reduced_after,
    traps and slope. Returns the charge that went into it [C/m2].
    """
    charge = 0.0
    for x in range(sites.depths.size):
        now, by_n = _electrons(x, state, sites)
        electrons = share * now + (1 - share) * work.electrons[x]
        reduced = grown = by_rate = 0.0
        for c in range(sites.factors.size):
            rate = sites.factors[c] * electrons
            after = _reduce(work.reduced[c, x], rate, duration)
            reduced += sites.shares[c] * after
            grown += sites.shares[c] * (after - work.reduced[c, x])
            by_rate += sites.shares[c] * _sensitivity(after, rate, duration)
            work.reduced_after[c, x] = after
        work.traps[sites.first + x] = sites.density * reduced
        of_now = share * now / max(electrons, 1e-300)
        work.slope[sites.first + x] = sites.density * by_rate * by_n * of_now
        charge += sites.charge * sites.density * grown * sites.depths[x]
    return charge


@compiled
def _charge_by(step, sites, work):
    """Charge that a step (N, 3) of Newton's method adds to that of `react` [C/m2]."""
    charge = 0.0
    for x in range(sites.depths.size):
        i = sites.first + x
        charge += sites.charge * work.slope[i] * step[i, 1] * sites.depths[x]
    return charge


@compiled
def _bias_step(wanted, current, by_bias):
    """Newton's step of the bias [Vt], on the logarithm of the current while that has one."""
    if current > 0.0 and by_bias > 0.0:
        dv = current / by_bias * np.log1p(wanted / current - 1)
    else:
        dv = (wanted - current) / by_bias
    return min(max(dv, -MOST_STEP), MOST_STEP)


@compiled
def settle(v, wanted, duration, share, most, grid, sites, limits, work):
    """Newton's method from the trial state at bias v [Vt], in place: trial, traps, theta after.

    wanted : current density to find the bias for [A/m2], NaN for the bias as it is
    most : iterations
    Returns whether it converged, the bias [Vt] and the total current density [A/m2] there.
    """
    y, fn, fp = work.trial[0], work.trial[1], work.trial[2]
    total = np.nan
    for _ in range(most):
        faradaic = react(work.trial, duration, share, sites, work) / duration
        current, by_bias = newton.linearise(
            v, y, fn, fp, grid.materials, work.traps, work.slope, work.gain, work.step, work.tangent
        )
        ohmic = grid.leakage * grid.thermal_voltage
        faradaic += _charge_by(work.step, sites, work) / duration
        total = CHARGE * current + faradaic + ohmic * v
        dv = 0.0
        if not np.isnan(wanted):
            by_bias = CHARGE * by_bias + ohmic
            by_bias += _charge_by(work.tangent, sites, work) / duration
            dv = _bias_step(wanted, total, by_bias)
        change = newton.update(dv, y, fn, fp, work.step, work.tangent)
        v += dv
        if np.isnan(change):
            return False, v, total
        if change < limits.tolerance:
            return True, v, total
    return False, v, total


@compiled
def _predict(v, grid, work):
    """Trial state at bias v [Vt] from the last two: psi linearly, n and p as powers. Else tilt."""
    ratio = (v - work.bias[0]) / (work.bias[0] - work.bias[1])
    if not abs(ratio) <= 2.0:
        _tilt(v, grid, work)
        return
    for k in range(3):
        for i in range(grid.tilt.size):
            work.trial[k, i] = work.now[k, i] + ratio * (work.now[k, i] - work.before[k, i])
    _bound(v, grid, work)


@compiled
def _tilt(v, grid, work):
    """Trial state at bias v [Vt]: the densities of now, the potential tilted by the difference."""
    dv = v - work.bias[0]
    for i in range(grid.tilt.size):
        for k in range(3):
            work.trial[k, i] = work.now[k, i] + dv * grid.tilt[i]
        work.trial[2, i] -= dv
    _bound(v, grid, work)


@compiled
def _bound(v, grid, work):
    last = grid.tilt.size - 1
    work.trial[0, 0], work.trial[1, 0], work.trial[2, 0] = grid.anode + v, v, 0.0
    work.trial[0, last], work.trial[1, last], work.trial[2, last] = grid.cathode, 0.0, -v


@compiled
def _accept(v, work):
    """The trial state is that of now."""
    if v != work.bias[0]:
        work.bias[1], work.before[:] = work.bias[0], work.now
    work.bias[0], work.now[:] = v, work.trial


@compiled
def move(v, duration, share, grid, sites, limits, work):
    """To bias v [Vt]: whether it got there, and the total current density there [A/m2].

    A step that does not converge is halved, down to the smallest.
    """
    target = v
    while True:
        _predict(target, grid, work)
        most = limits.iterations
        done, _, total = settle(target, np.nan, duration, share, most, grid, sites, limits, work)
        if not done:
            _tilt(target, grid, work)
            done, _, total = settle(
                target, np.nan, duration, share, most, grid, sites, limits, work
            )
        if done:
            _accept(target, work)
            if target == v:
                return True, total
            target = v
        else:
            target = 0.5 * (work.bias[0] + target)
            if abs(target - work.bias[0]) < limits.smallest_step:
                return False, np.nan


@compiled
def drive(wanted, duration, share, grid, sites, limits, work):
    """To the bias at which the total current density is `wanted` [A/m2], above 0.

    Returns 1 if it got there, 0 if not, -1 if the stack does not carry it below the highest bias.
    """
    if work.bias[0] > 0.0 and _found(wanted, duration, share, grid, sites, limits, work):
        return 1
    bias, beyond = work.bias[0], work.bias[0]
    stride = (0.05 if bias > 0.0 else 0.5) / grid.thermal_voltage
    done, total = move(bias, duration, share, grid, sites, limits, work)
    rising = total < wanted
    while done and (total < wanted) == rising:
        beyond, bias = bias, bias + (stride if rising else -stride)
        stride *= 2
        if abs(bias) > limits.highest_bias:
            return -1
        done, total = move(bias, duration, share, grid, sites, limits, work)
    while done and abs(bias - beyond) > SAME_BIAS:
        if _found(wanted, duration, share, grid, sites, limits, work):
            return 1
        middle = 0.5 * (bias + beyond)
        done, total = move(middle, duration, share, grid, sites, limits, work)
        if (total < wanted) == rising:
            beyond = middle
        else:
            bias = middle
    return 1 if done else 0


@compiled
def _found(wanted, duration, share, grid, sites, limits, work):
    """Whether Newton's method finds the bias of a current density from the state of now."""
    work.trial[:] = work.now
    done, v, _ = settle(work.bias[0], wanted, duration, share, NEAR, grid, sites, limits, work)
    if done:
        _accept(v, work)
    return done


@compiled
def march(grid, sites, protocol, limits, work, rows):
    """Carry out a protocol: fills the rows, and leaves the work at the end of it.

    An instant that is not solved leaves NaN and the sites as they were. Returns the number of
    instants done: fewer than there are if the next one's current is more than the stack carries.
    """
    vt = grid.thermal_voltage
    for k in range(protocol.duration.size):
        duration, share = protocol.duration[k], 0.5 if protocol.goes_on[k] else 1.0
        bias, wanted = protocol.voltage[k] / vt, protocol.current[k]
        rows.voltage[k] = protocol.voltage[k]
        if np.isnan(bias):
            found = drive(wanted, duration, share, grid, sites, limits, work)
            if found < 0:
                return k
            solved = found > 0
        else:
            solved, _ = move(bias, duration, share, grid, sites, limits, work)
        if solved:
            rows.charge[k] = react(work.now, duration, share, sites, work)
            rows.voltage[k] = work.bias[0] * vt if np.isnan(bias) else protocol.voltage[k]
            rows.potential[k] = work.now[0]
            rows.quasi_fermi_electron[k] = work.now[1]
            rows.quasi_fermi_hole[k] = work.now[2]
            rows.traps[k] = work.traps
            work.reduced[:] = work.reduced_after
            for x in range(sites.depths.size):
                work.electrons[x], _ = _electrons(x, work.now, sites)
        rows.reduced[k] = work.reduced
    return protocol.duration.size
