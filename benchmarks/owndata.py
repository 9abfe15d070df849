"""Whether fits of a reader's data give the truth back: noisy copies of a modelled diode, fitted.

`python benchmarks/owndata.py [COPIES]` prints, for each unknown, mean and standard deviation of
(fitted - true) / error over the copies, 0 and 1 if errors are what they say; the share within one
error (0.68) and two (0.95); and what a fit costs.
"""

import sys
import time
from dataclasses import replace

import numpy as np

from qdlib.owndata.fitting import FRACTION, fit
from qdlib.owndata.synthetic import TRUTHS, synthetic

COPIES = 50
CASES = {
    "synthetic_washed.csv": (FRACTION, "redox.rate_constant", "CdSe/CdS.level",
                             "dots.electron_mobility"),
    "synthetic_zinc.txt": (FRACTION, "PVK.valence_edge", "ZnMgO.conduction_edge"),
    "synthetic_trace.csv": (FRACTION, "redox.rate_constant"),
}  # fmt: skip
VALUES = {"dots.electron_mobility": 2e-9, "CdSe/CdS.level": -0.92,
          "ZnMgO.conduction_edge": 3.7}  # fmt: skip
"""True values of unknowns that the example has not moved: within their ranges."""


def pulls(name, copies):
    """(fitted - true) / error of each copy and unknown, and seconds a fit."""
    keys = CASES[name]
    truth = TRUTHS[name]
    moved = {key: VALUES[key] for key in keys if key in VALUES}
    truth = replace(truth, values={**truth.values, **moved})
    true = np.array([truth.values[key] for key in keys])
    found, began = [], time.perf_counter()
    for seed in range(copies):
        made = fit(synthetic(truth, seed=1000 + seed), keys, truth.sample, kind=truth.kind)
        true_places = [one.place(value) for one, value in zip(made.unknowns, true, strict=True)]
        found.append((made.places - true_places) / made.place_errors)
    return np.array(found), (time.perf_counter() - began) / copies


def main():
    """Print a table for each case."""
    copies = int(sys.argv[1]) if len(sys.argv) > 1 else COPIES
    for name, keys in CASES.items():
        found, seconds = pulls(name, copies)
        print(f"{name}: {copies} copies, {seconds:.1f} s a fit")
        for key, own in zip(keys, found.T, strict=True):
            one, two = (np.mean(np.abs(own) < k) for k in (1, 2))
            print(f"  {key:<28} mean {own.mean():+.2f}  deviation {own.std(ddof=1):.2f}  "
                  f"within 1: {one:.2f}, 2: {two:.2f}  worst {np.abs(own).max():.1f}")  # fmt: skip


if __name__ == "__main__":
    main()
