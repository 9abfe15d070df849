"""A reader's own stack, as a file and as moved parameters."""

from dataclasses import replace

import numpy as np
import pytest

from qdlib import InputError, parameters, sweep
from qdlib.owndata.fitting import FRACTION, device, fit, free_parameters, unknown
from qdlib.owndata.layers import (
    BOTH,
    Placed,
    added,
    contacts,
    listed,
    made_of,
    removed,
    require_layers,
    shifted,
    usual,
)
from qdlib.owndata.measurement import Measurement
from qdlib.owndata.stacks import OwnStack, cells, checked, from_toml, to_toml
from qdlib.paper.cavity import cavity_of, tabulated
from qdlib.paper.materials import STRUCTURES
from qdlib.paper.protocols import DEVICES, Sample
from qdlib.parameters import BLUE, CORE_SHELL
from qdlib.physics.outcoupling import OpticalLayer

RED = Sample()


@pytest.mark.parametrize("structure", STRUCTURES)
def test_the_papers_stack_comes_back_from_its_file_unmoved(structure):
    for kind in DEVICES:
        found = from_toml(to_toml(OwnStack(kind=kind), structure).encode(), structure)
        assert found.moved.keys() == {cell.key for cell in cells(structure, kind)}
        assert checked(found, Sample(structure, "Zn(RCOO)2")) == OwnStack(kind=kind)


def test_a_file_moves_the_layers_of_a_diode():
    text = '["PVK"]\nthickness_nm = 12\nhole_mobility_cm2_per_Vs = 2e-5\n["ZnMgO"]\nthickness_nm=45'
    own = checked(from_toml(text.encode(), CORE_SHELL), RED)
    moved = own.moved
    layers = {layer.name: layer for layer in device(RED, moved).stack.layers}
    assert layers["PVK"].thickness == pytest.approx(12e-9)
    assert layers["PVK"].hole_mobility == pytest.approx(2e-9)
    assert layers["ZnMgO"].thickness == pytest.approx(45e-9)
    assert layers["poly-TPD"].thickness == parameters()["poly-TPD.thickness"].value
    assert own.layers is None and own.kind == "QLED"
    assert checked(from_toml(to_toml(own, CORE_SHELL).encode(), CORE_SHELL), RED) == own


def test_a_blue_diode_has_its_own_thicknesses():
    sample = Sample(BLUE, "Zn(RCOO)2")
    moved = from_toml(b'["dots"]\nthickness_nm = 25', BLUE).moved
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
        ('device = "bulb"', "'bulb'.*hole-only"),
        ("device = []", r"device = \[\]"),
        ('layers = ["dots", "a"]\n[a]\nmaterial = [1]', "a: material"),
        ('layers = "PVK"', "a list of names"),
        ('layers = ["PVK", "ZnMgO"]', "dots: layer = 'removed'.*the light comes from it"),
        ('layers = ["dots", "dots"]', "'dots'.*nothing else has"),
        ('layers = ["dots", "TFB"]', "TFB: material = 'none given'.*poly-TPD"),
        ('layers = ["dots", "layers"]', "nothing else has"),
        ('layers = ["dots", "a"]\n[a]\nmaterial = "dots"', "a: material = 'dots'"),
        ('layers = ["dots", "a"]\n[a]\nmaterial = "PVK"\nthickness_nm = -1', "a: thickness"),
        ('layers = ["dots", "a"]\n[a]\nmaterial = "PVK"\nspin = 1', "property of a"),
        ('layers = ["dots"]\n["PVK"]\nthickness_nm = 5', "'PVK'.*`layers`"),
        (
            '["Ag on ZnMgO"]\nmaterial = "wood"',
            "Ag on ZnMgO: material = 'wood'.*Ag, PEDOT:PSS, ITO, Al, Au",
        ),
        ('["Ag on ZnMgO"]\nmaterial = "ITO"', "PEDOT:PSS and ITO.*of metal"),
        ('["PEDOT:PSS"]\nmaterial = "Al"', "Al and Ag.*light passes"),
        ('device = "electron-only"\n["ITO"]\nmaterial = "Al"', "Al and Ag.*light passes"),
        ('["PEDOT:PSS"]\nmaterial = "ITO"\nthickness_nm = 20', "property of PEDOT:PSS"),
        ('layers = ["dots", "PEDOT:PSS"]', "'PEDOT:PSS'.*nothing else has"),
        ("# " + "x" * 100_000, "at most"),
    ],
)
def test_what_makes_no_diode_is_refused_by_layer_and_property(text, told):
    with pytest.raises(InputError, match=told):
        checked(from_toml(text.encode(), CORE_SHELL), RED)


TFB = """
layers = ["poly-TPD", "TFB", "dots", "ZnMgO"]
["TFB"]
material = "PVK"
thickness_nm = 12
hole_mobility_cm2_per_Vs = 1e-3
states_1e18_per_cm3 = 200
"""


