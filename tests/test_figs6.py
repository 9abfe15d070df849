"""Figure S6: a concentration read off a calibration line, and the diodes of the washed series."""

import numpy as np
import pytest
from lessons import lesson

from qdlib.paper.setups import calibrated_digest

PANELS = {panel.name: panel for panel in lesson("figure_S6").panels}


@pytest.mark.proof
@pytest.mark.parametrize("fraction", [0.15, 0.6])
def test_readings_scatter_by_their_error(fraction):
    """Of 400 repetitions; slope and intercept go against each other, so it is no more than that."""
    digests = [calibrated_digest(fraction, seed=seed) for seed in range(400)]
    off = [(one.acid - one.true_acid) / one.error for one in digests]
    assert abs(np.mean(off)) < 4 / np.sqrt(len(off))
    assert 0.75 < np.std(off) < 1.1


def test_more_and_closer_standards_know_better():
    few = calibrated_digest(0.15, standards=3)
    assert len(few.standards) == 3
    assert calibrated_digest(0.15, standards=20).error < few.error
    assert calibrated_digest(0.15, highest=4.0).standards[-1] == 4.0


def test_the_band_is_as_high_as_the_share_that_is_left():
    panel = PANELS["S6b"]
    drawn = panel.drawing.series(panel(fraction=0.5))
    x, whole = drawn["S6b/100 %"]
    assert x[np.argmax(whole)] == pytest.approx(1710, abs=2)
    assert max(drawn["S6b/moved"][1]) == pytest.approx(0.5 * max(whole))
    assert "50.0 %" in panel.drawing.say(panel(fraction=0.5))


def test_washing_brings_the_two_thresholds_together():
    runs = list(PANELS["S6c"].first.values())
    assert len(runs) == 5
    assert np.all(np.diff([run.current_threshold for run in runs]) > 0)
    assert np.all(np.diff([run.turn_on_voltage for run in runs]) < 0)


def test_below_the_plateau_nothing_changes():
    panel = PANELS["S6d"]
    washed, bare = (panel(fraction=left)["Cd(RCOO)₂"].peak_eqe for left in (0.15, 0.0))
    assert washed == bare > panel(fraction=0.2)["Cd(RCOO)₂"].peak_eqe
