"""What counts as met, and how far off a value is."""

from dataclasses import replace
from math import isnan, log, nan

import pytest

from qdlib.data import data_rows
from qdlib.paper.protocols import Sample
from qdlib.paper.published import published_value, published_values
from qdlib.paper.readings import READINGS
from qdlib.paper.targets import NOT_JUDGED, targets, tolerances

BY_KEY = {one.key: one for one in targets()}


def test_every_number_that_a_reading_exists_for_is_a_target():
    """Nothing that the model gives is left out because it does not fit."""
    readable = {
        row.id
        for row in published_values()
        if set(row.quantity.split(";")) & set(READINGS)
        and row.sample in {"CdSe/CdS", "CdSe/CdS/ZnS", "CdSe/CdZnSe/CdZnS", "CdSeS/ZnSeS/ZnS"}
        and ";" not in row.ligand
        and row.panel != "Table S1"
    }
    left = readable - {one.id for one in targets()} - set(NOT_JUDGED)
    assert all(published_value(id).quantity == "initial luminance" for id in left), left


def test_table_1_has_thirteen_rows_of_efficiency_and_lifetime():
    table = [one for one in targets() if "Table 1" in one.panel.split(";") and one.kind == "stated"]
    assert len([one for one in table if one.quantity == "peak EQE"]) == 13
    assert len([one for one in table if one.quantity.startswith("T")]) == 13


def test_a_value_with_an_error_is_met_within_two():
    amine = BY_KEY["L122 peak EQE"]
    stated = published_value("L122")
    error = (stated.high - stated.low) / 2
    assert amine.error == pytest.approx(error)
    assert amine.met(stated.value + 1.99 * error)
    assert not amine.met(stated.value + 2.01 * error)
    assert amine.deviation(stated.value - error) == pytest.approx(-1)


def test_a_range_is_met_within_itself():
    zinc = BY_KEY["L110 peak EQE"]
    stated = published_value("L110")
    assert zinc.met(stated.low)
    assert zinc.met(stated.high)
    assert not zinc.met(stated.high * 1.01)
    assert zinc.deviation(stated.high) == pytest.approx(1)


def test_an_approximate_lifetime_is_met_within_a_factor():
    cadmium = BY_KEY["L105 T50 at 100 cd/m2"]
    value = published_value("L105").value
    assert cadmium.met(1.49 * value)
    assert cadmium.met(value / 1.49)
    assert not cadmium.met(1.51 * value)
    assert cadmium.deviation(1.5 * value) == pytest.approx(1)


def test_an_approximate_range_is_met_within_itself_and_its_rounding():
    zinc, stated = BY_KEY["L111 T50 at 100 cd/m2"], published_value("L111")
    assert zinc.met(stated.high + 0.49)
    assert not zinc.met(stated.high + 0.51)
    assert zinc.met(stated.low - 0.49)
    assert not zinc.met(stated.low - 0.51)
    assert zinc.deviation(stated.high + 0.5) == pytest.approx(1)


def test_a_threshold_is_met_within_50_millivolts():
    onset = BY_KEY["L008 turn-on voltage"]
    assert onset.met(1.65 + 0.049)
    assert not onset.met(1.65 + 0.051)
    assert onset.deviation(1.70) == pytest.approx(1)


def test_a_bound_is_met_on_its_side():
    longest = BY_KEY["L001 T95 at 1000 cd/m2"]
    bound = published_value("L001").low
    assert longest.met(10 * bound)
    assert longest.deviation(10 * bound) == 0
    assert not longest.met(bound / 2)
    assert longest.deviation(bound / 2) == pytest.approx(-log(2) / log(1.5))


def test_a_statement_with_one_limit():
    falls = BY_KEY["S08 PL share left"]
    assert falls.device == "electron-only"
    assert falls.met(0.1)
    assert falls.deviation(0.1) == 0
    assert not falls.met(0.9)
    assert falls.deviation(0.9) > 0


@pytest.mark.parametrize("one", tolerances(), ids=lambda one: one.key)
def test_a_changed_limit_is_in_use_and_its_verdicts_were_so(one):
    target = BY_KEY[one.key]
    assert (target.low, target.high) == pytest.approx(one.new, nan_ok=True)
    assert one.old != one.new
    for (low, high), verdict in ((one.old, one.old_verdict), (one.new, one.new_verdict)):
        own = replace(target, low=low, high=high)
        assert verdict == ("met" if own.met(one.modelled) else "MISSED")
    assert len(one.reason) > 15


def test_a_number_whose_limit_was_changed_keeps_its_centre():
    onset = BY_KEY["L029 onset of reversible PL drop"]
    assert onset.centre == published_value("L029").value
    assert onset.deviation(onset.high) == pytest.approx(1)


def test_nothing_to_read_is_never_met():
    for one in targets():
        assert not one.met(nan)
        assert isnan(one.deviation(nan))


def test_every_statement_says_where_the_paper_says_it():
    for row in data_rows("statements.csv"):
        assert row["reading"] in READINGS
        assert row["low"] or row["high"]
        for id in filter(None, row["source"].split(";")):
            assert published_value(id)
        assert row["source"] or row["origin"] != "paper"


def test_a_device_that_cannot_carry_the_current_gives_no_number():
    from qdlib.paper.protocols import Laboratory

    blocked = Laboratory({"PVK.valence_edge": 9.0, "PVK.hole_mobility": 1e-15})
    assert isnan(BY_KEY["S11 PL share left"].measure(blocked))


def test_samples_are_the_rows_own():
    assert BY_KEY["L140 peak EQE"].sample == Sample("CdSe/CdZnSe/CdZnS", "TOP")
