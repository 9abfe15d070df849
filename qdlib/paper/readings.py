"""How each published quantity is read off the model's runs: the same reading for every sample.

A reading is f(lab, sample, device), with a Laboratory, a Sample and the kind of device, in the unit
in which the paper states the quantity. Thresholds: current at 2e-4 mA/cm2, light at 0.1 cd/m2
("reading.luminance_floor"), fall of photoluminescence at PL_FALL, all interpolated in a sweep of
0.05 V steps.
"""

from collections.abc import Callable
from functools import partial
from itertools import combinations
from math import nan

import numpy as np

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..device.experiment import Rest, perform
from ..device.opened import opened_film
from ..device.run import CURRENT_FLOOR, LUMINANCE_FLOOR, first_crossing, peak_where_lit, where_lit
from ..paper.setups import voltammogram
from ..paper.surface import cation_anion_ratio
from .protocols import Sample
from .published import published_value, published_values

PL_FALL = 0.02
"""Share by which photoluminescence has fallen where its onset is read [1], an assumption."""
THRESHOLDS = {
    "threshold voltage of current": ("J", CURRENT_FLOOR / MILLIAMP_PER_CM2),
    "turn-on voltage": ("L", LUMINANCE_FLOOR),
    "onset of PL drop": ("PL", 100 * (1 - PL_FALL)),
    "onset of reversible PL drop": ("PL", 100 * (1 - PL_FALL)),
}
"""Curve on which each threshold is read, and the level [mA/cm2, cd/m2, %] at which."""
WASH = np.linspace(1, 0.15, 6)
"""Fractions of the carboxylate left at which the series of Fig. 3c is read [1], from the salt as
synthesised to the plateau of the wash in five equal steps: the paper names none between them."""


def peak_eqe(lab, sample, device="QLED"):
    """Highest external quantum efficiency [%], where light is read."""
    run = lab.sweep(sample)
    return 100 * _peak(lab, run, run.external_quantum_efficiency)


def peak_iqe(lab, sample, device="QLED"):
    """Highest internal quantum efficiency [%], where light is read."""
    run = lab.sweep(sample)
    return 100 * _peak(lab, run, run.internal_quantum_efficiency)


def _peak(lab, run, efficiency):
    floor = lab.value("reading", "luminance_floor")
    return float(peak_where_lit(efficiency, run.luminance, floor))


def _crossing(x, y, level):
    """First x at which an increasing y passes a level, linear between points; NaN if it does not.

    >>> _crossing([0, 1, 2], np.array([0, 1, 3]), 2)
    1.5
    """
    above = np.flatnonzero(y > level)
    if len(above) == 0 or above[0] == 0:
        return nan
    here = slice(above[0] - 1, above[0] + 1)
    return float(np.interp(level, y[here], x[here]))


def _turn_on(lab, sample, device="QLED"):
    run = lab.sweep(sample)
    return first_crossing(run.voltage, run.luminance, lab.value("reading", "luminance_floor"))


def _onset(lab, sample, device):
    run = lab.sweep(sample)
    return _crossing(run.voltage, 1 - run.relative_photoluminescence, PL_FALL)


def _light_at(volts, lab, sample, device):
    run = lab.sweep(sample)
    return float(np.interp(volts, run.voltage, run.relative_photoluminescence))


def _lowest_light(lab, sample, device):
    run = lab.sweep(sample)
    return float(run.relative_photoluminescence[run.voltage < 2.01].min())


def _light_back(lab, sample, device):
    run = lab.sweep(sample)
    rested = perform(run.device, [Rest(1 / 60)], since=run.state())
    return float(rested.relative_photoluminescence[-1])


def _after_stress(lab, sample, device):
    run = lab.stress(sample)
    return float(run.relative_photoluminescence[run.step == 0][-1])


def _gained_at_rest(lab, sample, device):
    light = lab.stress(sample).relative_photoluminescence
    resting = light[lab.stress(sample).step == 1]
    return round(float(resting[-1] - resting[0]), 9)  # rounding errors are no news


def _share_left(lab, sample, device):
    light = lab.drive(sample, device).relative_photoluminescence
    return float(light[-1] / light[0])


def _iqe_ratio(percent, lab, sample, device):
    partly = Sample(sample.structure, sample.ligand, 0.15)
    other = Sample(sample.structure, sample.ligand, percent / 100)
    return peak_iqe(lab, partly) / peak_iqe(lab, other)


