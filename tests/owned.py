"""What each panel of a page of ours promises: test_convergence.py and test_predictions.py ask."""

import re

import numpy as np
import pandas as pd


def shows_what_it_draws(panel):
    """Each trace has something to see within its axes, in words and in a table too."""
    assert panel.kind == "own"
    drawn = panel.drawing.series(panel.first)
    assert drawn.keys() == {trace["name"] for trace in panel.drawing.figure()["data"]}
    for axes in panel.drawing.axes:
        for one in axes.traces:
            x, y = (np.array(part, float) for part in drawn[f"{axes.key}/{one.name}"])
            inside = (x >= axes.x.low) & (x <= axes.x.high) & (y <= axes.y.high)
            assert inside.any(), f"nothing to see of {one.name}"
    assert not re.search(r"\bnan\b", panel.say())
    assert len(pd.DataFrame(panel.drawing.table(panel.first))) > 1


def follows_its_controls(panel):
    """Each control moves what is said, at one of its ends."""
    before = panel.say()
    for control in panel.controls:
        ends = {control.minimum, control.maximum} - {control.default}
        said = [panel.drawing.say(panel(**{control.name: end})) for end in ends]
        assert any(one != before for one in said), f"{control.name} moves nothing"
