"""Experiments on a device: sweeps, holds and rests, in any order, and what they measure.

This is where transport, reduction and emission meet: at each instant the device is solved with the
sites reduced so far as recombination centres, and the reduction is advanced exactly over the step.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from . import reduction, transport
from .constants import BOLTZMANN, CHARGE, energy_of_potential
from .emission import Optics, exciton_efficiency
from .errors import ConvergenceError, InputError, require_range
from .ligand import Dot, Ligand
from .photometry import gaussian_spectrum, luminance
from .reduction import Redox
from .stack import Stack

HOUR = 3600.0  # [s]
MILLIAMP_PER_CM2 = 10.0  # [A/m2]
FIRST_INSTANT = 1e-3  # [s], of a hold
CONSISTENT = 0.02  # share of the reduced sites (and of one) by which a row may be off its transport
MOST_PASSES = 6

CURRENT_FLOOR = 2e-3
"""Current density at which a meter sees the current rise [A/m2]: 2e-4 mA/cm2, an assumption."""
LUMINANCE_FLOOR = 1.0
"""Luminance at which a device counts as turned on [cd/m2], the convention of the paper's Table S1.
"""


@dataclass(frozen=True)
class Device:
    """A stack with dots in it, the ligands on them and the cavity around them.

    leakage : ohmic leakage beside the transport [S/m2]
    """

    name: str
    stack: Stack
    dot: Dot
    ligand: Ligand
    redox: Redox
    optics: Optics
    leakage: float

    def __post_init__(self):
        require_range("leakage", self.leakage, 0, 1e6, "S/m2")
        if not self.stack.emitter:
            raise InputError("stack", self.stack.name, "a stack whose emitter is named")

    @property
    def sites_per_dot(self):
        """Sites that can be reduced on each dot [1]: N_L f."""
        return self.dot.reducible_sites * self.ligand.reducible_fraction

    @property
    def wired_stack(self):
        """The stack with the dots' levels and centres in its emitter layer."""
        centres = {}
        if self.ligand.couple is not None:
            potential = self.ligand.couple.standard_potential + self.redox.complexation_shift
            centres = {
                "trap_level": energy_of_potential(potential),
                "capture_coefficient": self.redox.capture_coefficient,
            }
        layers = tuple(
            replace(
                layer,
                conduction_edge=self.dot.conduction_edge,
                valence_edge=self.dot.valence_edge,
                **centres,
            )
            if layer.name == self.stack.emitter
            else layer
            for layer in self.stack.layers
        )
        return replace(self.stack, layers=layers)


@dataclass(frozen=True)
class Sweep:
    """A staircase of bias [V], `dwell` seconds on each step."""

    start: float = 0.0
    stop: float = 4.0
    step: float = 0.05
    dwell: float = 1.0

    def __post_init__(self):
        require_range("start", self.start, -10, 100, "V")
        require_range("stop", self.stop, -10, 100, "V")
        require_range("step", self.step, 1e-3, 10, "V")
        require_range("dwell", self.dwell, 1e-6, 1e6, "s")

    def instants(self):
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

    def __post_init__(self):
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

    def instants(self):
        """(voltage [V] or None, current density [A/m2] or None, duration [s]) of each instant."""
        current = None if self.voltage is not None else self.current_density * MILLIAMP_PER_CM2
        first = min(FIRST_INSTANT, 0.01 * self.hours * HOUR)
        times = np.geomspace(first, self.hours * HOUR, self.instants_count)
        for duration in np.diff(times, prepend=0.0):
            yield self.voltage, current, float(duration)


def Rest(hours, instants_count=10):
    """No bias for some hours."""
    return Hold(voltage=0.0, hours=hours, instants_count=instants_count)