def peak_eqe_over(lab, sample, other):
    """Peak external quantum efficiency over that of another sample [1]."""
    return peak_eqe(lab, sample) / peak_eqe(lab, other)


def _salts_step(lab, sample, device):
    cadmium, zinc, magnesium = (
        Sample(sample.structure, f"{metal}(RCOO)2") for metal in ("Cd", "Zn", "Mg")
    )
    return min(peak_eqe_over(lab, zinc, cadmium), peak_eqe_over(lab, magnesium, zinc))


def _ratio_over_cadmium(lab, sample, device):
    read = READINGS["IQE/PLQY"]
    return read(lab, sample, device) / read(lab, Sample(), device)


def _half_time(run):
    """When half of the photoluminescence that a Run began with is gone [s]; NaN if it stays."""
    light = run.relative_photoluminescence
    return float(np.exp(_crossing(np.log(run.time), 1 - light / light[0], 0.5)))


def _half_time_over_cadmium(lab, sample, device):
    return _half_time(lab.drive(sample, device)) / _half_time(lab.drive(Sample(), device))


def _pairs_in_order(quantities, lab, sample, device):
    """Share of Table 1's pairs that the paper tells apart which the model has in the same order.

    Two rows are told apart if what is stated of them, with its error or range, does not overlap.
    """
    right = []
    for quantity in quantities:
        rows = [
            (*_ends(row), READINGS[quantity](lab, Sample(row.sample, row.ligand), "QLED"))
            for row in published_values("Table 1", quantity=quantity, kind="stated")
        ]
        for one, other in combinations(rows, 2):
            below, above = sorted((one, other))
            if below[1] < above[0]:
                right.append(below[2] < above[2])
    return float(np.mean(right))


def _ends(row):
    """Lowest and highest of what a row states: its range, or its value as both."""
    return np.nanmin([row.low, row.value]), np.nanmax([row.high, row.value])


def _washed(lab, sample):
    """Peak IQE [1], logarithm of T50 from 100 cd/m2, and voltage gap [V] along WASH: three rows."""
    series = [Sample(sample.structure, sample.ligand, float(left)) for left in WASH]
    efficiency = [peak_iqe(lab, one) / 100 for one in series]
    lifetime = [np.log(lab.lifetime_test(one).lifetime_at(100)) for one in series]
    return np.array([efficiency, lifetime, [lab.sweep(one).voltage_gap for one in series]])


def _forward(lab, sample, device):
    rise = np.diff(_washed(lab, sample)) * [[1], [1], [-1]]
    return float(np.mean(rise > -1e-6))  # what stays the same within rounding does not go back


def _largest_step(row, lab, sample, device):
    series = _washed(lab, sample)[row]
    whole = series[-1] - series[0]
    return float(np.max(np.abs(np.diff(series) / whole))) if whole else nan


def _peak_bias(lab, sample, device):
    return best_bias(lab.sweep(sample), lab.value("reading", "luminance_floor"))


def best_bias(run, floor=LUMINANCE_FLOOR):
    """Bias [V] of a sweep's highest external quantum efficiency above a luminance [cd/m2]."""
    lit = where_lit(run.external_quantum_efficiency, run.luminance, floor)
    return float(run.voltage[np.nanargmax(lit)])


def _first_over_swept(lab, sample, device):
    """Largest factor, either way, of a tested diode's first luminance over its own sweep's [1]."""
    rows = published_values("Table 1", quantity="peak EQE", kind="stated")
    factors = []
    for own in dict.fromkeys(Sample(row.sample, row.ligand) for row in rows):
        test, run = lab.lifetime_test(own), lab.sweep(own)
        drive = test.run.current_density[-1]
        swept = float(np.interp(drive, run.current_density, run.luminance))
        factors.append(abs(np.log(test.initial_luminance / swept)))
    return float(np.exp(max(factors)))


def _cation_anion_ratio(lab, sample, device):
    one = lab.device(sample)
    dot, left = one.dot, one.ligand
    core = published_value("L004").value * 1e-9
    return cation_anion_ratio(
        dot.diameter, dot.reducible_sites, left.fraction, core, left.tight_fraction
    )


