"""How a panel's view becomes a figure, words and a table."""

from collections.abc import Callable
from dataclasses import dataclass

from .plots import Axes, figure


@dataclass(frozen=True)
class Drawing:
    """The look of one panel; a view is whatever the panel's function returns.

    axes : its `plots.Axes`, whose keys start with the panel's name; several where quantities differ
    series : series(view), the points {trace: (x, y)} for `axes`
    say : say(view), one or two sentences on what is seen, for readers who cannot see it
    legend : HTML, what the marks mean
    dress : dress(figure) adds tick texts or shapes to the empty plotly figure
    table : table(view), a pandas table to download
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
