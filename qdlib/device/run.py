"""What an experiment gave, instant by instant, and what is read off its curves."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, singledispatch
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..parameters import parameters
from ..physics import march, readout, transport
from ..physics.compiled import read_only
from ..physics.emission import electrons_per_dot
from .device import (
    BandDiagram,
    Device,
    band_diagram,
    emitter_of,
    node_depths,
)

if TYPE_CHECKING:
    import pandas as pd

CURRENT_FLOOR = 2e-3
"""Current density at which a meter sees the current rise [A/m2]: 2e-4 mA/cm2, an assumption."""
LUMINANCE_FLOOR = parameters()["reading.luminance_floor"].value
"""Luminance at which a device counts as turned on [cd/m2].

What CURRENT_FLOOR gives at 25 cd/A is 0.05 cd/m2: a floor near it reads no gap of voltages into a
diode that has none. At the 1 cd/m2 of the paper's Table S1 any diode has one of about 0.1 V.
"""


@dataclass(frozen=True)
class Run:
    """What an experiment gave, at K instants; fractions and SI units (the table has the bench's).

    Arrays are read-only: a run is kept, and may be asked for again. Copy one to change it.

    time : at the end of each instant [s] (K,)
    duration : of each instant [s] (K,)
    step : index of the protocol's step (K,)
    solution : potentials and quasi-Fermi levels (K, N)
    exposure : of each node of the dots, integral of the electrons on a dot over time [s] (K, dots)
    reduced : theta, the share of the sites there that is reduced (K, dots)
    charge : that went into reduction over the whole instant [C/m2] (K,)
    """

    device: Device
    time: NDArray[np.float64]
    duration: NDArray[np.float64]
    step: NDArray[np.int64]
    solution: transport.Solution
    exposure: NDArray[np.float64]
    reduced: NDArray[np.float64]
    charge: NDArray[np.float64]

    def __post_init__(self) -> None:
        read_only(self.time, self.duration, self.step, self.exposure, self.reduced, self.charge)

    @property
    def voltage(self) -> NDArray[np.float64]:
        """Bias [V] (K,)."""
        return self.solution.voltage

    @property
    def converged(self) -> NDArray[np.bool_]:
        """Whether the device was solved at an instant (K,); quantities are NaN where it was not."""
        return self.solution.converged

    @cached_property
    def doubtful(self) -> NDArray[np.bool_]:
        """Whether the current of an instant is not to be trusted (K,): `transport.doubtful`.

        Never so on the paper's stacks; a stack of one's own may ask for too much.
        """
        found = transport.doubtful(self.solution)
        read_only(found)
        return found

    @cached_property
    def dots(self) -> slice:
        """Nodes of the dot layer, as a slice."""
        return self.solution.mesh.nodes_of(self.device.stack.emitter)

    @cached_property
    def _read(self) -> readout.Readings:
        """What the compiled read-out makes of it."""
        solution = self.solution
        instants, nodes = solution.potential.shape
        found = readout.readings(instants, nodes, self.reduced.shape[1])
        rows = march.Rows(
            self.voltage,
            solution.potentials,
            solution.traps,
            self.exposure,
            self.reduced,
            self.charge,
        )
        grid = transport.grid_of(solution.mesh, self.device.leakage)
        readout.read(grid, emitter_of(self.device, solution.mesh), self.duration, rows, found)
        read_only(*found)
        return found

    def read(self) -> Run:
        """Itself, once all that is read off it is computed, and not when it is first asked for."""
        _ = self._read
        return self

    @property
    def reduced_sites(self) -> NDArray[np.float64]:
        """Reduced sites per dot across the dot layer [1] (K, dots)."""
        return self._read.sites

    @property
    def reduced_sites_per_dot(self) -> NDArray[np.float64]:
        """Reduced sites per dot, mean over the layer [1] (K,)."""
        return self._read.reduced

    @property
    def electrons_per_dot(self) -> NDArray[np.float64]:
        """Electrons on each dot across the layer [1] (K, dots)."""
        emitter = self.device.stack.emitter
        layer = next(each for each in self.solution.mesh.stack.layers if each.name == emitter)
        density = self.solution.densities(self.dots, emitter)[0]
        return electrons_per_dot(self.device.dot, density, layer.conduction_states)

    @property
    def exciton_efficiency(self) -> NDArray[np.float64]:
        """Share of the excitons that emit, across the dot layer [1] (K, dots)."""
        return self._read.efficiency

    @property
    def relative_photoluminescence(self) -> NDArray[np.float64]:
        """Photoluminescence of the layer over that of the fresh dots without a field [1] (K,)."""
        return self._read.photoluminescence

    @property
    def transport_current(self) -> NDArray[np.float64]:
        """Current density of the injected carriers [A/m2] (K,)."""
        return self._read.transport

    @property
    def faradaic_current(self) -> NDArray[np.float64]:
        """Current density that reduces metal ions, mean over the instant [A/m2] (K,)."""
        return self._read.faradaic

    @property
    def leakage_current(self) -> NDArray[np.float64]:
        """Ohmic leakage current density [A/m2] (K,)."""
        return self.device.leakage * self.voltage

    @property
    def current_density(self) -> NDArray[np.float64]:
        """All that a meter sees [A/m2] (K,)."""
        return self._read.current

    def formation_profile(
        self, instant: int = -1
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Depth in the dot layer [m] and excitons formed there [1/m3s] at one instant (dots,)."""
        x = self.solution.mesh.x[self.dots]
        formed = self._read.formed[instant]
        nodes = np.concatenate([formed[0], [0.0]]) + np.concatenate([[0.0], formed[1]])
        return x - x[0], nodes / node_depths(x)

    @property
    def emission_rate(self) -> NDArray[np.float64]:
        """Photons emitted within the device per area and time [1/m2s] (K,)."""
        return self._read.emitted

    @property
    def internal_quantum_efficiency(self) -> NDArray[np.float64]:
        """Photons emitted in the device per electron of the total current [1] (K,)."""
        return self._read.internal

    @property
    def external_quantum_efficiency(self) -> NDArray[np.float64]:
        """Photons that reach the air per electron of the total current [1] (K,)."""
        return self._read.external

    @property
    def current_efficiency(self) -> NDArray[np.float64]:
        """Luminance per current density [cd/A] (K,)."""
        return self.device.optics.brightness * self.external_quantum_efficiency

    @property
    def luminance(self) -> NDArray[np.float64]:
        """[cd/m2] (K,), Lambertian, over the spectrum that leaves the device."""
        return self._read.luminance

    @property
    def power_efficiency(self) -> NDArray[np.float64]:
        """Luminous flux of a Lambertian device per electrical power [lm/W] (K,), 0 at rest."""
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(self.voltage > 0, np.pi * self.current_efficiency / self.voltage, 0.0)

    @property
    def peak_eqe(self) -> float:
        """Highest external quantum efficiency that can be read [1], see `peak_where_lit`."""
        return peak_where_lit(self.external_quantum_efficiency, self.luminance)

    @property
    def peak_iqe(self) -> float:
        """Highest internal quantum efficiency that can be read [1]."""
        return peak_where_lit(self.internal_quantum_efficiency, self.luminance)

    @property
    def current_threshold(self) -> float:
        """Bias [V] at which the current passes CURRENT_FLOOR; NaN if it does not."""
        return first_crossing(self.voltage, self.current_density, CURRENT_FLOOR)

    @property
    def turn_on_voltage(self) -> float:
        """Bias [V] at which the luminance passes LUMINANCE_FLOOR; NaN if it does not."""
        return first_crossing(self.voltage, self.luminance, LUMINANCE_FLOOR)

    @property
    def voltage_gap(self) -> float:
        """From the rise of the current to the rise of the light [V]."""
        return self.turn_on_voltage - self.current_threshold

    @property
    def charge_per_full_reduction(self) -> float:
        """Charge that reduces every site once [C/m2]."""
        x = self.solution.mesh.x[self.dots]
        return self.device.reduction_charge * (x[-1] - x[0])

    @property
    def columns(self) -> dict[str, NDArray[Any]]:
        """Of each instant what a table of the run says (K,), with units in the names."""
        return {
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
            "current efficiency [cd/A]": self.current_efficiency,
            "power efficiency [lm/W]": self.power_efficiency,
            "relative PL [%]": 100 * self.relative_photoluminescence,
            "reduced sites per dot": self.reduced_sites_per_dot,
            "charge for reduction [mC/cm2]": np.cumsum(self.charge) / MILLIAMP_PER_CM2,
            "converged": self.converged,
        }

    @property
    def table(self) -> pd.DataFrame:
        """One row an instant: the `columns` as a pandas DataFrame."""
        import pandas as pd

        return pd.DataFrame(self.columns)

    def state(self, instant: int = -1) -> State:
        """Where a later experiment can go on from."""
        k = range(len(self.time))[instant]
        potentials = self.solution.potentials[:, k]
        return State(float(self.time[k]), float(self.voltage[k]), potentials, self.exposure[k])

    def band_diagram(self, instant: int = -1, spacing: float = 0.0) -> BandDiagram:
        """The BandDiagram at one instant, with points no closer than `spacing` [m]."""
        return band_diagram(self.device, self.solution, instant, spacing)

    def profile(self, instant: int = -1) -> pd.DataFrame:
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
    """A device at an instant: time [s], voltage [V], potentials [Vt] (3, N), exposure of the dots
    to electrons [s] (dots,)."""

    time: float
    voltage: float
    potentials: NDArray[np.float64]
    exposure: NDArray[np.float64]


def peak_where_lit(
    efficiency: NDArray[np.float64],
    luminance: NDArray[np.float64],
    floor: float = LUMINANCE_FLOOR,
) -> float:
    """The highest efficiency where the luminance passes a floor [cd/m2]; 0 if it nowhere does.

    Fresh dots are at their best before any light of theirs can be seen, and no meter tells.
    """
    return np.nanmax(where_lit(efficiency, luminance, floor))


def where_lit(
    efficiency: NDArray[np.float64],
    luminance: NDArray[np.float64],
    floor: float = LUMINANCE_FLOOR,
) -> NDArray[np.float64]:
    """An efficiency (K,) where the luminance passes a floor [cd/m2], 0 elsewhere."""
    return np.where(luminance > floor, efficiency, 0.0)


@singledispatch
def first_crossing(x: NDArray[np.float64], y: NDArray[np.float64], level: float) -> float:
    """The first x at which y rises through `level`, interpolated in log(y); NaN if it never does.

    Where x falls, it is read from its end on.

    >>> round(first_crossing(np.array([1.0, 2.0]), np.array([1.0, 100.0]), 10.0), 6)
    1.5
    """
    if x[-1] < x[0]:
        x, y = x[::-1].copy(), y[::-1].copy()
    return readout.crossing(x, y, level)
