"""The paper's tables: what belongs together, how lifetimes are converted, and sorting."""

from math import isnan

import pytest

from qdlib.errors import InputError
from qdlib.notebook.sortable import Cell, judged, table_html
from qdlib.pages.tables import (
    COLUMNS_1,
    COLUMNS_S1,
    Converted,
    _row_1,
    _row_s1,
    check,
    frame_1,
    frame_s1,
    half_life,
    performances,
    reported,
)
from qdlib.paper.published import published_value


def test_table_1_has_the_rows_of_the_paper():
    """13 rows, of which two are amine dots of one structure: with 15 % of carboxylate and none."""
    rows = performances()
    assert len(rows) == 13
    amine = [one for one in rows if (one.structure, one.ligand) == ("CdSe/CdS", "RNH2")]
    assert [one.kept for one in amine] == ["b", ""]
    assert [one.efficiency.id for one in amine] == ["L119", "L122"]
    assert [one.kept for one in rows if one.ligand == "TOP"] == ["c", "c"]
    assert all(one.film_yield.place == one.lifetime.place == "Table 1" for one in rows)


def test_each_row_has_its_own_numbers_and_what_the_model_gives():
    for one in performances():
        for row in (one.efficiency, one.lifetime, one.ratio):
            score = one.score(row)
            assert (score.target.sample.structure, score.target.sample.ligand) == (
                one.structure, one.ligand,
            )  # fmt: skip
            assert score.target.quantity == row.quantity


def test_ratio_is_the_efficiency_over_outcoupling_and_yield():
    outcoupling = published_value("L011").value
    for one in performances():
        if not isnan(one.efficiency.value):
            expected = 100 * one.efficiency.value / outcoupling / one.film_yield.value
            assert one.ratio.value == pytest.approx(expected, abs=1e-4)  # as printed


def test_a_lifetime_as_the_axis_has_it_is_not_converted():
    assert half_life(published_value("L174"), 1.7, 0.7) == pytest.approx(100_000)


def test_lifetimes_convert_by_both_laws():
    """T95/T50 = (ln 0.95/ln 0.5)^(1/beta), and L0^n T50 is constant."""
    row = published_value("L141")  # T95 at 1000 cd/m2
    exponential = half_life(row, 1.8, 1.0)
    assert exponential == pytest.approx(3800 / 0.0740006 * 10**1.8, rel=1e-4)
    assert half_life(row, 2.0, 1.0) / exponential == pytest.approx(10**0.2)
    assert half_life(row, 1.8, 0.5) == pytest.approx(3800 / 0.0740006**2 * 10**1.8, rel=1e-4)


def test_table_s1_groups_eleven_devices():
    devices = reported()
    assert [one.reference for one in devices] == [
        "9",
        "16",
        "42",
        "15",
        "17",
        "10",
        "43",
        "44",
        "46",
        "45",
        "47",
    ]
    assert sum(len(one.rows) for one in devices) == 41  # L171 to L211
    assert all(one.is_inert for one in devices)
    assert [one.reference for one in devices if one.has("thiol")] == ["9", "42", "46"]
    assert [one.reference for one in devices if one.lifetime is None] == ["42", "43", "46"]


def test_frames_are_complete_and_in_order():
    assert len(frame_1()) == 13
    assert len(frame_1("CdSe/CdZnSe/CdZnS")) == 2
    table = frame_s1(1.8, 1.0)
    assert len(table) == 11
    assert table["T50 at 100 cd/m2 [h]"].max() == pytest.approx(2.2e6)


def test_cells_sort_by_number_or_text():
    assert Cell("1,000", 1000.0).html() == "<td data-value='1000'>1,000</td>"
    assert Cell("a < b").html() == "<td>a &lt; b</td>"
    assert judged(None).html() == "<td data-value='nan'>–</td>"
    html = table_html("caption", ("one", "two"), [(Cell("x"), Cell("2", 2.0, "qd-met"))])
    assert html.count("<th scope=col>") == html.count("<td") == 2


def test_every_row_fills_every_column():
    assert {len(_row_1(one)) for one in performances()} == {len(COLUMNS_1)}
    converted = Converted(1.8, 1.0)
    assert {len(_row_s1(one, converted)) for one in reported()} == {len(COLUMNS_S1)}


def test_unknown_table_is_named():
    with pytest.raises(InputError, match="table = '2'"):
        check("2")
