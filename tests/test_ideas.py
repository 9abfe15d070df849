"""The table of ideas: that it is of the model in use, and that each idea is an option."""

import ideas
import pytest
from ideas import ALL, COLUMNS, IDEAS

from qdlib.data import data_rows
from qdlib.paper.protocols import Laboratory, Sample
from qdlib.paper.scorecard import kept_score, tally
from qdlib.parameters import parameters, reader

ROWS = {row["idea"]: row for row in data_rows("calibration/ideas.csv")}


def test_every_idea_has_its_row_in_order():
    assert list(ROWS) == [one.name for one in (*IDEAS, ALL)]
    for row in ROWS.values():
        assert tuple(row) == COLUMNS
        assert row["remark"].endswith(".")


@pytest.mark.parametrize("idea", (*IDEAS, ALL), ids=lambda one: one.name)
def test_an_idea_is_on_or_off_as_the_table_says(idea):
    assert ROWS[idea.name]["verdict"] == idea.verdict
    other, same = (idea.off, idea.on) if idea.adopted else (idea.on, {})
    assert other or idea.alter is not ideas.unaltered
    value = reader()
    for key, stands in other.items():
        owner, _, name = key.rpartition(".")
        assert value(owner, name, "CdSe/CdS") != stands
    assert not same


def test_the_table_is_of_the_model_in_use():
    """Run `python tools/ideas.py --anew` where it is not: targets or parameters have changed."""
    standing = tally(measure=kept_score)[0]
    for row in ROWS.values():
        assert int(row["met_with" if row["verdict"] == "adopted" else "met_without"]) == standing


def test_an_altered_laboratory_alters_its_devices_only():
    sample = Sample("CdSe/CdS", "Mg(RCOO)2")
    altered = ideas.Altered({}, ideas._cadmium_under_magnesium)
    plain = Laboratory()
    assert altered.device(sample).ligand.couple.metal == "Cd"
    assert altered.device(sample).dot.reducible_sites == pytest.approx(
        0.01 * plain.device(sample).dot.reducible_sites
    )
    assert altered.device(Sample()) == plain.device(Sample())


def test_chi2_has_no_prior_of_what_an_idea_sets(monkeypatch):
    """A parameter far from its prior's centre adds that distance squared, unless it is set."""
    monkeypatch.setattr(ideas, "deviations", lambda lab, chosen: ideas.np.array([2.0]))
    key = "optics.stark_field"
    far = Laboratory({key: parameters()[key].high})
    assert ideas.chi2(far, (key,)) < ideas.chi2(far)
    assert ideas.chi2(far) - ideas.chi2(far, (key,)) == pytest.approx(4)  # two quarters of a range
