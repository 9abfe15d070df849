"""From the columns of a table to a Measurement, or to a TimeTrace.

`recognised` proposes what each column is, `recognised_hold` what was held, and the reader confirms;
`measure` and `time_trace` check the numbers (pandera) and take them, in SI.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import isfinite
from typing import Any

import numpy as np

from ..constants import HOUR, MILLIAMP_PER_CM2
from ..device.experiment import Hold
from ..errors import InputError, require_range
from .kinds import BRACKETED, KINDS, Kind, recognise
from .measurement import FIELDS, Array, Measurement
from .reading import Table, cell_error, number
from .trace import TimeTrace

FEWEST = 5  # points of a sweep, or of a trace
LARGEST_AREA = 1e4  # [mm2]
SQUARE_MILLIMETRE = 1e-6  # [m2]
STEADY = 0.05  # how far what is held may run, over its median
INSTANTS = 80  # of a modelled hold: interpolated to 6e-4 of the light
USUAL_HOLD = Hold(voltage=2.0)
"""Where a trace says nothing of what was held: the paper's (Fig. 2b)."""

ALLOWED = {
    "voltage": (-10.0, 20.0, "V"),
    "current density": (-1e6, 1e6, "A/m2; 9.9e37 is a source-meter's mark for out of range"),
    "luminance": (-1e3, 1e7, "cd/m2"),
    "EQE": (-1.0, 1.0, "(100 %); leave it empty where the current is noise"),
    "relative PL": (-0.2, 3.0, "(300 %)"),
    "time": (0.0, 1e8, "s, counted from when the sweep or the hold began"),
}
"""Lowest and highest SI value of each quantity."""
QUANTITIES = {"J": "current density", "L": "luminance", "EQE": "EQE", "PL": "relative PL"}
"""What a column is called that holds a quantity of FIELDS."""


def recognised(table: Table) -> tuple[Kind | None, ...]:
    """What the columns of a table are, each quantity once; None for the others.

    Photoluminescence without a unit is a share where all of it is ALLOWED as one, else per cent.
    """
    found, taken = [], set[str]()
    for index, heading in enumerate(table.headings):
        kind = recognise(heading)
        if kind and kind.quantity in taken:
            kind = None
        if kind and kind.label == "relative PL, %" and "%" not in heading:
            kind = _as_share(table, index, kind)
        taken |= {kind.quantity} if kind else set()
        found.append(kind)
    if "current density" in taken:
        found = [kind if kind and kind.quantity != "current" else None for kind in found]
    return tuple(found)


def _as_share(table: Table, index: int, kind: Kind) -> Kind:
    cells = (number(row.cells[index], table.decimal) for row in table.rows)
    largest = max((one for one in cells if one is not None and isfinite(one)), default=np.inf)
    is_share = largest <= ALLOWED[kind.quantity][1]
    return replace(kind, unit="1", factor=1.0) if is_share else kind


def measure(
    table: Table, kinds: Sequence[Kind | None] | None = None, area: float | None = None
) -> Measurement:
    """The Measurement of a table.

    kinds : what each column is, as `recognised` if None; area : of the pixel [mm2], where a
    current is given

    Raises InputError: for columns that are missing or double; for a unit that is not known, where
    kinds is None; for a number that cannot be, with its line and column; for a sweep that is none.
    """
    if kinds is not None and len(kinds) != len(table.headings):
        raise InputError("kinds", len(kinds), f"one for each of {len(table.headings)} columns")
    chosen = _chosen(recognised(table) if kinds is None else kinds)
    if kinds is None:
        _require_units(table, chosen)
    _require_columns(chosen)
    found = {name: _si(table, index, kind) for name, (index, kind) in chosen.items()}
    columns = {name: index for name, (index, _) in chosen.items()}
    if "time" in found and np.isfinite(found["time"]).any():  # of a sweep only its span counts
        found["time"] -= np.nanmin(found["time"])
    if "current" in found:
        found["current density"] = found.pop("current") / _square(area)
        columns["current density"] = columns.pop("current")
    _check(table, columns, found)
    there = np.isfinite(found["voltage"])
    voltage = found["voltage"][there]
    if len(voltage) and not voltage.max() > 0:
        raise InputError(
            "voltage", f"{voltage.min():.3g} to {voltage.max():.3g} V", "above 0 V somewhere: turn "
            "the signs of voltage and current, if the diode was wired the other way",
        )  # fmt: skip
    if len(voltage) < FEWEST or np.ptp(voltage) < 0.2:
        raise InputError(
            "voltage", f"{len(voltage)} points over {np.ptp(voltage) if len(voltage) else 0:.3g} V",
            f"a sweep of at least {FEWEST} points over 0.2 V; or held, and given as such",
        )  # fmt: skip
    measured = {
        FIELDS[key]: found[name][there] for key, name in QUANTITIES.items() if name in found
    }
    slowness = _slowness(voltage, found["time"][there]) if "time" in found else None
    made = Measurement(table.name, voltage, **measured, seconds_per_volt=slowness)
    _ = made.branches  # that it is a sweep
    return made


