"""The front door: every notebook with a picture and a line, and where to begin."""

from dataclasses import dataclass
from html import escape

import numpy as np

from . import plots
from .ledger import data_file
from .live import defaults
from .scorecard import kept_score, tally

WIDTH, HEIGHT, MARGIN = 240, 130, 6  # of a picture [px]
MARK = 3  # radius of a mark in it [px]


@dataclass(frozen=True)
class Card:
    """One notebook: its file, a title, a line on it, and the panel that its picture shows.

    panel : of the paper ("1e"), or of a page ("explorer/band")
    """

    notebook: str
    title: str
    line: str
    panel: str

    @property
    def picture(self):
        """Name of its picture."""
        return self.notebook.replace(".ipynb", ".svg")


START = (
    Card("explorer.ipynb", "Explorer", "Slide ligand, metal and bias: both glows at once",
         "explorer/band"),
    Card("scorecard.ipynb", "Scorecard",
         "The paper’s numbers beside the model’s, missed ones in red", "scoreboard/off"),
    Card("flask.ipynb", "In the flask", "Spectra, decays, single dots: tests that every dot passes",
         "flask/red"),
    Card("light_out.ipynb", "Light out", "Where three of four photons stay in the diode",
         "light_out/zinc"),
)  # fmt: skip
PAPER = (
    Card("figure_1.ipynb", "Figure 1", "One dot, two ligands: why only one makes a lamp", "1e"),
    Card("figure_2.ipynb", "Figure 2", "Caught in the act: reduction in the working diode", "2a"),
    Card("figure_3.ipynb", "Figure 3", "Taking the ligand off, step by step", "3c"),
    Card("figure_4.ipynb", "Figure 4", "Zinc shells and other ligands", "4a"),
    Card("figure_5.ipynb", "Figure 5", "Blue", "5c"),
    Card("table_1.ipynb", "Table 1", "Thirteen samples, paper beside model", "4e"),
)
SUPPLEMENT = (
    Card("figure_S1.ipynb", "Figure S1", "Counting cadmium; dots to scale", "S1b"),
    Card("figure_S2.ipynb", "Figure S2", "Any metal of the table: inert or reducible?", "S2"),
    Card("figure_S3.ipynb", "Figure S3", "Single dots, and films", "S3a"),
    Card("figure_S4.ipynb", "Figure S4", "Be the experiment: a weak glow under a strong one", "S4"),
    Card("figure_S5.ipynb", "Figure S5", "What Auger electrons tell of cadmium", "S5"),
    Card("figure_S6.ipynb", "Figure S6", "Ligands counted, and the washed series", "S6d"),
    Card("figure_S7.ipynb", "Figure S7", "Other anions, thiol, phosphine, zinc and magnesium",
         "S7h"),
    Card("figure_S8.ipynb", "Figure S8", "The alloyed dots that last longest", "S8c"),
    Card("figure_S9.ipynb", "Figure S9", "Blue dots in the flask, and the law of lifetimes", "S9c"),
    Card("table_S1.ipynb", "Table S1", "The good devices of the literature, and their ligands",
         "tables/S1"),
)  # fmt: skip
PATHS = {
    "Chemists": ("flask", "figure_1", "figure_3", "figure_S2", "figure_4"),
    "Device people": ("explorer", "figure_1", "figure_2", "light_out", "scorecard"),
    "Lecturers": ("figure_1", "figure_2", "figure_S4", "explorer", "table_1"),
}
"""What to read first, and next, by who reads."""


def picture(panel):
    """A panel's curves and marks as they are at first, as a small SVG: no axes, no numbers."""
    axes, series = _first_drawn(panel)
    drawn = []
    for trace in axes.traces:
        x, y = series.get(f"{axes.key}/{trace.name}", ((), ()))
        style = plots.STYLES[trace.style]
        if len(x) and style["mode"] == "lines" and "fill" not in style:
            colour = trace.colour or style["line"].get("color", plots.GREY)
            pen = f'fill="none" stroke="{colour}" stroke-width="{min(style["line"]["width"], 6)}"'
            drawn += [f'<polyline points="{points}" {pen}/>' for points in _polylines(axes, x, y)]
        elif style["mode"] == "markers":
            fill = "none" if style["marker"].get("symbol", "").endswith("open") else trace.colour
            pen = f'fill="{fill}" stroke="{trace.colour}" stroke-width="1.5"'
            drawn += [f'<circle {place} r="{MARK}" {pen}/>' for place in _places(axes, x, y)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'aria-hidden="true">{"".join(drawn)}</svg>\n'
    )


