"""Figure S2 as a tool: who is reduced by the electrons of a dot."""

import numpy as np
import pytest
from lessons import lesson

from qdlib import InputError, red_qled
from qdlib.constants import HOUR
from qdlib.data import data_rows
from qdlib.device.reducibility import reduced_sites, reducibility
from qdlib.figures.figs2 import STATED
from qdlib.paper.materials import COUPLES, SALTS, couple
from qdlib.parameters import parameters

DIODE = red_qled()
CD, ZN, MG = (couple(metal) for metal in ("Cd", "Zn", "Mg"))


def verdict(couple, level=STATED):
    return reducibility(DIODE.with_dot(level=level), {"it": couple}).verdicts["it"]


def test_metals_are_judged_as_the_paper_has_them():
    """Cadmium and zinc are reduced, cadmium the faster; magnesium is not."""
    cadmium, zinc, magnesium = map(verdict, (CD, ZN, MG))
    assert cadmium.reducible and zinc.reducible and not magnesium.reducible
    assert cadmium.rate > zinc.rate > 1e6 * magnesium.rate


def test_a_level_raised_by_as_much_as_the_potential_changes_nothing():
    shift = ZN.standard_potential - CD.standard_potential
    assert verdict(ZN, STATED + shift).rate == pytest.approx(verdict(CD).rate)


def test_sites_grow_with_the_product_of_electrons_and_time():
    few = reduced_sites(DIODE, CD, 1e-3, [1.0, HOUR])
    np.testing.assert_allclose(few[1], reduced_sites(DIODE, CD, 1.0, [3.6])[0])
    assert few[0] < few[1] < parameters()["CdSe/CdS.reducible_sites"].value


def test_a_verdict_is_a_point_of_both_curves():
    judged = reducibility(DIODE, {"Zn": ZN}, electrons=0.5, hours=0.3)
    zinc = judged.verdicts["Zn"]
    on_rates = np.interp(ZN.standard_potential, judged.potentials, np.log(judged.rates))
    assert np.exp(on_rates) == pytest.approx(zinc.rate, rel=0.02)  # points are 0.05 V apart
    assert np.interp(0.3 * HOUR, judged.times, zinc.growth) == pytest.approx(zinc.sites, rel=0.02)


@pytest.mark.parametrize("wrong", [{"electrons": -1.0}, {"hours": float("nan")}])
def test_bad_input_is_named(wrong):
    with pytest.raises(InputError) as error:
        reducibility(DIODE, {"Cd": CD}, **wrong)
    assert error.value.name in wrong


def test_every_couple_of_the_table_can_be_chosen():
    assert len(COUPLES) == len(data_rows("potentials.csv"))
    assert COUPLES["Cd²⁺/Cd"] == CD
    (panel,) = lesson("figure_S2").panels
    assert panel(couple="Ag⁺/Ag").verdicts["chosen"].couple == COUPLES["Ag⁺/Ag"]
    assert "Ag⁺/Ag (0.80 V)" in panel.drawing.say(panel(couple="Ag⁺/Ag"))


def test_each_metal_of_a_listed_salt_has_its_column():
    (panel,) = lesson("figure_S2").panels
    assert list(panel.first.verdicts) == [*SALTS, "chosen"]
    ticks = panel.drawing.figure()["layout"]["xaxis"]["ticktext"]
    assert ticks[-1 - len(SALTS) :] == [*(f"{metal}²⁺" for metal in SALTS), "chosen"]


def test_cadmium_lies_slightly_below_the_conduction_edges():
    """The paper: slightly below the conduction bands of bulk CdSe and CdS."""
    depth = 4.44 + CD.standard_potential
    for crystal in ("CdSe", "CdS"):
        assert 0 < depth - parameters()[f"bulk {crystal}.conduction_edge"].value < 0.3