def recognised_hold(
    table: Table, kinds: Sequence[Kind | None], area: float | None = None
) -> Hold | None:
    """What was held while a table was written, as far as it tells; None for a sweep.

    kinds, area : as for `measure`

    A bias or a current is held if it runs by no more than STEADY of itself, the steadier of the
    two. Of a trace without a bias nothing is known but that, and USUAL_HOLD stands for it.
    """
    chosen = {kind.quantity: (k, kind) for k, kind in enumerate(kinds) if kind}
    if not chosen.keys() >= {"time", "relative PL"}:
        return None
    found = []
    for name in chosen.keys() & {"voltage", "current", "current density"}:
        values = _si(table, *chosen[name]) / (_square(area) if name == "current" else 1.0)
        values = values[np.isfinite(values)]
        middle = float(f"{np.median(values):.4g}") if len(values) else 0.0
        if middle > 0 and np.ptp(values) <= STEADY * middle:
            found.append((float(np.ptp(values)) / middle, name, middle))
    if found:
        _, name, middle = min(found)
        if name == "voltage":
            return Hold(voltage=middle)
        return Hold(milliamp_per_cm2=middle / MILLIAMP_PER_CM2)
    return None if "voltage" in chosen else USUAL_HOLD


def time_trace(table: Table, hold: Hold, kinds: Sequence[Kind | None] | None = None) -> TimeTrace:
    """The TimeTrace of a table: photoluminescence against the time since a hold began.

    hold : what was held; how long is the table's. kinds : as for `measure`; other columns than
    time and photoluminescence are left out

    Raises InputError: for a column that is missing or double; for a number that cannot be, or a
    time before the one above, with its line and column; for fewer than FEWEST points.
    """
    chosen = _chosen(recognised(table) if kinds is None else kinds)
    if missing := [name for name in ("time", "relative PL") if name not in chosen]:
        raise InputError(
            "columns", ", ".join(chosen) or "none", f"chosen, one of them the {missing[0]}"
        )
    columns = {name: chosen[name][0] for name in ("time", "relative PL")}
    found = {name: _si(table, *chosen[name]) for name in columns}
    _check(table, columns, found)
    there = np.flatnonzero(np.isfinite(found["time"]) & np.isfinite(found["relative PL"]))
    time, light = found["time"][there], found["relative PL"][there]
    if len(back := np.flatnonzero(np.diff(time) < 0)):
        row, column = int(there[back[0] + 1]), columns["time"]
        raise cell_error(
            table, column, row, table.rows[row].cells[column],
            f"not before the time of line {table.lines[there[back[0]]]}: sort the rows, or leave "
            "one trace in the file",
        )  # fmt: skip
    if len(time) < FEWEST or not time[-1] > time[0]:
        raise InputError(
            "time", f"{len(time)} points over {np.ptp(time) if len(time) else 0:.3g} s",
            f"a trace of at least {FEWEST} points, from when the hold began at 0 s",
        )  # fmt: skip
    hold = replace(hold, hours=float(time[-1]) / HOUR, instants_count=INSTANTS)
    arbitrary = chosen["relative PL"][1].factor is None
    return TimeTrace(table.name, time, light, hold, arbitrary)


