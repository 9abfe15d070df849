"""A widget for a page without a kernel: its HTML, and what it shows at each step of its controls.

A control becomes a ladder of values. Controls named `together` have a frame for each combination;
every other one has a frame for each of its values, with all others as they are at first.
"""

import base64
import json
import re
from dataclasses import dataclass, field
from html import escape
from itertools import product
from urllib.parse import parse_qsl

import ipywidgets
import numpy as np

from qdlib.notebook.live import Page, Plot
from qdlib.notebook.sortable import Sortable

STEPS = 13  # of a slider's ladder, besides its default
SLIDERS = ipywidgets.FloatSlider, ipywidgets.FloatLogSlider
MOVING = ipywidgets.HTML, Plot, Sortable
SERVED = "qd-served"
"""CSS class of what needs its kernel, such as a reader's own file: here it is a note."""
NOTE = (
    "<p>This part computes with what you bring, and needs the model itself: "
    "<code>make explore</code> serves this page live.</p>"
)


class Pool:
    """What the frames of a page show, each thing once: HTML, figures, arrays, names.

    late : what is added while `is_late`, as few browsers need it; its places are -1, -2 ...
    """

    def __init__(self):
        self.items, self.late, self.is_late = [], [], False
        self._places, self._late_places = {}, {}

    def add(self, item):
        """The place of a JSON value."""
        key = json.dumps(item, separators=(",", ":"))
        if key in self._places:
            return self._places[key]
        if self.is_late:
            if key not in self._late_places:
                self.late.append(item)
                self._late_places[key] = -len(self.late)
            return self._late_places[key]
        self.items.append(item)
        self._places[key] = len(self.items) - 1
        return self._places[key]

    def add_array(self, data):
        """The place of an array, given as the bytes of float64: kept as float32, in base64."""
        with np.errstate(over="ignore"):
            short = np.frombuffer(data).astype("<f4")
        return self.add(base64.b64encode(short.tobytes()).decode())


@dataclass
class Recording:
    """A widget's HTML, and for `site.js` its controls and frames.

    shown : what each moving part shows at first, by its number on the page
    labels : of each figure among them, what does not move: its title, its files' name
    frames : by kind ("together", "alone", "presets"), only what differs from `shown`
    model : what the page computes by itself, if it can, in place of the frames
    """

    html: str
    shown: dict
    labels: dict
    controls: list = field(default_factory=list)
    together: list = field(default_factory=list)
    frames: dict = field(default_factory=dict)
    model: dict | None = None


def ladder(control):
    """The values that a control takes: all choices, or some steps of a slider and its default.

    >>> ladder(ipywidgets.FloatSlider(value=0.15, min=0, max=1, step=0.25))
    [0.0, 0.15, 0.25, 0.5, 0.75, 1.0]
    """
    if isinstance(control, ipywidgets.Dropdown):
        return list(control.options)
    low, high, step = control.min, control.max, control.step
    steps = max(1, round((high - low) / step))
    count = min(STEPS - 1, steps)
    places = [min(high, low + step * round(k * steps / count)) for k in range(count + 1)]
    is_log = isinstance(control, ipywidgets.FloatLogSlider)
    values = {_plain(control.base**place if is_log else place) for place in places}
    return sorted(values | {_plain(control.value)})


def _plain(value):
    """A control's value without the last digits that a slider's steps leave."""
    return value if isinstance(value, str) else float(f"{value:.10g}")


