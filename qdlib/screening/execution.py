"""Carry out a screening: on all cores or a cluster, kept in a Zarr store while it runs.

A store holds one array a reading, filled a batch at a time; `state` says which points are done, and
is written last. A run that was killed goes on with the batches that are not.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import lru_cache
from importlib.metadata import version
from multiprocessing import parent_process
from pathlib import Path
from threading import Thread
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ..device.device import Device
from ..device.experiment import Part, Sweep, perform
from ..device.run import Run
from ..errors import ConvergenceError, InputError
from ..paper.materials import COUPLES
from ..paper.protocols import DEVICES, Sample, device_of
from ..parameters import parameters
from ..physics.ligand import Couple, Ligand
from .design import LIGAND_FIELDS, PROTOCOL, SHORT, Design, Value, key_of, unit_of

if TYPE_CHECKING:
    import xarray

FEWEST, MOST, BATCHES = 16, 128, 24
"""Points of a batch, and how many batches there are in between."""
IDLE = 20  # [s]
WAITING, DONE, FAILED = 0, 1, 2
NO_COUPLE = "none"
DEFAULT = Sweep(0.0, 5.0)
VERSIONS = "qdlib", "numpy", "scipy", "numba", "xarray", "zarr"
Protocol = Sequence[Part] | Part


@dataclass(frozen=True)
class Reading:
    """What is read off a run: read(run) gives a number, or if `curve` one an instant (K,)."""

    unit: str
    name: str
    read: Callable[[Run], Any]
    curve: bool = True


READINGS = {
    "peak_eqe": Reading(
        "1", "highest external quantum efficiency", lambda run: run.peak_eqe, False
    ),
    "turn_on_voltage": Reading(
        "V", "bias at which light is seen", lambda run: run.turn_on_voltage, False
    ),
    "current_threshold": Reading(
        "V", "bias at which current is seen", lambda run: run.current_threshold, False
    ),
    "current_density": Reading("A/m2", "current density", lambda run: run.current_density),
    "luminance": Reading("cd/m2", "luminance", lambda run: run.luminance),
    "external_quantum_efficiency": Reading(
        "1", "external quantum efficiency", lambda run: run.external_quantum_efficiency
    ),
    "el_over_pl": Reading(
        "1",
        "internal quantum efficiency over the film's quantum yield",
        lambda run: run.internal_quantum_efficiency / run.device.dot.film_yield,
    ),
    "relative_photoluminescence": Reading(
        "1", "photoluminescence over that of fresh dots", lambda run: run.relative_photoluminescence
    ),
    "reduced_sites_per_dot": Reading(
        "1", "reduced sites per dot", lambda run: run.reduced_sites_per_dot
    ),
}


@dataclass(frozen=True, eq=False)
class Task:
    """What is the same for all points of a screening, as a worker gets it."""

    sample: Sample
    kind: str
    changes: tuple[tuple[str, float], ...]
    protocols: Mapping[str, tuple[Part, ...]]
    readings: tuple[str, ...]
    at: tuple[float, ...] | None


def screen(
    design: Design,
    protocol: Protocol | Mapping[str, Protocol] = (DEFAULT,),
    at: Sequence[float] | float | None = None,
    readings: Sequence[str] | str = tuple(READINGS),
    sample: Sample | None = None,
    kind: str = "QLED",
    changes: Mapping[str, float] | None = None,
    path: str | os.PathLike[str] | None = None,
    jobs: int = -1,
    client: Any = None,
    progress: bool = True,
) -> xarray.Dataset:
    """Compute each device of a design: an xarray Dataset, with units and where it comes from.

    protocol : of each device, or {name: protocol} for a factor "protocol"; 0 to 5 V by default
    at : biases [V] at which curves are read, the first time a sweep comes by; None: at the end
    readings : keys of READINGS
    sample, kind, changes : of the devices, as in `qdlib.paper.protocols.Laboratory`
    path : of the Zarr store; one that is there already is gone on with. None: in memory
    jobs : processes, -1 for one a core; client : a dask.distributed.Client, to compute there
    progress : whether a bar is shown

    The Dataset has the dimensions of a grid, else "point", and "bias" with `at`. `state` is 1 for
    a point that was computed, 2 for one that failed: its readings are NaN, its `reason` in words.
    Raises InputError for what no point could be computed with, and for a store of another one.
    """
    named = dict(protocol) if isinstance(protocol, Mapping) else {"": protocol}
    if jobs == 0:
        raise InputError("jobs", jobs, "a number of processes, or -1 for one a core")
    task = Task(
        sample or Sample(),
        kind,
        tuple(sorted((changes or {}).items())),
        {name: (one,) if isinstance(one, Part) else tuple(one) for name, one in named.items()},
        (readings,) if isinstance(readings, str) else tuple(readings),
        None if at is None else tuple(map(float, np.atleast_1d(at))),
    )
    _require(task, design)
    store = _store(design, task, path)
    _fill(store, design, task, jobs, client, progress)
    return _gathered(store, design, task)


def point_device(point: Mapping[str, Value], task: Task) -> Device:
    """The Device of a point, {name: value}. Raises InputError for values that it cannot have."""
    structure = task.sample.structure
    moved = {
        key_of(name, structure): value
        for name, value in point.items()
        if name not in LIGAND_FIELDS and name != PROTOCOL
    }
    moved.pop(SHORT["dwell"], None)
    device = _made(task.sample, task.kind, (*task.changes, *sorted(moved.items())))
    return replace(device, ligand=_ligand(device.ligand, point))


@lru_cache(maxsize=32)
def _made(sample: Sample, kind: str, changes: tuple[tuple[str, float], ...]) -> Device:
    own = dict(changes)
    if f"{sample.structure}.film_yield" in own:  # the design varies it
        sample = replace(sample, film_yield=None)
    return device_of(sample, kind, own)


def _ligand(ligand: Ligand, point: Mapping[str, Value]) -> Ligand:
    if point.get("couple") == NO_COUPLE:
        return Ligand("inert")
    own = {
        name: value
        for name, value in point.items()
        if name in ("fraction", "tight_fraction", "selectivity")
    }
    if "couple" in point:
        own["couple"] = COUPLES[point["couple"]]  # type: ignore[index,assignment]
    if "potential" in point:
        own["couple"] = Couple("M", point["potential"])  # type: ignore[arg-type,assignment]
    return replace(ligand, **own)  # type: ignore[arg-type]


def protocol_of(point: Mapping[str, Value], task: Task) -> list[Part]:
    """What is done to the device of a point."""
    steps = task.protocols[str(point.get(PROTOCOL, next(iter(task.protocols))))]
    dwell = point.get("dwell", point.get(SHORT["dwell"]))
    if dwell is None:
        return list(steps)
    return [replace(one, dwell=float(dwell)) if isinstance(one, Sweep) else one for one in steps]


def computed(
    point: Mapping[str, Value], task: Task
) -> tuple[dict[str, NDArray[np.float64]] | None, str]:
    """What is read off the device of a point by the reading's name, or None; and why not."""
    try:
        run = perform(point_device(point, task), protocol_of(point, task), keep=False)
        if not run.converged.all():
            fails = int(np.argmin(run.converged))
            reached = run.voltage[fails - 1] if fails else None
            raise ConvergenceError(float(run.voltage[fails]), reached)
        at = _instants(task.protocols[str(point.get(PROTOCOL, next(iter(task.protocols))))], task)
        read = {name: READINGS[name].read(run) for name in task.readings}
    except (InputError, ConvergenceError) as error:
        return None, str(error)
    except Exception as error:  # one point in thousands must not end the others
        return None, f"{type(error).__name__}: {error}"
    return {
        name: np.asarray(values[at] if READINGS[name].curve else values)
        for name, values in read.items()
    }, ""


