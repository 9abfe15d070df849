"""A diode, opened after its run: the electrode and the oxide are off, the dots lie bare.

Neither field nor cavity is left, so that of all losses only the reduced sites still count; and
the analyser sees the dots that lay next to the oxide.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import require_range
from ..physics.emission import exciton_efficiency
from ..physics.photometry import Spectrum, photoluminescence
from .device import node_depths


@dataclass(frozen=True)
class Film:
    """A bare film of dots: its spectrum, and its light over that of the fresh film [1]."""

    spectrum: Spectrum
    light: float


def opened_film(run, oxidised=0.0):
    """The dots' Film after a Run.

    oxidised : share of the reduced sites that is oxidised again, in every place alike [1].
    Raises InputError if it is no share.
    """
    left = 1 - require_range("oxidised", oxidised, 0, 1)
    dot, capture = run.device.dot, run.device.redox.capture_coefficient
    light = np.average(
        exciton_efficiency(dot, capture, left * run.reduced_sites[-1]),
        weights=node_depths(run.solution.mesh.x[run.dots]),
    )
    fresh = exciton_efficiency(dot, capture, 0.0)
    return Film(photoluminescence(dot.peak_wavelength, dot.linewidth), float(light / fresh))


def exposed_metal(run, oxidised=0.0):
    """Share of the reducible ions that are metal after a Run, on the dots next to the oxide [1].

    oxidised : share of that metal that is oxidised again [1]. Raises InputError if it is no share.
    """
    left = 1 - require_range("oxidised", oxidised, 0, 1)
    return left * float(run.reduced[-1, -1])