def test_a_file_adds_a_layer_and_leaves_one_out():
    own = checked(from_toml(TFB.encode(), CORE_SHELL), RED)
    made = device(RED, own.moved, own.kind, own.layers)
    assert [layer.name for layer in made.stack.layers] == ["poly-TPD", "TFB", "dots", "ZnMgO"]
    layer, paper = made.stack.layers[1], device(RED).stack.layers[1]
    assert layer.thickness == pytest.approx(12e-9) and layer.hole_mobility == pytest.approx(1e-7)
    assert layer.conduction_states == layer.valence_states == pytest.approx(2e26)
    assert layer.valence_edge == paper.valence_edge  # of the material, as not given
    assert checked(from_toml(to_toml(own, CORE_SHELL).encode(), CORE_SHELL), RED) == own


def test_any_name_comes_back_from_its_file():
    named = OwnStack(layers=added(usual(CORE_SHELL), "CBP", 'α.b "c" \\ [d]'))
    found = from_toml(to_toml(named, CORE_SHELL).encode(), CORE_SHELL)
    assert checked(found, RED) == named


def test_a_second_layer_of_one_material_is_that_layer_twice_as_thick():
    """To charges and to light, whichever way it is written."""
    twice = added(usual(CORE_SHELL), "PVK")
    twice = shifted(twice, "PVK 2", -2)
    assert [one.name for one in twice] == ["poly-TPD", "PVK", "PVK 2", "dots", "ZnMgO"]
    thick = device(RED, {"PVK.thickness": 2 * parameters()["PVK.thickness"].value})
    runs = [sweep(one, 0, 4) for one in (device(RED, layers=twice), thick)]
    for name in ("current_density", "luminance", "relative_photoluminescence"):
        first, second = (getattr(run, name) for run in runs)
        assert first[1:] == pytest.approx(second[1:], rel=0.02), name


def test_without_the_layer_that_brings_electrons_there_is_no_light():
    bare = removed(usual(CORE_SHELL), "ZnMgO")
    runs = [sweep(device(RED, layers=one), 0, 4) for one in (None, bare)]
    assert all(run.converged.all() for run in runs)
    assert runs[1].luminance[-1] < 0.01 * runs[0].luminance[-1]


def test_a_diode_may_be_of_dots_alone():
    run = sweep(device(RED, layers=(Placed("dots", "dots"),)), 0, 4)
    assert run.converged.all() and run.current_density[-1] > run.current_density[1] > 0


def test_layers_move_within_the_stack():
    names = [one.name for one in shifted(usual(CORE_SHELL), "dots", 1)]
    assert names == ["poly-TPD", "PVK", "ZnMgO", "dots"]
    assert shifted(usual(CORE_SHELL), "ZnMgO", 1) == usual(CORE_SHELL)
    assert shifted(usual(CORE_SHELL), "poly-TPD", -1) == usual(CORE_SHELL)
    assert added(usual(CORE_SHELL), "TPBi", " mine ")[-1] == Placed("mine", "TPBi")


ANODE, CATHODE = contacts()


def test_a_contact_of_another_metal_changes_the_light_and_no_current():
    own = made_of(usual(CORE_SHELL), CATHODE, "Al")
    text = to_toml(OwnStack(layers=own), CORE_SHELL)
    assert checked(from_toml(text.encode(), CORE_SHELL), RED) == OwnStack(layers=own)
    devices = device(RED), device(RED, layers=own)
    runs = [sweep(one, 0, 3) for one in devices]
    assert (runs[0].current_density == runs[1].current_density).all()
    silver, aluminium = (cavity_of(one.stack) for one in devices)
    metal = OpticalLayer("Al", silver.layers[-1].thickness, tabulated("Al"))
    assert aluminium == replace(silver, layers=(*silver.layers[:-1], metal))
    assert devices[0].optics.outcoupling_efficiency != devices[1].optics.outcoupling_efficiency
    again = made_of(own, CATHODE, "Ag")
    assert require_layers(again, CORE_SHELL) == usual(CORE_SHELL)


def test_a_diode_upside_down_on_its_glass_lets_out_its_mirror_images_light():
    """Of dots alone, whose mirror image is the other diode: what the glass sees is the same."""
    dots = (Placed("dots", "dots"),)
    upside_down = made_of(made_of(dots, CATHODE, "ITO"), ANODE, "Ag")
    upright = made_of(dots, ANODE, "ITO")
    first, second = (device(RED, layers=one).optics for one in (upright, upside_down))
    thickness = device(RED).stack.layers[2].thickness
    np.testing.assert_allclose(np.add(first.depth, second.depth[::-1]), thickness)
    assert first.outcoupling_efficiency == second.outcoupling_efficiency[::-1]
    assert first.purcell_factor == second.purcell_factor[::-1]
    assert first.outcoupling_efficiency[0] != first.outcoupling_efficiency[-1]
    whole = made_of(made_of(usual(CORE_SHELL), CATHODE, "ITO"), ANODE, "Ag")
    from_glass = [one.name for one in cavity_of(device(RED, layers=whole).stack).layers]
    assert from_glass == ["ITO", "ZnMgO", "dots", "PVK", "poly-TPD", "Ag"]
    layers = require_layers(upside_down, CORE_SHELL)
    assert listed(layers) == "Ag, dots, ITO"
    assert require_layers(shifted(layers, "dots", 1), CORE_SHELL) == layers  # not past a contact