@dataclass(frozen=True)
class Run:
    """What an experiment gave, at K instants; fractions and SI units (the table has the bench's).

    time : at the end of each instant [s] (K,)
    duration : of each instant [s] (K,)
    step : index of the protocol's step (K,)
    solution : potentials and quasi-Fermi levels (K, N)
    reduced : theta of each class of sites at each node of the dots (K, CLASSES, dots)
    charge : that went into reduction over the whole instant [C/m2] (K,)
    """

    device: Device
    time: np.ndarray
    duration: np.ndarray
    step: np.ndarray
    solution: transport.Solution
    reduced: np.ndarray
    charge: np.ndarray

    @property
    def voltage(self):
        """Bias [V] (K,)."""
        return self.solution.voltage

    @property
    def converged(self):
        """Whether the device was solved at an instant (K,); quantities are NaN where it was not."""
        return self.solution.converged

    @cached_property
    def dots(self):
        """Nodes of the dot layer, as a slice."""
        return self.solution.mesh.nodes_of(self.device.stack.emitter)

    @cached_property
    def _weights(self):
        return _node_weights(self.solution.mesh.x[self.dots])

    @cached_property
    def reduced_sites(self):
        """Reduced sites per dot across the dot layer [1] (K, dots)."""
        weights = reduction.spread_classes()[1]
        return self.device.sites_per_dot * np.einsum("c,kcx->kx", weights, self.reduced)

    @cached_property
    def reduced_sites_per_dot(self):
        """Reduced sites per dot, mean over the layer [1] (K,)."""
        return self.reduced_sites @ self._weights

    @cached_property
    def exciton_efficiency(self):
        """Share of the excitons that emit, across the dot layer [1] (K, dots)."""
        x = self.solution.mesh.x[self.dots]
        potential = self.solution.potential[:, self.dots] * self.solution.mesh.thermal_voltage
        field = np.gradient(potential, x, axis=1)
        return exciton_efficiency(
            self.device.dot,
            self.device.optics,
            self.device.redox.capture_coefficient,
            self.reduced_sites,
            field,
        )

    @cached_property
    def relative_photoluminescence(self):
        """Photoluminescence of the layer over that of the fresh dots without a field [1] (K,)."""
        fresh = exciton_efficiency(
            self.device.dot, self.device.optics, self.device.redox.capture_coefficient, 0.0
        )
        return (self.exciton_efficiency @ self._weights) / fresh

    @cached_property
    def _recombination(self):
        return self.solution.recombination

    @cached_property
    def transport_current(self):
        """Current density of the injected carriers [A/m2] (K,)."""
        return self.solution.current_density(self._recombination)

    @cached_property
    def faradaic_current(self):
        """Current density that reduces metal ions, mean over the instant [A/m2] (K,)."""
        return self.charge / self.duration

    @cached_property
    def leakage_current(self):
        """Ohmic leakage current density [A/m2] (K,)."""
        return self.device.leakage * self.voltage

    @cached_property
    def current_density(self):
        """All that a meter sees [A/m2] (K,)."""
        return self.transport_current + self.faradaic_current + self.leakage_current

    @cached_property
    def emission_rate(self):
        """Photons emitted within the device per area and time [1/m2s] (K,)."""
        first, last = self.dots.start, self.dots.stop
        formation = self._recombination[0][:, :, first : last - 1]
        eta = self.exciton_efficiency
        return (formation[:, 0] * eta[:, :-1] + formation[:, 1] * eta[:, 1:]).sum(axis=1)

    @cached_property
    def internal_quantum_efficiency(self):
        """Photons emitted in the device per electron of the total current [1] (K,)."""
        with np.errstate(divide="ignore", invalid="ignore"):
            iqe = CHARGE * self.emission_rate / self.current_density
        return np.where((self.current_density > 0) & (self.emission_rate > 0), iqe, 0.0)

    @cached_property
    def external_quantum_efficiency(self):
        """Photons that reach the air per electron of the total current [1] (K,)."""
        return self.device.optics.outcoupling_efficiency * self.internal_quantum_efficiency

    @cached_property
    def luminance(self):
        """[cd/m2] (K,), Lambertian, over the dots' emission spectrum."""
        spectrum = gaussian_spectrum(self.device.dot.peak_wavelength, self.device.dot.linewidth)
        current = np.where(self.current_density > 0, self.current_density, 0.0)
        return luminance(current, self.external_quantum_efficiency, spectrum)

    @property
    def peak_eqe(self):
        """Highest external quantum efficiency [1]."""
        return float(np.nanmax(self.external_quantum_efficiency))

    @property
    def current_threshold(self):
        """Bias [V] at which the current passes CURRENT_FLOOR; NaN if it does not."""
        return first_crossing(self.voltage, self.current_density, CURRENT_FLOOR)

    @property
    def turn_on_voltage(self):
        """Bias [V] at which the luminance passes LUMINANCE_FLOOR; NaN if it does not."""
        return first_crossing(self.voltage, self.luminance, LUMINANCE_FLOOR)

    @property
    def voltage_gap(self):
        """From the rise of the current to the rise of the light [V]."""
        return self.turn_on_voltage - self.current_threshold

    @property
    def charge_per_full_reduction(self):
        """Charge that reduces every site once [C/m2]."""
        return reduction_charge(self.device) * (
            self.solution.mesh.x[self.dots][-1] - self.solution.mesh.x[self.dots][0]
        )

    @cached_property
    def table(self):
        """One row an instant, a pandas DataFrame with units in the column names."""
        import pandas as pd

        return pd.DataFrame(
            {
                "step": self.step,
                "time [h]": self.time / HOUR,
                "voltage [V]": self.voltage,
                "current density [mA/cm2]": self.current_density / MILLIAMP_PER_CM2,
                "transport current [mA/cm2]": self.transport_current / MILLIAMP_PER_CM2,
                "faradaic current [mA/cm2]": self.faradaic_current / MILLIAMP_PER_CM2,
                "leakage current [mA/cm2]": self.leakage_current / MILLIAMP_PER_CM2,
                "luminance [cd/m2]": self.luminance,
                "EQE [%]": 100 * self.external_quantum_efficiency,
                "IQE [%]": 100 * self.internal_quantum_efficiency,
                "relative PL [%]": 100 * self.relative_photoluminescence,
                "reduced sites per dot": self.reduced_sites_per_dot,
                "converged": self.converged,
            }
        )

    def state(self, instant=-1):
        """Where a later experiment can go on from."""
        k = range(len(self.time))[instant]
        potentials = np.array(
            [
                self.solution.potential[k],
                self.solution.quasi_fermi_electron[k],
                self.solution.quasi_fermi_hole[k],
            ]
        )
        return State(float(self.time[k]), float(self.voltage[k]), potentials, self.reduced[k])

    def band_diagram(self, instant=-1):
        """Energies [eV above the cathode's Fermi level] against x [m] at one instant."""
        return band_diagram(self.device, self.solution, instant)

    def profile(self, instant=-1):
        """The dot layer at one instant as a pandas DataFrame, units in the column names."""
        import pandas as pd

        x = self.solution.mesh.x[self.dots]
        n, p = self.solution.densities(self.dots, self.device.stack.emitter)
        return pd.DataFrame(
            {
                "x [nm]": (x - x[0]) * 1e9,
                "electron density [1/m3]": n[instant],
                "hole density [1/m3]": p[instant],
                "reduced sites per dot": self.reduced_sites[instant],
                "exciton efficiency": self.exciton_efficiency[instant],
            }
        )


