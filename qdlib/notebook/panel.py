"""A panel: a function of a few lines that holds the model, and all that a page makes of it.

    @panel("1e", show=("J", "L"))
    def diodes(fraction=FRACTION, dwell=DWELL):
        return {"Cd(RCOO)₂": sweep(red_qled(cadmium_carboxylate(fraction)), 0, 5, dwell=dwell),
                "RNH₂": sweep(red_qled(amine()), 0, 5)}

Each argument is a slider, its default a Control; what the function returns is drawn, with the
paper's numbers beside it. The same function serves the live panel, the whole figure, the checks,
the frames of the static site, and whoever calls `diodes(fraction=0.5)`.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING, Any

from ..data import data_rows
from ..errors import InputError
from ..paper import scorecard
from ..paper.published import published_value
from ..wording import digits
from .citation import cite
from .contents import title
from .controls import Control
from .curves import curves
from .drawing import Drawing
from .live import Plot, column, dashboard, defaults, html
from .plots import figure
from .table import stacking_table

if TYPE_CHECKING:
    import ipywidgets
    import plotly.graph_objects as go

    from ..owndata.measurement import Measured
    from ..paper.targets import Target

KINDS = {
    "model": "Lines come from the model.",
    "published": "All numbers are the paper's.",
    "schematic": "Schematic, in grey: the paper prints this as a picture without numbers.",
    "own": "Lines come from the model.",
}
PUBLISHED = {"published": "diamonds", "published range": "dotted ranges"}
"""What shows the paper's numbers, by the style of its traces."""


Show = str | tuple[str, ...] | Drawing | Callable[[str, Any], Drawing]


@dataclass(frozen=True, eq=False)
class Panel:
    """A function with its controls, and how what it returns is drawn.

    name : as the paper names it, "1e", with a word after it where a panel has two parts, "5c EL";
        any other name makes a panel of the reader's own
    compute : the function, with a Control for each argument
    show : keys of QUANTITIES, a Drawing, or show(name, first view) that makes one
    measured : a reader's own Measurement or TimeTrace, drawn with the quantities that it has
    """

    name: str
    compute: Callable[..., Any]
    show: Show
    measured: Measured | None = None
    controls: tuple[Control, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "controls", tuple(_controls(self.compute)))

    def __call__(self, **values: Any) -> Any:
        """What the function returns, with the controls' defaults for what is not given."""
        return self.compute(**defaults(self.controls) | values)

    @property
    def panel(self) -> str:
        """The paper's panel that it belongs to: "5c" of "5c EL"; the name itself if none."""
        word = self.name.split(" ")[0]
        return word if word in _rows() else self.name

    @property
    def kind(self) -> str:
        """One of KINDS."""
        return _rows().get(self.panel, ("own",))[0]

    @property
    def title(self) -> str:
        """What the panel is called."""
        own = _rows().get(self.panel, ("own", self.name))[1]
        return self.drawing.axes[0].title if self.panel != self.name else own

    @property
    def key(self) -> str:
        """The panel's name as links and files have it."""
        return self.name.replace(" ", "_")

    @property
    def letter(self) -> str:
        """The panel's letter in its figure: "e" of "1e"."""
        return self.panel.lstrip("S0123456789") if self.kind != "own" else ""

    @property
    def stem(self) -> str:
        """What its files are called: "figure_1e"."""
        return self.key if self.kind == "own" else f"figure_{self.key}"

    @cached_property
    def first(self) -> Any:
        """What is shown at first."""
        return self()

    @cached_property
    def drawing(self) -> Drawing:
        """How it is drawn: with the names and colours of what it shows at first."""
        if isinstance(self.show, Drawing):
            return self.show
        if callable(self.show):
            return self.show(self.key, self.first)
        shown = (self.show,) if isinstance(self.show, str) else self.show
        return curves(self.key, shown, self.first, self.measured)

    def say(self) -> str:
        """What is seen at first, in words."""
        return self.drawing.say(self.first)

    @cached_property
    def widget(self) -> ipywidgets.Widget:
        """The live panel: controls, figure, words, and the paper's numbers beside the model's."""
        return _live(self)

    def _ipython_display_(self) -> None:
        from IPython.display import display

        display(self.widget)


def panel(
    name: str, show: Show, measured: Measured | None = None
) -> Callable[[Callable[..., Any]], Panel]:
    """Make a Panel of a function, and show it if this is a notebook.

    name, show, measured : as in `Panel`. Raises InputError for an argument that has no Control.
    """

    def decorate(compute: Callable[..., Any]) -> Panel:
        made = Panel(name, compute, show, measured)
        if _in_notebook():
            made._ipython_display_()
        return made

    return decorate


