"""Live dashboards: controls wired to one drawing, a figure updated in place, the page around them.

The figure is no FigureWidget: that one redraws axes and texts at each step (twice the time), and
loses what is assigned before the browser has loaded it, such as the values of a restored link.
"""

import json
import math
import os
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from functools import cache, partial
from html import escape
from pathlib import Path
from urllib.parse import parse_qsl, urlencode

import anywidget
import ipywidgets
import numpy as np
import plotly
import traitlets
from ipywidgets.widgets.widget_description import DescriptionStyle
from ipywidgets.widgets.widget_string import HTMLStyle

from ..errors import InputError
from .citation import cite, credit
from .contents import title
from .controls import Control

SLOW = 0.15  # [s]: a page whose last step took longer says so while it computes
# plotly.js with the kinds of traces on x and y: a third of all of it, and of the time it takes
PLOTLY = Path(__file__).parent / "plotly_js" / "plotly-cartesian.min.js"


@cache
def plain(kind):
    """The one widget of a kind (a Layout, a style) that all share, as style sheets do the rest.

    A page opens the sooner the fewer models it has.
    """
    return kind()


def input_of(control):
    """The ipywidgets control of a Control, at its default."""
    own = {
        "description": control.full_label,
        "value": control.accept(control.default),
        "tooltip": control.help,
        "layout": plain(ipywidgets.Layout),
    }
    if control.choices:
        style = plain(DescriptionStyle)
        made = ipywidgets.Dropdown(options=control.choices, style=style, **own)
    else:
        own |= {"step": control.step, "readout_format": control.readout}
        own |= {"style": plain(ipywidgets.SliderStyle)}
        kind, ends = ipywidgets.FloatSlider, (control.minimum, control.maximum)
        if control.log:
            kind, ends = ipywidgets.FloatLogSlider, map(math.log10, ends)
        low, high = ends
        made = kind(min=low, max=high, **own)
    made.add_class("qd-control")
    return made


def html(text=""):
    """A widget with HTML in it."""
    look = {"layout": plain(ipywidgets.Layout), "style": plain(HTMLStyle)}
    return ipywidgets.HTML(text, **look)


def column(children):
    """Widgets one under the other."""
    return ipywidgets.VBox(children, layout=plain(ipywidgets.Layout))


def button(label, act, tip=""):
    """A button that does something."""
    look = {"layout": plain(ipywidgets.Layout), "style": plain(ipywidgets.ButtonStyle)}
    made = ipywidgets.Button(description=label, tooltip=tip, **look)
    made.on_click(lambda _: act())
    return made


def message():
    """A place for what went wrong, or what goes on."""
    return html().add_class("qd-message")


def tell(place, text, role="alert"):
    """Say something in a `message`, or nothing."""
    place.value = f'<div role="{role}">{escape(text)}</div>' if text else ""


def defaults(controls):
    """What controls show at first, by name."""
    return {control.name: control.default for control in controls}


class Page(anywidget.AnyWidget):
    """The browser's page: the link in Voilà's address bar, the buttons, whether it computes."""

    _esm = Path(__file__).with_name("page.js")
    _css = Path(__file__).with_name("page.css")
    link = traitlets.Unicode().tag(sync=True)
    scope = traitlets.Unicode().tag(sync=True)
    downloads = traitlets.Bool(False).tag(sync=True)
    controls = traitlets.Int().tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)


class Plot(anywidget.AnyWidget):
    """A plotly figure, {"data": [...], "layout": {...}}, whose named traces are updated in place.

    The browser arranges the subplots in one to three columns, and follows the page's theme: the
    figure's own size, margins, subplot domains and template do not count. Axes want fixed ranges.

    `name` begins the names of the pictures that the reader downloads, `title` their captions;
    `settings`, {label: value}, and `link` say in both what the controls stood at.

    `opens`, if set, is the address that a click on a point leads to in Voilà's page, with the
    point's place where it says {x} and {y}.
    """

    _esm = Path(__file__).with_name("plot.js")
    _css = Path(__file__).with_name("plot.css")
    figure = traitlets.Dict().tag(sync=True)
    series = traitlets.Dict().tag(sync=True)
    templates = traitlets.Dict().tag(sync=True)
    name = traitlets.Unicode().tag(sync=True)
    title = traitlets.Unicode().tag(sync=True)
    credit = traitlets.Unicode().tag(sync=True)
    settings = traitlets.Dict().tag(sync=True)
    link = traitlets.Unicode().tag(sync=True)
    opens = traitlets.Unicode().tag(sync=True)

    def __init__(self, figure, name="figure", title=""):
        self._points = {}
        super().__init__(templates=plot_templates(), name=name, title=title, credit=credit())
        self.on_msg(self._send_plotly)
        self.show(figure)

    def show(self, figure):
        """Draw another figure, or other axes: slower than `update`, and not for each step."""
        self.names = {trace["name"] for trace in figure["data"]}
        self._points = {}
        with self.hold_sync():
            self.figure, self.series = figure, {}

    def update(self, series):
        """Draw new points: `series` maps names of traces to (x, y), of a heat map (x, y, z)."""
        if unknown := series.keys() - self.names:
            raise KeyError(f"The figure has no trace named {', '.join(sorted(unknown))}.")
        points = {name: [_bytes(one) for one in arrays] for name, arrays in series.items()}
        moved = {name: own for name, own in points.items() if self._points.get(name) != own}
        self._points |= moved
        self.series = moved

    def get_state(self, key=None, drop_defaults=False):
        """The state for a page that opens has all points, a step only those that moved."""
        state = super().get_state(key, drop_defaults)
        if key is None:
            state["series"] = dict(self._points)
        return state

    def _send_plotly(self, *_):
        """Send plotly.js to a page whose server does not have it."""
        self.send({}, [PLOTLY.read_bytes()])


