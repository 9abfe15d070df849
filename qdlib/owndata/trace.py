"""Photoluminescence measured against time, while a bias or a current is held."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ..device.device import Device
from ..device.experiment import Hold, perform
from ..device.run import Run
from ..wording import setting
from .measurement import Array, Measured, Noise


def held(hold: Hold) -> str:
    """What a Hold holds, in words.

    >>> held(Hold(voltage=2.0)), held(Hold(milliamp_per_cm2=0.5))
    ('2 V', '0.5 mA/cm²')
    """
    if hold.milliamp_per_cm2 is None:
        return f"{setting(hold.voltage)} V"
    return f"{setting(hold.milliamp_per_cm2)} mA/cm²"


@dataclass(frozen=True, eq=False)
class TimeTrace(Measured):
    """Photoluminescence of a diode that was fresh at 0 s, when the hold began, at K instants.

    time : since then [s] (K,); hold : what was held, for as long as that
    relative_photoluminescence : over that of the fresh dots without a field [1] (K,)
    arbitrary : whether it is in a unit of its own instead, so that only its shape tells
    """

    name: str
    time: Array
    relative_photoluminescence: Array
    hold: Hold
    arbitrary: bool = False

    shown: ClassVar[tuple[str, ...]] = ("PL kept",)

    @property
    def x(self) -> Array:
        """The time [s] (K,)."""
        return self.time

    def performed(self, device: Device, seconds_per_volt: float = 0.0) -> Run:
        """The same hold on a modelled device: a Run."""
        return perform(device, [self.hold])

    def modelled(self, run: Run, quantity: str, noise: Noise) -> Array:
        """What a Run of the same hold gives for each point, on its scale, in errors (K,)."""
        return noise.scaled(self.scale(run, noise) * self._at_instants(run))

    def scale(self, run: Run, noise: Noise) -> float:
        """The unit of the trace [1]: 1, or where it is its own, that which brings a Run nearest.

        The first point alone would not do as a unit: its noise would be that of all others.
        """
        if not self.arbitrary:
            return 1.0
        modelled, weights = self._at_instants(run), noise.of(self.relative_photoluminescence) ** -2
        overlap = np.nansum(weights * modelled * self.relative_photoluminescence)
        return float(overlap / np.nansum(weights * modelled**2))

    def _at_instants(self, run: Run) -> Array:
        # between the run's few instants on the logarithm of time, as reduction runs over decades
        time = np.log(np.maximum(self.time, run.time[0]))
        return np.interp(time, np.log(run.time), run.relative_photoluminescence)
