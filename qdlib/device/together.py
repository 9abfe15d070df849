"""Experiments that do not wait for each other."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar, overload

from ..errors import InputError

Sample = TypeVar("Sample")
Found = TypeVar("Found")


@overload
def each(
    samples: Iterable[Sample], experiment: Callable[[Sample], Found], /
) -> dict[Sample, Found]: ...


@overload
def each(
    samples: Iterable[Any], experiment: Callable[[Any], Any], /, *more: Any
) -> tuple[dict[Any, Any], ...]: ...


def each(samples: Iterable[Any], experiment: Callable[[Any], Any], /, *more: Any) -> Any:
    """What an experiment finds for each of some samples, on all cores: {sample: what it found}.

    samples : what the experiment takes, a residual fraction or a name of a ligand; no two the same
    more : other samples and their experiment, and so on; there is a dict of each pair, in a tuple
    Raises what the experiment raises, for the first sample that is refused; InputError for samples
    without an experiment.

    >>> from qdlib import cadmium_carboxylate, each, red_qled, sweep
    >>> runs = each((0.2, 1.0), lambda left: sweep(red_qled(cadmium_carboxylate(left))))
    >>> bool(runs[0.2].peak_eqe > runs[1.0].peak_eqe)
    True
    """
    if len(more) % 2:
        raise InputError("samples", more[-1], "followed by their experiment")
    pairs = (samples, experiment), *zip(more[::2], more[1::2], strict=True)
    lists = [(tuple(one), tried) for one, tried in pairs]
    tasks = [(tried, sample) for one, tried in lists for sample in one]
    with ThreadPoolExecutor(os.cpu_count()) as pool:  # compiled code lets Python go on meanwhile
        found = pool.map(lambda task: task[0](task[1]), tasks)
        made = [{sample: next(found) for sample in one} for one, _ in lists]
    return tuple(made) if more else made[0]
