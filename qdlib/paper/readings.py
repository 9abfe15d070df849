"""How each published quantity is read off the model's runs: the same reading for every sample.

A reading is f(lab, sample, device), with a Laboratory, a Sample and the kind of device, in the unit
in which the paper states the quantity. Thresholds: current at 2e-4 mA/cm2, light at 0.1 cd/m2
("reading.luminance_floor"), fall of photoluminescence at PL_FALL, all interpolated in a sweep of
0.05 V steps.
"""

from math import nan

import numpy as np

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..device.experiment import Rest, perform
from ..device.run import CURRENT_FLOOR, LUMINANCE_FLOOR, first_crossing
from ..paper.setups import voltammogram
from ..paper.surface import cation_anion_ratio
from .protocols import Sample

PL_FALL = 0.02
"""Share by which photoluminescence has fallen where its onset is read [1], an assumption."""
THRESHOLDS = {
    "threshold voltage of current": ("J", CURRENT_FLOOR / MILLIAMP_PER_CM2),
    "turn-on voltage": ("L", LUMINANCE_FLOOR),
    "onset of PL drop": ("PL", 100 * (1 - PL_FALL)),
    "onset of reversible PL drop": ("PL", 100 * (1 - PL_FALL)),
}
"""Curve on which each threshold is read, and the level [mA/cm2, cd/m2, %] at which."""


def peak_iqe(lab, sample, device="QLED"):
    """Highest internal quantum efficiency [%]."""
    return 100 * float(np.nanmax(lab.sweep(sample).internal_quantum_efficiency))


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


def _light_at(volts):
    def read(lab, sample, device):
        run = lab.sweep(sample)
        return float(np.interp(volts, run.voltage, run.relative_photoluminescence))

    return read


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


def _iqe_ratio(percent):
    def read(lab, sample, device):
        partly = Sample(sample.structure, sample.ligand, 0.15)
        other = Sample(sample.structure, sample.ligand, percent / 100)
        return peak_iqe(lab, partly) / peak_iqe(lab, other)

    return read


def _cation_anion_ratio(lab, sample, device):
    one = lab.device(sample)
    dot, left = one.dot, one.ligand
    sites, tight = dot.reducible_sites, left.tight_fraction
    return cation_anion_ratio(dot.diameter, sites, left.fraction, tight_fraction=tight)


def _cathodic_peak(lab, sample, device):
    return voltammogram(sample.structure, lab.value).cathodic_peak.potential


def _lifetime(share, luminance=None):
    def read(lab, sample, device):
        test = lab.lifetime_test(sample)
        time = test.lifetime(share) if luminance is None else test.lifetime_at(luminance, share)
        return time / HOUR

    return read


READINGS = {
    # quantities of data/published.csv
    "peak EQE": lambda lab, s, _: 100 * lab.sweep(s).peak_eqe,
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
    "T50 at 100 cd/m2": _lifetime(0.5, 100),
    "T95 at 1000 cd/m2": _lifetime(0.95, 1000),
    "T50 at 1450 cd/m2": _lifetime(0.5, 1450),
    "T50 at 100 mA/cm2": _lifetime(0.5),
    "T95 at 100 mA/cm2": _lifetime(0.95),
    "initial luminance": lambda lab, s, _: lab.lifetime_test(s).initial_luminance,
    "reduction charge": lambda lab, s, _: lab.sweep(s).charge_per_full_reduction / MILLIAMP_PER_CM2,
    "current density": lambda lab, s, _: _crossing(
        lab.sweep(s).current_density / MILLIAMP_PER_CM2, lab.sweep(s).luminance, 1450.0
    ),
    "Cd/(Se+S) ratio": _cation_anion_ratio,
    "cathodic peak potential": _cathodic_peak,
    # of data/statements.csv
    "lowest PL to 2 V": _lowest_light,
    "PL at 1.2 V": _light_at(1.2),
    "PL at 2 V": _light_at(2.0),
    "PL at 4 V": _light_at(4.0),
    "PL back at 0 V": _light_back,
    "PL after the stress": _after_stress,
    "PL gained at rest": _gained_at_rest,
    "PL share left": _share_left,
    "IQE at 15 % over IQE at 0 %": _iqe_ratio(0),
    "IQE at 15 % over IQE at 100 %": _iqe_ratio(100),
    "peak EQE over that of RNH2": lambda lab, s, _: (
        lab.sweep(s).peak_eqe / lab.sweep(Sample(s.structure, "RNH2")).peak_eqe
    ),
    "current density at 4 V": lambda lab, s, _: float(
        np.interp(4.0, lab.sweep(s).voltage, lab.sweep(s).current_density) / MILLIAMP_PER_CM2
    ),
}
