"""Experiments on a device: sweeps, holds, pulses and rests, in any order.

This is where transport, reduction and emission meet: a device and a protocol become arrays for the
compiled loop of physics/march.py, and what it fills becomes a Run.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ..constants import CHARGE, HOUR, MILLIAMP_PER_CM2
from ..errors import InputError, require_range, require_whole
from ..physics import march, reduction, transport
from ..physics.stack import Stack
from .device import Device, node_depths
from .run import Run, State

FIRST_INSTANT = 1e-3  # [s], of a hold
PER_PULSE = 4  # instants of a pulse
KEPT = 16  # runs: a kernel has to stay small
LONGEST_KEPT = 300  # instants, of some 10 kB
Instant = tuple[float | None, float | None, float]
"""Voltage [V] or None, current density [A/m2] or None, duration [s]."""


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
        """(voltage [V], current density [A/m2] or None, duration [s]) of each step.

        The last one is shorter if the steps do not end at `stop`.
        """
        steps = (self.stop - self.start) / self.step
        whole = round(steps)
        if abs(steps - whole) < 1e-6:
            biases = np.linspace(self.start, self.stop, abs(whole) + 1)
        else:
            way = np.copysign(self.step, steps)
            biases = np.append(self.start + way * np.arange(int(abs(steps)) + 1), self.stop)
        for voltage in biases:
            yield float(voltage), None, self.dwell


@dataclass(frozen=True)
class Hold:
    """A constant bias [V], or a constant current density [mA/cm2], for some hours.

    The instants are spaced as a geometric series, since reduction runs over many decades of time.
    """

    voltage: float | None = None
    milliamp_per_cm2: float | None = None
    hours: float = 1.0
    instants_count: int = 40

    def __post_init__(self) -> None:
        if (self.voltage is None) == (self.milliamp_per_cm2 is None):
            raise InputError(
                "Hold", (self.voltage, self.milliamp_per_cm2), "a voltage or a current density"
            )
        if self.voltage is not None:
            require_range("voltage", self.voltage, -10, 100, "V")
        else:
            require_range("milliamp_per_cm2", self.milliamp_per_cm2, 1e-6, 1e4, "mA/cm2")
        require_range("hours", self.hours, 1e-6, 1e7, "h")
        require_whole("instants_count", self.instants_count, 2, 10_000)

    def instants(self) -> Iterator[Instant]:
        """(voltage [V] or None, current density [A/m2] or None, duration [s]) of each instant."""
        current = None
        if self.milliamp_per_cm2 is not None:
            current = self.milliamp_per_cm2 * MILLIAMP_PER_CM2
        first = min(FIRST_INSTANT, 0.01 * self.hours * HOUR)
        times = np.geomspace(first, self.hours * HOUR, self.instants_count)
        for duration in np.diff(times, prepend=0.0):
            yield self.voltage, current, float(duration)


@dataclass(frozen=True)
class Pulses:
    """A bias [V] for `on` seconds, then none for `off` seconds, `count` times.

    A pulse is quasi-static, its edges without a time: the carriers follow at once, and what charges
    the diode's own capacitance is left out. An instant is a fraction, 1/PER_PULSE, of a pulse.
    """

    voltage: float = 2.0
    on: float = 1.0
    off: float = 1.0
    count: int = 50

    def __post_init__(self) -> None:
        require_range("voltage", self.voltage, -10, 100, "V")
        require_range("on", self.on, 1e-6, 1e6, "s")
        require_range("off", self.off, 1e-6, 1e6, "s")
        require_whole("count", self.count, 1, 10_000)

    def instants(self) -> Iterator[Instant]:
        """(voltage [V], no current density, duration [s]): each part of a pulse, each pause."""
        pulse = [(self.voltage, None, self.on / PER_PULSE)] * PER_PULSE
        for _ in range(self.count):
            yield from pulse
            yield 0.0, None, self.off


def Rest(hours: float, instants_count: int = 10) -> Hold:
    """No bias for some hours."""
    return Hold(voltage=0.0, hours=hours, instants_count=instants_count)


Part = Sweep | Hold | Pulses
"""What a protocol is made of."""


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


def perform(
    device: Device,
    protocol: Iterable[Part] | Part,
    since: State | None = None,
    keep: bool = True,
) -> Run:
    """Carry out a list of Sweep, Hold, Pulses and Rest, or one alone, on a device: a Run.

    since : State of the same device to go on from; a fresh one at rest by default.
    A bias that the solver cannot reach gives a row of NaN, marked in `converged`.
    The last KEPT runs of fresh devices are kept, those of up to LONGEST_KEPT instants: what has not
    changed is not solved twice.
    keep : whether this one is, if it is of a fresh device; not worth it for one of thousands
    """
    parts = (protocol,) if isinstance(protocol, Part) else tuple(protocol)
    if since is None and keep and len(_instants(parts)[1]) <= LONGEST_KEPT:
        return _kept(device, parts)
    return _performed(device, parts, since)


@lru_cache(maxsize=KEPT)
def _kept(device: Device, parts: tuple[Part, ...]) -> Run:
    return _performed(device, parts, None)


def _performed(device: Device, parts: tuple[Part, ...], since: State | None) -> Run:
    instants, step, elapsed = _instants(parts)
    stack = device.wired_stack
    mesh = transport.discretise(stack)
    dots = mesh.nodes_of(stack.emitter)
    sites = _sites(device, mesh, dots)
    if since is None and sites is reduction.NO_SITES:  # no instant's duration matters
        drive = (one.tobytes() for one in (instants.voltage, instants.current, instants.goes_on))
        carry_out = _transported if len(step) <= LONGEST_KEPT else _transported.__wrapped__
        rows = carry_out(_without_idle_centres(stack), device.leakage, *drive)
    else:
        if since is None:
            since = State(0.0, 0.0, transport.equilibrium(mesh), np.zeros(dots.stop - dots.start))
        else:
            _require_of(since, len(mesh.x), dots)
        work = march.work(since.voltage / mesh.thermal_voltage, since.potentials, since.exposure)
        rows = transport.carry_out(mesh, instants, work, sites, device.leakage)
    time = elapsed + (since.time if since else 0.0)
    solution = transport.solution_of(mesh, rows)
    kept = rows.exposure, rows.reduced, rows.charge
    # copies, as what compiled functions take has to stay of one kind, and a run's is read-only
    run = Run(device, time, instants.duration.copy(), step.copy(), solution, *kept)
    return run.read()  # now, since here other threads may go on meanwhile


def _require_of(state: State, nodes: int, dots: slice) -> None:
    """Raise InputError unless a State may be one of a device with so many nodes."""
    found = state.potentials.shape[1], len(state.exposure)
    wanted = nodes, dots.stop - dots.start
    if found != wanted:
        raise InputError(
            "since", f"a State on {found[0]} nodes, {found[1]} of them in the dots",
            f"one of the same device, which has {wanted[0]} and {wanted[1]}",
        )  # fmt: skip
    if not np.isfinite(state.potentials).all():
        raise InputError("since", f"a State at {state.voltage:g} V", "one that was solved")


def _without_idle_centres(stack: Stack) -> Stack:
    """The stack, one and the same whatever the centres are of which no layer has any."""
    layers = (
        layer if layer.trap_density else replace(layer, capture_coefficient=0.0, trap_level=0.0)
        for layer in stack.layers
    )
    return replace(stack, layers=tuple(layers))


@lru_cache(maxsize=KEPT)
def _transported(
    stack: Stack, leakage: float, voltage: bytes, current: bytes, goes_on: bytes
) -> march.Rows:
    """What a protocol does to a fresh stack without anything to reduce."""
    mesh = transport.discretise(stack)
    dots = mesh.nodes_of(stack.emitter)
    nothing = np.zeros(dots.stop - dots.start)
    volts, amperes, same = (np.frombuffer(one).copy() for one in (voltage, current, goes_on))
    instants = march.Protocol(volts, amperes, np.ones(len(volts)), same)
    work = march.work(0.0, transport.equilibrium(mesh), nothing)
    return transport.carry_out(mesh, instants, work, reduction.NO_SITES, leakage)


def protocol_of(parts: Iterable[Part]) -> march.Protocol:
    """The instants of a list of Sweep, Hold, Pulses and Rest as arrays.

    Raises InputError if there are none.
    """
    return _instants(tuple(parts))[0]


@lru_cache(maxsize=KEPT)
def _instants(
    parts: tuple[Part, ...],
) -> tuple[march.Protocol, NDArray[np.int64], NDArray[np.float64]]:
    """The instants of a protocol; of each the index of its part, and when it ends [s] (K,)."""
    if not parts or not all(isinstance(part, Part) for part in parts):
        raise InputError("protocol", parts, "a list of at least one Sweep, Hold, Pulses or Rest")
    rows = [
        (*instant, goes_on, number)
        for number, part in enumerate(parts)
        for instant, goes_on in _going_on(part)
    ]
    columns = zip(*rows, strict=True)
    *drive, step = (np.array(column, dtype=float) for column in columns)  # None is NaN
    instants = march.Protocol(*drive)
    return instants, step.astype(int), np.cumsum(instants.duration)


def _going_on(part: Part) -> Iterator[tuple[Instant, bool]]:
    """Each instant, and whether it has the voltage, or the current density, of the one before."""
    before = None
    for instant in part.instants():
        yield instant, instant[:2] == before
        before = instant[:2]


def _sites(device: Device, mesh: transport.Mesh, dots: slice) -> reduction.Sites:
    """What electrons can reduce in a device."""
    couple, dot = device.ligand.couple, device.dot
    if couple is None or device.sites_per_dot == 0:
        return reduction.NO_SITES
    emitter = next(layer for layer in mesh.stack.layers if layer.name == mesh.stack.emitter)
    x, vt = mesh.x[dots], mesh.thermal_voltage
    return reduction.Sites(
        first=dots.start,
        depths=node_depths(x),
        factors=device.class_factors,
        shares=reduction.spread_classes()[1],
        density=float(dot.number_density * device.sites_per_dot),
        charge=couple.electrons * CHARGE,
        states=float(emitter.conduction_states / dot.number_density),
        activity=float(np.exp(emitter.conduction_edge / vt)),
    )
