"""Figure 3: what its panels promise."""

import numpy as np
import pandas as pd
import pytest
from lessons import lesson

from qdlib import published_value
from qdlib.paper.surface import PER_CM, infrared

BANDS, WASHING, SERIES = lesson("figure_3").panels
ENDS = {0: ("L121", "L012", "L123", "L018"), 100: ("L103", "L145", "L105", "L017")}
AXES = "3cPLQY", "3cIQE", "3clifetime", "3cgap"


@pytest.fixture(scope="module")
def drawn():
    """The series of washed dots, as it is at first."""
    return SERIES.drawing.series(SERIES.first)


def test_absorbance_is_additive_and_spectra_stand_apart():
    view = BANDS(fraction=0.3)
    curves = BANDS.drawing.series(view)
    top, middle, bottom = (curves[f"3a/{label}"][1] for label in view)
    assert top.min() > middle.max() and middle.min() > bottom.max()
    up, half = np.round([top.min() - bottom.min(), middle.min() - bottom.min()], 1)
    np.testing.assert_allclose(middle - half, 0.3 * (top - up) + 0.7 * bottom, atol=1e-12)
    assert "washed 30 and 70" in BANDS.drawing.say(view)


def test_a_spectrum_of_ones_own_finds_room():
    wavenumber = PER_CM * BANDS.drawing.series(BANDS.first)["3a/washed"][0]
    view = BANDS.first | {"digested": infrared(wavenumber, acid=1)}
    drawing = BANDS.show("mine", view)
    curves = drawing.series(view)
    low, high = drawing.axes[0].y.low, drawing.axes[0].y.high
    assert len(curves) == 4
    assert all((low < y).all() and (y < high).all() for _, y in curves.values())


def test_sliders_of_the_wash_are_in_the_units_of_a_chemist():
    units = [control.unit for control in WASHING.controls]
    assert units == ["L/mol", "L/mol", "", "mmol/L"]
    vessel, _ = WASHING.first
    assert [1e3 * vessel.weak_constant, 1e3 * vessel.strong_constant] == pytest.approx([0.05, 0.01])


def test_a_wash_that_takes_less_than_half_says_so():
    held = {"weak": 0.005, "strong": 1e-4, "share": 0.3, "salt": 50}
    vessel, residual = WASHING(**held)
    assert residual[-1] > 0.5
    assert "less than half" in WASHING.drawing.say((vessel, residual))
    assert "half has gone at 0.415 mol/L" in WASHING.say()


def test_marks_are_table_1s_and_the_texts(drawn):
    for left, ids in ENDS.items():
        for axes, id in zip(AXES, ids, strict=True):
            share, value = drawn[f"{axes}/published"]
            assert dict(zip(share, value, strict=True))[left] == published_value(id).value


@pytest.mark.parametrize("name", ["3cIQE/peak IQE", "3clifetime/T50"])
def test_the_ends_of_a_line_stand_near_their_marks(drawn, name):
    axes, _, _ = name.partition("/")
    line, marks = (dict(zip(*drawn[one], strict=True)) for one in (name, f"{axes}/published"))
    assert {left: line[left] for left in marks} == pytest.approx(marks, rel=0.5)


def test_the_gap_closes_step_by_step_and_the_film_does_not_know(drawn):
    falling = {"3cIQE/peak IQE": -1, "3cgap/gap": 1}  # of lifetimes S33 says where they do not
    for name, sign in falling.items():
        left, value = map(np.array, drawn[name])
        assert (np.diff(left) < 0).all()
        steps = -sign * np.diff(value[left >= 15])
        assert (steps > 0).all(), name
        assert np.ptp(value[left <= 15]) < 1e-6 * abs(value[-1])  # nothing more to be gained
    assert np.ptp(drawn["3cPLQY/film"][1]) == 0
    assert drawn["3cPLQY/in the diode at 2 V"][1][0] < 0.5 * drawn["3cPLQY/film"][1][0]


def test_the_table_has_lifetimes_where_they_were_tested(drawn):
    table = pd.DataFrame(SERIES.drawing.table(SERIES.first))
    swept, tested = SERIES.first
    assert len(table) == len(swept)
    left = table["residual carboxylate [%]"] / 100
    empty = table["T50 from 100 cd/m2 [h]"].isna()
    assert [round(one, 9) for one in left[~empty]] == list(tested)
    np.testing.assert_array_equal(table["peak IQE [%]"], drawn["3cIQE/peak IQE"][1])


def test_a_salt_that_electrons_cannot_reduce_is_harmless():
    """Exercise 3: with magnesium's potential all lines are flat."""
    curves = SERIES.drawing.series(SERIES(potential=-2.4))
    for name in ("3cIQE/peak IQE", "3clifetime/T50", "3cgap/gap"):
        value = np.array(curves[name][1])
        assert np.ptp(value) < 1e-3 * value[0], name
