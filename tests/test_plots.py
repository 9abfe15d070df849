"""Axes, colours and figures."""

from pathlib import Path

import numpy as np
import pytest

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


def test_a_ligand_s_colour_means_nothing_else():
    places = set(Path(plots.__file__).parents[1].rglob("*.py")) - {Path(plots.__file__)}
    for place in places:
        text = place.read_text("utf-8").upper()
        assert not [hue for hue in plots.COLOURS.values() if hue.upper() in text], place
    assert not set(plots.COLOURS.values()) & set(plots.MUTED.values())


@pytest.mark.parametrize("page", ["#FFFFFF", "#111111"])
@pytest.mark.parametrize("hue", plots.MUTED.values())
def test_muted_colours_stand_out_on_a_light_and_on_a_dark_page(hue, page):
    """WCAG 2.1, 1.4.11: a contrast of 3."""
    lighter, darker = sorted((_luminance(hue), _luminance(page)), reverse=True)
    assert (lighter + 0.05) / (darker + 0.05) >= 3


def _luminance(hue):
    parts = [int(hue[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [x / 12.92 if x <= 0.04045 else ((x + 0.055) / 1.055) ** 2.4 for x in parts]
    return np.dot([0.2126, 0.7152, 0.0722], linear)


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
