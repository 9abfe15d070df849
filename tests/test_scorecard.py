"""The kept scores are the model's, and the tally counts no number twice."""

from math import isnan

import pytest

from qdlib.paper import scorecard
from qdlib.paper.scorecard import used
from qdlib.paper.scores import kept
from qdlib.paper.targets import targets


@pytest.mark.parametrize("target", targets(), ids=lambda one: one.key)
def test_kept_scores_are_what_the_model_gives(target):
    """Pages show kept scores; this is what makes them honest."""
    kept, now = scorecard.kept_score(target), scorecard.score(target)
    if isnan(now.modelled):
        assert isnan(kept.modelled)
    else:
        assert kept.modelled == pytest.approx(now.modelled, rel=2e-3, abs=1e-3)
    assert kept.met == now.met


def test_every_target_is_kept_and_nothing_else():
    """Else a page has to measure what is new as it opens: make scores."""
    assert set(kept()) == {one.key for one in targets()}


def test_nothing_that_was_met_is_lost():
    assert scorecard.lost() == []


@pytest.mark.proof
def test_a_lost_target_is_reported(monkeypatch):
    """With no reduction at all, cadmium no longer goes dark."""
    from qdlib.paper.protocols import Laboratory

    inert = Laboratory({"redox.rate_constant": 0.0})
    monkeypatch.setattr(scorecard, "laboratory", lambda: inert)
    scorecard.score.cache_clear()
    try:
        lost = scorecard.lost()
    finally:
        monkeypatch.undo()
        scorecard.score.cache_clear()
    assert "L104 peak EQE" in lost
    assert "S08 PL share left" in lost
    assert "L122 peak EQE" not in lost


def test_what_repeats_a_used_number_counts_as_used():
    by_key = {one.target.key: one for one in scorecard.scores(measure=scorecard.kept_score)}
    assert all(by_key[key].used for key in used())
    assert by_key["L010 peak EQE"].used  # the text's copy of Table 1's amine row
    assert by_key["L017 voltage gap"].used  # from two used thresholds
    assert by_key["L145 peak IQE"].used
    assert not by_key["L113 peak EQE"].used  # magnesium
    assert not by_key["L128 peak EQE"].used


def test_derived_numbers_are_not_counted():
    met, count = scorecard.tally(measure=scorecard.kept_score)
    kinds = [one.kind for one in targets()]
    assert count == kinds.count("stated") + kinds.count("statement")
    assert 0 < met < count


def test_the_text_ends_no_line_without_a_verdict():
    lines = scorecard.text("1e").splitlines()
    assert len(lines) == len([one for one in targets() if "1e" in one.panel.split(";")])
    assert all(line.endswith((" met", " MISSED")) for line in lines)


def test_the_table_can_be_downloaded():
    table = scorecard.table()
    assert len(table) == len(targets())
    assert set(table["role"]) == {"used", "predicted"}
