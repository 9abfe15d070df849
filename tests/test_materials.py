"""A ligand and a structure of dots are rows of data: made-up ones appear wherever they belong."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import qdlib
from qdlib import InputError, ligand, red_qled
from qdlib.data import data_file, data_rows
from qdlib.notebook.plots import ligand_colour
from qdlib.paper import materials
from qdlib.paper.materials import LIGANDS, SALTS, STRUCTURES, KnownLigand, Structure
from qdlib.paper.protocols import Laboratory, Sample

TESTS = Path(__file__).resolve().parent
ROWS = {
    "ligands.csv": "Pb(RCOO)2,Pb(RCOO)₂,Pb,2,1,#123456,0.6,,made up\n"
    "Ag(RCOO),Ag(RCOO),Ag,1,1,Zn,,,made up\n"
    "Pb(ROPS)2,Pb(ROPS)₂,Pb,2,0.5,Zn,0.3,,made up: a second salt of that metal\n"
    "Cu(RCOO)2,Cu(RCOO)₂,Cu,2,1,Zn,,,made up\n"
    "Cu(RCOO),Cu(RCOO),Cu,1,1,Zn,,,made up: another couple of that metal\n",
    "structures.csv": "CdTe/ZnS,Zn,red,Table 1,made up\n",
    "published.csv": "".join(
        f"L99{k},Table 1,{quantity},CdTe/ZnS,Pb(RCOO)2,{number},{unit},{kind},Table 1,made up\n"
        for k, (quantity, number, unit, kind) in enumerate(
            [
                ("film PLQY", "55,54,56", "%", "stated"),
                ("peak EQE", "1.2,1.0,1.4", "%", "stated"),
                ("T50 at 100 cd/m2", "7,,", "h", "stated"),
                ("IQE/PLQY", "0.09,,", "1", "derived"),
            ]
        )
    ),
}
"""What a newcomer would write at the end of each file."""


pytestmark = pytest.mark.proof


@pytest.fixture(scope="module")
def shown(tmp_path_factory):
    """What a fresh process shows, of a package whose data has these rows."""
    folder = tmp_path_factory.mktemp("newcomer")
    package, data = Path(qdlib.__file__).parent, data_file("ligands.csv").parent
    (folder / "qdlib").symlink_to(package)
    shutil.copy(package.parent / "CITATION.cff", folder)
    copied = shutil.copytree(data, folder / "data", ignore=shutil.ignore_patterns("pictures"))
    for name, rows in ROWS.items():
        with open(copied / name, "a", encoding="utf-8") as file:
            file.write(rows)
    run = subprocess.run(
        [sys.executable, TESTS / "newcomer.py"],
        env=os.environ | {"PYTHONPATH": str(folder), "PYTHONUTF8": "1"},
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        check=True,
    )
    return json.loads(run.stdout)


def test_the_explorer_offers_it(shown):
    assert shown["metals"] == ["Cd", "Zn", "Mg", "Pb", "Ag", "Cu", "none", "custom"]
    assert {"Pb(RCOO)₂", "Pb(ROPS)₂", "Ag(RCOO)", "Cd(RCOO)₂", "RNH₂"} <= set(shown["presets"])
    # of a structure's own salt; a stand-in; of a couple that the metal's name does not set
    assert not {"TOP", "Cd(RS)₂", "Cu(RCOO)"} & set(shown["presets"])
    (own,) = (
        line for line in shown["checked"].splitlines() if line.startswith("Pb(RCOO)2, at 2 V")
    )
    assert own.endswith(", beside Cd(RCOO)2")  # whose numbers the paper has


def test_figure_s2_judges_its_couple(shown):
    assert shown["ticks"][-7:] == ["Cd²⁺", "Zn²⁺", "Mg²⁺", "Pb²⁺", "Ag⁺", "Cu²⁺", "chosen"]
    assert "Pb²⁺/Pb (-0.13 V): " in shown["S2"]
    assert "Ag⁺/Ag (0.80 V): " in shown["S2"]


def test_it_has_its_own_colour(shown):
    legend, colour = shown["legend"]
    assert colour == "#123456"
    assert '<span style="color:#123456">■</span>' in legend


def test_table_1_has_what_is_published_of_it(shown):
    assert ["CdTe/ZnS", "Pb(RCOO)₂", True] in shown["Table 1"]
    assert len(shown["Table 1"]) == 14
    assert "CdTe/ZnS, Pb(RCOO)₂: peak EQE " in shown["Table 1 checked"]
    assert shown["targets"] == [
        "L991 peak EQE",
        "L992 T50 at 100 cd/m2",
        "L993 IQE/PLQY",
    ]


def test_the_film_yield_is_the_published_one_else_the_rows(shown):
    assert shown["yields"] == [0.55, 0.6]


def test_a_structure_has_its_shell_and_else_the_parameters_of_the_core_shell_dots(shown):
    assert shown["shell"] == ["Zn", 0.5, 10e-9]
    assert shown["lifetime"] > 0


@pytest.mark.parametrize("structure", STRUCTURES)
@pytest.mark.parametrize("name", LIGANDS)
def test_every_ligand_goes_onto_every_structure(name, structure):
    device = Laboratory().device(Sample(structure, name))
    known = LIGANDS[name]
    metal = known.metal if known.is_salt else STRUCTURES[structure].shell
    assert device.ligand.couple.metal == metal
    assert device.ligand.fraction == known.fraction
    assert (device.dot.name, device.name) == (structure, "red QLED")
    assert ligand_colour(name).startswith("#")


def test_names_are_given_once():
    for file in ("ligands.csv", "structures.csv"):
        names = [row["name"] for row in data_rows(file)]
        assert len(names) == len(set(names))
    labels = [one.label for one in LIGANDS.values()]
    assert len(labels) == len(set(labels))
    assert [one.name for one in SALTS.values()] == ["Cd(RCOO)2", "Zn(RCOO)2", "Mg(RCOO)2"]


GOOD = {"name": "M", "label": "M", "metal": "Pb", "electrons": 2, "fraction": 1.0,
        "colour": "Cd", "film_yield": None, "stand_in": ""}  # fmt: skip


@pytest.mark.parametrize(
    ("wrong", "named"),
    [
        ({"metal": "Xx"}, "metal"),
        ({"electrons": 3}, "electrons"),
        ({"fraction": 1.5}, "fraction of M"),
        ({"film_yield": 60.0}, "film yield of M"),
    ],
)
def test_a_row_that_cannot_be_is_named(wrong, named):
    KnownLigand(**GOOD)
    with pytest.raises(InputError) as error:
        KnownLigand(**GOOD | wrong)
    assert error.value.name == named


def test_what_is_not_a_number_or_not_there_is_named(monkeypatch):
    row = {"name": "M", "label": "", "metal": "Pb", "electrons": "", "fraction": "1",
           "colour": "pink", "film yield": "", "stand-in": ""}  # fmt: skip
    with pytest.raises(InputError, match="electrons of M = ''"):
        materials._ligand(row)
    monkeypatch.setitem(LIGANDS, "M", materials._ligand(row | {"electrons": "2"}))
    with pytest.raises(InputError, match="colour of M = 'pink'"):
        ligand_colour("M")
    with pytest.raises(InputError, match="stack of D = 'green'"):
        Structure("D", "Zn", "green", "Table 1")
    with pytest.raises(InputError, match="ligand = 'N'"):
        ligand("N")
    with pytest.raises(InputError, match="structure = 'N'"):
        red_qled(structure="N")
