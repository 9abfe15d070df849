"""How a panel's view becomes a figure, words and a table."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .plots import Axes, figure


@dataclass(frozen=True)
class Drawing:
    """The look of one panel; a view is whatever the panel's function returns.

    axes : its `plots.Axes`, whose keys start with the panel's name; several where quantities differ
    series : series(view), the points {trace: (x, y)} for `axes`
    say : say(view), one or two sentences on what is seen, for readers who cannot see it
    legend : HTML, what the marks mean
    dress : dress(figure) adds tick texts or shapes to the empty plotly figure
    table : table(view), what is to be downloaded: {title: column}, or rows {title: cell}
    check : check(view), what a check cell prints in place of `say`, where that tells what was drawn
        at random or fitted
    """

    axes: tuple[Axes, ...]
    series: Callable
    say: Callable
    legend: str = ""
    dress: Callable | None = None
    table: Callable | None = None
    check: Callable | None = None

    def figure(self):
        """The panel's empty plotly figure."""
        made = figure(self.axes)
        return self.dress(made) if self.dress else made


def stacked(curves: Mapping[str, Mapping], place: str = "instant") -> dict:
    """The columns of curves, {name: {title: column}}, under each other: with the curve's name
    before them, and where each row stands in its curve, titled `place`."""
    counts = {name: len(next(iter(own.values()))) for name, own in curves.items()}
    titles = next(iter(curves.values()))
    return {
        "curve": np.repeat(list(counts), list(counts.values())),
        place: np.concatenate([np.arange(count) for count in counts.values()]),
    } | {title: np.concatenate([own[title] for own in curves.values()]) for title in titles}
