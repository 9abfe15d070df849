"""The kept scores are the model's, and the tally counts no number twice."""

from math import isnan

import pytest

from qdlib.paper import scorecard
from qdlib.paper.classes import CLASSES, INDEPENDENT
from qdlib.paper.scores import conventions, kept, sensitivities, sensitivity
from qdlib.paper.targets import targets

BY_KEY = {one.key: one for one in targets()}
FIRST_READING = "lifetime test.first_reading"


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


def test_derived_numbers_are_not_counted():
    met, count = scorecard.tally(measure=scorecard.kept_score)
    kinds = [one.kind for one in targets()]
    assert count == kinds.count("stated") + kinds.count("statement")
    assert 0 < met < count
    of_classes = [scorecard.tally(measure=scorecard.kept_score, role=role)[1] for role in CLASSES]
    assert sum(of_classes) == count


def test_the_command_ends_with_what_was_predicted_and_then_the_rest(monkeypatch, capsys):
    monkeypatch.setattr(scorecard, "score", scorecard.kept_score)  # all anew take ten seconds
    monkeypatch.setattr(scorecard, "scores", lambda *_, measure=None: _kept())
    scorecard.main()
    lines = capsys.readouterr().out.splitlines()
    classes = [line for line in lines if ": met " in line][-4:]
    own = [one for one in _kept() if one.role == "predicted" and one.target.kind in INDEPENDENT]
    assert classes[0] == f"predicted: met {sum(one.met for one in own)} of {len(own)}"
    assert [line.partition(":")[0] for line in classes] == list(CLASSES)
    assert lines[-1] in (classes[-1], scorecard.by_convention(_kept()))


def _kept():
    return tuple(map(scorecard.kept_score, targets()))


def test_kept_conventions_are_what_the_model_gives():
    """Those of one sample's lifetime, both ends of which are read off the same hold."""
    found = sensitivity(BY_KEY["L105 T50 at 100 cd/m2"], FIRST_READING)
    own = next(
        one for one in sensitivities()["L105 T50 at 100 cd/m2"] if one.parameter == FIRST_READING
    )
    assert own.settings == found.settings == conventions()[FIRST_READING]
    assert own.modelled == pytest.approx(found.modelled, rel=2e-3)
    assert own.modelled[1] == pytest.approx(kept()["L105 T50 at 100 cd/m2"], rel=2e-3)


def test_what_no_convention_moves_has_no_sensitivity():
    assert "L011 out-coupling efficiency" not in sensitivities()
    assert set(sensitivities()) <= BY_KEY.keys()
    low, own, high = sensitivity(BY_KEY["L122 peak EQE"], FIRST_READING).modelled
    assert low == own == high


def test_a_met_number_that_hangs_on_a_convention_says_so(monkeypatch):
    target = BY_KEY["L105 T50 at 100 cd/m2"]
    value = target.centre
    for ends, verdict in (((value, value), "met"), ((value, 100 * value), "met by convention")):
        own = scorecard.Score(target, value)
        moved = {target.key: (scores_of(ends[0], value, ends[1]),)}
        monkeypatch.setattr(scorecard, "sensitivities", lambda moved=moved: moved)
        assert own.verdict == verdict
        assert own.hangs == (verdict != "met")
        assert (target.id in scorecard.by_convention([own])) == own.hangs
    assert scorecard.Score(target, 1000 * value).verdict == "MISSED"


def scores_of(*modelled):
    from qdlib.paper.scores import Sensitivity

    return Sensitivity(FIRST_READING, (0.3, 1.0, 3.0), modelled)


def test_the_text_ends_no_line_without_a_verdict():
    lines = scorecard.text("1e").splitlines()
    assert len(lines) == len([one for one in targets() if "1e" in one.panel.split(";")])
    assert all(line.endswith((" met", " met by convention", " MISSED")) for line in lines)


def test_the_table_can_be_downloaded():
    table = scorecard.table()
    assert len(table) == len(targets())
    assert set(table["class"]) == set(CLASSES)
    assert (table["why"] != "").all()
