"""Experiments that do not wait for each other."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Sample = TypeVar("Sample")
Found = TypeVar("Found")


def each(samples: Iterable[Sample], experiment: Callable[[Sample], Found]) -> dict[Sample, Found]:
    """What an experiment finds for each of some samples, on all cores: {sample: what it found}.

    samples : what the experiment takes, a residual fraction or a name of a ligand; no two the same
    Raises what the experiment raises, for the first sample that is refused.

    >>> from qdlib import cadmium_carboxylate, each, red_qled, sweep
    >>> runs = each((0.2, 1.0), lambda left: sweep(red_qled(cadmium_carboxylate(left))))
    >>> bool(runs[0.2].peak_eqe > runs[1.0].peak_eqe)
    True
    """
    samples = tuple(samples)
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # compiled code lets Python go on meanwhile
        return dict(zip(samples, pool.map(experiment, samples), strict=True))
