"""Tables whose column headers sort them."""

from dataclasses import dataclass
from html import escape
from math import isfinite, nan
from pathlib import Path

import anywidget
import traitlets


@dataclass(frozen=True)
class Cell:
    """A cell: its text, the number that it sorts by (NaN: none), and its CSS class."""

    text: str
    value: float | None = None
    kind: str = ""

    def html(self):
        """As HTML; `value` None sorts by the text."""
        value = "" if self.value is None else f" data-value='{self.value:.10g}'"
        kind = f" class='{self.kind}'" if self.kind else ""
        return f"<td{value}{kind}>{escape(self.text)}</td>"


def judged(score):
    """The Cell of a Score: how far off, in errors of the published number, and the verdict."""
    if score is None or not isfinite(score.deviation):
        return Cell("–", nan)
    kind = "qd-met" if score.met else "qd-missed"
    off = "0" if abs(score.deviation) < 0.05 else f"{score.deviation:+.1f}".replace("-", "−")
    return Cell(f"{off}, {score.verdict.lower()}", score.deviation, kind)


def table_html(caption, columns, rows):
    """HTML of a table: its caption, the names of its columns, and rows of Cells."""
    heads = "".join(f"<th scope=col>{escape(column)}</th>" for column in columns)
    body = "".join(f"<tr>{''.join(cell.html() for cell in row)}</tr>" for row in rows)
    return (
        f"<div class=qd-wide role=region tabindex=0 aria-label='{escape(caption)}'>"
        f"<table class=qd-table><caption>{escape(caption)}</caption>"
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


class Sortable(anywidget.AnyWidget):
    """A table of `table_html`, sorted by a click, or a key, on a column's header."""

    _esm = Path(__file__).with_name("sortable.js")
    _css = Path(__file__).with_name("sortable.css")
    html = traitlets.Unicode().tag(sync=True)