def batch(start: int, rows: Sequence[Mapping[str, Value]], task: Task) -> tuple[int, dict]:
    """The readings of some points as arrays (n, ...), by name, and where they begin."""
    if parent_process() is not None:
        _leave_with_parent()
    made = [computed(row, task) for row in rows]
    arrays: dict[str, NDArray] = {}
    for name in task.readings:
        nothing = np.full(_shape(name, task), np.nan)
        arrays[name] = np.array([nothing if one is None else one[name] for one, _ in made])
    arrays["reason"] = np.array([reason for _, reason in made], dtype=object)
    arrays["state"] = np.array([FAILED if one is None else DONE for one, _ in made], dtype=np.int8)
    return start, arrays


@lru_cache(maxsize=1)
def _leave_with_parent() -> None:
    """See to it that this worker ends when its parent is gone, which may have been killed."""
    parent = os.getppid()

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)  # it may be waiting to hand over what nobody takes

    Thread(target=watch, daemon=True).start()


def _shape(name: str, task: Task) -> tuple[int, ...]:
    return (len(task.at),) if task.at is not None and READINGS[name].curve else ()


def _instants(steps: Sequence[Part], task: Task) -> int | list[int]:
    """Where curves are read; InputError for a bias that no sweep comes by."""
    if task.at is None:
        return -1
    swept = [
        voltage if isinstance(part, Sweep) else float("nan")
        for part in steps
        for voltage, _, _ in part.instants()
    ]
    found = []
    for bias in task.at:
        near = np.flatnonzero(np.isclose(np.array(swept, float), bias, rtol=0, atol=1e-6))
        if not len(near):
            raise InputError("at", bias, "a bias [V] at which a sweep of the protocol stops")
        found.append(int(near[0]))
    return found