class Live:
    """Controls wired to `draw(**values)`, which is called at each change.

    What goes wrong is shown, never raised: an InputError beside the control it names, anything
    else in `status`; the last good drawing stays.
    `scope` goes before the names of the controls in the page's link, where a page has several.
    `csv()`, if given, returns the name and the text of the file to download.
    `follow(name, values)`, if given, returns what else is to be set once the reader moved `name`.
    """

    def __init__(
        self,
        controls: Iterable[Control],
        draw: Callable,
        csv: Callable | None = None,
        follow: Callable | None = None,
        scope: str = "",
    ):
        self.scope = f"{scope}." if scope else ""
        self.controls = {control.name: control for control in controls}
        self.draw, self.csv, self.follow = draw, csv, follow
        self.inputs = {name: input_of(control) for name, control in self.controls.items()}
        self.messages = {name: message() for name in self.controls}
        self.status = message()
        for widget in self.inputs.values():
            widget.add_class(f"qd-of-{scope}")
        self.page = Page(
            downloads=csv is not None, controls=len(self.controls), scope=scope, link=self.link
        )
        self.page.on_msg(self._answer)
        self.plots: list[Plot] = []
        self._held, self._took = False, 0.0
        for name, widget in self.inputs.items():
            widget.observe(partial(self._changed, name), "value")
        self._redraw({})

    @property
    def values(self):
        """What the controls show, without the last digits that a slider's steps leave."""
        return {
            name: widget.value if self.controls[name].choices else float(f"{widget.value:.10g}")
            for name, widget in self.inputs.items()
        }

    @property
    def link(self):
        """The controls' state as the text after a link's #."""
        return urlencode({f"{self.scope}{name}": value for name, value in self.values.items()})

    def set(self, /, **values):
        """Set some controls and draw once; what a control does not accept is reported, not set."""
        refused = {}
        self._held = True
        for name, value in values.items():
            try:
                self.inputs[name].value = self.controls[name].accept(value)
            except KeyError:
                refused[""] = f"There is no control named {name!r} here."
            except InputError as error:
                refused[name] = str(error)
        self._held = False
        self._redraw(refused)

    def restore(self, link):
        """Set the controls to a link's state."""
        pairs = parse_qsl(link.removeprefix("#"), keep_blank_values=True)
        own = {k.removeprefix(self.scope): v for k, v in pairs if k.startswith(self.scope)}
        if own:
            self.set(**self._brought(own) | own)

    def _brought(self, own):
        """What the controls of a link bring with them, as if the reader had moved them."""
        values, found = self.values, {}
        moved = [name for name in own if self.follow and name in self.controls]
        for name in moved:
            with suppress(InputError):
                values[name] = self.controls[name].accept(own[name])
        for name in moved:
            found |= self.follow(name, values)
        return found

    def reset(self):
        """Set all controls to their defaults."""
        self.set(**defaults(self.controls.values()))

    def box(self, *names):
        """The named controls, or all, each with room for its message, in columns as they fit."""
        cells = [
            column([self.inputs[name], self.messages[name]]) for name in names or self.controls
        ]
        return column(cells).add_class("qd-controls")

    def presets(self, presets):
        """A row of buttons, {label: (tooltip, values to set)}, and one that resets."""
        acts = {label: (tip, partial(self.set, **own)) for label, (tip, own) in presets.items()}
        if self.controls:
            acts["Reset"] = "All controls to their defaults", self.reset
        row = [button(label, act, tip) for label, (tip, act) in acts.items()]
        return ipywidgets.HBox(row, layout=plain(ipywidgets.Layout)).add_class("qd-presets")

    def arrange(self, presets, above, main):
        """The page: presets on top; `above` and the controls beside the widgets of `main`.

        Pictures of the plots in `main` say from now on what the controls stand at.
        """
        self.plots = [widget for widget in main if isinstance(widget, Plot)]
        self._label()
        side = column([*above, self.box(), self.page, self.status]).add_class("qd-side")
        body = column([side, column(main).add_class("qd-main")])
        return column([self.presets(presets), body.add_class("qd-explorer")])

    def _changed(self, name, change):
        # a slider that appears rounds its value to its steps, which is no news
        if self._held or _same(change.old, change.new):
            return
        self.set(**(self.follow(name, self.values) if self.follow else {}))

    def _redraw(self, refused):
        self.page.busy = self._took > SLOW
        started = time.perf_counter()
        problems = self._guarded(lambda: self.draw(**self.values))
        self._took = time.perf_counter() - started
        self.page.busy = False
        if not problems:
            self.page.link = self.link
            self._label()
        self._report(problems | refused)

    def _label(self):
        values = self.values
        for plot in self.plots:
            with plot.hold_sync():
                plot.link = self.link
                plot.settings = {
                    control.full_label: values[name] for name, control in self.controls.items()
                }

    def _guarded(self, act):
        """Call `act`; return what went wrong by control, under "" if no control is to blame."""
        try:
            act()
        except InputError as error:
            return {error.name if error.name in self.controls else "": str(error)}
        except Exception as error:  # the browser would show nothing at all
            return {"": _told(error)}
        return {}

    def _report(self, problems):
        for name, place in {"": self.status, **self.messages}.items():
            tell(place, problems.get(name))

    def _answer(self, _, content, buffers):
        """Do what the page asks for: open a link, or send the CSV file."""
        if "link" in content:
            self.restore(content["link"])
        elif problems := self._guarded(self._send_csv):
            self._report(problems)

    def _send_csv(self):
        name, text = self.csv()
        self.page.send({"name": name, "text": text})


