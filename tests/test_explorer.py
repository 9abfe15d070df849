"""What the explorer computes and shows, without a browser."""

import io
import re
import subprocess
import sys
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from qdlib import InputError, cadmium_carboxylate, red_qled, zinc_carboxylate
from qdlib.notebook.live import defaults
from qdlib.notebook.marks import points
from qdlib.pages import explorer
from qdlib.paper import samples as paper
from qdlib.paper.materials import couple
from qdlib.paper.protocols import Laboratory, Sample
from qdlib.paper.published import published_values
from qdlib.paper.readings import READINGS
from qdlib.physics import transport
from qdlib.physics.ligand import Couple, Ligand

DEFAULTS = defaults(explorer.CONTROLS)
NOTEBOOK = Path(__file__).resolve().parents[1] / "notebooks" / "explorer.ipynb"


def view(**values):
    return explorer.view(**DEFAULTS | values)


def test_every_trace_has_its_points():
    named = {f"{panel.key}/{trace.name}" for panel in explorer.panels() for trace in panel.traces}
    assert set(explorer.series(view())) == named
    assert {trace["name"] for trace in explorer.figure("Cd")["data"]} == named


def test_the_mark_stands_on_the_line():
    shown = view(bias=2.5)
    drawn = explorer.series(shown)
    for key in ("J", "L", "EQE", "PL", "sites"):
        (x,), (y,) = drawn[f"{key}/now"]
        assert x == pytest.approx(2.5)
        assert y == pytest.approx(np.interp(x, *drawn[f"{key}/model"]))


def test_electrons_stand_above_the_couple_where_it_is_reduced():
    """What the band diagram is there to show."""
    bands = explorer.series(view(bias=2.0))
    couple = bands["band/metal couple"][1]
    electrons = bands["band/electrons' quasi-Fermi level"][1]
    inside = np.isfinite(couple)
    assert (electrons[inside] > couple[inside]).mean() > 0.9
    magnesium = explorer.series(view(bias=2.0, metal="Mg"))
    couple = magnesium["band/metal couple"][1]
    electrons = magnesium["band/electrons' quasi-Fermi level"][1]
    assert (electrons[np.isfinite(couple)] < couple[np.isfinite(couple)]).all()


@pytest.mark.parametrize(
    ("ligand", "sample"),
    [
        (Ligand("inert"), "RNH2"),
        (cadmium_carboxylate(0.1), "RNH2"),
        (cadmium_carboxylate(0.9), "Cd(RCOO)2"),
        (zinc_carboxylate(1.0), "Zn(RCOO)2"),
        (Ligand("M", Couple("M", -0.6), 1.0), "Zn(RCOO)2"),
        (Ligand("M", Couple("M", -2.5), 1.0), "Mg(RCOO)2"),
    ],
)
def test_nearest_sample(ligand, sample):
    assert explorer.nearest_sample(red_qled(ligand).ligand) == sample


def test_published_numbers_stand_beside_the_models():
    rows = {row[0]: row[1:] for row in explorer.numbers(view())}
    assert rows["peak EQE"][0] == "0.25 ± 0.08 %"
    assert rows["peak EQE"][2].startswith("L104")
    assert rows["voltage gap"][0] == "0.8 V"


@pytest.mark.parametrize("name", explorer.SAMPLES)
def test_each_presets_own_efficiency_stands_beside_it(name):
    stated = {
        f"{row.id}: {row.place}": row.text
        for row in published_values(quantity="peak EQE")
        if (row.sample, row.ligand) == ("CdSe/CdS", name) and "Table 1" in row.panel
    }
    shown = view(**explorer.sample(name))
    rows = {row[0]: row for row in explorer.numbers(shown)}
    own = rows["peak EQE" if name == shown.sample else f"peak EQE, {name}"]
    assert stated[own[3]] == own[1]


