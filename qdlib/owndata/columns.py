"""From the columns of a table to a Measurement.

`recognised` proposes what each column is, the reader confirms; `measure` checks
the numbers (pandera) and makes a Measurement of them, in SI.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from ..errors import InputError, require_range
from .kinds import Kind, recognise
from .measurement import FIELDS, Array, Measurement
from .reading import Table, cell_error

FEWEST = 5  # points of a sweep
LARGEST_AREA = 1e4  # [mm2]
SQUARE_MILLIMETRE = 1e-6  # [m2]


ALLOWED = {
    "voltage": (-10.0, 20.0, "V"),
    "current density": (-1e6, 1e6, "A/m2; 9.9e37 is a source-meter's mark for out of range"),
    "luminance": (-1e3, 1e7, "cd/m2"),
    "EQE": (-1.0, 1.0, "(100 %); leave it empty where the current is noise"),
    "relative PL": (-0.2, 3.0, "(300 %)"),
    "time": (0.0, 1e8, "s"),
}
"""Lowest and highest SI value of each quantity."""
QUANTITIES = {"J": "current density", "L": "luminance", "EQE": "EQE", "PL": "relative PL"}
"""What a column is called that holds a quantity of FIELDS."""


def recognised(table: Table) -> tuple[Kind | None, ...]:
    """What the columns of a table are, each quantity once; None for the others."""
    found, taken = [], set[str]()
    for heading in table.headings:
        kind = recognise(heading)
        if kind and kind.quantity in taken:
            kind = None
        taken |= {kind.quantity} if kind else set()
        found.append(kind)
    if "current density" in taken:
        found = [kind if kind and kind.quantity != "current" else None for kind in found]
    return tuple(found)


def measure(
    table: Table, kinds: Sequence[Kind | None] | None = None, area: float | None = None
) -> Measurement:
    """The Measurement of a table.

    kinds : what each column is, as `recognised` if None; area : of the pixel [mm2], where a
    current is given

    Raises InputError: for columns that are missing or double; for a number that cannot be, with
    its line and column; for a sweep that is none.
    """
    kinds = recognised(table) if kinds is None else kinds
    chosen = {kind.quantity: (k, kind) for k, kind in enumerate(kinds) if kind}
    _require_columns(kinds, chosen)
    found = {name: _si(table, index, kind) for name, (index, kind) in chosen.items()}
    columns = {name: index for name, (index, _) in chosen.items()}
    if "current" in found:
        if area is None:
            raise InputError("area", area, "the pixel's, in mm2, as the file has a current")
        square = require_range("area", area, 1e-4, LARGEST_AREA, "mm2") * SQUARE_MILLIMETRE
        found["current density"] = found.pop("current") / square
        columns["current density"] = columns.pop("current")
    _check(table, columns, found)
    there = np.isfinite(found["voltage"])
    voltage = found["voltage"][there]
    if len(voltage) < FEWEST or np.ptp(voltage) < 0.2:
        raise InputError(
            "voltage", f"{len(voltage)} points over {np.ptp(voltage) if len(voltage) else 0:.3g} V",
            f"a sweep of at least {FEWEST} points over 0.2 V",
        )  # fmt: skip
    measured = {
        FIELDS[key]: found[name][there] for key, name in QUANTITIES.items() if name in found
    }
    slowness = _slowness(voltage, found["time"][there]) if "time" in found else None
    made = Measurement(table.name, voltage, **measured, seconds_per_volt=slowness)
    _ = made.branches  # that it is a sweep
    return made


def _require_columns(kinds: Sequence[Kind | None], chosen: dict[str, Any]) -> None:
    names = [kind.quantity for kind in kinds if kind]
    if double := [name for name in chosen if names.count(name) > 1]:
        raise InputError("columns", f"{names.count(double[0])} times {double[0]}", "one of each")
    if "current" in chosen and "current density" in chosen:
        raise InputError("columns", "current, current density", "one of the two")
    if "voltage" not in chosen:
        raise InputError("columns", ", ".join(names) or "none", "chosen, one of them the voltage")
    if not set(names) - {"voltage", "time"}:
        raise InputError("columns", ", ".join(names), "chosen, one of them beside the voltage")


def _si(table: Table, index: int, kind: Kind) -> Array:
    values = table.numbers(index)
    if kind.factor is not None:
        return values * kind.factor
    first = values[np.isfinite(values)][:1]
    if not len(first) or first[0] <= 0:
        raise cell_error(table, index, 0, "".join(map(str, first)), "positive, to be divided by")
    return values / first[0]


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
    path, spent = float(np.abs(np.diff(voltage)).sum()), float(np.nanmax(time) - np.nanmin(time))
    return spent / path if spent > 0 and np.isfinite(spent) else None