@dataclass(frozen=True)
class State:
    """A device at an instant: time [s], voltage [V], potentials [Vt] (3, N), theta."""

    time: float
    voltage: float
    potentials: np.ndarray
    reduced: np.ndarray


@dataclass(frozen=True)
class BandDiagram:
    """Energies [eV above the cathode's Fermi level] against x [m].

    x, conduction, valence, quasi_fermi_electron, quasi_fermi_hole : (2 (N - 1),): both ends of
        each element, so that the edges step at the interfaces
    couple : level of the metal's couple in the dots, NaN elsewhere or without a couple
    """

    x: np.ndarray
    conduction: np.ndarray
    valence: np.ndarray
    quasi_fermi_electron: np.ndarray
    quasi_fermi_hole: np.ndarray
    couple: np.ndarray


def band_diagram(device, solution, instant=-1):
    """BandDiagram of a solution of `device.wired_stack` at one instant."""
    mesh, vt = solution.mesh, solution.mesh.thermal_voltage
    ends = np.repeat(np.arange(len(mesh.x)), 2)[1:-1]
    layer = np.repeat(mesh.layer, 2)
    layers = mesh.stack.layers
    vacuum = -vt * solution.potential[instant][ends]
    depth = np.full(len(layers), np.nan)
    if device.ligand.couple is not None:
        emitter = [each.name for each in layers].index(device.stack.emitter)
        depth[emitter] = layers[emitter].trap_level
    return BandDiagram(
        mesh.x[ends],
        vacuum - np.array([each.conduction_edge for each in layers])[layer],
        vacuum - np.array([each.valence_edge for each in layers])[layer],
        -vt * solution.quasi_fermi_electron[instant][ends],
        -vt * solution.quasi_fermi_hole[instant][ends] - solution.voltage[instant],
        vacuum - depth[layer],
    )


def first_crossing(x, y, level):
    """The first x at which y rises through `level`, interpolated in log(y); NaN if it never does.

    >>> round(first_crossing(np.array([1.0, 2.0]), np.array([1.0, 100.0]), 10.0), 6)
    1.5
    """
    above = np.flatnonzero(y >= level)
    if len(above) == 0 or above[0] == 0:
        return float("nan")
    k = above[0]
    low, high = np.log(max(y[k - 1], 1e-300)), np.log(y[k])
    return float(x[k - 1] + (x[k] - x[k - 1]) * (np.log(level) - low) / (high - low))


def reduction_charge(device):
    """Charge that reduces every site of a volume of dots once [C/m3]."""
    if device.ligand.couple is None:
        return 0.0
    electrons = device.ligand.couple.electrons
    return electrons * CHARGE * device.dot.number_density * device.sites_per_dot


def sweep(device, start=0.0, stop=4.0, step=0.05, dwell=1.0, since=None):
    """A staircase sweep of the bias [V]: a Run. `dwell` in seconds."""
    return perform(device, [Sweep(start, stop, step, dwell)], since)


