"""Axes, colours and figures."""

import numpy as np

from qdlib.notebook import plots
from qdlib.notebook.plots import Axes, Axis, Trace


def test_log_axes_name_their_decades():
    layout = Axis("J (mA/cm²)", 1e-3, 1e3, log=True).layout()
    assert layout["range"] == [-3, 3]
    assert layout["ticktext"][0] == "10⁻³"
    assert "1" in layout["ticktext"]
    assert len(layout["tickvals"]) <= 8


def test_every_ligand_has_a_colour_of_its_own():
    assert {"Cd", "Zn", "Mg", "amine", "phosphine", "thiol"} <= set(plots.COLOURS)
    assert len(set(plots.COLOURS.values())) == len(plots.COLOURS)


def test_a_figure_holds_its_panels():
    traces = Trace("model", "model", "#123456"), Trace("published", "published")
    panel = Axes("a", "A title", Axis("x (nm)", 0, 1), Axis("y (V)", 0, 2), traces)
    made = plots.figure([panel, panel])
    assert [trace["name"] for trace in made["data"][:2]] == ["a/model", "a/published"]
    assert made["data"][0]["line"]["color"] == "#123456"
    assert made["data"][2]["xaxis"] == "x2"
    assert made["layout"]["yaxis2"]["title"]["text"] == "y (V)"
    assert plots.STYLES["model"]["line"].get("color") is None  # styles are not changed


def test_bars_are_separate_lines():
    x, y = plots.bars(np.array([1.0, 2.0]), np.array([0.0, 0.0]), np.array([3.0, 4.0]))
    np.testing.assert_array_equal(x, [1, 1, np.nan, 2, 2, np.nan])
    np.testing.assert_array_equal(y, [0, 3, np.nan, 0, 4, np.nan])
