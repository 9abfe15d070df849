"""What the posterior allows of the page of predictions: `python tools/predictions.py`.

Each draw of data/calibration/samples.csv takes the place of the calibrated unknowns, the panels of
notebooks/predictions.ipynb are computed with it as they are at first, and quantiles of their curves
go into data/calibration/predictions.csv. After a calibration it has to be run again.
"""

import multiprocessing
import warnings
from dataclasses import replace

import numpy as np
from lessons import lesson

from qdlib.data import data_file
from qdlib.figures.predictions import ENDS
from qdlib.paper.posterior import draws
from qdlib.parameters import parameters

PAGE = "predictions"
QUANTILES = 0.05, 0.95
CURVES = "model", "level"  # styles that a band belongs to
POINTS = 130  # kept of a curve, at most


def curves(changes):
    """{(panel, trace): (x, y)} with these parameters. It moves them for good: a fresh process."""
    known = parameters()  # kept by its cache, and what everyone reads
    for key, value in changes.items():
        known[key] = replace(known[key], value=value)
    found = {}
    for panel in lesson(PAGE).panels:
        drawn = panel.drawing.series(panel.first)
        for trace, axis in _curves_of(panel).items():
            x, y = map(np.asarray, drawn[trace])
            kept = np.unique(np.linspace(0, len(x) - 1, min(len(x), POINTS)).astype(int))
            found[panel.key, trace] = x[kept], _within(axis, y[kept])
    return found


def _curves_of(panel):
    """Names of the traces that are curves, each with its axis upwards."""
    return {
        f"{axes.key}/{one.name}": axes.y
        for axes in panel.drawing.axes
        for one in axes.traces
        if one.style in CURVES
    }


def _within(axis, y):
    """A logarithmic axis has no zero."""
    return np.maximum(y, axis.low / 2) if axis.log else y


def bands(drawn):
    """Rows of the table: quantiles of each curve over the draws, a pandas DataFrame."""
    import pandas as pd

    tables = []
    for panel, trace in drawn[0]:
        x = drawn[0][panel, trace][0]
        with warnings.catch_warnings():  # a lifetime beyond the test is NaN, in all draws at times
            warnings.simplefilter("ignore", RuntimeWarning)
            low, high = np.nanquantile([one[panel, trace][1] for one in drawn], QUANTILES, axis=0)
        columns = dict(zip(ENDS, (x, low, high), strict=True))
        tables.append(pd.DataFrame({"panel": panel, "trace": trace, **columns}))
    return pd.concat(tables).dropna()


def main():
    """Compute all draws, each in a process of its own, and write the table."""
    with multiprocessing.get_context("fork").Pool(maxtasksperchild=1) as pool:
        drawn = pool.map(curves, draws(), chunksize=1)
    path = data_file("calibration/bands.csv").with_name("predictions.csv")
    bands(drawn).to_csv(path, index=False, float_format="%.4g")


if __name__ == "__main__":
    main()
