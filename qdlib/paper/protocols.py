"""The paper's experiments on the paper's samples, by name.

Protocols are the paper's: sweeps from 0 V, holds at the current densities of the captions, 50 h at
2 V and 10 h at rest, lifetimes at 100 mA/cm2 converted to other luminances by L0^n T = constant.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..device.device import Device
from ..device.experiment import Hold, Rest, perform, sweep
from ..device.run import Run
from ..errors import InputError, require_range
from ..parameters import BLUE, CORE_SHELL, Changes, Reader, parameters, reader
from ..physics.wear import REFERENCE_CURRENT, Wear, first_fall, lifetime_at
from . import materials, samples
from .published import published_value
from .scope import refusal, without_effect

READINGS = 300  # of a lifetime test, from the first one on
HIGHEST_BIAS, HIGHEST_BIAS_BLUE = 5.0, 8.0  # [V], of the sweeps
DRIVES = {
    ("electron-only", CORE_SHELL): "L035",
    ("hole-only", CORE_SHELL): "L036",
    ("electron-only", "CdSe/CdS/ZnS"): "L075",
    ("hole-only", "CdSe/CdS/ZnS"): "L076",
    ("QLED", "CdSe/CdS/ZnS"): "L077",
    ("electron-only", BLUE): "L100",
    ("hole-only", BLUE): "L101",
    ("QLED", BLUE): "L102",
}
"""Published current density of each constant-current experiment, as an id of the ledger."""
DEVICES = {
    "QLED": samples.red_qled,
    "electron-only": samples.electron_only,
    "hole-only": samples.hole_only,
}


@dataclass(frozen=True)
class Sample:
    """Dots of a structure with a ligand as Table 1 writes it.

    fraction : of the metal salt left; potential : of its metal [V vs NHE]; film_yield [1]; each
        the sample's own if None
    """

    structure: str = CORE_SHELL
    ligand: str = "Cd(RCOO)2"
    fraction: float | None = None
    potential: float | None = None
    film_yield: float | None = None

    @property
    def title(self) -> str:
        """As a reader names it."""
        return "–".join(filter(None, (self.structure, self.ligand)))


@dataclass(frozen=True)
class LifetimeTest:
    """A hold at constant current, the wear beside it, and when the first luminance is read [s].

    run : of the hold alone, on its own clock
    """

    run: Run
    wear: Wear
    first_reading: float

    @cached_property
    def time(self) -> NDArray[np.float64]:
        """Since the first reading [s] (READINGS,)."""
        last = self.run.time[-1] - self.first_reading
        return np.concatenate([[0.0], np.geomspace(self.first_reading / 10, last, READINGS - 1)])

    def _reduced(self, time: ArrayLike) -> Any:
        # between the run's few instants on the logarithm of time, as reduction runs over decades
        return np.interp(np.log(time), np.log(self.run.time), self.run.luminance)

    @cached_property
    def initial_luminance(self) -> float:
        """At the first reading [cd/m2]."""
        return self._reduced(self.first_reading)

    @cached_property
    def luminance(self) -> NDArray[np.float64]:
        """With the wear [cd/m2] (READINGS,)."""
        left = self.wear.left(self.time, self.run.current_density[-1])
        return self._reduced(self.time + self.first_reading) * left

    @property
    def relative_luminance(self) -> NDArray[np.float64]:
        """L/L0 [1] (READINGS,)."""
        return self.luminance / self.initial_luminance

    def lifetime(self, share: float = 0.5) -> float:
        """Time [s] until `share` of the initial luminance is left; NaN if that is not reached."""
        require_range("share", share, 0, 1)
        return first_fall(self.relative_luminance, self.time, share)

    def lifetime_at(self, luminance: float, share: float = 0.5) -> float:
        """The same from another initial luminance [cd/m2], by the acceleration factor [s]."""
        return lifetime_at(
            luminance, self.lifetime(share), self.initial_luminance, self.wear.acceleration
        )


def lifetime_test(
    device: Device,
    current_density: float | None = None,
    hours: float = 1e5,
    changes: Changes = None,
) -> LifetimeTest:
    """A hold at constant current and the wear of devices of that structure: a LifetimeTest.

    current_density : [mA/cm2]; the paper's for the structure of the device's dots by default
    changes : {"owner.name": SI value}, of what is not the device's own: wear, first reading
    """
    value, structure = reader(changes), device.dot.name
    if current_density is None:
        current_density = value(*drive_of(structure).split(".")) / MILLIAMP_PER_CM2
    first = value("lifetime test", "first_reading")
    require_range("hours", hours, 2 * first / HOUR, 1e7, "h: longer than until the first reading")
    hold = Hold(milliamp_per_cm2=current_density, hours=hours, instants_count=48)
    since = None
    if value("lifetime test", "sweep_first") > 0:
        since = replace(_sweep(device, value("sweep", "dwell")).state(), time=0.0)
    run = perform(device, [hold], since)
    return LifetimeTest(run, samples.wear(structure, changes), first)


def _sweep(device: Device, dwell: float) -> Run:
    blue = materials.structure(device.dot.name).stack == "blue"
    return sweep(device, 0.0, HIGHEST_BIAS_BLUE if blue else HIGHEST_BIAS, dwell=dwell)


@dataclass(frozen=True, eq=False)
class WornDiodes:
    """Simulated diodes, each at a current density of its own, that fade by wear alone.

    luminance : at the first reading [cd/m2] (K,); lifetime : to half of it [s] (K,)
    follows : what the wear goes with, "current" or "light"
    """

    luminance: NDArray[np.float64]
    lifetime: NDArray[np.float64]
    follows: str


def worn_diodes(
    device: Device,
    current_density: Sequence[float] | NDArray[np.float64],
    acceleration: float,
    follows: str = "current",
    scatter: float = 0.0,
    seed: int = 2,
) -> WornDiodes:
    """Diodes of one kind at several drives, and how long each lasts: WornDiodes.

    current_density : [mA/cm2] (K,); acceleration : n of the wear [1]
    follows : what the nth power is taken of, the "current", as everywhere in the model, or the
        "light"; at 100 mA/cm2, where the wear is known, the two are the same
    scatter : relative, from diode to diode [1]; seed : of it

    Raises InputError if wear is to follow something else.
    """
    wear = replace(samples.wear(device.dot.name), acceleration=acceleration)
    luminance = np.array([first_luminance(device, drive) for drive in current_density])
    if follows == "current":
        exact = wear.lifetime(0.5, MILLIAMP_PER_CM2 * np.asarray(current_density))
    elif follows == "light":
        known = first_luminance(device, REFERENCE_CURRENT / MILLIAMP_PER_CM2)
        exact = lifetime_at(luminance, wear.half_life, known, acceleration)
    else:
        raise InputError("follows", follows, "current or light")
    spread = np.random.default_rng(seed).normal(size=len(luminance))
    return WornDiodes(luminance, exact * np.exp(scatter * spread), follows)


def first_luminance(device: Device, current_density: float) -> float:
    """Luminance [cd/m2] of a fresh diode at the first reading of a hold at a current [mA/cm2]."""
    hours = parameters()["lifetime test.first_reading"].value / HOUR
    hold = Hold(milliamp_per_cm2=float(current_density), hours=hours)
    return float(perform(device, [hold]).luminance[-1])


def drive_of(structure: str) -> str:
    """Key of the current density of the lifetime tests of a structure."""
    return f"lifetime test.current_density{materials.structure(structure).suffix}"


def device_of(sample: Sample, kind: str = "QLED", changes: Changes = None) -> Device:
    """A device of the paper with a sample; kind : a key of DEVICES, changes : as for `red_qled`."""
    if kind not in DEVICES:
        raise InputError("kind", kind, f"one of {', '.join(DEVICES)}")
    ligand = samples.ligand(sample.ligand, sample.structure, sample.fraction)
    if sample.potential is not None:
        ligand = ligand.at(sample.potential)
    own = {}
    if sample.film_yield is not None:
        own[f"{sample.structure}.film_yield"] = sample.film_yield
    changed = changes | own if isinstance(changes, Reader) else {**(changes or {}), **own}
    return DEVICES[kind](ligand, sample.structure, changed)


class Laboratory:
    """Runs experiments with the model's parameters, some of them changed.

    changes : {"owner.name": SI value} of `qdlib.parameters()`; each for the experiments that it
        acts on. Raises InputError for one that acts on none.
    """

    def __init__(self, changes: Mapping[str, float] | None = None) -> None:
        self.changes = dict(changes or {})
        self.value = reader(self.changes)
        if idle := without_effect(frozenset(self.changes)):
            raise refusal(min(idle), self.changes, "a Laboratory's experiments")

    def device(self, sample: Sample, kind: str = "QLED") -> Device:
        """A device of the paper with a sample: "QLED", "electron-only" or "hole-only"."""
        return device_of(sample, kind, self.value)

    def sweep(self, sample: Sample) -> Run:
        """Figs 1e, 1f, 2a, 4c, 5c, S6 to S8: a staircase from 0 V."""
        return _sweep(self.device(sample), self.value("sweep", "dwell"))

    def stress(self, sample: Sample) -> Run:
        """Fig. 2b: some hours at 2 V, then at rest; L031 to L033."""
        volts, hours, rest = (published_value(id).value for id in ("L031", "L032", "L033"))
        return perform(self.device(sample), [Hold(voltage=volts, hours=hours), Rest(rest)])

    def drive(
        self, sample: Sample, kind: str, hours: float = 1.0, current: float | None = None
    ) -> Run:
        """Figs 2c, 4a, 4b, 5a, 5b: a constant current density [mA/cm2], that of DRIVES if None."""
        if current is None:
            current = published_value(DRIVES[kind, sample.structure]).value
        return perform(self.device(sample, kind), [Hold(milliamp_per_cm2=current, hours=hours)])

    def lifetime_test(self, sample: Sample, hours: float = 1e5) -> LifetimeTest:
        """Figs 1g, 4d, S6e, S7, S8d: L/L0 at 100 mA/cm2; Fig. 5d at the blue diode's drive."""
        return lifetime_test(self.device(sample), None, hours, self.value)
