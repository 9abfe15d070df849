"""The page of convergence: what it says of orders and errors, and that it would see a wrong one."""

import numpy as np
import pytest
from lessons import lesson
from owned import follows_its_controls, shows_what_it_draws

from qdlib import red_qled, zinc_carboxylate
from qdlib.figures.convergence import COUNTS, Refined, in_classes
from qdlib.physics import reduction

PANELS = {panel.name: panel for panel in lesson("convergence").panels}


@pytest.mark.parametrize("panel", PANELS.values(), ids=PANELS)
def test_each_panel_is_drawn_told_and_moved_by_its_controls(panel):
    shows_what_it_draws(panel)
    follows_its_controls(panel)


@pytest.mark.parametrize("name", ["Mesh", "Instants"])
def test_mesh_and_instants_are_of_second_order(name):
    for one in PANELS[name].first.values():
        assert one.order == pytest.approx(2, abs=0.15)
        assert (np.diff(one.errors) < 0).all()


def test_the_errors_of_the_defaults_are_small():
    """As the notebook's text has them; a mesh within the 1 % that the transport's tests ask for."""
    errors = {
        name: max(one.error for one in panel.first.values()) for name, panel in PANELS.items()
    }
    assert errors["Mesh"] < 0.01
    assert errors["Instants"] < 1e-4
    assert errors["Classes"] < 0.005


def test_the_order_is_that_of_the_errors():
    steps = (4.0, 2.0, 1.0, 0.5, 0.0)
    for order in (1, 2, 3):
        values = np.array([[7 + 0.1 * step**order] for step in steps])
        one = Refined(steps, values, 1.0, "#000000")
        assert one.order == pytest.approx(order)
        assert one.error == pytest.approx(0.1 / 7)


def test_so_many_classes_as_there_are_give_what_an_instant_gives():
    device, times = red_qled(zinc_carboxylate()), np.array([10.0])
    own = in_classes(device, 0.1, times).values[COUNTS.index(reduction.CLASSES)]
    theta = reduction.reduce_sites(device.class_factors, 0.1 * times)
    assert own == pytest.approx(reduction.mean_reduced(theta))