@pytest.mark.parametrize("ligand", ["Cd(RCOO)2", "RNH2"])
def test_an_onset_stands_where_it_is_read_here_and_in_fig_2a(ligand):
    own = explorer.series(view(**explorer.sample(ligand)))
    sample = Sample(ligand=ligand)
    volts, heights = points("2a", "PL", sample, None)
    assert set(zip(volts, heights, strict=True)) == set(zip(*own["PL/published"], strict=True))
    read = READINGS["onset of PL drop"](Laboratory(), sample, "QLED")
    assert np.interp(read, *own["PL/model"]) == pytest.approx(heights[0])


def test_the_few_lines_of_the_page_give_its_own_numbers():
    few, whole = (
        cell.outputs[0].text
        for cell in nbformat.read(NOTEBOOK, 4).cells
        if "nbval-check-output" in cell.metadata.get("tags", ())
    )
    stated = float(re.search(r"peak EQE ([\d.]+) %", few).group(1))
    assert float(re.search(r"model ([\d.]+) %", whole).group(1)) == stated


def test_a_hold_goes_on_from_the_sweep():
    swept, held = view(bias=1.5), view(bias=1.5, hold="10 h")
    assert held.held.reduced_sites_per_dot[-1] > swept.run.reduced_sites_per_dot[swept.instant]
    assert "after the hold" in explorer.summary(held)


def test_a_bias_out_of_reach_is_named(monkeypatch):
    monkeypatch.setattr(transport, "MAX_ITERATIONS", 1)
    with pytest.raises(InputError, match="up to") as error:
        view(bias=3.0, dwell=1.2345)  # a run that is not kept from another test
    assert error.value.name == "bias"


def test_csv_has_the_settings_and_units():
    values = DEFAULTS | {"fraction": 0.5}
    name, text = explorer.csv(values, explorer.view(**values))
    assert name == "qdlib_Cd_0.50.csv"
    assert "# fraction: 0.5\n" in text
    table = pd.read_csv(io.StringIO(text), comment="#")
    assert len(table) == 101
    assert "luminance [cd/m2]" in table


def test_samples_are_the_papers():
    for name, own in explorer.SAMPLES.items():
        if own["metal"] != "none":
            potential = couple(own["metal"]).standard_potential
            assert own["potential"] == pytest.approx(potential, abs=0.005)
        assert explorer.sample(name)["film_yield"] == paper.film_yield("CdSe/CdS", name)


@pytest.mark.parametrize("control", explorer.CONTROLS, ids=lambda one: one.name)
def test_each_control_reaches_the_model(control):
    """Moved alone, it moves something of what is told in words, in the table or in the patches."""
    others = control.choices or (control.minimum, control.maximum)

    def told(value):
        own = {"metal": "custom"} if control.name == "potential" else {}
        shown = view(**own | {control.name: value})
        return explorer.summary(shown), explorer.numbers(shown), explorer.patches(shown)

    assert any(told(value) != told(control.default) for value in others)


MANY = """
import random, ipykernel.ipkernel, psutil
from qdlib.pages import explorer

draw = random.Random(1)
for _ in range(80):
    shown = explorer.view(**{one.name: draw.choice(one.places) for one in explorer.CONTROLS})
    explorer.series(shown), explorer.patches(shown), explorer.table(shown)
print(psutil.Process().memory_full_info().uss / 1e6)
"""
MEMORY_LIMIT = 250  # [MB]


@pytest.mark.proof
def test_a_kernel_stays_small_after_many_settings():
    """Of its own memory: that of libraries is the same for all kernels of a machine."""
    told = subprocess.run([sys.executable, "-c", MANY], capture_output=True, text=True, check=True)
    assert 50 < float(told.stdout) < MEMORY_LIMIT


@pytest.mark.parametrize(
    ("metal", "potential", "becomes"),
    [
        ("custom", explorer.POTENTIALS["Cd"], "Cd"),
        ("Cd", round(couple("Zn").standard_potential, 3), "Zn"),
        ("Cd", -0.41, "custom"),
        ("Cd", -1.0, "custom"),
        ("Cd", explorer.POTENTIALS["Cd"], None),
    ],
)
def test_a_potential_brings_its_metal(metal, potential, becomes):
    brought = explorer.follow("potential", {"metal": metal, "potential": potential})
    assert brought.get("metal") == becomes
