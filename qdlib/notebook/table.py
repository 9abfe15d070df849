"""Tables of which a narrow screen makes one block a row, whose numbers keep their heads."""

from collections.abc import Sequence
from html import escape


def stacking_table(
    heads: Sequence[str],
    rows: Sequence[Sequence[str]],
    met: Sequence[bool] = (),
    caption: str = "",
) -> str:
    """HTML of a table whose first column names its rows.

    heads, caption : as text; rows : of cells, as HTML
    met : whether each row is met, if rows are to be marked as a whole
    """
    marks = [f" class='qd-{'met' if one else 'missed'}'" for one in met] or [""] * len(rows)
    body = "".join(
        f"<tr{mark}><th scope=row>{name}</th>"
        + "".join(
            f"<td data-head='{escape(head)}'>{cell}</td>"
            for head, cell in zip(heads[1:], cells, strict=True)
        )
        + "</tr>"
        for mark, (name, *cells) in zip(marks, rows, strict=True)
    )
    above = f"<caption>{escape(caption)}</caption>" if caption else ""
    head = "".join(f"<th scope=col>{escape(name)}</th>" for name in heads)
    return f"<table class='qd-table qd-stack'>{above}<tr>{head}</tr>{body}</table>"