def _chosen(kinds: Iterable[Kind | None]) -> dict[str, tuple[int, Kind]]:
    """Column and Kind of each quantity. Raises InputError for one that is there twice."""
    found: dict[str, tuple[int, Kind]] = {}
    for index, kind in enumerate(kinds):
        if kind and kind.quantity in found:
            raise InputError("columns", f"two of {kind.quantity}", "one of each")
        if kind:
            found[kind.quantity] = index, kind
    return found


def _require_units(table: Table, chosen: dict[str, Any]) -> None:
    """Raise InputError for a heading of a quantity that is missing, if only its unit is unknown."""
    for index, heading in enumerate(table.headings):
        kind = recognise(BRACKETED.sub(" ", heading))
        if kind and recognise(heading) is None and kind.quantity not in chosen:
            units = ", ".join(one.unit for one in KINDS if one.quantity == kind.quantity)
            raise InputError(
                f"heading of column {index + 1}", heading,
                f"with a unit of {kind.quantity} that is known: {units}; or say what the column is",
            )  # fmt: skip


def _require_columns(chosen: dict[str, Any]) -> None:
    names = ", ".join(chosen)
    if "current" in chosen and "current density" in chosen:
        raise InputError("columns", "current, current density", "one of the two")
    if "voltage" not in chosen:
        raise InputError(
            "columns", names or "none", "chosen, one of them the voltage; or what was held, given"
        )
    if not chosen.keys() - {"voltage", "time"}:
        raise InputError("columns", names, "chosen, one of them beside the voltage")


def _square(area: float | None) -> float:
    """The pixel's area [m2] of one in mm2."""
    if area is None:
        raise InputError("area", area, "the pixel's, in mm2, as the file has a current")
    return require_range("area", area, 1e-4, LARGEST_AREA, "mm2") * SQUARE_MILLIMETRE


def _si(table: Table, index: int, kind: Kind) -> Array:
    values = table.numbers(index)
    if kind.factor is not None:
        return values * kind.factor
    there = np.flatnonzero(np.isfinite(values))
    row = int(there[0]) if len(there) else 0
    first = values[row]
    if not first > 0:
        raise cell_error(table, index, row, table.rows[row].cells[index],
                         "positive, as all others are divided by it")  # fmt: skip
    most = float(np.nanmax(values)) / first
    if most > ALLOWED["relative PL"][1]:
        raise cell_error(
            table, index, row, table.rows[row].cells[index],
            f"the light at the start, by which all others are divided; the largest is {most:.3g} "
            "times it: empty what was read before the start",
        )  # fmt: skip
    return values / first


def _check(table: Table, columns: dict[str, int], found: dict[str, Array]) -> None:
    """Each number within what is ALLOWED, or InputError for the first that is not."""
    import pandas as pd
    import pandera.errors
    import pandera.pandas as pa

    schema = pa.DataFrameSchema(
        {
            name: pa.Column(float, pa.Check.in_range(*ALLOWED[name][:2]), nullable=True)
            for name in found
        }
    )
    try:
        schema.validate(pd.DataFrame(found), lazy=True)
    except pandera.errors.SchemaErrors as error:
        case = error.failure_cases.sort_values("index").iloc[0]
        low, high, note = ALLOWED[case["column"]]
        more = f" (as in {len(error.failure_cases) - 1} more cells)"
        raise cell_error(
            table, columns[case["column"]], int(case["index"]),
            table.rows[int(case["index"])].cells[columns[case["column"]]],
            f"from {low:g} to {high:g} {note}{more * (len(error.failure_cases) > 1)}: "
            "correct or empty the cell, or choose another unit",
        ) from None  # fmt: skip


def _slowness(voltage: Array, time: Array) -> float | None:
    """Time per volt of a sweep [s/V], None if the times do not tell."""
    path = float(np.abs(np.diff(voltage)).sum())
    steps = np.diff(time[np.isfinite(time)])
    spent = float(steps[steps > 0].sum())  # a clock may start again on the way back
    return spent / path if spent > 0 else None
