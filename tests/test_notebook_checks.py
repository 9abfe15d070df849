"""The notebooks' check cells print what any processor computes, and are not blind to the model.

Stored is what `python tools/record_checks.py` has put there.
"""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

# private, but what numpy.show_runtime() prints as found
from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

from qdlib import parameters

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tools"))
from record_checks import NOTEBOOKS, check_cells, main  # noqa: E402
from warm import OLDER  # noqa: E402

NEWER = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
OLDER_PROCESSOR = OLDER | {"NPY_DISABLE_CPU_FEATURES": " ".join(NEWER)}
SMALL, LARGE = 1e-9, 0.01
HANGS = 2400  # [s], after which a process is given up
FEEDS = {
    "device.temperature": "figure_1",
    "ZnMgO.conduction_edge": "figure_1",
    "CdSe/CdS.level": "figure_1",
    "CdSe/CdS.reducible_sites": "figure_S2",
    "redox.rate_constant": "figure_1",
    "redox.reorganisation_energy": "figure_S2",
    "redox.complexation_shift": "figure_S2",
    "redox.potential_spread": "figure_S2",
    "redox.capture_coefficient": "figure_1",
    "ligand.tight_fraction": "figure_3",
    "ITO.thickness": "light_out",
    "wear.acceleration": "table_S1",
    "wear.acceleration_blue": "figure_S9",
    "oleate voltammetry.transfer_coefficient": "figure_2",
    "absorption.linewidth": "flask",
    "CdSe/CdS absorber.core_diameter": "flask",
    "single dot.gain": "figure_S3",
    "lock-in.time_constant": "figure_S4",
    "auger.attenuation_length": "figure_S5",
    "surface.CdS_lattice": "figure_S1",
    "wash.strong_constant": "figure_3",
}
"""Of each part of the model some parameters, and a notebook whose checks tell a change."""


def stored(name):
    """The texts that the check cells of a notebook keep."""
    cells = check_cells(nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4))
    return [cell.outputs[0].text for _, cell in cells]


STORED = {path.stem: stored(path.stem) for path in sorted(NOTEBOOKS.glob("*.ipynb"))}


def run(*jobs, **environment):
    """What the check cells print in a process of its own, as `checking.py` has it."""
    found = subprocess.run(
        [sys.executable, ROOT / "tests" / "checking.py"], input=json.dumps(jobs),
        capture_output=True, text=True, env=os.environ | environment, timeout=HANGS,
    )  # fmt: skip
    assert found.returncode == 0, found.stderr
    return json.loads(found.stdout)


def moved_within_rounding(seed):
    """A job in which every parameter is moved by no more than SMALL."""
    draw = random.Random(seed)
    factors = {key: 1 + SMALL * draw.uniform(-1, 1) for key in parameters()}
    return {"factors": factors, "notebooks": list(STORED)}


@pytest.mark.proof
def test_parameters_moved_within_rounding_change_no_text():
    (texts,) = run(moved_within_rounding(seed=1))
    assert texts == STORED


@pytest.mark.proof
def test_a_processor_without_the_newer_vector_units_prints_the_same():
    """Also with the parameters moved, by another draw."""
    (texts,) = run(moved_within_rounding(seed=2), **OLDER_PROCESSOR)
    assert texts == STORED


def test_those_units_are_off_there():
    script = "from numpy._core._multiarray_umath import __cpu_features__ as found\n"
    script += f"print([name for name in {NEWER} if found[name]])"
    command = [sys.executable, "-W", "error", "-c", script]
    told = subprocess.run(command, env=os.environ | OLDER_PROCESSOR, capture_output=True, text=True)
    assert told.stdout == "[]\n", told.stderr


@pytest.fixture(scope="module")
def with_one_moved():
    """{parameter: {notebook: texts}} with that parameter alone moved by LARGE."""
    jobs = [{"factors": {key: 1 + LARGE}, "notebooks": [name]} for key, name in FEEDS.items()]
    return dict(zip(FEEDS, run(*jobs), strict=True))


@pytest.mark.proof
@pytest.mark.parametrize("key", FEEDS)
def test_a_parameter_moved_by_a_hundredth_is_told(with_one_moved, key):
    (name,) = with_one_moved[key]
    assert with_one_moved[key][name] != STORED[name]


def test_recorded_is_what_a_check_cell_prints_and_nothing_else(tmp_path, capsys):
    check = nbformat.v4.new_code_cell("x = 1\nprint(x)", metadata={"tags": ["nbval-check-output"]})
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("print(2)"), check])
    path = tmp_path / "some.ipynb"
    nbformat.write(notebook, path)
    main([str(path)])
    plain, check = nbformat.read(path, as_version=4).cells
    assert plain.outputs == []
    assert (check.execution_count, check.outputs[0].text) == (2, "1\n")
    assert "some.ipynb" in capsys.readouterr().out
    main([str(path)])
    assert capsys.readouterr().out == ""
