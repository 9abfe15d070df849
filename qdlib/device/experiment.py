"""Experiments on a device: sweeps, holds and rests, in any order.

This is where transport, reduction and emission meet: at each instant the device is solved with the
sites reduced so far as recombination centres, and the reduction is advanced exactly over the step.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..errors import ConvergenceError, InputError, require_range
from ..physics import reduction, transport
from .device import Device
from .run import Run, State, node_weights

FIRST_INSTANT = 1e-3  # [s], of a hold
CONSISTENT = 0.02  # share of the reduced sites (and of one) by which a row may be off its transport
MOST_PASSES = 6
KEPT = 64  # runs, of about 1 MB
Array = NDArray[np.float64]
Instant = tuple[float | None, float | None, float]
"""Voltage [V] or None, current density [A/m2] or None, duration [s]."""
Row = tuple[float, float, float, Array, Array, Array, float]
"""Time and duration [s], voltage [V], state, traps [1/m3], theta, charge [C/m2]: of a Run."""


@dataclass(frozen=True)
class Sweep:
    """A staircase of bias [V], `dwell` seconds on each step."""

    start: float = 0.0
    stop: float = 4.0
    step: float = 0.05
    dwell: float = 1.0

    def __post_init__(self) -> None:
        require_range("start", self.start, -10, 100, "V")
        require_range("stop", self.stop, -10, 100, "V")
        require_range("step", self.step, 1e-3, 10, "V")
        require_range("dwell", self.dwell, 1e-6, 1e6, "s")

    def instants(self) -> Iterator[Instant]:
        """(voltage [V], current density [A/m2] or None, duration [s]) of each step."""
        count = round(abs(self.stop - self.start) / self.step)
        for voltage in np.linspace(self.start, self.stop, count + 1):
            yield float(voltage), None, self.dwell


@dataclass(frozen=True)
class Hold:
    """A constant bias [V], or a constant current density [mA/cm2], for some hours.

    The instants are spaced as a geometric series, since reduction runs over many decades of time.
    """

    voltage: float | None = None
    current_density: float | None = None
    hours: float = 1.0
    instants_count: int = 40

    def __post_init__(self) -> None:
        if (self.voltage is None) == (self.current_density is None):
            raise InputError(
                "Hold", (self.voltage, self.current_density), "a voltage or a current density"
            )
        if self.voltage is not None:
            require_range("voltage", self.voltage, -10, 100, "V")
        else:
            require_range("current_density", self.current_density, 1e-6, 1e4, "mA/cm2")
        require_range("hours", self.hours, 1e-6, 1e7, "h")
        require_range("instants_count", self.instants_count, 2, 10_000)

    def instants(self) -> Iterator[Instant]:
        """(voltage [V] or None, current density [A/m2] or None, duration [s]) of each instant."""
        current = None
        if self.current_density is not None:
            current = self.current_density * MILLIAMP_PER_CM2
        first = min(FIRST_INSTANT, 0.01 * self.hours * HOUR)
        times = np.geomspace(first, self.hours * HOUR, self.instants_count)
        for duration in np.diff(times, prepend=0.0):
            yield self.voltage, current, float(duration)


def Rest(hours: float, instants_count: int = 10) -> Hold:
    """No bias for some hours."""
    return Hold(voltage=0.0, hours=hours, instants_count=instants_count)


def sweep(
    device: Device,
    start: float = 0.0,
    stop: float = 4.0,
    step: float = 0.05,
    dwell: float = 1.0,
    since: State | None = None,
) -> Run:
    """A staircase sweep of the bias [V]: a Run. `dwell` in seconds."""
    return perform(device, [Sweep(start, stop, step, dwell)], since)


def perform(device: Device, protocol: Iterable[Sweep | Hold], since: State | None = None) -> Run:
    """Carry out a list of Sweep, Hold and Rest on a device: a Run.

    since : State to go on from; a fresh device at rest by default.
    A bias that the solver cannot reach gives a row of NaN, marked in `converged`.
    The last KEPT runs of fresh devices are kept: what has not changed is not solved twice.
    """
    if since is None:
        return _kept(device, tuple(protocol))
    return _performed(device, protocol, since)


@lru_cache(maxsize=KEPT)
def _kept(device: Device, protocol: tuple[Sweep | Hold, ...]) -> Run:
    return _performed(device, protocol, None)


def _performed(device: Device, protocol: Iterable[Sweep | Hold], since: State | None) -> Run:
    bench = _Bench(device, since)
    rows = []
    for index, part in enumerate(protocol):
        for instant in part.instants():
            rows.append((index, *bench.instant(*instant)))
    if not rows:
        raise InputError("protocol", protocol, "a list of at least one Sweep, Hold or Rest")
    step, time, duration, voltage, states, traps, reduced, charge = zip(*rows, strict=True)
    potential, electrons, holes = np.stack(states, axis=1)
    solution = transport.Solution(
        bench.solver.mesh,
        np.array(voltage),
        potential,
        electrons,
        holes,
        np.array(traps),
        np.isfinite(potential[:, 0]),
    )
    return Run(
        device,
        np.array(time),
        np.array(duration),
        np.array(step),
        solution,
        np.array(reduced),
        np.array(charge),
    )


class _Bench:
    """A device under test: its solver, its clock and what is reduced so far."""

    def __init__(self, device: Device, since: State | None) -> None:
        self.device = device
        stack = device.wired_stack
        mesh = transport.discretise(stack)
        self.solver = transport.Solver(mesh)
        self.dots = mesh.nodes_of(stack.emitter)
        x = mesh.x[self.dots]
        self.weights = node_weights(x) * (x[-1] - x[0])
        self.charge_density = device.reduction_charge
        self.site_density = device.dot.number_density * device.sites_per_dot
        emitter = next(layer for layer in stack.layers if layer.name == stack.emitter)
        self.states_per_dot = emitter.conduction_states / device.dot.number_density
        self.activity = np.exp(emitter.conduction_edge / mesh.thermal_voltage)
        self.factors = None
        if self.site_density > 0:
            self.factors = device.class_factors
        self.time, self.reduced = 0.0, np.zeros((reduction.CLASSES, len(x)))
        if since is not None:
            self.time, self.reduced = since.time, since.reduced
            self.solver.restore(since.voltage, since.potentials)

    def instant(self, voltage: float | None, current: float | None, duration: float) -> Row:
        """Advance by `duration` at a voltage or at a current density [A/m2]; one row of a Run."""
        before = self.reduced
        try:
            if voltage is None:
                assert current is not None  # one of the two is given
                voltage = self._voltage_for(current, duration)
            state, traps, reduced = self._settle(voltage, duration)
        except ConvergenceError:
            state = np.full_like(self.solver.state, np.nan)
            voltage = np.nan if voltage is None else voltage
            traps, reduced = np.zeros(state.shape[1]), before
        self.time += duration
        self.reduced = reduced
        charge = self._charge(before, reduced)
        return self.time, duration, voltage, state, traps, reduced, charge

    def _charge(self, before: Array, after: Array) -> float:
        grown = reduction.mean_reduced(after - before)
        return self.charge_density * float(grown @ self.weights)

    def _rate(self, state: Array) -> Array:
        # A dot's lowest level holds no more electrons than it has states, whatever Boltzmann says.
        filling = self.activity * np.exp(state[0, self.dots] - state[1, self.dots])
        occupancy = self.states_per_dot * filling / (1 + filling)
        return reduction.reduction_rate(self.factors, occupancy)

    def _settle(self, voltage: float, duration: float) -> tuple[Array, Array, Array]:
        """Device and reduction at the end of the instant, consistent with each other."""
        traps = np.zeros(len(self.solver.mesh.x))
        if self.factors is None:
            return self.solver.move(voltage, traps), traps, self.reduced
        start = self.solver.predict(voltage)
        reduced = reduction.reduce_sites(self.reduced, self._rate(start), duration)
        for _ in range(MOST_PASSES):
            traps[self.dots] = self.site_density * reduction.mean_reduced(reduced)
            state, start = self.solver.move(voltage, traps, start), None
            guess = reduced
            reduced = reduction.reduce_sites(self.reduced, self._rate(state), duration)
            sites = self.device.sites_per_dot * reduction.mean_reduced(reduced)
            change = np.abs(sites - self.device.sites_per_dot * reduction.mean_reduced(guess))
            if (change < CONSISTENT * (1 + sites)).all():
                break
        return state, traps, reduced

    def _voltage_for(self, current: float, duration: float) -> float:
        """Bias [V] at which the total current density is `current` [A/m2]."""

        def total(voltage: float) -> float:
            state, traps, reduced = self._settle(voltage, duration)
            transported = self.solver.solution(state, traps).current_density()[0]
            faradaic = self._charge(self.reduced, reduced) / duration
            return transported + faradaic + self.device.leakage * voltage

        return self.solver.voltage_for(current, total)