def _first_drawn(panel):
    """Axes of a panel, and the arrays of its traces as they are at first."""
    from . import explorer, flask, light_out, scoreboard, tables
    from .figures import exhibit

    name, _, key = panel.rpartition("/")
    if not name:
        one = exhibit(panel)
        return one.axes[0], one.series(one.default_view())
    if name == "tables":
        converted = tables.Converted(**defaults(tables.CONTROLS_S1))
        return tables.map_panel(), tables.map_series(converted)
    pages = {"explorer": explorer, "flask": flask, "light_out": light_out, "scoreboard": scoreboard}
    page = pages[name]
    axes = next(one for one in page.panels() if one.key == key)
    return axes, page.series(page.view(**defaults(page.CONTROLS)))


def _pixels(axes, x, y):
    """Places across and down [px], and whether a point is one and within the frame (K,) each."""
    across = MARGIN + _share(axes.x, x) * (WIDTH - 2 * MARGIN)
    down = HEIGHT - MARGIN - np.clip(_share(axes.y, y), 0, 1) * (HEIGHT - 2 * MARGIN)
    whole = np.isfinite(across) & np.isfinite(down) & (across >= 0) & (across <= WIDTH)
    return across, down, whole


def _polylines(axes, x, y):
    """Runs of finite points in pixels, one string each, at most some 60 points."""
    across, down, whole = _pixels(axes, x, y)
    for run in np.split(np.arange(len(whole)), np.flatnonzero(~whole)):
        run = run[whole[run]]
        if len(run) > 1:
            kept = run[np.unique(np.linspace(0, len(run) - 1, 60).astype(int))]
            yield " ".join(f"{across[k]:.1f},{down[k]:.1f}" for k in kept)


def _places(axes, x, y):
    """Centres of marks in pixels, a string each."""
    across, down, whole = _pixels(axes, x, y)
    return [f'cx="{across[k]:.1f}" cy="{down[k]:.1f}"' for k in np.flatnonzero(whole)]


def _share(axis, values):
    values = np.asarray(values, float)
    low, high = axis.low, axis.high
    if axis.log:
        values = np.log10(np.where(values > 0, values, np.nan))
        low, high = np.log10([low, high])
    return (values - low) / (high - low)


def landing():
    """The page, as a widget."""
    import ipywidgets

    from .citation import FRONT, cite
    from .live import Page

    html = (
        _shelf("Begin here", START)
        + _paths()
        + _shelf("The paper’s figures", PAPER)
        + _shelf("The supplement’s", SUPPLEMENT)
        + f'<p class="qd-legend">{check()}</p>'
    )
    return ipywidgets.VBox([ipywidgets.HTML(html).add_class("qd-landing"), cite(FRONT), Page()])


def check():
    """How many notebooks there are, and how many of the paper's numbers the model gives."""
    met, judged = tally(measure=kept_score)
    cards = len((*START, *PAPER, *SUPPLEMENT))
    return f"{cards} notebooks; the model meets {met} of the {judged} numbers that it is judged by."


def _shelf(title, cards):
    return f"<h2>{escape(title)}</h2><div class='qd-cards'>{''.join(map(_card, cards))}</div>"


def _card(card):
    drawn = data_file(f"pictures/{card.picture}").read_text("utf-8")
    return (
        f'<a class="qd-card" href="{card.notebook}">{drawn}<b>{escape(card.title)}</b>'
        f"<span>{escape(card.line)}</span></a>"
    )


def _paths():
    titles = {card.notebook: card.title for card in (*START, *PAPER, *SUPPLEMENT)}
    rows = []
    for who, names in PATHS.items():
        steps = " → ".join(
            f'<a href="{name}.ipynb">{escape(titles[f"{name}.ipynb"])}</a>' for name in names
        )
        rows.append(f"<li><b>{escape(who)}</b>: {steps}</li>")
    return f"<h2>Paths</h2><ul class='qd-paths'>{''.join(rows)}</ul>"
