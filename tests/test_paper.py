"""The presets: where their numbers come from, and that they are the paper's devices."""

import re

import pytest

from qdlib import amine, blue_qled, electron_only, hole_only, published_value, red_qled
from qdlib.paper import samples as paper
from qdlib.parameters import parameters

ORIGINS = {"paper", "literature", "assumption", "calibrated"}
PARAMETERS = parameters()
SCALE = {"nm": 1e-9, "%": 0.01}  # of the ledger's units against SI


@pytest.mark.parametrize("row", PARAMETERS.values(), ids=PARAMETERS)
def test_every_parameter_says_where_it_comes_from(row):
    assert row.origin in ORIGINS
    assert row.source
    if row.origin != "paper":
        assert row.low is not None, "a number that the paper does not state has a spread"
    if row.low is not None:
        assert row.low <= row.value <= row.high


@pytest.mark.parametrize(
    "row", [row for row in PARAMETERS.values() if re.fullmatch(r"L\d{3}", row.source)],
    ids=lambda row: f"{row.owner}.{row.name}",
)  # fmt: skip
def test_what_the_paper_states_is_what_the_ledger_has(row):
    stated = published_value(row.source)
    assert row.value == pytest.approx(stated.value * SCALE.get(stated.unit, 1.0))


def test_stacks_are_the_captions():
    def layers(device):
        return [(layer.name, round(layer.thickness * 1e9)) for layer in device.stack.layers]

    red = [("poly-TPD", 30), ("PVK", 5), ("dots", 40), ("ZnMgO", 60)]
    assert layers(red_qled()) == red
    assert layers(electron_only()) == [("TPBi", 25), ("dots", 40), ("ZnMgO", 60)]
    assert layers(hole_only()) == [*red[:3], ("CBP", 25)]
    assert layers(blue_qled()) == [*red[:2], ("dots", 20), ("ZnMgO", 50)]


def test_ten_nanometre_dots():
    """Slip 1 of the paper: the shell adds 7 nm to the diameter of a 3 nm core."""
    core, shell = (published_value(id).value for id in ("L004", "L005"))
    assert red_qled().dot.diameter == pytest.approx((core + shell) * 1e-9)


def test_reducible_sites_are_counted_on_the_dot():
    """4.5 carboxylates per nm2, 85 % of them removable, two to a metal atom: the prior's middle."""
    area = 3.14159 * (red_qled().dot.diameter * 1e9) ** 2
    counted = 4.5 * area * 0.85 / 2
    sites = PARAMETERS["CdSe/CdS.reducible_sites"]
    assert (sites.low + sites.high) / 2 == pytest.approx(counted, rel=0.02)
    assert red_qled().dot.reducible_sites == pytest.approx(counted, rel=0.25)


def test_film_yields_are_the_samples_own():
    assert red_qled(amine()).dot.film_yield == 0.76
    assert red_qled(paper.magnesium_carboxylate()).dot.film_yield == 0.42
    assert blue_qled(amine()).dot.film_yield == 0.60


def test_any_parameter_can_be_moved():
    device = red_qled(changes={"redox.rate_constant": 7.0, "PVK.valence_edge": 5.7})
    assert device.redox.rate_constant == 7.0
    assert device.stack.layers[1].valence_edge == 5.7
    assert red_qled().redox.rate_constant != 7.0
