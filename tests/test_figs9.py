"""Fig. S9c: what the fit finds of the law that went into the simulated diodes."""

import numpy as np
import pytest
from lessons import lesson

from qdlib import amine, blue_qled
from qdlib.constants import HOUR
from qdlib.errors import InputError
from qdlib.paper.protocols import worn_diodes
from qdlib.paper.published import published_value, published_values


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
    shown = law(1.88, "light", 100.0, scatter=0.1)
    diodes, fit = shown.diodes, shown.fit
    assert fit.acceleration == pytest.approx(1.88, abs=3 * fit.error)
    assert 0.02 < np.std(np.log(diodes.lifetime / fit.lifetime(diodes.luminance))) < 0.3


def test_published_lifetime_converts_as_the_ledger_says():
    shown = law(published_value("L091").value, "light", 100.0, 0.1)
    assert shown.converted / HOUR == pytest.approx(published_value("L092").value, abs=1)


@pytest.mark.parametrize("currents", [[30.0, 100.0], [100.0, 30.0]])
def test_where_the_wear_is_known_current_and_light_are_the_same(currents):
    """At 100 mA/cm2, wherever it stands among the drives; below it they part company."""
    current, light = (
        worn_diodes(blue_qled(amine("Zn")), currents, 1.88, follows).lifetime
        for follows in ("current", "light")
    )
    same = np.array(currents) == 100
    np.testing.assert_allclose(current[same], light[same])
    assert (current[~same] > 1.1 * light[~same]).all()


def test_wear_follows_nothing_else():
    with pytest.raises(InputError, match="follows = 'heat'"):
        worn_diodes(blue_qled(amine("Zn")), [100.0], 1.88, "heat")


def test_quantum_yields_start_as_the_films_and_say_so():
    decay = next(one for one in lesson("figure_S9").panels if one.name == "S9b")
    for control, ligand in zip(decay.controls[1:3], ("Zn(RCOO)2", "RNH2"), strict=True):
        (film,) = published_values("S9b", quantity="film PLQY", ligand=ligand)
        assert control.default == film.value / 100
        assert film.text in control.help
