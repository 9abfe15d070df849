"""A panel of the paper as an exhibit: from named parameters to curves, and all that follows.

From one Exhibit come the live page with its sliders, its place in the whole figure, the table of
published numbers beside the model's, and its line in the index of panels.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from html import escape

from . import plots, scorecard
from .citation import title
from .errors import InputError
from .ledger import published_value
from .live import Control, Live, Plot, column, csv_text, defaults, html
from .wording import digits

KINDS = {
    "model": "Lines come from the model; diamonds and dotted ranges are the paper's numbers.",
    "published": "All numbers are the paper's.",
    "schematic": "Schematic, in grey: the paper prints this as a picture without numbers.",
}


@dataclass(frozen=True)
class Exhibit:
    """One panel of the paper.

    panel : as the paper names it, "1e"; kind : one of KINDS
    axes : its `plots.Panel`s, whose keys start with `panel`; several where quantities differ
    view : view(**controls) computes what is shown; series(view) gives {trace: (x, y)} for `axes`
    say : say(view), one or two sentences on what is seen, for readers who cannot see it
    controls : what the reader moves; legend : HTML, what the marks mean
    dress : dress(figure) adds tick texts or shapes to the empty plotly figure
    table : table(view), a pandas table to download
    check : check(view), what a check cell prints in place of `say`, where that tells what was
        drawn at random or fitted
    """

    panel: str
    kind: str
    title: str
    axes: tuple[plots.Panel, ...]
    view: Callable
    series: Callable
    say: Callable
    controls: tuple[Control, ...] = ()
    legend: str = ""
    dress: Callable | None = None
    table: Callable | None = None
    check: Callable | None = None

    def __post_init__(self):
        if self.kind not in KINDS:
            raise InputError("kind", self.kind, f"one of {', '.join(KINDS)}")
        for axes in self.axes:
            if not axes.key.startswith(self.panel):
                raise InputError("key", axes.key, f"{self.panel}, then what tells it from others")

    @property
    def letter(self):
        """The panel's letter in its figure: "e" of "1e"."""
        return self.panel.lstrip("S0123456789")

    def default_view(self):
        """What is shown at first: the paper's own samples and drive."""
        return _first_view(self)

    def figure(self):
        """The panel's empty plotly figure."""
        return _dressed([self])


@cache
def _first_view(exhibit):
    return exhibit.view(**defaults(exhibit.controls))


def whole(exhibits):
    """A figure of the paper: all its panels as they are at first, with their letters."""
    figure = exhibits[0].panel.removesuffix(exhibits[0].letter)
    plot = Plot(_dressed(exhibits, lettered=True), f"figure_{figure}", title(f"figure_{figure}"))
    for one in exhibits:
        plot.update(one.series(one.default_view()))
    said = [
        f"<li><b>{one.letter}</b> {escape(one.title)}. {one.say(one.default_view())}</li>"
        for one in exhibits
    ]
    told = html(
        f"<details><summary>The figure in words</summary><ul>{''.join(said)}</ul></details>"
    )
    return column([plot, told.add_class("qd-said")]).add_class("qd-main")


def live(exhibit):
    """One panel with its controls, and the paper's numbers beside the model's under it."""
    names = f"figure_{exhibit.panel}", f"Figure {exhibit.panel}. {exhibit.title}"
    plot, said, last = Plot(exhibit.figure(), *names), html().add_class("qd-said"), {}

    def draw(**values):
        first = values == defaults(exhibit.controls)
        shown = exhibit.default_view() if first else exhibit.view(**values)
        plot.update(exhibit.series(shown))
        said.value = exhibit.say(shown)
        last.update(values=values, shown=shown)

    def csv():
        name = f"qdlib_figure_{exhibit.panel}.csv"
        return name, csv_text(last["values"], exhibit.table(last["shown"]))

    wired = Live(exhibit.controls, draw, csv if exhibit.table else None, scope=exhibit.panel)
    notes = f'<p class="qd-legend">{exhibit.legend} {KINDS[exhibit.kind]}</p>'
    main = [plot, html(notes), said, html(published(exhibit.panel))]
    return wired.arrange({}, [], main)


def published(panel):
    """HTML table of a panel's published numbers beside the calibrated model's."""
    scores = scorecard.scores(panel, scorecard.kept_score)
    if not scores:
        return "<p class='qd-legend'>The paper states no number that the model gives here.</p>"
    rows = "".join(
        f"<tr><th scope=row>{escape(one.target.title)}: {escape(one.target.quantity)}"
        f"<details><summary>{escape(one.target.source or 'source')}</summary>"
        f"{_place(one.target)}</details>"
        f"</th><td>{escape(one.target.published)}</td>"
        f"<td>{digits(one.modelled, noise=scorecard.NOISE)}</td>"
        f"<td class='qd-{'met' if one.met else 'missed'}'>{one.verdict}, {one.role}</td></tr>"
        for one in scores
    )
    return (
        '<table class="qd-table"><tr><th></th><th scope=col>paper</th>'
        f"<th scope=col>model, calibrated</th><th scope=col></th></tr>{rows}</table>"
    )


def _place(target):
    """Where in the paper a target stands, and what the ledger notes of it."""
    rows = [published_value(id) for id in target.source.split(";") if id]
    notes = [f"{row.id}: {row.place}. {row.note.replace(';', '; ')}" for row in rows]
    return "<br>".join(map(escape, notes)) or "not in the paper"


def _dressed(exhibits, lettered=False):
    """One empty plotly figure of all the exhibits' axes."""
    axes = [
        replace(axes, title=f"{one.letter}  {axes.title}") if lettered else axes
        for one in exhibits
        for axes in one.axes
    ]
    made = plots.figure(axes)
    for one in exhibits:
        if one.dress:
            made = one.dress(made)
    return made
