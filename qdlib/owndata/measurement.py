"""A measured sweep, with the names and units of the model's `Run`, and how far to trust it."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise
from types import MappingProxyType
from typing import ClassVar, Self

import numpy as np
from numpy.typing import NDArray

from ..constants import MILLIAMP_PER_CM2
from ..device.device import Device
from ..device.experiment import Sweep, perform
from ..device.run import Run
from ..errors import InputError, require_range
from ..physics.photometry import Spectrum, luminance_per_current

Array = NDArray[np.float64]
FIELDS = {
    "J": "current_density",
    "L": "luminance",
    "EQE": "external_quantum_efficiency",
    "PL": "relative_photoluminescence",
    "PL kept": "relative_photoluminescence",
}
"""Fields of what was measured and of a Run, by the quantity that shows them."""
STEP = 0.05  # [V], of the modelled sweep
BACK = 0.05  # share of the whole range by which a bias has to go back to count as turned
MOST_BRANCHES = 8


@dataclass(frozen=True)
class Noise:
    """Error of a measured quantity: a share of it, and a floor in its SI unit, added in squares."""

    relative: float
    floor: float

    def __post_init__(self) -> None:
        require_range("relative error", self.relative, 1e-4, 1)
        require_range("floor", self.floor, 1e-12, 1e6)

    def scaled(self, values: Array) -> Array:
        """The values in errors: f(y) with f' = 1 / sqrt((relative y)^2 + floor^2)."""
        return np.arcsinh(values * self.relative / self.floor) / self.relative

    def unscaled(self, scaled: Array) -> Array:
        """The reverse of `scaled`."""
        return np.sinh(scaled * self.relative) * self.floor / self.relative

    def of(self, values: Array) -> Array:
        """The error of each value, in its unit."""
        return np.hypot(self.relative * values, self.floor)


NOISE: Mapping[str, Noise] = MappingProxyType(
    {
        "J": Noise(0.05, 1e-5 * MILLIAMP_PER_CM2),
        "L": Noise(0.05, 0.1),
        "EQE": Noise(0.05, 1e-4),
        "PL": Noise(0.01, 0.005),
        "PL kept": Noise(0.01, 0.005),
    }
)
"""Errors where a reader states none: assumptions."""


class Measured(ABC):
    """What was measured on a diode, at K points, and can be done to the model's as well.

    shown : keys of FIELDS that it may have; seconds_per_volt : of a sweep, see Measurement
    """

    name: str
    shown: ClassVar[tuple[str, ...]]
    seconds_per_volt: float | None = None

    @property
    @abstractmethod
    def x(self) -> Array:
        """What it was measured against: a bias [V] or a time [s] (K,)."""

    @abstractmethod
    def performed(self, device: Device, seconds_per_volt: float) -> Run:
        """The same on a modelled device: a Run; seconds_per_volt : of a sweep [s/V]."""

    @abstractmethod
    def modelled(self, run: Run, quantity: str, noise: Noise) -> Array:
        """What a Run of `performed` gives for each point, in errors (K,); NaN for nothing."""

    def has(self, quantity: str) -> bool:
        """Whether a quantity, a key of FIELDS, was measured."""
        return quantity in self.shown and getattr(self, FIELDS[quantity]) is not None

    def values(self, quantity: str) -> Array:
        """A measured quantity in its SI unit (K,). Raises InputError if it was not measured."""
        if not self.has(quantity):
            raise InputError("quantity", quantity, f"measured: one of {', '.join(self.quantities)}")
        return getattr(self, FIELDS[quantity])

    @property
    def quantities(self) -> tuple[str, ...]:
        """What was measured, as keys of FIELDS."""
        return tuple(filter(self.has, self.shown))

    @property
    def fitted(self) -> tuple[str, ...]:
        """What a fit compares."""
        return self.quantities

    def compared(self, quantity: str) -> NDArray[np.bool_]:
        """Which points of a quantity a fit compares (K,)."""
        return np.isfinite(self.values(quantity))

    def with_efficiency(self, _: Spectrum) -> Self:
        """With the EQE, where it can be computed for a spectrum."""
        return self

    def residuals(self, run: Run, quantity: str, noise: Noise) -> Array:
        """Model less measurement, in errors (K,); NaN where nothing was measured or modelled.

        run : of `performed`
        """
        return self.modelled(run, quantity, noise) - noise.scaled(self.values(quantity))