def record(widget, pool, first=0, together=None, model=None):
    """Record a widget: a Recording.

    first : number of its first moving part on the page
    together : names of the controls that are moved in all combinations, by a figure's name
    model : of what the page itself computes, if it can
    """
    parts = list(_walk(widget))
    moving = dict(enumerate((part for part in parts if isinstance(part, MOVING)), first))
    inputs = _inputs(parts)
    steps = {name: ladder(control) for name, control in inputs.items()}
    controls = [_described(name, inputs[name], steps[name]) for name in inputs]
    # the first state: before any control moves
    recorder = _Recorder(pool, moving, inputs)
    marks = {part: number for number, part in moving.items()}
    marks |= {inputs[each["name"]]: each for each in controls}
    plots = {number: part for number, part in moving.items() if isinstance(part, Plot)}
    labels = {
        number: {"name": plot.name, "title": plot.title, "credit": plot.credit}
        for number, plot in plots.items()
    }
    made = Recording(_html(widget, marks), recorder.first, labels, controls)
    if not inputs:
        return made
    if model:
        made.model = _modelled(model, made, inputs, pool) | {"scope": _scope(parts)}
        pool.is_late = True
    own = [names for name, names in (together or {}).items() if name in figures(widget)]
    made.together = [name for names in own for name in names]
    buttons = [part for part in parts if isinstance(part, ipywidgets.Button)]
    alone = [name for name in inputs if name not in made.together]
    made.frames = {
        "together": recorder.combined({name: steps[name] for name in made.together}),
        "alone": {name: recorder.alone(name, steps[name]) for name in alone},
        "presets": {button.description: recorder.pressed(button) for button in buttons},
    }
    if made.model:
        made.model["presets"] = {
            label: _places(frame.get("also", {}), made.model["controls"])
            for label, frame in made.frames["presets"].items()
        }
    pool.is_late = False
    return made


def _modelled(model, made, inputs, pool):
    """A model with the numbers of the parts that it moves, and all steps of the controls."""
    html = {pool.items[one["html"]]: number for number, one in made.shown.items() if "html" in one}
    parts = {name: html[linked(text)] for name, text in model.pop("first").items()}
    ladders = model.pop("ladders")
    controls = [_described(name, control, ladders[name]) for name, control in inputs.items()]
    return model | {"parts": parts, "plot": next(iter(made.labels)), "controls": controls}


def _places(also, controls):
    """Places on the model's ladders of the values in a frame."""
    ladders = {each["name"]: each["values"] for each in controls}
    return {
        name: ladders[name].index(value)
        if isinstance(value, str)
        else int(np.argmin(np.abs(np.array(ladders[name]) - value)))
        for name, (value, _) in also.items()
    }


def figures(widget):
    """Names of the figures in a widget."""
    return {part.name for part in _walk(widget) if isinstance(part, Plot)}


class _Recorder:
    """Moves the controls of one widget, and notes what it then shows."""

    def __init__(self, pool, moving, inputs):
        self.pool, self.moving, self.inputs = pool, moving, inputs
        self.defaults = {name: control.value for name, control in inputs.items()}
        self.first = self._state()

    def reset(self):
        for name, value in self.defaults.items():
            self._set(name, value)
        # a control may have taken another one along
        for name, value in self.defaults.items():
            self._set(name, value)

    def alone(self, name, values):
        frames = []
        for value in values:
            self.reset()
            self._set(name, value)
            frames.append(self._frame({name}))
        return frames

    def combined(self, steps):
        frames, before = [], None
        for values in product(*steps.values()) if steps else ():
            if values[:-1] != before:  # the last control takes no other along
                self.reset()
                before = values[:-1]
            for name, value in zip(steps, values, strict=True):
                self._set(name, value)
            frames.append(self._frame(set(steps)))
        return frames

    def pressed(self, button):
        self.reset()
        button.click()
        return self._frame(set())

    def _set(self, name, value):
        if self.inputs[name].value != value:
            self.inputs[name].value = value

    def _state(self):
        return {number: self._shown(part) for number, part in self.moving.items()}

    def _shown(self, part):
        if not isinstance(part, Plot):
            html = part.html if isinstance(part, Sortable) else part.value
            return {"html": self.pool.add(linked(html))}
        series = part.get_state()["series"]
        arrays = {
            self.pool.add(name): [self.pool.add_array(values) for values in points]
            for name, points in series.items()
        }
        return {"figure": self.pool.add(part.figure), "series": arrays}

    def _frame(self, moved):
        """What differs from the first state, and other controls' values that came along."""
        changes = {}
        for number, now in self._state().items():
            then = self.first[number]
            if now == then:
                continue
            if now.get("figure") == then.get("figure") and "series" in now:
                now = {
                    "series": {
                        key: places
                        for key, places in now["series"].items()
                        if then["series"].get(key) != places
                    }
                }
            changes[number] = now
        also = {
            name: [_plain(control.value), _text(control, control.value)]
            for name, control in self.inputs.items()
            if name not in moved and control.value != self.defaults[name]
        }
        return {"changes": changes} | ({"also": also} if also else {})


