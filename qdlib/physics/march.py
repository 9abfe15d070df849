"""A stack and its reducible sites, instant by instant: the loop of an experiment, compiled.

In an instant the bias, or the current density, is constant. The device is solved for the end of it
with the sites that are reduced by then as recombination centres: at each step of Newton's method
their exposure to electrons follows from these, node by node, and from it theta (exposure.py), its
derivative and the Faradaic current,

    J = q (fp - fn) + dQ/dt + G V,

fp and fn being the fluxes of holes and electrons to the right.

Where a hold goes on, the electrons of an instant are the mean of its start and its end (second
order in its duration); where the bias has just changed, those of its end.

Potentials and biases are in thermal voltages here. No memory is taken: the caller lends `Work`.
"""

from typing import NamedTuple

import numpy as np

from ..constants import CHARGE
from . import exposure, newton, reduction
from .compiled import compiler

HERE, AHEAD, FROM_REST = range(3)  # where the search for a current begins, see `_find`
CONDUCTING = 3.0  # [V], from where Newton's method finds the usual currents of most diodes
MOST_STEP = 20.0  # [Vt], of the bias, in a step of Newton's method at a given current
SAME_BIAS = 4e-4  # [Vt], width of a bracket of the bias that is not divided any more

compiled = compiler(exposure, newton, reduction)
_level_electrons = compiled(reduction.level_electrons)


class Grid(NamedTuple):
    """A stack on a mesh: `materials` of transport.py, share of the bias that falls beyond each
    node where the field is even (N,), potentials of the contacts at zero bias [Vt], kT/q [V],
    ohmic leakage beside the transport [S/m2]."""

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
    """Of Newton's method: tolerance on the last update, relative; iterations at a given bias, and
    at a given current before its bias is bracketed; smallest step of the bias when one has to be
    cut, and highest bias when a current is looked for [Vt]."""

    tolerance: float
    iterations: int
    near: int
    smallest_step: float
    highest_bias: float


class Rows(NamedTuple):
    """What comes out: voltage [V] (K,), potential and quasi-Fermi levels of electrons and holes
    [Vt] (3, K, N), traps [1/m3] (K, N), exposure [s] and theta (K, dots), charge [C/m2] (K,).

    NaN where a bias was not found or a state not solved."""

    voltage: np.ndarray
    potentials: np.ndarray
    traps: np.ndarray
    exposure: np.ndarray
    reduced: np.ndarray
    charge: np.ndarray


class Work(NamedTuple):
    """The device: bias of now and the last two others [Vt] (3,), potentials now (3, N) and then
    [Vt] (2, 3, N), exposure [s], theta and electrons per dot (dots,). What `settle` has found
    for the end of the instant: potentials, traps [1/m3] (N,), exposure, theta, and `found`: total
    current density [A/m2], charge that went into reduction [C/m2]. The rest is room to work in."""

    bias: np.ndarray
    now: np.ndarray
    before: np.ndarray
    exposure: np.ndarray
    reduced: np.ndarray
    electrons: np.ndarray
    trial: np.ndarray
    traps: np.ndarray
    exposure_after: np.ndarray
    reduced_after: np.ndarray
    found: np.ndarray
    curve: exposure.Curve
    by_density: np.ndarray
    slope: np.ndarray
    gain: np.ndarray
    step: np.ndarray
    tangent: np.ndarray


def rows(instants, nodes, dots):
    """Rows to be filled."""
    return Rows(
        voltage=np.empty(instants),
        potentials=np.empty((3, instants, nodes)),
        traps=np.zeros((instants, nodes)),
        exposure=np.zeros((instants, dots)),
        reduced=np.zeros((instants, dots)),
        charge=np.zeros(instants),
    )


def work(bias, state, exposed):
    """Work of a device at a bias [Vt] in a state [Vt] (3, N), exposure [s] (dots,)."""
    nodes, dots = state.shape[1], len(exposed)
    return Work(
        bias=np.array([bias, np.nan, np.nan]),
        now=np.array(state, dtype=float),
        before=np.zeros((2, 3, nodes)),
        exposure=np.array(exposed, dtype=float),
        reduced=np.zeros(dots),
        electrons=np.zeros(dots),
        trial=np.zeros((3, nodes)),
        traps=np.zeros(nodes),
        exposure_after=np.zeros(dots),
        reduced_after=np.zeros(dots),
        found=np.zeros(2),
        curve=exposure.curve(),
        by_density=np.zeros(dots),
        slope=np.zeros(nodes),
        gain=np.empty((nodes, 3, 3)),
        step=np.empty((nodes, 3)),
        tangent=np.empty((nodes, 3)),
    )


@compiled
def _electrons(x, state, sites):
    """Electrons per dot at the layer's node x, and the derivative of their logarithm by ln n."""
    filling = sites.activity * np.exp(state[0, sites.first + x] - state[1, sites.first + x])
    return _level_electrons(filling, sites.states), 1 / (1 + filling)


