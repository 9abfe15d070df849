"""The paper's protocols, and lifetimes against closed forms."""

import numpy as np
import pytest

from qdlib import lifetime_test, red_qled
from qdlib.device.experiment import KEPT, sweep
from qdlib.device.run import LUMINANCE_FLOOR
from qdlib.errors import InputError
from qdlib.paper.protocols import DRIVES, Laboratory, Sample
from qdlib.paper.published import published_value
from qdlib.paper.readings import READINGS
from qdlib.parameters import BLUE

AMINE = Sample(ligand="RNH2")
LAB = Laboratory()


def test_an_inert_device_fades_by_wear_alone():
    test = LAB.lifetime_test(AMINE)
    assert test.lifetime(0.5) == pytest.approx(test.wear.lifetime(0.5), rel=0.01)
    assert test.lifetime(0.95) == pytest.approx(test.wear.lifetime(0.95), rel=0.02)
    assert test.relative_luminance[0] == 1


def test_lifetimes_are_converted_by_the_acceleration_factor():
    test = LAB.lifetime_test(AMINE)
    n = published_value("L014").value
    expected = test.lifetime() * (test.initial_luminance / 100) ** n
    assert test.lifetime_at(100) == pytest.approx(expected)


def test_reduction_shortens_a_life():
    cadmium, amine = (LAB.lifetime_test(one) for one in (Sample(), AMINE))
    assert cadmium.lifetime() < 0.1 * amine.lifetime()
    assert cadmium.initial_luminance < amine.initial_luminance


@pytest.mark.parametrize(("kind", "structure"), DRIVES)
def test_drives_are_the_captions(kind, structure):
    stated = published_value(DRIVES[kind, structure])
    ligand = "RNH2"
    run = LAB.drive(Sample(structure, ligand), kind, 1e-3)
    np.testing.assert_allclose(run.current_density, 10 * stated.value, rtol=1e-3)
    assert structure in stated.sample.split(";")


def test_blue_devices_are_thinner():
    for kind in ("QLED", "electron-only", "hole-only"):
        layers = {
            one.name: round(one.thickness * 1e9)
            for one in LAB.device(Sample(BLUE, "RNH2"), kind).stack.layers
        }
        assert layers["dots"] == published_value("L094").value
        assert layers.get("ZnMgO", 50) == published_value("L095").value


def test_a_sample_can_be_moved():
    device = LAB.device(Sample(fraction=0.5, potential=-0.9, film_yield=0.3))
    assert device.ligand.fraction == 0.5
    assert device.ligand.couple.standard_potential == -0.9
    assert device.dot.film_yield == 0.3
    with pytest.raises(InputError, match="fraction"):
        LAB.device(Sample(fraction=1.2))


def test_what_was_run_is_kept_and_not_for_ever():
    first = Laboratory().sweep(AMINE)
    assert Laboratory().sweep(AMINE) is first
    for k in range(KEPT):
        sweep(LAB.device(AMINE), 0.0, 0.05 + 1e-3 * k, 0.05 + 1e-3 * k)
    assert Laboratory().sweep(AMINE) is not first


def test_changes_reach_the_protocols():
    slow = Laboratory({"sweep.dwell": 10.0}).sweep(AMINE)
    assert slow.duration[0] == 10
    late = Laboratory({"lifetime test.first_reading": 5.0}).lifetime_test(AMINE)
    assert late.first_reading == 5


def test_the_floor_of_light_moves_the_reading_and_nothing_else():
    """Where light has risen tenfold in an exponential flank, the bias has by kT ln 10 or more."""
    low, high = (Laboratory({"reading.luminance_floor": floor}) for floor in (0.1, 1.0))
    read = READINGS["turn-on voltage"]
    later = read(high, AMINE, "QLED") - read(low, AMINE, "QLED")
    assert 0.95 * 0.0254 * np.log(10) < later < 0.12
    gaps = [READINGS["voltage gap"](lab, AMINE, "QLED") for lab in (low, high)]
    assert gaps[1] - gaps[0] == pytest.approx(later)
    np.testing.assert_array_equal(low.sweep(AMINE).luminance, high.sweep(AMINE).luminance)
    stands = Laboratory({"reading.luminance_floor": LUMINANCE_FLOOR})
    assert read(stands, AMINE, "QLED") == LAB.sweep(AMINE).turn_on_voltage


def test_a_sweep_before_the_test_takes_what_would_fade_at_once():
    virgin, swept = (
        Laboratory({"lifetime test.sweep_first": first}).lifetime_test(Sample())
        for first in (0.0, 1.0)
    )
    np.testing.assert_allclose(swept.run.time, virgin.run.time)
    assert swept.run.reduced_sites_per_dot[0] > 10 * virgin.run.reduced_sites_per_dot[0]
    assert swept.initial_luminance < virgin.initial_luminance
    assert swept.lifetime() > virgin.lifetime()


def test_a_sweep_before_the_test_is_nothing_to_an_inert_diode():
    virgin, swept = (
        Laboratory({"lifetime test.sweep_first": first}).lifetime_test(AMINE)
        for first in (0.0, 1.0)
    )
    assert swept.lifetime() == pytest.approx(virgin.lifetime(), rel=1e-3)


def test_smaller_dots_lie_closer_and_carry_fewer_sites():
    """As much of the film is dots; sites go by area, electrons on a level by the dot."""
    zinc = Sample("CdSe/CdS/ZnS", "Zn(RCOO)2")
    big, small = (
        Laboratory({f"{zinc.structure}.diameter": size}).device(zinc) for size in (1e-8, 5e-9)
    )
    assert small.dot.number_density == pytest.approx(8 * big.dot.number_density)
    assert small.dot.reducible_sites == pytest.approx(big.dot.reducible_sites / 4)
    states = [next(k for k in one.stack.layers if k.name == "dots") for one in (big, small)]
    per_dot = [
        layer.conduction_states / one.dot.number_density
        for layer, one in zip(states, (big, small), strict=True)
    ]
    assert per_dot[0] == pytest.approx(per_dot[1])
    own = {f"{zinc.structure}.diameter": 5e-9, f"{zinc.structure}.reducible_sites": 300.0}
    assert Laboratory(own).device(zinc).dot.reducible_sites == 300


@pytest.mark.parametrize(
    ("act", "told"),
    [
        (lambda: red_qled("Cd(RCOO)2"), "ligand = 'Cd.RCOO.2' .* a Ligand"),
        (lambda: red_qled(changes={"redox.rate_constant": "5"}), "redox.rate_constant = '5'"),
        (lambda: lifetime_test(red_qled(), hours=1e-6), "hours = 1e-06 .* the first reading"),
        (lambda: lifetime_test(red_qled(), hours=1).lifetime(2), "share = 2"),
    ],
)
def test_what_makes_no_sense_is_named(act, told):
    with pytest.raises(InputError, match=told):
        act()
