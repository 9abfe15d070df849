"""A table of a diode's layers that a reader edits, each number with its error beside it."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from html import escape
from typing import Any

import ipywidgets

from ..errors import InputError
from ..owndata.layers import (
    BOTH,
    Layers,
    Placed,
    added,
    between,
    contacts,
    electrodes,
    made_of,
    materials,
    removed,
    require_layers,
    shifted,
    usual,
)
from ..owndata.stacks import Cell, OwnStack, cells, checked, owners
from ..paper.protocols import Sample
from .live import button, column, html, message, tell

NEW = "name of the layer"
ABSENT = "qd-absent"  # class of what is not shown


class StackEditor:
    """Layers of a stack, numbers in bench units; `box` is the widget, made once it is asked for.

    use(stack) is called with an OwnStack, once it is checked; it may refuse it by an InputError
    whose name is a cell's title, "PVK: thickness", or something else.
    """

    def __init__(self, use: Callable[[OwnStack], None]) -> None:
        self.use, self.sample, self.kind = use, Sample(), "QLED"
        self.layers: Layers = ()
        self.inputs: dict[str, ipywidgets.FloatText] = {}
        self.messages: dict[str, ipywidgets.HTML] = {}
        self.buttons: dict[str, ipywidgets.Button] = {}
        self.electrodes: dict[str, ipywidgets.Dropdown] = {}
        self.rooms: dict[str, ipywidgets.Widget] = {}
        self.cells: tuple[Cell, ...] = ()
        self.status = message()
        self.material = ipywidgets.Dropdown(description="One more layer, as")
        self.name = ipywidgets.Text(description="Its name, if another")
        for one in (self.material, self.name):
            one.add_class("qd-control")
        self.box = column([])

    def show(self, sample: Sample, own: OwnStack) -> None:
        """Show a stack, for the dots of a sample."""
        self.sample, self.kind = sample, own.kind
        self.layers = own.layers or usual(sample.structure, own.kind)
        # of the contacts all that they may have, whatever they are made of now
        self.cells = cells(sample.structure, own.kind, between(self.layers, own.kind))
        self.inputs, self.messages, self.buttons = {}, {}, {}
        self.rooms, self.electrodes = {}, {}
        rows: list[Any] = [self.status]
        for owner in owners(sample.structure, own.kind, self.layers):
            mine = [cell for cell in self.cells if cell.owner == owner.name]
            rows += [self._head(owner), self._message(owner.name)]
            rooms = [self._room(cell, own.moved) for cell in mine]
            if owner.name in contacts(self.kind):
                rooms.insert(0, self._electrode(owner))
            rows.append(column(rooms).add_class("qd-controls"))
        self.box.children = [*rows, *self._adding()]
        self._hide()
        self._tell({})

    @property
    def _own_keys(self) -> set[str]:
        """Keys of the cells that the stack has, as its contacts are now."""
        return {cell.key for cell in cells(self.sample.structure, self.kind, self.layers)}

    def _hide(self) -> None:
        """Hide what is of an electrode that is not there."""
        own = self._own_keys
        for key, room in self.rooms.items():
            (room.remove_class if key in own else room.add_class)(ABSENT)

    def _head(self, owner: Placed) -> ipywidgets.Widget:
        """A layer's name, and what can be done with it; of a contact which one it is."""
        ends = dict(zip(contacts(self.kind), ("anode", "cathode"), strict=True))
        if owner.name in ends:
            return html(f"<b>{escape(owner.name)}</b>, the {ends[owner.name]}")
        made = "" if owner.name == owner.material else f", as {escape(owner.material)}"
        title = html(f"<b>{escape(owner.name)}</b>{made}")
        row = [
            self._button(
                f"↑ {owner.name}", partial(shifted, name=owner.name, step=-1), "Towards the anode"
            ),
            self._button(
                f"↓ {owner.name}", partial(shifted, name=owner.name, step=1), "Towards the cathode"
            ),
            self._button(f"Remove {owner.name}", partial(removed, name=owner.name)),
        ]
        return ipywidgets.HBox([title, *row]).add_class("qd-presets").add_class("qd-layer")

    def _electrode(self, contact: Placed) -> ipywidgets.Widget:
        """A choice of what the light sees of a contact."""
        made = ipywidgets.Dropdown(
            description="Made of", options=electrodes(contact.name), value=contact.material
        )

        def choose(change: dict[str, Any]) -> None:  # the table stays, and with it the focus
            layers = made_of(self.layers, contact.name, change["new"])
            self.layers = require_layers(layers, self.sample.structure, self.kind)
            self._hide()

        made.observe(choose, "value")
        self.electrodes[contact.name] = made.add_class("qd-control")
        return made

    def _adding(self) -> list[ipywidgets.Widget]:
        self.material.options = names = list(materials(self.sample.structure))
        self.material.value = names[0]
        self.name.value = ""
        add = self._button(
            "Add the layer",
            lambda layers: added(layers, self.material.value, self.name.value),
            "Beside the cathode, from where it can be moved",
        )
        row = column([self.material, self.name, add]).add_class("qd-controls")
        return [row, self._message(NEW)]

    def _button(
        self, label: str, change: Callable[[Layers], Layers], tip: str = ""
    ) -> ipywidgets.Button:
        self.buttons[label] = button(label, lambda: self._rearrange(change), tip)
        return self.buttons[label]

    def _message(self, key: str) -> ipywidgets.HTML:
        self.messages[key] = message()
        return self.messages[key]

    def _room(self, cell: Cell, values: Mapping[str, float]) -> ipywidgets.Widget:
        moved = values.get(cell.key)
        shown = cell.bench_value if moved is None else moved / cell.quantity.factor
        made = ipywidgets.FloatText(
            description=cell.label, value=float(f"{shown:.10g}"), tooltip=cell.key
        )
        self.inputs[cell.key] = made.add_class("qd-control")
        self.rooms[cell.key] = column([made, self._message(cell.key)])
        return self.rooms[cell.key]

    @property
    def values(self) -> dict[str, float]:
        """What the table holds, {key: SI value}."""
        own = self._own_keys
        return {
            cell.key: cell.value
            if self.inputs[cell.key].value == cell.bench_value
            else float(f"{self.inputs[cell.key].value * cell.quantity.factor:.12g}")
            for cell in self.cells
            if cell.key in own
        }

    @property
    def own(self) -> OwnStack:
        """The stack that the table holds."""
        return OwnStack(self.values, self.kind, self.layers)

    def apply(self) -> None:
        """Hand the stack over; what is wrong with a number stands beside it."""
        self._guard(lambda: self.use(checked(self.own, self.sample)))

    def _rearrange(self, change: Callable[[Layers], Layers]) -> None:
        """Show other layers, with the numbers as they are."""

        def act() -> None:
            layers = require_layers(change(self.layers), self.sample.structure, self.kind)
            self.show(self.sample, replace(self.own, layers=layers))

        self._guard(act)

    def _guard(self, act: Callable[[], None]) -> None:
        try:
            act()
        except InputError as error:
            places = {NEW: NEW} | {f"{one.name}: layer": one.name for one in self.layers}
            for cell in self.cells:
                for name in (cell.quantity.name, *BOTH.get(cell.quantity.name, ())):
                    places[f"{cell.owner}: {name}"] = cell.key
            self._tell({places.get(error.name, ""): str(error)})
        else:
            self._tell({})

    def _tell(self, problems: Mapping[str, str]) -> None:
        for key, place in {"": self.status, **self.messages}.items():
            tell(place, problems.get(key))
