"""Converged curves of two stacks, to hold any transport solver against.

Computed on 12,000 nodes; an independent simulator in extended precision agrees to 6e-14 on the
same mesh. They were made with k = 1.3807e-23 J/K and q = 1.6022e-19 C.
"""

import csv
import json

import numpy as np

from qdlib.constants import BOLTZMANN, CHARGE
from qdlib.data import data_file
from qdlib.physics.stack import Contact, Layer, Stack


def reference_stack(name):
    """The stack "qled" or "mott_gurney", at the temperature that gives the reference's kT/q."""
    with open(data_file("reference/stacks.json"), encoding="utf-8") as file:
        own = json.load(file)[name]
    # Rounded constants move kT/q by 2e-5 and, 200 kT up a diode, the current by 0.5 %.
    scale = (1.3807e-23 / 1.6022e-19) / (BOLTZMANN / CHARGE)
    return Stack(
        name,
        Contact("anode", own["anode"]),
        tuple(Layer(**layer) for layer in own["layers"]),
        Contact("cathode", own["cathode"]),
        temperature=own["temperature"] * scale,
    )


def reference_curve(name):
    """Voltage [V], current density and radiative current density [A/m2] of a stack, (K,) each."""
    with open(data_file(f"reference/{name}.csv"), newline="", encoding="utf-8") as file:
        rows = list(csv.reader(file))
    return np.array(rows[1:], dtype=float).T
