"""The paper's protocols, and lifetimes against closed forms."""

import numpy as np
import pytest

from qdlib.device.experiment import KEPT, sweep
from qdlib.errors import InputError
from qdlib.paper.protocols import DRIVES, Laboratory, Sample
from qdlib.paper.published import published_value
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
