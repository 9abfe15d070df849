"""The wash against closed forms: a bath of free salt, one kind of site, both balances."""

import numpy as np
import pytest

from qdlib.errors import InputError
from qdlib.paper.published import published_value
from qdlib.paper.setups import wash
from qdlib.physics.isotherm import residual_fraction

PLATEAU = published_value("L055").value / 100
K, BATH = 1e-4, 100.0  # [m3/mol, mol/m3]


def one_kind(**changes):
    """One kind of site without a plateau, so dilute that the bath of free salt stays as it is."""
    held = {"weak_constant": K, "weak_share": 1.0, "tight_fraction": 0.0}
    return wash(**(held | {"site_concentration": 1e-6, "free_salt": BATH} | changes))


def test_no_amine_takes_nothing_off():
    assert residual_fraction(0.0, wash()) == 1.0
    assert residual_fraction(0.0, one_kind(free_salt=0.0)) == 1.0


def test_much_amine_leaves_the_plateau():
    """At the neat amines, 4.24 mol/L, within a few per cent of the 15 %."""
    neat = published_value("L064").value * 1e3
    assert residual_fraction(neat, wash()) == pytest.approx(PLATEAU, abs=0.03)
    assert residual_fraction(1e5, wash()) == pytest.approx(PLATEAU, abs=1e-3)


def test_half_is_off_at_the_root_of_salt_over_constant():
    assert residual_fraction(np.sqrt(BATH / K), one_kind()) == pytest.approx(0.5, rel=1e-6)


def test_hill_slope_is_two_in_a_bath_of_salt():
    amine = np.geomspace(1, 1e5, 40)
    off = 1 - residual_fraction(amine, one_kind())
    hill = np.gradient(np.log(off / (1 - off)), np.log(amine))
    np.testing.assert_allclose(hill, 2, rtol=1e-4)
    np.testing.assert_allclose(off, K * amine**2 / (BATH + K * amine**2), rtol=1e-6)


def test_two_kinds_and_the_plateau_add_up():
    amine, weak, strong = np.linspace(0, 4e3, 30), 1e-3, 1e-5
    held = one_kind(weak_constant=weak, strong_constant=strong, weak_share=0.3, tight_fraction=0.15)
    kinds = (BATH / (BATH + k * amine**2) for k in (weak, strong))
    expected = 0.15 + 0.85 * sum(w * left for w, left in zip((0.3, 0.7), kinds, strict=True))
    np.testing.assert_allclose(residual_fraction(amine, held), expected, rtol=1e-6)


def test_displaced_salt_holds_itself_back():
    """Of one kind without free salt, in much amine: N f^2/(1 - f) = K a^2; slope 1 at the foot."""
    total = 0.1
    amine = np.geomspace(100, 1e4, 20)
    off = 1 - residual_fraction(amine, one_kind(site_concentration=total, free_salt=0.0))
    pull = K * (amine - 2 * total * off) ** 2 / total
    np.testing.assert_allclose(off, (np.sqrt(pull**2 + 4 * pull) - pull) / 2, rtol=1e-9)
    few = 1 - residual_fraction([0.1, 0.2], one_kind(site_concentration=1e4, free_salt=0.0))
    assert few[1] / few[0] == pytest.approx(2, rel=0.01)


def test_no_more_salt_comes_off_than_there_is_amine_for():
    """A constant beyond measure: every pair of amines takes one salt."""
    held = one_kind(weak_constant=1e9, site_concentration=100.0, free_salt=0.0)
    off = 1 - residual_fraction([20.0, 100.0, 180.0], held)
    np.testing.assert_allclose(off, [0.1, 0.5, 0.9], rtol=1e-3)


def test_dilution_takes_more_off():
    left = [residual_fraction(500.0, wash(site_concentration=n)) for n in (50.0, 5.0, 0.5)]
    assert (np.diff(left) < -0.05).all()


def test_more_amine_leaves_less():
    left = residual_fraction(np.linspace(0, 4240, 60), wash())
    assert (np.diff(left) < 0).all()
    assert left.shape == (60,)
    assert residual_fraction(np.ones((2, 3)), wash()).shape == (2, 3)


@pytest.mark.parametrize("amine", [-1.0, np.nan, [0.0, 1e6]])
def test_bad_amine_is_named(amine):
    with pytest.raises(InputError, match="amine_concentration"):
        residual_fraction(amine, wash())


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("weak_constant", 0),
        ("strong_constant", -1),
        ("weak_share", 1.2),
        ("tight_fraction", 1),
        ("site_concentration", 0),
        ("free_salt", -1),
        ("size", 1),
    ],
)
def test_bad_wash_is_named(name, value):
    with pytest.raises(InputError, match=name):
        wash(**{name: value})
