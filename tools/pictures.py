"""Draw the pictures of the front page anew, into data/pictures/: `python tools/pictures.py`."""

import numpy as np
from lessons import lesson

from qdlib.data import data_file
from qdlib.notebook import plots
from qdlib.notebook.contents import pages
from qdlib.notebook.live import defaults
from qdlib.pages import explorer, flask, light_out, scoreboard, screening, tables, your_data

WIDTH, HEIGHT, MARGIN = 240, 130, 6  # of a picture [px]
MARK = 3  # radius of a mark in it [px]
LIVE = {"explorer": explorer, "flask": flask, "light_out": light_out, "scoreboard": scoreboard,
        "screening": screening, "your_data": your_data}  # fmt: skip


def picture(panel):
    """A panel's curves and marks as they are at first, as a small SVG: no axes, no numbers.

    panel : of the paper ("1e"), or of a page ("explorer/band", "predictions/Sweep_speed")
    """
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
    """Axes of a panel, and the points of its traces as they are at first."""
    name, _, key = panel.rpartition("/")
    if name in ("", "predictions", "convergence"):
        found = lesson(name or f"figure_{panel.rstrip('abcdefgh')}").panels
        chosen = next(one for one in found if one.key == key)
        return chosen.drawing.axes[0], chosen.drawing.series(chosen.first)
    if name == "tables":
        converted = tables.Converted(**defaults(tables.CONTROLS_S1))
        return tables.map_panel(), tables.map_series(converted)
    shown = LIVE[name]
    axes = next(one for one in shown.panels() if one.key == key)
    return axes, shown.series(shown.view(**defaults(shown.CONTROLS)))


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


def main():
    """Write one SVG a notebook."""
    folder = data_file("published.csv").parent / "pictures"
    folder.mkdir(exist_ok=True)
    for name, card in pages().items():
        if card.picture:
            (folder / f"{name}.svg").write_text(picture(card.picture), "utf-8")


if __name__ == "__main__":
    main()