@dataclass(frozen=True, eq=False)
class Measurement(Measured):
    """A measured sweep of bias, at K points; what was not measured is None.

    voltage : [V]; current_density : [A/m2]; luminance : [cd/m2]
    external_quantum_efficiency : [1]; relative_photoluminescence : over that of the fresh dots [1]
    seconds_per_volt : how slowly the bias was moved [s/V], None if not known
    """

    name: str
    voltage: Array
    current_density: Array | None = None
    luminance: Array | None = None
    external_quantum_efficiency: Array | None = None
    relative_photoluminescence: Array | None = None
    seconds_per_volt: float | None = None

    shown: ClassVar[tuple[str, ...]] = ("J", "L", "EQE", "PL")

    @property
    def x(self) -> Array:
        """The bias [V] (K,)."""
        return self.voltage

    @property
    def fitted(self) -> tuple[str, ...]:
        """What a fit compares: an efficiency only where it is not current and light once more."""
        twice = self.has("J") and self.has("L")
        return tuple(one for one in self.quantities if not (one == "EQE" and twice))

    def compared(self, quantity: str) -> NDArray[np.bool_]:
        """Which points of a quantity a fit compares (K,): none below 0 V."""
        return super().compared(quantity) & (self.voltage >= 0)

    @cached_property
    def branches(self) -> tuple[slice, ...]:
        """Up, down and so on: the points between turns of the bias.

        Raises InputError for more than MOST_BRANCHES.
        """
        turns = _turns(self.voltage)
        if len(turns) >= MOST_BRANCHES:
            raise InputError(
                "voltage", f"{len(turns)} turns", f"of at most {MOST_BRANCHES - 1} turns: sweeps, "
                "without pulses",
            )  # fmt: skip
        ends = [0, *turns, len(self.voltage)]
        return tuple(slice(a, b) for a, b in pairwise(ends))

    def with_efficiency(self, spectrum: Spectrum) -> Self:
        """With the EQE that luminance and current make, for a Lambertian device of a spectrum."""
        if self.has("EQE") or not (self.has("J") and self.has("L")):
            return self
        current, light = self.values("J"), self.values("L")
        per_ampere = float(luminance_per_current(spectrum, 1.0))
        # below the floors, noise is divided by noise
        driven = (current > NOISE["J"].floor) & (light > NOISE["L"].floor)
        with np.errstate(divide="ignore", invalid="ignore"):
            found = np.where(driven, light / (current * per_ampere), np.nan)
        return replace(self, external_quantum_efficiency=found)

    def protocol(self, seconds_per_volt: float) -> list[Sweep]:
        """The model's sweeps over the same branches, of steps of STEP, from 0 V up."""
        turns = [float(self.voltage[one.start]) for one in self.branches]
        turns = [max(0.0, one) for one in (*turns, float(self.voltage[-1]))]
        low, high = np.minimum(turns[:-1], turns[1:]), np.maximum(turns[:-1], turns[1:])
        # whole steps that reach over the branch, but for a meter's scatter
        low, high = STEP * np.floor(low / STEP + 0.1), STEP * np.ceil(high / STEP - 0.1)
        rising = np.diff(turns) > 0
        starts, stops = np.where(rising, low, high), np.where(rising, high, low)
        dwell = STEP * seconds_per_volt
        return [Sweep(float(a), float(b), STEP, dwell) for a, b in zip(starts, stops, strict=True)]

    def performed(self, device: Device, seconds_per_volt: float) -> Run:
        """The same sweep on a modelled device: a Run."""
        return perform(device, self.protocol(seconds_per_volt))

    def modelled(self, run: Run, quantity: str, noise: Noise) -> Array:
        """What a Run of the same sweep gives for each point, in errors (K,); NaN below 0 V."""
        modelled = noise.scaled(getattr(run, FIELDS[quantity]))
        found = np.full(len(self.voltage), np.nan)
        for number, branch in enumerate(self.branches):
            own = run.step == number
            order = np.argsort(run.voltage[own])
            found[branch] = np.interp(
                self.voltage[branch], run.voltage[own][order], modelled[own][order]
            )
        found[self.voltage < 0] = np.nan  # the model's diode was tested forwards only
        return found


def _turns(voltage: Array) -> list[int]:
    """Where the bias turns back, by more than a meter's own scatter: indices of the extremes."""
    enough = BACK * float(np.ptp(voltage))
    turns: list[int] = []
    extreme, sign = 0, 0.0
    for k, value in enumerate(voltage):
        gone = value - voltage[extreme]
        if sign == 0.0:
            if abs(gone) > enough:
                extreme, sign = k, float(np.sign(gone))
        elif gone * sign >= 0:
            extreme = k
        elif -gone * sign > enough:
            turns.append(extreme)
            extreme, sign = k, -sign
    return turns