def dashboard(controls, view, drawing, plot, presets, beside, scope="", also=None):
    """A Drawing made live: `view(**values)` computes what it shows.

    plot : of drawing.figure(), named as its files are; presets : as in `Live.presets`
    beside : widgets under the words; scope : as in `Live`
    also : also(view, plot), what else there is to be shown of a view
    """
    said, last = html().add_class("qd-said"), {}  # values alone: a view may take megabytes

    def draw(**values):
        seen = view(**values)
        plot.update(drawing.series(seen))
        said.value = drawing.say(seen)
        if also:
            also(seen, plot)
        last.update(values)

    def csv():
        return f"qdlib_{plot.name}.csv", csv_text(last, drawing.table(view(**last)))

    live = Live(controls, draw, csv if drawing.table else None, scope=scope)
    legend = html(f'<p class="qd-legend">{drawing.legend}</p>')
    return live.arrange(presets, [], [plot, legend, said, *beside])


def page(name, controls, view, drawing, presets, beside=(), also=None):
    """A whole live page, of the notebook of a name: as `dashboard`, with how to cite it."""
    plot = Plot(drawing.figure(), name, title(name))
    return dashboard(controls, view, drawing, plot, presets, [*beside, cite(name)], also=also)


def csv_text(values, table):
    """What makes a pandas table, as CSV text, the controls' values before it as comments."""
    import pandas as pd

    head = "".join(f"# {name}: {value}\n" for name, value in values.items())
    return head + pd.DataFrame(table).to_csv(index=False, float_format="%.6g")


def _same(old, new):
    return old == new if isinstance(new, str) else math.isclose(old, new, rel_tol=1e-9)


def _told(error):
    """An error in words; who edits cells gets the traceback, a viewer of Voilà's page does not."""
    served = os.environ.get("SERVER_SOFTWARE", "").startswith("voila")
    if served or "VOILA_PREHEAT" in os.environ:
        return f"{type(error).__name__}: {error}"
    return "".join(traceback.format_exception(error)).rstrip()


def _bytes(values):
    """An array as the bytes of float64, which travel as they are."""
    return np.ascontiguousarray(values, dtype=float).tobytes()


def plot_templates():
    """Plotly's templates for a light and for a dark page, without importing all of plotly."""
    names = {"light": "plotly_white", "dark": "plotly_dark"}
    folder = Path(plotly.__file__).parent / "package_data" / "templates"
    return {
        key: json.loads((folder / f"{name}.json").read_text("utf-8")) for key, name in names.items()
    }
