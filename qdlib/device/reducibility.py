"""Which metal ions would the electrons of a device's dots reduce, and how fast?

No bias is solved for: each dot holds so many electrons, and keeps them.
"""

from dataclasses import dataclass

import numpy as np

from ..constants import BOLTZMANN, CHARGE, HOUR, energy_of_potential
from ..errors import require_range
from ..physics.ligand import Couple
from ..physics.reduction import (
    class_factors,
    driving_force,
    mean_reduced,
    reduce_sites,
)
from .device import Device

ENOUGH = 1.0
"""Reduced sites on a dot from which on a couple counts as reducible [1]: one does some harm."""
POTENTIALS = np.linspace(-3.2, 1.6, 97)  # [V vs NHE]
TIMES = np.geomspace(1e-6, 1e6, 145) * HOUR  # [s]


@dataclass(frozen=True, eq=False)
class Verdict:
    """What the electrons of a dot do to the ions of a couple.

    driving_force : dG, the shift in the ligand counted in [eV]; energy, energy_in_ligand : of the
        couple without and with that shift, against vacuum [eV]
    rate : of a site, the mean over the spread of E0 [1/s]
    sites : of a dot that are reduced in the time [1]; growth : at the Reducibility's times (K,)
    """

    couple: Couple
    driving_force: float
    energy: float
    energy_in_ligand: float
    rate: float
    sites: float
    growth: np.ndarray

    @property
    def reducible(self):
        """Whether ENOUGH sites of a dot are reduced in the time."""
        return self.sites >= ENOUGH

    @property
    def text(self):
        """In words."""
        return "reducible" if self.reducible else "inert"


@dataclass(frozen=True, eq=False)
class Reducibility:
    """Couples judged on a device's dots.

    electrons : that a dot keeps [1]; hours : for which it does [h]; verdicts : {name: Verdict}
    potentials [V vs NHE], rates [1/s] (n,) : the rate of a site against its couple's E0
    times : of the verdicts' growth [s] (K,)
    """

    device: Device
    electrons: float
    hours: float
    verdicts: dict[str, Verdict]
    potentials: np.ndarray
    rates: np.ndarray
    times: np.ndarray


def reducibility(device, couples, electrons=1.0, hours=1.0):
    """Judge couples, {name: Couple}, by the dots of a device: a Reducibility.

    electrons : that each dot holds [1], on average; hours : for how long [h]

    >>> from qdlib import Couple, red_qled
    >>> judged = reducibility(red_qled(), {"Cd": Couple("Cd", -0.40), "Mg": Couple("Mg", -2.36)})
    >>> [one.text for one in judged.verdicts.values()]
    ['reducible', 'inert']
    """
    require_range("electrons", electrons, 0, 100)
    require_range("hours", hours, 0, 1e7, "h")
    rates = [electrons * _site_rate(device, Couple("", potential)) for potential in POTENTIALS]
    return Reducibility(
        device,
        electrons,
        hours,
        {name: _verdict(device, one, electrons, hours) for name, one in couples.items()},
        POTENTIALS,
        np.array(rates),
        TIMES,
    )


def reduced_sites(device, couple, electrons, times):
    """Sites of a dot that are reduced after some times [s] (K,), the dot holding electrons [1]."""
    exposure = electrons * np.asarray(times)
    reduced = mean_reduced(reduce_sites(_factors(device, couple), exposure))
    return device.dot.reducible_sites * reduced


def _verdict(device, couple, electrons, hours):
    potential, shift = couple.standard_potential, device.redox.complexation_shift
    return Verdict(
        couple,
        driving_force=driving_force(potential, device.dot.level, shift),
        energy=-energy_of_potential(potential),
        energy_in_ligand=-energy_of_potential(potential + shift),
        rate=electrons * _site_rate(device, couple),
        sites=float(reduced_sites(device, couple, electrons, [hours * HOUR])[0]),
        growth=reduced_sites(device, couple, electrons, TIMES),
    )


def _factors(device, couple):
    thermal_energy = BOLTZMANN * device.stack.temperature / CHARGE
    return class_factors(couple, device.dot.level, device.redox, thermal_energy)


def _site_rate(device, couple):
    """Of a dot with one electron, the mean over the sites [1/s]."""
    return float(mean_reduced(_factors(device, couple)))