def perform(device, protocol, since=None):
    """Carry out a list of Sweep, Hold and Rest on a device: a Run.

    since : State to go on from; a fresh device at rest by default.
    A bias that the solver cannot reach gives a row of NaN, marked in `converged`.
    """
    bench = _Bench(device, since)
    rows = []
    for index, part in enumerate(protocol):
        for voltage, current, duration in part.instants():
            rows.append((index, *bench.instant(voltage, current, duration)))
    if not rows:
        raise InputError("protocol", protocol, "a list of at least one Sweep, Hold or Rest")
    step, time, duration, voltage, states, traps, reduced, charge = zip(*rows, strict=True)
    states = np.stack(states, axis=1)
    solution = transport.Solution(
        bench.solver.mesh,
        np.array(voltage),
        *states,
        np.array(traps),
        np.isfinite(states[0, :, 0]),
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

    def __init__(self, device, since):
        self.device = device
        stack = device.wired_stack
        mesh = transport.discretise(stack)
        self.solver = transport.Solver(mesh)
        self.dots = mesh.nodes_of(stack.emitter)
        x = mesh.x[self.dots]
        self.weights = _node_weights(x) * (x[-1] - x[0])
        self.charge_density = reduction_charge(device)
        self.site_density = device.dot.number_density * device.sites_per_dot
        emitter = next(layer for layer in stack.layers if layer.name == stack.emitter)
        self.states_per_dot = emitter.conduction_states / device.dot.number_density
        self.activity = np.exp(emitter.conduction_edge / mesh.thermal_voltage)
        self.factors = None
        if self.site_density > 0:
            thermal_energy = BOLTZMANN * stack.temperature / CHARGE
            self.factors = reduction.class_factors(
                device.ligand.couple, device.dot.level, device.redox, thermal_energy
            )
        self.time, self.reduced = 0.0, np.zeros((reduction.CLASSES, len(x)))
        if since is not None:
            self.time, self.reduced = since.time, since.reduced
            self.solver.restore(since.voltage, since.potentials)

    def instant(self, voltage, current, duration):
        """Advance by `duration` at a voltage or at a current density [A/m2]; one row of a Run."""
        before = self.reduced
        try:
            if voltage is None:
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

    def _charge(self, before, after):
        grown = reduction.mean_reduced(after - before)
        return self.charge_density * float(grown @ self.weights)

    def _rate(self, state):
        # A dot's lowest level holds no more electrons than it has states, whatever Boltzmann says.
        filling = self.activity * np.exp(state[0, self.dots] - state[1, self.dots])
        occupancy = self.states_per_dot * filling / (1 + filling)
        return reduction.reduction_rate(self.factors, occupancy)

    def _settle(self, voltage, duration):
        """Device and reduction at the end of the instant, consistent with each other."""
        traps = np.zeros(len(self.solver.mesh.x))
        if self.factors is None:
            return self.solver.move(voltage, traps), traps, self.reduced
        state = self.solver.predict(voltage)
        reduced = reduction.reduce_sites(self.reduced, self._rate(state), duration)
        for _ in range(MOST_PASSES):
            traps[self.dots] = self.site_density * reduction.mean_reduced(reduced)
            state = self.solver.move(voltage, traps)
            guess = reduced
            reduced = reduction.reduce_sites(self.reduced, self._rate(state), duration)
            sites = self.device.sites_per_dot * reduction.mean_reduced(reduced)
            change = np.abs(sites - self.device.sites_per_dot * reduction.mean_reduced(guess))
            if (change < CONSISTENT * (1 + sites)).all():
                break
        return state, traps, reduced

    def _voltage_for(self, current, duration):
        """Bias [V] at which the total current density is `current` [A/m2]."""
        from scipy.optimize import brentq

        start = self.solver.voltage, self.solver.state

        def excess(voltage):
            self.solver.restore(*start)
            state, traps, reduced = self._settle(voltage, duration)
            one = transport.Solution(
                self.solver.mesh,
                np.array([voltage]),
                *state[:, None, :],
                traps[None, :],
                np.array([True]),
            )
            total = (
                one.current_density()[0]
                + self.device.leakage * voltage
                + self._charge(self.reduced, reduced) / duration
            )
            return np.log(max(total, 1e-30) / current)

        low = high = start[0]
        stride = 0.05 if low > 0 else 0.5
        while excess(high) < 0:
            low, high, stride = high, high + stride, 2 * stride
        while excess(low) > 0:
            high, low, stride = low, low - stride, 2 * stride
        voltage = brentq(excess, low, high, xtol=1e-5)
        self.solver.restore(*start)
        return voltage


def _node_weights(x):
    """Share of the layer that belongs to each of its nodes (sum 1)."""
    h = np.diff(x)
    weights = np.zeros(len(x))
    weights[:-1] += 0.5 * h
    weights[1:] += 0.5 * h
    return weights / weights.sum()
