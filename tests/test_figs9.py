"""Fig. S9c: what the fit finds of the law that went into the simulated diodes."""

import pytest
from lessons import lesson

from qdlib.constants import HOUR
from qdlib.paper.published import published_value


def law(acceleration, follows, target, scatter):
    """What panel S9c shows."""
    panel = next(one for one in lesson("figure_S9").panels if one.name == "S9c")
    return panel(acceleration=acceleration, follows=follows, target=target, scatter=scatter)


def test_wear_that_follows_the_light_obeys_the_law():
    shown = law(1.88, "light", 100.0, scatter=0.0)
    assert shown.fit.acceleration == pytest.approx(1.88)
    assert shown.fit.error == pytest.approx(0, abs=1e-9)


def test_wear_that_follows_the_current_looks_faster_where_efficiency_falls():
    """Luminance grows more slowly than the current, so the exponent against it is larger."""
    assert law(1.88, "current", 100.0, scatter=0.0).fit.acceleration > 1.88


def test_scatter_leaves_the_law_within_its_errors():
    fit = law(1.88, "light", 100.0, scatter=0.1).fit
    assert fit.acceleration == pytest.approx(1.88, abs=3 * fit.error)
    assert 0.02 < fit.scatter < 0.3


def test_published_lifetime_converts_as_the_ledger_says():
    shown = law(published_value("L091").value, "light", 100.0, 0.1)
    assert shown.converted / HOUR == pytest.approx(published_value("L092").value, abs=1)