def _cathodic_peak(lab, sample, device):
    return voltammogram(sample.structure, lab.value).cathodic_peak.potential


def _lifetime(share, luminance, lab, sample, device):
    test = lab.lifetime_test(sample)
    time = test.lifetime(share) if luminance is None else test.lifetime_at(luminance, share)
    return time / HOUR


READINGS: dict[str, Callable[..., float]] = {
    # quantities of data/published.csv
    "peak EQE": peak_eqe,
    "peak IQE": peak_iqe,
    "IQE/PLQY": lambda lab, s, _: peak_iqe(lab, s) / 100 / lab.device(s).dot.film_yield,
    "threshold voltage of current": lambda lab, s, _: lab.sweep(s).current_threshold,
    "turn-on voltage": _turn_on,
    "voltage gap": lambda lab, s, _: _turn_on(lab, s) - lab.sweep(s).current_threshold,
    "onset of PL drop": _onset,
    "onset of reversible PL drop": _onset,
    "out-coupling efficiency": lambda lab, s, _: (
        100 * float(np.mean(lab.device(s).optics.outcoupling_efficiency))
    ),
    "T50 at 100 cd/m2": partial(_lifetime, 0.5, 100),
    "T95 at 1000 cd/m2": partial(_lifetime, 0.95, 1000),
    "T50 at 1450 cd/m2": partial(_lifetime, 0.5, 1450),
    "T50 at 100 mA/cm2": partial(_lifetime, 0.5, None),
    "T95 at 100 mA/cm2": partial(_lifetime, 0.95, None),
    "initial luminance": lambda lab, s, _: lab.lifetime_test(s).initial_luminance,
    "reduction charge": lambda lab, s, _: lab.sweep(s).charge_per_full_reduction / MILLIAMP_PER_CM2,
    "current density": lambda lab, s, _: _crossing(
        lab.sweep(s).current_density / MILLIAMP_PER_CM2, lab.sweep(s).luminance, 1450.0
    ),
    "Cd/(Se+S) ratio": _cation_anion_ratio,
    "cathodic peak potential": _cathodic_peak,
    # of data/statements.csv
    "lowest PL to 2 V": _lowest_light,
    "PL at 1.2 V": partial(_light_at, 1.2),
    "PL at 2 V": partial(_light_at, 2.0),
    "PL at 4 V": partial(_light_at, 4.0),
    "PL back at 0 V": _light_back,
    "PL after the stress": _after_stress,
    "PL gained at rest": _gained_at_rest,
    "PL share left": _share_left,
    "IQE at 15 % over IQE at 0 %": partial(_iqe_ratio, 0),
    "IQE at 15 % over IQE at 100 %": partial(_iqe_ratio, 100),
    "peak EQE over that of RNH2": lambda lab, s, _: peak_eqe_over(
        lab, s, Sample(s.structure, "RNH2")
    ),
    "T50 over that of RNH2": lambda lab, s, device: (
        READINGS["T50 at 1450 cd/m2"](lab, s, device)
        / READINGS["T50 at 1450 cd/m2"](lab, Sample(s.structure, "RNH2"), device)
    ),
    "least rise of EQE from Cd to Zn to Mg": _salts_step,
    "IQE/PLQY over that of Cd(RCOO)2 on CdSe/CdS": _ratio_over_cadmium,
    "half-time of PL over that of Cd(RCOO)2 on CdSe/CdS": _half_time_over_cadmium,
    "pairs of EQE in order": partial(_pairs_in_order, ["peak EQE"]),
    "pairs of lifetimes in order": partial(
        _pairs_in_order, ["T50 at 100 cd/m2", "T95 at 1000 cd/m2"]
    ),
    "steps of the wash that go forward": _forward,
    "largest step of IQE": partial(_largest_step, 0),
    "largest step of log T50": partial(_largest_step, 1),
    "largest step of the voltage gap": partial(_largest_step, 2),
    "PL after oxidation": lambda lab, s, _: opened_film(lab.stress(s), oxidised=1.0).light,
    "bias of the peak EQE": _peak_bias,
    "first luminance over the sweep's": _first_over_swept,
    "current density at 4 V": lambda lab, s, _: float(
        np.interp(4.0, lab.sweep(s).voltage, lab.sweep(s).current_density) / MILLIAMP_PER_CM2
    ),
}
