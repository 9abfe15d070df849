"""What the check cells of notebooks print with the model's parameters moved, in a fresh process.

Reads from stdin a JSON list of jobs, each {"factors": {parameter: factor}, "notebooks": [name]},
and writes as JSON one {notebook: [text of each check cell]} for each.
"""

import json
import multiprocessing
import sys
from dataclasses import replace
from pathlib import Path

import nbformat
import pandas  # noqa: F401  (here, and not once a job)
import plotly.graph_objects  # noqa: F401
from reference import reference_stack

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tools"))
from record_checks import NOTEBOOKS, printed

from qdlib import parameters
from qdlib.physics import transport


def moved(job):
    """The texts of one job: it moves the parameters, and for good.

    So it wants a fresh process.
    """
    known = parameters()  # kept by its cache, and what everyone reads
    for key, factor in job["factors"].items():
        row = known[key]
        if row.value in (row.low, row.high):  # from a bound only inwards
            inwards = 1 if row.value == row.low else -1
            factor = 1 + inwards * abs(1 - factor)
        known[key] = replace(row, value=row.value * factor)
    return {name: texts(name) for name in job["notebooks"]}


def texts(name):
    """What each check cell of a notebook prints."""
    return printed(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4))


if __name__ == "__main__":
    # what is compiled is loaded once for all jobs, and no parameter is read for it
    transport.solve(reference_stack("qled"), [0.0, 0.1]).current_density()
    fresh = multiprocessing.get_context("fork").Pool(1, maxtasksperchild=1)
    json.dump(fresh.map(moved, json.load(sys.stdin), chunksize=1), sys.stdout)
