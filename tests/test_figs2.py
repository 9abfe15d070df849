"""Figure S2 as a tool: who is reduced by the electrons of a dot."""

import numpy as np
import pytest

from qdlib.constants import HOUR
from qdlib.data import data_rows
from qdlib.figures.figs2 import COUPLES, STATED, reduced_sites, verdict
from qdlib.paper.samples import couple
from qdlib.parameters import parameters

CD, ZN, MG = (couple(metal) for metal in ("Cd", "Zn", "Mg"))


def test_metals_are_judged_as_the_paper_has_them():
    """Cadmium and zinc are reduced, cadmium the faster; magnesium is not."""
    cadmium, zinc, magnesium = (verdict(one, STATED) for one in (CD, ZN, MG))
    assert cadmium.reducible and zinc.reducible and not magnesium.reducible
    assert cadmium.rate > zinc.rate > 1e6 * magnesium.rate


def test_a_level_raised_by_as_much_as_the_potential_changes_nothing():
    shift = ZN.standard_potential - CD.standard_potential
    assert verdict(ZN, STATED + shift).rate == pytest.approx(verdict(CD, STATED).rate)


def test_sites_grow_with_the_product_of_electrons_and_time():
    few = reduced_sites(CD, STATED, 1e-3, np.array([1.0, HOUR]))
    np.testing.assert_allclose(few[1], reduced_sites(CD, STATED, 1.0, np.array([3.6]))[0])
    assert few[0] < few[1] < parameters()["CdSe/CdS.reducible_sites"].value


def test_every_couple_of_the_table_can_be_chosen():
    assert len(COUPLES) == len(data_rows("potentials.csv"))
    assert COUPLES["Cd²⁺/Cd"] == CD


def test_cadmium_lies_slightly_below_the_conduction_edges():
    """The paper: slightly below the conduction bands of bulk CdSe and CdS."""
    depth = 4.44 + CD.standard_potential
    for crystal in ("CdSe", "CdS"):
        assert 0 < depth - parameters()[f"bulk {crystal}.conduction_edge"].value < 0.3