def _in_notebook() -> bool:
    """Whether a kernel runs this, which has somewhere to show a widget."""
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    return shell is not None and hasattr(shell, "kernel")


def _controls(compute: Callable[..., Any]) -> Iterator[Control]:
    for name, argument in inspect.signature(compute).parameters.items():
        if not isinstance(argument.default, Control):
            raise InputError(name, argument.default, "a Control: `fraction=FRACTION`, or a slider")
        yield replace(argument.default, name=name)


def _rows() -> dict[str, tuple[str, str]]:
    """Kind and title of the paper's panels."""
    return {row["panel"]: (row["kind"], row["title"]) for row in data_rows("panels.csv")}


def whole(*panels: Panel) -> ipywidgets.Widget:
    """A figure of the paper: its panels as they are at first, with their letters, as a widget."""
    name = f"figure_{panels[0].panel.removesuffix(panels[0].letter)}"
    plot = Plot(_dressed(panels), name, title(name))
    for one in panels:
        plot.update(one.drawing.series(one.first))
    said = "".join(
        f"<li><b>{one.letter}</b> {escape(one.title)}. {one.say()}</li>" for one in panels
    )
    told = html(f"<details><summary>The figure in words</summary><ul>{said}</ul></details>")
    return column([plot, told.add_class("qd-said"), cite(name)]).add_class("qd-main")


def check(*panels: Panel) -> str:
    """What each panel says at first, and whether the paper's numbers are met, as text."""
    lines = []
    for one in panels:
        tell = one.drawing.check or one.drawing.say
        lines.append(f"{one.name} ({one.kind}): {tell(one.first)}")
        if one.kind != "own":
            lines.append(scorecard.check(one.panel))
    rows = "\n".join(lines).splitlines()
    return "\n".join(dict.fromkeys(row for row in rows if row))  # panels may share a target


def _dressed(panels: tuple[Panel, ...]) -> go.Figure:
    """One empty plotly figure of all the panels' axes, with their letters."""
    axes = [
        replace(axes, title=f"{one.letter}  {axes.title}")
        for one in panels
        for axes in one.drawing.axes
    ]
    made = figure(axes)
    for one in panels:
        if one.drawing.dress:
            made = one.drawing.dress(made)
    return made


def _live(shown: Panel) -> ipywidgets.Widget:
    heading = shown.title if shown.kind == "own" else f"Figure {shown.name}. {shown.title}"
    plot = Plot(shown.drawing.figure(), shown.stem, heading)
    drawing = replace(shown.drawing, legend=f"{shown.drawing.legend} {_told(shown)}")

    def view(**values: Any) -> Any:
        return shown.first if values == defaults(shown.controls) else shown(**values)

    # what stands beside "5c" need not stand beside "5c spectra"
    beside = [html(published(shown.panel))] if shown.name in _rows() else []
    if shown.kind != "own" and not shown.letter:  # it is all of its figure
        beside.append(cite(f"figure_{shown.panel}"))
    return dashboard(shown.controls, view, drawing, plot, {}, beside, shown.key)


def _told(shown: Panel) -> str:
    """What its lines and its marks come from."""
    styles = {trace.style for axes in shown.drawing.axes for trace in axes.traces}
    marks = " and ".join(told for style, told in PUBLISHED.items() if style in styles)
    if shown.kind != "model" or not marks:
        return KINDS[shown.kind]
    return f"{KINDS[shown.kind]} {marks.capitalize()} are the paper's numbers."


def published(panel: str) -> str:
    """HTML table of a panel's published numbers beside the calibrated model's."""
    scores = scorecard.scores(panel, scorecard.kept_score)
    if not scores:
        return "<p class='qd-legend'>The model is judged by no number here.</p>"
    rows = [
        (
            f"{escape(one.target.title)}: {escape(one.target.quantity)}"
            f"<details><summary>{escape(one.target.source or 'source')}</summary>"
            f"{_place(one.target)}</details>",
            escape(one.target.published),
            digits(one.modelled, noise=scorecard.NOISE),
            f"<span class='qd-{'met' if one.met else 'missed'}'>{one.verdict}, {one.role}</span>",
        )
        for one in scores
    ]
    return stacking_table(("", "paper", "model, calibrated", "verdict"), rows)


def _place(target: Target) -> str:
    """Where in the paper a target stands, and what the ledger notes of it."""
    rows = [published_value(id) for id in target.source.split(";") if id]
    notes = [f"{row.id}: {row.place}. {row.note.replace(';', '; ')}" for row in rows]
    return "<br>".join(map(escape, notes)) or "not in the paper"
