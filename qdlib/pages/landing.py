"""The front door: every notebook with a picture and a line, and where to begin."""

from html import escape

from ..data import data_file
from ..notebook.contents import FRONT, SHELVES, page, pages, shelf
from ..paper.scorecard import headline, kept_score, scores

PATHS = {
    "Chemists": ("flask", "figure_1", "figure_3", "figure_S2", "figure_4"),
    "Device people": ("explorer", "figure_1", "figure_2", "light_out", "scorecard"),
    "Lecturers": ("figure_1", "figure_2", "figure_S4", "explorer", "table_1"),
}
"""What to read first, and next, by who reads."""

DOOR = (
    "The door without waiting is the static site: <code>make site</code> writes these pages as "
    "plain files, whose explorer and lessons compute in the browser, without server or kernel."
)


def landing():
    """The page, as a widget."""
    import ipywidgets

    from ..notebook.citation import cite
    from ..notebook.live import Page

    start, *others = (_shelf(heading, shelf(key)) for key, heading in SHELVES.items())
    html = f'<p class="qd-legend">{check()} {DOOR}</p>{start}{_paths()}{"".join(others)}'
    return ipywidgets.VBox([ipywidgets.HTML(html).add_class("qd-landing"), cite(FRONT), Page()])


def check():
    """How many notebooks there are, and how many of the paper's numbers the model gives."""
    return f"{judged()} {len(pages()) - 1} notebooks."


def judged():
    """How many of the paper's numbers the model gives, what no fit has used before the rest."""
    first, *others = headline(scores(measure=kept_score))
    return f"The paper's numbers, {first}; besides, {', '.join(others)} (see the scorecard)."


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