@compiled
def react(duration, share, sites, work):
    """Expose the sites for `duration` [s], `share` of it to the electrons of the trial state.

    The rest to those of the instant's start. Fills exposure_after and its derivative by ln n [s],
    traps and theirs, slope [1/m3]. Returns the charge that went into reduction [C/m2].
    """
    charge = 0.0
    for x in range(sites.depths.size):
        i = sites.first + x
        now, by_n = _electrons(x, work.trial, sites)
        added = share * duration * now
        exposed = work.exposure[x] + added + (1 - share) * duration * work.electrons[x]
        reduced, by_exposure = exposure.reduced_share(exposed, work.curve)
        work.exposure_after[x], work.by_density[x] = exposed, added * by_n
        work.traps[i] = sites.density * reduced
        work.slope[i] = sites.density * by_exposure * added * by_n / max(exposed, 1e-300)
        charge += sites.charge * sites.density * (reduced - work.reduced[x]) * sites.depths[x]
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
def _follow(dv, sites, work):
    """Move the exposure along the last step of Newton's method, as it has taken it.

    Fills what follows from it, and returns the charge that went into reduction [C/m2].
    """
    charge = 0.0
    for x in range(sites.depths.size):
        i = sites.first + x
        grown = work.step[i, 1]
        if dv != 0.0:
            grown += dv * work.tangent[i, 1]
        work.exposure_after[x] += work.by_density[x] * grown
        reduced, _ = exposure.reduced_share(work.exposure_after[x], work.curve)
        work.reduced_after[x], work.traps[i] = reduced, sites.density * reduced
        charge += sites.charge * sites.density * (reduced - work.reduced[x]) * sites.depths[x]
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
    """Newton's method from the trial state at bias v [Vt], in at most so many iterations.

    wanted : total current density to find the bias for [A/m2]; NaN for the bias as it is
    Returns whether it converged, and the bias [Vt]; the work has what was found.
    """
    y, fn, fp = work.trial[0], work.trial[1], work.trial[2]
    ohmic, given = grid.leakage * grid.thermal_voltage, not np.isnan(wanted)
    for _ in range(most):
        charge = react(duration, share, sites, work)
        current, by_bias = newton.linearise(
            v, y, fn, fp, grid.materials, work.traps, work.slope, work.gain, work.step,
            work.tangent, given,
        )  # fmt: skip
        charge += _charge_by(work.step, sites, work)
        total = CHARGE * current + charge / duration + ohmic * v
        dv = 0.0
        if given:
            by_bias = CHARGE * by_bias + _charge_by(work.tangent, sites, work) / duration + ohmic
            dv = _bias_step(wanted, total, by_bias)
        change = newton.update(dv, y, fn, fp, work.step, work.tangent, newton.FAINTLY)
        v += dv
        if np.isnan(change):
            return False, v
        if change < limits.tolerance:
            work.found[1] = _follow(dv, sites, work)
            work.found[0] = total + (work.found[1] - charge) / duration
            return True, v
    return False, v


@compiled
def _predict(v, grid, work):
    """Trial state at bias v [Vt], from those of the last biases if these lie near enough.

    The parabola through three of them, or the line through two: of psi, ln n and ln p.
    """
    b0, b1, b2 = work.bias[0], work.bias[1], work.bias[2]
    away = abs(v - b0)
    if not away <= 2.0 * abs(b1 - b0):  # or there is none
        _tilt(v, grid, work)
        return
    w1, w2 = (v - b0) / (b1 - b0), 0.0
    near = away / 1.5
    if away > 0.0 and near <= abs(b1 - b0) and near <= abs(b2 - b1) and near <= abs(b2 - b0):
        w2 = (v - b0) * (v - b1) / ((b2 - b0) * (b2 - b1))
        w1 *= (v - b2) / (b1 - b2)
    for k in range(3):
        for i in range(grid.tilt.size):
            now, one, two = work.now[k, i], work.before[0, k, i], work.before[1, k, i]
            work.trial[k, i] = now + w1 * (one - now) + w2 * (two - now)
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
        work.bias[2], work.bias[1] = work.bias[1], work.bias[0]
        _copy(work.before[0], work.before[1])
        _copy(work.now, work.before[0])
    work.bias[0] = v
    _copy(work.trial, work.now)


@compiled
def _copy(source, target):  # an assignment would bring numpy's errors, and half of Python, with it
    for k in range(source.shape[0]):
        for i in range(source.shape[1]):
            target[k, i] = source[k, i]