def linked(html):
    """HTML whose links to notebooks lead to their pages."""
    return re.sub(r"""(href=["']?[\w./-]+)\.ipynb\b""", r"\1.html", html)


def _walk(widget):
    """A widget and all inside it, in the order of the page."""
    yield widget
    inside = () if SERVED in widget._dom_classes else getattr(widget, "children", ())
    for child in inside:
        yield from _walk(child)


def _inputs(parts):
    """The controls by name: the page's link has the names, in the same order."""
    own = [part for part in parts if isinstance(part, (*SLIDERS, ipywidgets.Dropdown))]
    links = [part.link for part in parts if isinstance(part, Page) and part.link]
    pairs = [pair for link in links for pair in parse_qsl(link, keep_blank_values=True)]
    names = [name.rpartition(".")[2] for name, _ in pairs]
    return dict(zip(names, own, strict=True))


def _scope(parts):
    """What goes before the controls' names in the page's link."""
    (scope,) = {part.scope for part in parts if isinstance(part, Page)}
    return f"{scope}." if scope else ""


def _described(name, control, values):
    return {
        "name": name,
        "label": control.description,
        "values": values,
        "texts": [_text(control, value) for value in values],
        "first": values.index(_plain(control.value)),
    }


def _text(control, value):
    return value if isinstance(value, str) else format(value, control.readout_format)


def _html(widget, marks):
    """HTML of a widget; `marks` has the numbers of moving parts, and what controls are."""
    classes = escape(" ".join(widget._dom_classes))
    if SERVED in widget._dom_classes:
        return NOTE
    if isinstance(widget, ipywidgets.Box):
        inner = "".join(_html(child, marks) for child in widget.children)
        column = " widget-vbox" if isinstance(widget, ipywidgets.VBox) else ""
        return f'<div class="widget-box{column} {classes}">{inner}</div>'
    if isinstance(widget, ipywidgets.HTML):
        return (
            f'<div class="widget-html {classes}"><div class="widget-html-content" '
            f'data-part="{marks[widget]}">{linked(widget.value)}</div></div>'
        )
    if isinstance(widget, Sortable):
        return f'<div data-part="{marks[widget]}" data-sortable>{linked(widget.html)}</div>'
    if isinstance(widget, Plot):
        return f'<div class="qs-figure"><div data-part="{marks[widget]}" data-plot></div></div>'
    if isinstance(widget, ipywidgets.Button):
        label = escape(widget.description)
        return (
            f'<button type="button" class="jupyter-button {classes}" data-press="{label}" '
            f'title="{escape(widget.tooltip or "")}">{label}</button>'
        )
    if isinstance(widget, Page):
        return '<p class="qs-note" data-note></p>' if widget.controls else ""
    if isinstance(widget, (*SLIDERS, ipywidgets.Dropdown)):
        return _control(widget, marks[widget], classes)
    raise TypeError(f"The static pages have no form for a {type(widget).__name__}.")


def _control(control, described, classes):
    first, texts = described["first"], described["texts"]
    shared = f'data-control="{described["name"]}" title="{escape(control.tooltip or "")}"'
    if isinstance(control, ipywidgets.Dropdown):
        options = "".join(
            f"<option value={k}{' selected' * (k == first)}>{escape(text)}</option>"
            for k, text in enumerate(texts)
        )
        moved = f"<select {shared}>{options}</select>"
    else:
        moved = (
            f'<input type="range" min=0 max={len(texts) - 1} step=1 value={first} {shared}>'
            f'<output class="widget-readout">{texts[first]}</output>'
        )
    label = f'<span class="widget-label">{escape(control.description)}</span>'
    return f'<label class="{classes}">{label}{moved}</label>'
