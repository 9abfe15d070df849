"""What a measurement has to show: one table of quantities, each with its axes, reading and words.

A measurement is a Run of a sweep or of a hold, or a LifetimeTest. Whoever shows one, a panel, the
explorer or the calibration's bands, reads it here.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..wording import digits, duration, setting, site_count, volts
from .plots import Axis


@dataclass(frozen=True)
class Quantity:
    """One quantity of a measurement.

    x, y : axes; `x.high` is 0 where it ends with the measurement
    read : read(measurement), the points (x, y) in the units of the axes
    tell : tell(measurement), in words
    """

    title: str
    x: Axis
    y: Axis
    read: Callable
    tell: Callable


def on_bias(values):
    """A reading of a sweep: values(run) on its bias [V]."""
    return lambda run: (run.voltage, values(run))


def on_time(values):
    """A reading of a hold: values(run) on time [s]."""
    return lambda run: (run.time, values(run))


def _light_left(run):
    left = 100 * np.interp([1.2, 2.0, 4.0], run.voltage, run.relative_photoluminescence)
    first, second, last = map(digits, left)
    return f"{first}, {second} and {last} % of the light left at 1.2, 2 and 4 V"


def _kept(run):
    """Photoluminescence over that of the first instant [%] (K,)."""
    return 100 * run.relative_photoluminescence / run.relative_photoluminescence[0]


def _faded(test):
    return np.maximum(test.time / HOUR, 1e-9), 100 * test.relative_luminance


def _lifetime(test):
    return (
        f"{digits(test.initial_luminance)} cd/m² at first, half after "
        f"{duration(test.lifetime(0.5))}, which is {duration(test.lifetime_at(100))} from 100 cd/m²"
    )


def _left_at_first(test):
    left = np.interp(FIRST_MINUTES, test.time, 100 * test.relative_luminance)
    return f"{digits(left)} % left after {setting(FIRST_MINUTES / 60)} min"


FIRST_MINUTES = 180.0  # [s]
BIAS = Axis("bias (V)", 0, 0)
SECONDS = Axis("time (s)", 1e-3, 0, log=True)
PERCENT = 0, 108

QUANTITIES = {
    "J": Quantity(
        "Current density", BIAS, Axis("J (mA/cm²)", 1e-5, 1e3, log=True),
        on_bias(lambda run: run.current_density / MILLIAMP_PER_CM2),
        lambda run: f"current from {volts(run.current_threshold)}",
    ),
    "L": Quantity(
        "Luminance", BIAS, Axis("L (cd/m²)", 1e-1, 1e5, log=True),
        on_bias(lambda run: run.luminance),
        lambda run: f"light from {volts(run.turn_on_voltage)}",
    ),
    "EQE": Quantity(
        "External quantum efficiency", BIAS, Axis("EQE (%)", 1e-2, 40, log=True),
        on_bias(lambda run: 100 * run.external_quantum_efficiency),
        lambda run: f"peak EQE {digits(100 * run.peak_eqe)} %",
    ),
    "PL": Quantity(
        "Relative photoluminescence", BIAS, Axis("PL / fresh PL (%)", *PERCENT),
        on_bias(lambda run: 100 * run.relative_photoluminescence), _light_left,
    ),
    "sites": Quantity(
        "Reduced sites per dot", BIAS, Axis("metal atoms per dot", 1e-3, 1e3, log=True),
        on_bias(lambda run: run.reduced_sites_per_dot),
        lambda run: f"{site_count(run.reduced_sites_per_dot[-1])} metal atoms a dot in the end",
    ),
    "PL kept": Quantity(
        "PL at constant current", SECONDS, Axis("relative PL (%)", *PERCENT),
        on_time(_kept),
        lambda run: f"{digits(_kept(run)[-1])} % left after {setting(run.time[-1] / HOUR)} h",
    ),
    "L/L0": Quantity(
        "Stability, L/L₀", Axis("time (h)", 1e-4, 1e3, log=True), Axis("L/L₀ (%)", *PERCENT),
        _faded, _lifetime,
    ),
    "L/L0, first minutes": Quantity(
        "The first three minutes", Axis("time (h)", 0, FIRST_MINUTES / HOUR),
        Axis("L/L₀ (%)", *PERCENT), _faded, _left_at_first,
    ),
}  # fmt: skip