def _require(task: Task, design: Design) -> None:
    """Raise InputError for what would go wrong at every point."""
    if task.kind not in DEVICES:
        raise InputError("kind", task.kind, f"one of {', '.join(DEVICES)}")
    for name in task.readings:
        if name not in READINGS:
            raise InputError("readings", name, f"one of {', '.join(READINGS)}")
    for steps in task.protocols.values():
        if not steps or not all(isinstance(one, Part) for one in steps):
            raise InputError(
                "protocol", steps, "a list of at least one Sweep, Hold, Pulses or Rest"
            )
        _instants(steps, task)
    columns = design.columns
    if PROTOCOL in columns:
        _known(PROTOCOL, columns[PROTOCOL], task.protocols)
    elif len(task.protocols) > 1:
        raise InputError(
            "protocol", list(task.protocols), 'one, or a factor "protocol" that chooses'
        )
    if "couple" in columns:
        _known("couple", columns["couple"], (*COUPLES, NO_COUPLE))
    swept = any(isinstance(one, Sweep) for steps in task.protocols.values() for one in steps)
    if not swept and {"dwell", SHORT["dwell"]} & columns.keys():
        raise InputError("protocol", task.protocols, "one with a Sweep, for a dwell to act on")
    structure, known = task.sample.structure, parameters()
    keys = {
        name: key_of(name, structure)
        for name in columns
        if name not in LIGAND_FIELDS and name != PROTOCOL
    }
    if twice := [key for key in keys.values() if key in dict(task.changes)]:
        raise InputError("changes", twice[0], "left out, as the design varies it")
    meant: dict[str, str] = {}
    for name in columns:
        key = f"ligand.{name}" if name in LIGAND_FIELDS else keys.get(name, name)
        if meant.setdefault(key, name) != name:
            raise InputError("factors", (meant[key], name), f"one of them, as both are {key}")
    # keys that the device does not read are refused here, once for all points
    plain = {
        name: known[key].value if key in known else getattr(point_device({}, task).dot, name)
        for name, key in keys.items()
    }
    base = point_device(plain, task)
    if base.ligand.couple is None and not {"couple", "potential"} & columns.keys():
        for name in columns.keys() & {"fraction", "tight_fraction", "selectivity"}:
            raise InputError(name, columns[name][0].item(), "left out: this ligand has no metal")


def _known(name: str, column: NDArray, allowed: Any) -> None:
    for one in np.unique(column):
        if one not in allowed:
            raise InputError(name, str(one), f"one of {', '.join(allowed)}")


def _provenance(design: Design, task: Task) -> dict[str, Any]:
    """Attributes of the Dataset; all that decides the numbers is in the fingerprint."""
    shared = {
        "design": design.kind,
        "seed": -1 if design.seed is None else design.seed,
        "protocol": json.dumps({name: repr(steps) for name, steps in task.protocols.items()}),
        "sample": repr(task.sample),
        "device": task.kind,
        "changes": json.dumps(dict(task.changes)),
        "parameters": json.dumps(
            {key: row.value for key, row in parameters().items()} | dict(task.changes)
        ),
        "versions": json.dumps(
            {"python": sys.version.split()[0]} | {name: version(name) for name in VERSIONS}
        ),
        "model": _model(),
    }
    digest = hashlib.sha256(json.dumps(shared).encode())
    digest.update(repr((task.readings, task.at)).encode())
    for name, column in design.columns.items():
        digest.update(name.encode() + column.tobytes())
    return {"title": "qdlib screening", **shared, "fingerprint": digest.hexdigest()}


@lru_cache(maxsize=1)
def _model() -> str:
    """SHA-256 of the model's source."""
    package, digest = Path(__file__).parents[1], hashlib.sha256()
    for room in ("physics", "device", "paper"):
        for file in sorted((package / room).glob("*.py")):
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _store(design: Design, task: Task, path: str | os.PathLike[str] | None) -> Any:
    """A store for the screening, empty or as an earlier run has left it."""
    import zarr

    about = _provenance(design, task)
    if path is not None and Path(path).exists():
        try:
            kept = dict(zarr.open_group(os.fspath(path), mode="r").attrs)
        except Exception as error:
            raise InputError("path", os.fspath(path), "a Zarr store, or not there yet") from error
        if kept.get("fingerprint") != about["fingerprint"]:
            raise InputError(
                "path", os.fspath(path), "a new one, or of the same screening by the same model"
            )
        return os.fspath(path)
    if path is None:
        store: Any = zarr.storage.MemoryStore()
        _create(store, design, task, about)
        return store
    # under another name until it is whole
    made = Path(path).with_name(f"{Path(path).name}.{os.getpid()}.new")
    _create(os.fspath(made), design, task, about)
    try:
        made.rename(path)
    except OSError:
        shutil.rmtree(made)
        if not Path(path).exists():
            raise
        return _store(design, task, path)  # another process was faster
    return os.fspath(path)


