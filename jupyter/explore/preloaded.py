"""What pages use, imported and called once: a kernel that is a copy need not do it again."""

import gc
import importlib

import ipywidgets

from qdlib import red_qled, sweep

USED = (
    "copied",
    "ipykernel.debugger",  # which a kernel loads as it starts, as it does psutil
    "ipykernel.ipkernel",
    "pandas",
    "plotly.graph_objects",
    "psutil",
    "scipy.optimize",
    "uncertainties",
    "qdlib.pages.explorer",
)

for name in USED:
    importlib.import_module(name)
# as a kernel does that imports it: a page then asks for all of its widgets at once
ipywidgets.register_comm_target()
sweep(red_qled(), 0, 0.1)  # loads what is compiled
# a copy's garbage collector need not look through all this, and copy its memory by doing so
gc.collect()
gc.freeze()