@compiled
def move(v, duration, share, grid, sites, limits, work):
    """To bias v [Vt]: whether it got there.

    A step that does not converge is halved, down to the smallest.
    """
    target, tilted = v, False
    while True:
        if tilted:
            _tilt(target, grid, work)
        else:
            _predict(target, grid, work)
        most = limits.iterations
        done, _ = settle(target, np.nan, duration, share, most, grid, sites, limits, work)
        if done:
            _accept(target, work)
            if target == v:
                return True
            target, tilted = v, False
        elif not tilted:
            tilted = True
        else:
            target, tilted = 0.5 * (work.bias[0] + target), False
            if abs(target - work.bias[0]) < limits.smallest_step:
                return False


@compiled
def _find(wanted, begin, duration, share, grid, sites, limits, work):
    """From the state of now to the bias of a current density: whether Newton's method got there.

    begin : HERE; AHEAD, as far from now as now is from the state before; or, FROM_REST, CONDUCTING
    """
    v, most = work.bias[0], limits.near
    _copy(work.now, work.trial)
    if begin == AHEAD:
        v += v - work.bias[1]
        for k in range(3):
            for i in range(grid.tilt.size):
                work.trial[k, i] += work.now[k, i] - work.before[0, k, i]
        _bound(v, grid, work)
    elif begin == FROM_REST:
        v = CONDUCTING / grid.thermal_voltage
        _tilt(v, grid, work)
    done, v = settle(v, wanted, duration, share, most, grid, sites, limits, work)
    if done:
        _accept(v, work)
    return done


@compiled
def drive(wanted, ahead, duration, share, grid, sites, limits, work):
    """To the bias at which the total current density is `wanted` [A/m2], above 0.

    ahead : whether the last two states are of one hold, and the next one likely beyond them
    Returns 1 if it got there, 0 if not, -1 if the stack does not carry it below the highest bias.
    """
    begin = FROM_REST if work.bias[0] <= 0.0 else AHEAD if ahead else HERE
    stride = (0.05 if work.bias[0] > 0.0 else 0.5) / grid.thermal_voltage
    bias, below, above = work.bias[0], np.nan, np.nan
    while not _find(wanted, begin, duration, share, grid, sites, limits, work):
        begin = HERE
        while True:  # until the bias is between two others
            if not move(bias, duration, share, grid, sites, limits, work):
                return 0
            if work.found[0] < wanted:
                below = bias
            else:
                above = bias
            if above - below <= SAME_BIAS:  # with what this bias leads to, not a step that failed
                return 1
            if not (np.isnan(below) or np.isnan(above)):
                bias = 0.5 * (below + above)
                break
            bias += stride if np.isnan(above) else -stride
            stride *= 2
            if abs(bias) > limits.highest_bias:
                return -1
    return 1


@compiled
def _record(k, solved, voltage, work, rows):
    """Fill in row k. Zeros that are there already are not written, which would take memory."""
    rows.voltage[k], rows.charge[k] = voltage, work.found[1] if solved else 0.0
    for i in range(work.traps.size):
        traps = work.traps[i] if solved else 0.0
        if rows.traps[k, i] != traps:
            rows.traps[k, i] = traps
        for q in range(3):
            rows.potentials[q, k, i] = work.now[q, i] if solved else np.nan
    for x in range(work.exposure.size):
        if rows.exposure[k, x] != work.exposure[x]:
            rows.exposure[k, x] = work.exposure[x]
        if rows.reduced[k, x] != work.reduced[x]:
            rows.reduced[k, x] = work.reduced[x]


@compiled
def march(grid, sites, protocol, limits, work, rows):
    """Carry out a protocol: fills the rows, and leaves the work at the end of it.

    An instant that is not solved leaves NaN and the sites as they were. Returns the number of
    instants done: fewer than there are if the next one's current is more than the stack carries.
    """
    exposure.tabulate(sites.factors, sites.shares, work.curve)
    for x in range(sites.depths.size):
        work.reduced[x], _ = exposure.reduced_share(work.exposure[x], work.curve)
    instants = protocol.duration.size
    for k in range(instants):
        duration, share = protocol.duration[k], 0.5 if protocol.goes_on[k] else 1.0
        voltage, wanted = protocol.voltage[k], protocol.current[k]
        if np.isnan(voltage):
            ahead = k > 1 and protocol.goes_on[k] and protocol.goes_on[k - 1]
            done = drive(wanted, ahead, duration, share, grid, sites, limits, work)
            if done < 0:
                for left in range(k, instants):
                    _record(left, False, np.nan, work, rows)
                return k
            solved = done > 0
            if solved:
                voltage = work.bias[0] * grid.thermal_voltage
        else:
            bias = voltage / grid.thermal_voltage
            solved = move(bias, duration, share, grid, sites, limits, work)
        if solved:
            for x in range(sites.depths.size):
                work.exposure[x], work.reduced[x] = work.exposure_after[x], work.reduced_after[x]
                if k + 1 < instants and protocol.goes_on[k + 1]:  # nobody else asks for them
                    work.electrons[x], _ = _electrons(x, work.now, sites)
        _record(k, solved, voltage, work, rows)
    return instants
