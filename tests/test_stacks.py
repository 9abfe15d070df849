"""A reader's own stack, as a file and as moved parameters."""

import pytest

from qdlib import InputError, parameters
from qdlib.owndata.fitting import device
from qdlib.owndata.stacks import cells, checked, from_toml, to_toml
from qdlib.paper.materials import STRUCTURES
from qdlib.paper.protocols import Sample
from qdlib.parameters import BLUE, CORE_SHELL

RED = Sample()


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_papers_stack_comes_back_from_its_file_unmoved(structure):
    found = from_toml(to_toml({}, structure).encode(), structure)
    assert found.keys() == {cell.key for cell in cells(structure)}
    assert checked(found, Sample(structure, "Zn(RCOO)2")) == {}


def test_a_file_moves_the_layers_of_a_diode():
    text = '["PVK"]\nthickness_nm = 12\nhole_mobility_cm2_per_Vs = 2e-5\n["ZnMgO"]\nthickness_nm=45'
    moved = checked(from_toml(text.encode(), CORE_SHELL), RED)
    layers = {layer.name: layer for layer in device(RED, moved).stack.layers}
    assert layers["PVK"].thickness == pytest.approx(12e-9)
    assert layers["PVK"].hole_mobility == pytest.approx(2e-9)
    assert layers["ZnMgO"].thickness == pytest.approx(45e-9)
    assert layers["poly-TPD"].thickness == parameters()["poly-TPD.thickness"].value
    assert from_toml(to_toml(moved, CORE_SHELL).encode(), CORE_SHELL).items() >= moved.items()


def test_a_blue_diode_has_its_own_thicknesses():
    sample = Sample(BLUE, "Zn(RCOO)2")
    moved = from_toml(b'["dots"]\nthickness_nm = 25', BLUE)
    (dots,) = [one for one in device(sample, moved).stack.layers if one.name == "dots"]
    assert dots.thickness == pytest.approx(25e-9)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[PVK", "TOML"),
        ("[silver]\nthickness_nm = 1", "'silver'.*poly-TPD"),
        ("PVK = 3", "as a table"),
        ('["PVK"]\nthickness = 3', "'thickness'.*thickness_nm"),
        ('["PVK"]\nthickness_nm = "3"', "PVK: thickness_nm = '3'"),
        ('["PVK"]\nthickness_nm = true', "number"),
        ('["PVK"]\nthickness_nm = -3', "PVK: thickness"),
        ('["PVK"]\nvalence_edge_eV = nan', "PVK: valence_edge"),
        ('["PVK"]\nvalence_edge_eV = 1', "PVK: valence_edge = 1.0.*deeper"),
        ("# " + "x" * 100_000, "at most"),
    ],
)
def test_what_makes_no_diode_is_refused_by_layer_and_property(text, told):
    with pytest.raises(InputError, match=told):
        checked(from_toml(text.encode(), CORE_SHELL), RED)
