"""The front door: every notebook with a picture and a line, and where to begin."""

from html import escape

from ..data import data_file
from ..notebook.contents import FRONT, SHELVES, page, pages, shelf
from ..paper.scorecard import kept_score, tally

PATHS = {
    "Chemists": ("flask", "figure_1", "figure_3", "figure_S2", "figure_4"),
    "Device people": ("explorer", "figure_1", "figure_2", "light_out", "scorecard"),
    "Lecturers": ("figure_1", "figure_2", "figure_S4", "explorer", "table_1"),
}
"""What to read first, and next, by who reads."""


def landing():
    """The page, as a widget."""
    import ipywidgets

    from ..notebook.citation import cite
    from ..notebook.live import Page

    start, *others = (_shelf(heading, shelf(key)) for key, heading in SHELVES.items())
    html = f'{start}{_paths()}{"".join(others)}<p class="qd-legend">{check()}</p>'
    return ipywidgets.VBox([ipywidgets.HTML(html).add_class("qd-landing"), cite(FRONT), Page()])


def check():
    """How many notebooks there are, and how many of the paper's numbers the model gives."""
    met, judged = tally(measure=kept_score)
    cards = len(pages()) - 1
    return f"{cards} notebooks; the model meets {met} of the {judged} numbers that it is judged by."


def _shelf(heading, cards):
    return f"<h2>{escape(heading)}</h2><div class='qd-cards'>{''.join(map(_card, cards))}</div>"


def _card(card):
    drawn = data_file(f"pictures/{card.name}.svg").read_text("utf-8")
    return (
        f'<a class="qd-card" href="{card.name}.ipynb">{drawn}<b>{escape(card.title)}</b>'
        f"<span>{escape(card.line)}</span></a>"
    )


def _paths():
    rows = []
    for who, names in PATHS.items():
        steps = " → ".join(
            f'<a href="{name}.ipynb">{escape(page(name).title)}</a>' for name in names
        )
        rows.append(f"<li><b>{escape(who)}</b>: {steps}</li>")
    return f"<h2>Paths</h2><ul class='qd-paths'>{''.join(rows)}</ul>"
