"""The paper's figures, panel by panel: `show("1e")` in a notebook, `check("1")` in its last cell.

Each module here holds one figure's EXHIBITS, in the order of the paper.
"""

from importlib import import_module

from ..errors import InputError

FIGURES = ("1", "2", "3", "4", "5", "S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8", "S9")


def exhibits(figure):
    """The Exhibits of a figure of the paper, such as "1" or "S7"."""
    if figure not in FIGURES:
        raise InputError("figure", figure, f"one of {', '.join(FIGURES)}")
    return import_module(f"{__name__}.fig{figure.lower()}").EXHIBITS


def exhibit(panel):
    """The Exhibit of a panel, such as "1e" or "S7a"."""
    found = {one.panel: one for one in exhibits(panel.rstrip("abcdefgh"))}
    if panel not in found:
        raise InputError("panel", panel, f"one of {', '.join(found)}")
    return found[panel]


def show(name):
    """A whole figure ("1"), or one live panel ("1e", or "S5", all of its figure), as a widget.

    Under a whole figure is how to cite its page.
    """
    from ipywidgets import VBox

    from ..citation import cite
    from ..exhibit import live, whole

    if name not in FIGURES:
        return live(exhibit(name))
    shown = exhibits(name)
    return VBox([whole(shown) if len(shown) > 1 else live(*shown), cite(f"figure_{name}")])


def check(figure):
    """A figure as text: what each panel says at first, and whether the paper's numbers are met."""
    from .. import scorecard

    lines = []
    for one in exhibits(figure):
        told = (one.check or one.say)(one.default_view())
        lines.append(f"{one.panel} ({one.kind}): {told}")
        lines.append(scorecard.check(one.panel))
    rows = "\n".join(lines).splitlines()
    return "\n".join(dict.fromkeys(row for row in rows if row))  # panels may share a target