def _create(store: Any, design: Design, task: Task, about: dict[str, Any]) -> None:
    import xarray

    count = len(design)
    size = min(count, max(FEWEST, min(MOST, count // BATCHES)))
    data: dict[str, Any] = {
        name: (_dims(name, task), np.full((count, *_shape(name, task)), np.nan), _attrs(name))
        for name in task.readings
    }
    data["reason"] = ("point", np.full(count, "", dtype=object), {"long_name": "why it failed"})
    states = {"flag_values": [0, 1, 2], "flag_meanings": "waiting done failed"}
    data["state"] = ("point", np.zeros(count, dtype=np.int8), {"long_name": "state", **states})
    began = {"date": datetime.now(UTC).isoformat(timespec="seconds")}
    empty = xarray.Dataset(data, attrs=about | began)
    chunks = {name: {"chunks": (size, *one.shape[1:])} for name, one in empty.data_vars.items()}
    empty.to_zarr(store, mode="w", encoding=chunks, zarr_format=2, consolidated=False)


def _dims(name: str, task: Task) -> tuple[str, ...]:
    return ("point", "bias") if _shape(name, task) else ("point",)


def _attrs(name: str) -> dict[str, str]:
    return {"units": READINGS[name].unit, "long_name": READINGS[name].name}


def _fill(store: Any, design: Design, task: Task, jobs: int, client: Any, progress: bool) -> None:
    import zarr
    from tqdm.auto import tqdm

    root: Any = zarr.open_group(store, mode="r+")
    state, size = root["state"][:], root["state"].chunks[0]
    starts = [k for k in range(0, len(state), size) if (state[k : k + size] == WAITING).any()]
    left = sum(min(size, len(state) - start) for start in starts)
    work = (
        (start, [design.at(k) for k in range(start, min(start + size, len(state)))])
        for start in starts
    )
    done = _computed(work, task, jobs, client)
    bar = tqdm(total=len(state), initial=len(state) - left, unit="device", disable=not progress)
    kept = dict(root.arrays())  # to ask the store for each of them at each batch takes long
    with bar:
        for start, arrays in done:
            for name, values in arrays.items():  # the state comes last
                if name != "reason" or values.any():
                    kept[name][start : start + len(values)] = values
            bar.update(len(arrays["state"]))


def _computed(work: Iterator, task: Task, jobs: int, client: Any) -> Iterator[tuple[int, dict]]:
    """The batches as they are done, on all cores or on a cluster."""
    from joblib import Parallel, delayed, parallel_config

    # workers that have nothing to do leave soon, as each holds the library
    cores = {"backend": "loky", "inner_max_num_threads": 1, "idle_worker_timeout": IDLE}
    with parallel_config(**{"backend": "dask", "client": client} if client else cores):
        yield from Parallel(n_jobs=jobs, return_as="generator_unordered")(
            delayed(batch)(start, rows, task) for start, rows in work
        )


def _gathered(store: Any, design: Design, task: Task) -> xarray.Dataset:
    """The store as a Dataset in memory, a grid with its own dimensions."""
    import xarray

    kept = xarray.open_zarr(store, consolidated=False, chunks=None).load()
    dims = tuple(map(_plain, design.axes)) or ("point",)
    shape = tuple(map(len, design.axes.values())) or (len(design),)
    coords: dict[str, Any] = {
        _plain(name): (dims, values) if not design.axes else (_plain(name), values)
        for name, values in (design.axes or design.columns).items()
    }
    for name in design.columns:
        attrs = {"units": unit_of(name)} if unit_of(name) else {}
        if name not in LIGAND_FIELDS and name != PROTOCOL:
            attrs["parameter"] = key_of(name, task.sample.structure)
        coords[_plain(name)] = (*coords[_plain(name)], attrs)
    if task.at is not None:
        coords["bias"] = ("bias", np.array(task.at), {"units": "V"})
    kept["reason"] = "point", np.array(kept.reason.values.tolist(), dtype=str), kept.reason.attrs
    data = {
        name: (
            (*dims, *one.dims[1:]),
            one.values.reshape((*shape, *one.shape[1:])),
            one.attrs,
        )
        for name, one in ((name, kept[name]) for name in (*task.readings, "state", "reason"))
    }
    return xarray.Dataset(data, coords, kept.attrs)


def _plain(name: str) -> str:
    """A factor's name without the slash that divides groups in a file."""
    return name.replace("/", "-")
