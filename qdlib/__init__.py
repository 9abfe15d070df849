"""Why a quantum dot that glows in a flask goes dark in a display: one device model, every figure.

>>> from qdlib import cadmium_carboxylate, red_qled, sweep
>>> run = sweep(red_qled(ligand=cadmium_carboxylate(fraction=1.0)), 0, 5)
>>> bool(run.peak_eqe < 0.01)
True
"""

from .device.device import Device
from .device.experiment import Hold, Pulses, Rest, Sweep, perform, sweep
from .device.run import Run
from .device.together import each
from .errors import ConvergenceError, InputError
from .paper.protocols import lifetime_test
from .paper.published import published, published_value
from .paper.samples import (
    amine,
    amine_and_thiol,
    blue_qled,
    cadmium_carboxylate,
    cadmium_phosphonate,
    dot,
    electron_only,
    hole_only,
    ligand,
    magnesium_carboxylate,
    phosphine,
    red_qled,
    zinc_carboxylate,
)
from .parameters import parameters
from .physics.ligand import Couple, Dot, Ligand
from .physics.stack import Contact, Layer, Stack

__all__ = [
    "Contact",
    "ConvergenceError",
    "Couple",
    "Device",
    "Dot",
    "Hold",
    "InputError",
    "Layer",
    "Ligand",
    "Pulses",
    "Rest",
    "Run",
    "Stack",
    "Sweep",
    "amine",
    "amine_and_thiol",
    "blue_qled",
    "cadmium_carboxylate",
    "cadmium_phosphonate",
    "dot",
    "each",
    "electron_only",
    "hole_only",
    "lifetime_test",
    "ligand",
    "magnesium_carboxylate",
    "parameters",
    "perform",
    "phosphine",
    "published",
    "published_value",
    "red_qled",
    "sweep",
    "zinc_carboxylate",
]
