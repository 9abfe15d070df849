"""Exhibits made of others, on two small ones with a known answer."""

import pytest

from qdlib.figures.composed import film_yields, joined, standing_in, table_1
from qdlib.notebook.controls import Control
from qdlib.notebook.exhibit import Exhibit
from qdlib.notebook.live import defaults
from qdlib.notebook.plots import COLOURS, Axes, Axis, Trace

SIZE, SHARED = Control("size", "Size", 0.2), Control("shared", "Shared", 0.5)


def small(key, *controls, legend=""):
    """An exhibit of panel 9z that shows what its controls were, as two samples, A and A+B."""
    names = ("A", "A, allowed", "A, published", "A+B")
    axes = Axes(key, "", Axis("", 0, 1), Axis("", 0, 1), tuple(Trace(n, "model") for n in names))
    return Exhibit(
        "9z", "model", "", (axes,), lambda **values: values,
        lambda shown: {f"{key}/{n}": (list(shown.values()), [1]) for n in names},
        lambda shown: f"A: {shown}; A+B: 1.", controls, legend,
    )  # fmt: skip


def test_joined_has_every_axis_and_each_control_once():
    both = joined("both", small("9zx", SIZE, SHARED), small("9zy", SHARED))
    assert [axes.key for axes in both.axes] == ["9zx", "9zy"]
    assert [one.name for one in both.controls] == ["size", "shared"]


def test_joined_gives_each_part_its_own_controls():
    both = joined("both", small("9zx", SIZE, SHARED), small("9zy", SHARED))
    shown = both.view(**(defaults(both.controls) | {"shared": 0.9}))
    assert shown == ({"size": 0.2, "shared": 0.9}, {"shared": 0.9})
    assert both.series(shown)["9zy/A"] == ([0.9], [1])


def test_joined_legend_does_not_repeat_itself():
    both = joined("", small("9zx", legend="red: A."), small("9zy", legend="red: A. More."))
    assert both.legend == "red: A.  More."


def test_stand_in_has_its_own_name_and_nothing_published():
    mark = '<span style="color:#112233">■</span> '
    plain = small("9zx", legend=f"{mark}A &ensp;{mark}A+B")
    other = standing_in(plain, "A", "C", COLOURS["thiol"])
    assert [one.name for one in other.axes[0].traces] == ["A+B", "C"]
    assert other.axes[0].traces[1].colour == COLOURS["thiol"]
    assert set(other.series({})) == {"9zx/C", "9zx/A+B"}
    assert other.say({}) == "C (a stand-in): {}; A+B: 1."
    assert f"{COLOURS['thiol']}" in other.legend and other.legend.endswith(f"{mark}A+B")


def test_film_yields_are_table_1s():
    assert film_yields(table_1("Mg(RCOO)2")) == "Film PLQY: Mg(RCOO)₂ 42 ± 3 %."


def test_joined_keys_stay_the_panels():
    with pytest.raises(ValueError, match="key"):
        joined("", small("9zx"), small("8a"))