def test_dots_that_touch_the_metal_give_it_their_light():
    bare = removed(usual(CORE_SHELL, "hole-only"), "CBP")  # on gold
    optics = device(RED, kind="hole-only", layers=bare).optics
    assert optics.purcell_factor[-1] > 100 > 3 > optics.purcell_factor[0]
    assert optics.outcoupling_efficiency[-1] < 0.01 < 0.1 < optics.outcoupling_efficiency[0]


def test_what_is_of_a_contact_that_is_not_there_cannot_be_moved():
    keys = {True: set(), False: set()}
    for bare in keys:
        layers = made_of(usual(CORE_SHELL), ANODE, "ITO") if bare else None
        keys[bare] = {cell.key for cell in cells(CORE_SHELL, layers=layers)}
    assert keys[False] - keys[True] == {"PEDOT:PSS.thickness"}
    assert "PEDOT:PSS.work_function" in keys[True]


def test_a_fit_moves_no_parameter_of_a_layer_that_is_not_there():
    bare = removed(usual(CORE_SHELL), "PVK")
    offered = [set(free_parameters(RED, layers=one)) for one in (None, bare)]
    assert {key.split(".")[0] for key in offered[0] - offered[1]} == {"PVK"}
    assert offered[1] < offered[0]


@pytest.mark.parametrize("dots", [CORE_SHELL, BLUE])
def test_an_added_layer_has_the_numbers_that_its_table_shows(dots):
    layers = added(usual(dots), "ZnMgO")
    made = device(Sample(dots), layers=layers).stack.layers[-1]
    shown = {one.quantity.name: one.value for one in cells(dots, layers=layers)
             if one.owner == made.name}  # fmt: skip
    assert {"thickness", "electron_mobility", "conduction_edge"} <= shown.keys()
    for name, value in shown.items():
        assert getattr(made, *BOTH.get(name, (name,))[:1]) == value, name


def test_a_fit_finds_a_number_of_an_added_layer():
    own = checked(from_toml(TFB.encode(), CORE_SHELL), RED)
    built, key = {"kind": own.kind, "layers": own.layers}, "TFB.hole_mobility"
    assert key in free_parameters(RED, **built) and key not in free_parameters(RED)
    own_value, paper = own.moved[key], unknown("PVK.hole_mobility")
    one = unknown(key, RED, own_value, **built)
    assert one.label == "TFB: hole mobility" and one.start == own_value
    assert [one.low, one.high] == pytest.approx(
        [end / paper.start * own_value for end in (paper.low, paper.high)]
    )
    level = unknown("TFB.valence_edge", RED, 5.3, **built)
    assert level.high - level.low == pytest.approx(0.4) and level.low < 5.3 < level.high
    truth = own_value / 3
    run = sweep(device(RED, {**own.moved, key: truth}, **built), 0, 4)
    seen = Measurement("some", run.voltage, run.current_density)
    others = {name: value for name, value in own.moved.items() if name != key}
    found = fit(seen, [one], RED, fixed=others, **built)
    assert found.values[0] == pytest.approx(truth, rel=0.02)
    assert fit(seen, [key], RED, fixed=own.moved, **built).unknowns == (one,)
    with pytest.raises(InputError, match="unknown"):
        unknown(key, RED)
    with pytest.raises(InputError, match="TFB: hole mobility = 0"):
        unknown(key, RED, 0.0, **built)


def test_places_that_make_no_diode_do_not_end_a_fit():
    own = checked(from_toml(TFB.encode(), CORE_SHELL), RED)
    built = {"kind": own.kind, "layers": own.layers}
    thin = unknown("TFB.permittivity", RED, 1.05, **built)
    assert thin.low < 1  # which no matter has
    run = sweep(device(RED, {**own.moved, thin.key: 1.1}, **built), 0, 4)
    seen = Measurement("some", run.voltage, run.current_density)
    found = fit(seen, [thin], RED, fixed=own.moved, starts=3, **built)
    assert found.scatter < 1 and found.values[0] >= 1


def test_a_fit_finds_the_truth_in_a_stack_of_ones_own():
    own = checked(from_toml(TFB.encode(), CORE_SHELL), RED)
    built = {"kind": own.kind, "layers": own.layers}
    voltage = np.linspace(0, 4, 81)
    run = sweep(device(RED, {**own.moved, FRACTION: 0.4}, **built), 0, 4)
    seen = Measurement("some", voltage, np.interp(voltage, run.voltage, run.current_density),
                       relative_photoluminescence=np.interp(
                           voltage, run.voltage, run.relative_photoluminescence))  # fmt: skip
    found = fit(seen, [FRACTION], RED, fixed=own.moved, **built)
    assert found.values[0] == pytest.approx(0.4, abs=0.01)
    assert found.scatter < 0.5 < 2 < fit(seen, [FRACTION], RED).scatter
