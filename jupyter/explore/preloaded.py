"""What pages use, imported and called once: a kernel that is a copy need not do it again."""

import importlib

import ipywidgets

from qdlib import red_qled, sweep

USED = (
    "copied",
    "ipykernel.ipkernel",
    "pandas",
    "plotly.graph_objects",
    "scipy.optimize",
    "uncertainties",
    "qdlib.pages.explorer",
)

for name in USED:
    importlib.import_module(name)
# as a kernel does that imports it: a page then asks for all of its widgets at once
ipywidgets.register_comm_target()
sweep(red_qled(), 0, 0.1)  # loads what is compiled
