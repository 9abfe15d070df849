"""Measurements that the model itself makes, with noise drawn from a seed: no diode was measured.

The files of data/examples are these; `tools/examples.py` writes them anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..device.experiment import Hold
from ..device.run import Run
from ..paper.protocols import Sample
from .columns import INSTANTS
from .fitting import FRACTION, device
from .measurement import FIELDS, NOISE, Array, Measured, Measurement, Noise
from .trace import TimeTrace

NOTE = "SYNTHETIC: computed by qdlib with noise from a seed; nobody has measured this"
SLOW = 20.0  # [s/V], as the model's sweeps of the paper
AREA = 4e-6  # [m2]
COUNTS = 2e4  # of a detector, from fresh dots


@dataclass(frozen=True)
class Truth:
    """What an example is made of.

    name, title : of its file, and for readers; values : moved parameters, {key: SI value}
    biases : the turns of the sweep [V]; quantities : what is measured; points : between turns
    european : written with semicolons, decimal commas, and a current instead of its density
    kind : of the device, a key of DEVICES; hold : instead of a sweep, its PL in counts
    """

    name: str
    title: str
    sample: Sample
    values: Mapping[str, float]
    biases: tuple[float, ...] = (0.0, 5.0)
    quantities: tuple[str, ...] = ("J", "L")
    points: int = 101
    seed: int = 1
    european: bool = False
    kind: str = "QLED"
    hold: Hold | None = None


WASHED = Truth(
    "synthetic_washed.csv",
    "washed cadmium: J, L and PL",
    Sample(ligand="Cd(RCOO)2"),
    {FRACTION: 0.45, "redox.rate_constant": 40.0},
    quantities=("J", "L", "PL"),
)
ZINC = Truth(
    "synthetic_zinc.txt",
    "zinc, up and down, decimal commas",
    Sample(ligand="Zn(RCOO)2"),
    {FRACTION: 0.8, "PVK.valence_edge": 5.56},
    biases=(0.0, 5.0, 0.0),
    seed=2,
    european=True,
)
LIGHT = Truth(
    "synthetic_photoluminescence.csv",
    "PL alone",
    Sample(ligand="Cd(RCOO)2"),
    {FRACTION: 0.7},
    biases=(0.0, 3.0),
    quantities=("PL",),
    points=61,
    seed=3,
)
HELD = Truth(
    "synthetic_trace.csv",
    "PL in time, electron-only device at 10 mA/cm²",
    Sample(ligand="Cd(RCOO)2"),
    {FRACTION: 0.6, "redox.rate_constant": 30.0},
    quantities=("PL kept",),
    points=121,
    seed=4,
    kind="electron-only",
    hold=Hold(milliamp_per_cm2=10.0, hours=0.2, instants_count=INSTANTS),
)
TRUTHS: Mapping[str, Truth] = MappingProxyType(
    {one.name: one for one in (WASHED, ZINC, LIGHT, HELD)}
)
"""The examples by the names of their files."""


def synthetic(
    truth: Truth, seed: int | None = None, noise: Mapping[str, Noise] = NOISE
) -> Measurement | TimeTrace:
    """What is measured of a Truth, with noise of some seed, its own if None."""
    draw = np.random.default_rng(truth.seed if seed is None else seed)
    if truth.hold is not None:
        return _held(truth, truth.hold, noise["PL kept"], draw)
    ends = list(zip(truth.biases[:-1], truth.biases[1:], strict=True))
    voltage = np.concatenate(
        [np.linspace(a, b, truth.points)[k > 0 :] for k, (a, b) in enumerate(ends)]
    )
    blank = np.zeros(len(voltage))
    bare = Measurement(truth.name, voltage, blank, blank, blank, blank)
    run = bare.performed(device(truth.sample, truth.values, truth.kind), SLOW)
    found = {FIELDS[key]: _noisy(bare, run, key, noise[key], draw) for key in truth.quantities}
    return Measurement(truth.name, voltage, **found, seconds_per_volt=SLOW)


def _held(truth: Truth, hold: Hold, noise: Noise, draw: np.random.Generator) -> TimeTrace:
    time = np.linspace(0.0, hold.hours * HOUR, truth.points)
    bare = TimeTrace(truth.name, time, np.zeros(len(time)), hold)
    run = bare.performed(device(truth.sample, truth.values, truth.kind))
    light = _noisy(bare, run, "PL kept", noise, draw)
    return replace(bare, relative_photoluminescence=light / light[0], arbitrary=True)


def _noisy(bare: Measured, run: Run, key: str, noise: Noise, draw: np.random.Generator) -> Array:
    exact = noise.unscaled(bare.residuals(run, key, noise))  # zero is measured
    return exact + noise.of(exact) * draw.normal(size=len(exact))


def file_text(truth: Truth) -> str:
    """The example as an instrument would write it; its first lines say what it is."""
    values = ", ".join(f"{key} = {value:g}" for key, value in truth.values.items())
    how = "pixel area 4 mm2, 20 s/V" if truth.hold is None else f"{truth.kind}, fresh at 0 s"
    about = (NOTE, f"{truth.sample.title}; {values}; seed {truth.seed}", how)
    made = synthetic(truth)
    if isinstance(made, TimeTrace):
        columns = _columns_in_time(made)
    else:
        columns = _columns(made, truth.european)
    separator = ";" if truth.european else ","
    rows = [separator.join(columns)]
    for row in zip(*columns.values(), strict=True):
        cells = [f"{value:.5g}" for value in row]
        if truth.european:
            cells = [cell.replace(".", ",") for cell in cells]
        rows.append(separator.join(cells))
    return "".join(f"# {line}\n" for line in about) + "\n".join(rows) + "\n"


def _columns_in_time(made: TimeTrace) -> dict[str, Array]:
    held = made.hold.milliamp_per_cm2, made.hold.voltage
    heading = "Voltage (V)" if held[0] is None else "Current density (mA/cm2)"
    return {
        "Time (min)": made.time / 60,
        heading: np.full(len(made.time), next(one for one in held if one is not None)),
        "PL (counts)": COUNTS * made.relative_photoluminescence,
    }


def _columns(made: Measurement, with_current: bool) -> dict[str, Array]:
    time = np.concatenate([[0.0], np.cumsum(np.abs(np.diff(made.voltage)))]) * SLOW
    columns = {"Voltage (V)": made.voltage}
    if made.current_density is not None and with_current:
        columns["Current (mA)"] = made.current_density * AREA * 1e3
    elif made.current_density is not None:
        columns["Current density (mA/cm2)"] = made.current_density / MILLIAMP_PER_CM2
    if made.luminance is not None:
        columns["Luminance (cd/m2)"] = made.luminance
    if made.relative_photoluminescence is not None:
        columns["PL/PL0 (%)"] = 100 * made.relative_photoluminescence
    return columns | {"Time (s)": time}
