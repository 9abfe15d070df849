"""From columns to a checked measurement."""

import numpy as np
import pytest

from qdlib.errors import InputError
from qdlib.owndata.columns import measure, recognised
from qdlib.owndata.kinds import KINDS
from qdlib.owndata.reading import read

VOLTS = np.linspace(0, 2, 9)


def table(heading="V (V),I (mA),L (cd/m2),t (s)", rows=None):
    if rows is None:
        rows = [(v, v * v, 10 * v, 4 * v) for v in VOLTS]
    lines = [",".join(map(str, row)) for row in rows]
    return read("some.csv", "\n".join([heading, *lines]).encode())


def kind(label):
    return next(one for one in KINDS if one.label == label)


def test_a_current_becomes_a_density_by_the_area():
    own = measure(table(), area=4.0)
    assert own.current_density == pytest.approx(VOLTS**2 * 1e-3 / 4e-6)
    assert own.luminance == pytest.approx(10 * VOLTS)
    assert own.seconds_per_volt == pytest.approx(4.0)
    assert own.quantities == ("J", "L")


@pytest.mark.parametrize("area", [None, 0, -1, float("nan")])
def test_without_an_area_a_current_is_refused(area):
    with pytest.raises(InputError, match="area"):
        measure(table(), area=area)


def test_the_reader_corrects_what_was_recognised():
    kinds = [kind("voltage, V"), None, kind("relative PL, %"), None]
    own = measure(table(), kinds)
    assert own.quantities == ("PL",)
    assert own.relative_photoluminescence == pytest.approx(0.1 * VOLTS)


def test_a_light_of_any_unit_is_over_its_first():
    rows = [(v, 500 - 100 * v) for v in VOLTS]
    own = measure(table("V (V),PL (counts)", rows))
    assert own.relative_photoluminescence[[0, -1]].tolist() == [1.0, 0.6]


def test_each_quantity_is_recognised_once():
    kinds = recognised(read("a", b"U (V),U (V),I (A),J (mA/cm2)\n0,0,0,0\n1,1,1,1\n2,2,2,2\n"))
    assert [one and one.quantity for one in kinds] == ["voltage", None, None, "current density"]


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (("current, A", None, None, None), "voltage"),
        (("voltage, V", None, None, None), "beside the voltage"),
        (("voltage, V", "voltage, V", "luminance, cd/m²", None), "one of each"),
        (("voltage, V", "current, A", "current density, A/m²", None), "one of the two"),
        ((None, None, None, None), "none"),
    ],
)
def test_columns_that_do_not_do_are_refused(labels, told):
    with pytest.raises(InputError, match=told):
        measure(table(), [label and kind(label) for label in labels], area=4.0)


def test_a_meters_mark_for_out_of_range_is_told_by_line_column_and_value():
    rows = [(v, "9.91e37" if k == 4 else v, 0, 0) for k, v in enumerate(VOLTS)]
    with pytest.raises(InputError) as refused:
        measure(table(rows=rows), area=4.0)
    told = str(refused.value)
    assert "line 6" in told and "I (mA)" in told and "9.91e37" in told and "empty the cell" in told


def test_percent_taken_for_a_share_is_refused():
    rows = [(v, 10 + v) for v in VOLTS]
    table_ = table("V (V),EQE (%)", rows)
    assert measure(table_).external_quantum_efficiency.max() == pytest.approx(0.12)
    with pytest.raises(InputError, match="another unit"):
        measure(table_, [kind("voltage, V"), kind("EQE, 1")])


@pytest.mark.parametrize(
    ("heading", "told"),
    [
        ("Voltage (V),Current density (mA/dm2)", r"column 2 = 'Current density .*mA/mm²"),
        ("Voltage (kV),J (mA/cm2)", r"column 1 = 'Voltage \(kV\)'.*V, mV"),
        ("V (V),L (cd/cm2)", r"column 2 = .*cd/m²"),
    ],
)
def test_a_unit_that_is_not_known_is_not_taken_for_another(heading, told):
    rows = [(v, 10 + v) for v in VOLTS]
    with pytest.raises(InputError, match=told):
        measure(table(heading, rows))
    whole = table(f"{heading},V (V),J (mA/cm2),L (cd/m2)", [(*row, *row, 1) for row in rows])
    assert measure(whole).quantities == ("J", "L")
    kinds = [kind("voltage, V"), kind("luminance, cd/m²")]
    assert measure(table(heading, rows), kinds).quantities == ("L",)


@pytest.mark.parametrize(("factor", "label"), [(1, "relative PL, 1"), (100, "relative PL, %")])
@pytest.mark.parametrize("heading", ["PL/PL0", "normalised PL", "relative PL"])
def test_photoluminescence_without_a_unit_is_told_by_its_size(heading, factor, label):
    rows = [(v, factor * (1 - 0.1 * v)) for v in VOLTS]
    made = table(f"V (V),{heading}", rows)
    assert recognised(made)[1].label == label
    assert measure(made).relative_photoluminescence == pytest.approx(1 - 0.1 * VOLTS)


def test_time_stamps_do_for_a_sweep():
    rows = [(v, v, v, 1.79e9 + 4 * v) for v in VOLTS]
    assert measure(table(rows=rows), area=4.0).seconds_per_volt == pytest.approx(4.0)


def test_there_is_a_kind_for_each_column():
    with pytest.raises(InputError, match="kinds = 1"):
        measure(table(), [kind("voltage, V")])


def test_a_clock_that_starts_again_on_the_way_back_goes_on():
    up_and_down = [*VOLTS, *VOLTS[::-1]]
    times = [*np.arange(9.0), *np.arange(9.0)]
    rows = [(v, v, v, t) for v, t in zip(up_and_down, times, strict=True)]
    assert measure(table(rows=rows), area=4.0).seconds_per_volt == pytest.approx(4.0)


def test_rows_without_a_bias_are_left_out_and_missing_values_are_kept():
    rows = [("", 1, 1, 1), *((v, "" if k == 3 else v, v, v) for k, v in enumerate(VOLTS))]
    own = measure(table(rows=rows), area=4.0)
    assert len(own.voltage) == len(VOLTS)
    assert np.flatnonzero(np.isnan(own.current_density)).tolist() == [3]


@pytest.mark.parametrize("rows", [[(1, 1, 1, 1)] * 9, [(0, 1, 1, 1), (1, 2, 2, 2), (2, 3, 3, 3)]])
def test_what_is_no_sweep_is_refused(rows):
    with pytest.raises(InputError, match="sweep"):
        measure(table(rows=rows), area=4.0)
