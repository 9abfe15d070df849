"""A table of a diode's layers that a reader edits, each number with its error beside it."""

from collections.abc import Callable, Mapping
from html import escape
from typing import Any

import ipywidgets

from ..errors import InputError
from ..owndata.stacks import OWNERS, Cell, cells, checked
from ..paper.protocols import Sample
from .live import column, html


class StackEditor:
    """Numbers of a stack in bench units; `box` is the widget, made once it is asked for.

    use(changes) is called with the moved parameters {key: SI value}, once they are checked; it may
    refuse them by an InputError whose name is a cell's title, "PVK: thickness", or something else.
    """

    def __init__(self, use: Callable[[dict[str, float]], None]) -> None:
        self.use, self.sample = use, Sample()
        self.inputs: dict[str, ipywidgets.FloatText] = {}
        self.messages: dict[str, ipywidgets.HTML] = {}
        self.cells: tuple[Cell, ...] = ()
        self.status = html().add_class("qd-message")
        self.box = column([])

    def show(self, sample: Sample, values: Mapping[str, float]) -> None:
        """Show the stack of a sample's diode, with some parameters moved {key: SI value}."""
        self.sample, self.cells = sample, cells(sample.structure)
        rows: list[Any] = [self.status]
        for owner in OWNERS:
            own = [cell for cell in self.cells if cell.owner == owner]
            rows.append(html(f"<b>{escape(owner)}</b>"))
            rows.append(column([self._room(cell, values) for cell in own]).add_class("qd-controls"))
        self.box.children = rows
        self._tell({})

    def _room(self, cell: Cell, values: Mapping[str, float]) -> ipywidgets.Widget:
        moved = values.get(cell.key)
        shown = cell.bench_value if moved is None else moved / cell.quantity.factor
        made = ipywidgets.FloatText(
            description=cell.label, value=float(f"{shown:.10g}"), tooltip=cell.key
        )
        self.inputs[cell.key] = made.add_class("qd-control")
        self.messages[cell.key] = html().add_class("qd-message")
        return column([made, self.messages[cell.key]])

    @property
    def values(self) -> dict[str, float]:
        """What the table holds, {key: SI value}."""
        return {
            cell.key: cell.value
            if self.inputs[cell.key].value == cell.bench_value
            else float(f"{self.inputs[cell.key].value * cell.quantity.factor:.12g}")
            for cell in self.cells
        }

    def apply(self) -> None:
        """Hand the numbers over; what is wrong with one stands beside it."""
        try:
            self.use(checked(self.values, self.sample))
        except InputError as error:
            titles = {f"{cell.owner}: {cell.quantity.name}": cell.key for cell in self.cells}
            self._tell({titles.get(error.name, ""): str(error)})
        else:
            self._tell({})

    def _tell(self, problems: Mapping[str, str]) -> None:
        for key, message in {"": self.status, **self.messages}.items():
            text = problems.get(key)
            message.value = f'<div role="alert">{escape(text)}</div>' if text else ""
