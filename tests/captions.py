"""Currents of runs, to hold against those of the paper's captions."""

import numpy as np
import pytest

from qdlib.constants import MILLIAMP_PER_CM2


def drives(runs):
    """Current density of each run [mA/cm2], which is constant."""
    every = np.concatenate([run.current_density / MILLIAMP_PER_CM2 for run in runs])
    assert np.ptp(every) < 1e-3 * every[0]
    return pytest.approx(every[0], rel=1e-3)
