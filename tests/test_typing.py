"""The types of the public API, and the rooms of the package, as their checkers see them."""

import inspect
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import qdlib
import qdlib.notebook
from qdlib.paper import materials, protocols, setups

ROOT = Path(__file__).resolve().parents[1]
MYPY = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["mypy"]


def strict_modules():
    """Modules in which mypy asks for the types of every function."""
    asked = ("disallow_untyped_defs", "disallow_incomplete_defs")
    parts = [part for part in MYPY["overrides"] if all(part.get(name) for name in asked)]
    return {name for part in parts for name in part["module"]}


def public():
    """All functions and classes of the public API."""
    exported = [
        getattr(package, name) for package in (qdlib, qdlib.notebook) for name in package.__all__
    ]
    for module in (materials, protocols, setups):
        names = [name for name in vars(module) if not name.startswith("_")]
        exported += [getattr(module, name) for name in names]
    return [one for one in exported if inspect.isroutine(one) or inspect.isclass(one)]


def test_mypy_asks_for_types_wherever_the_public_api_is_defined():
    assert len(public()) > 50
    own = {one.__module__ for one in public() if one.__module__.startswith("qdlib.")}
    below = {name for name in own if name.startswith("qdlib.physics.")}
    exported = {one.__module__ for one in public() if one.__name__ in qdlib.__all__}
    # the set-ups are made of instruments whose modules are not the API's
    helpers = {"qdlib.paper.scope", "qdlib.paper.surface"}
    assert own - (below - exported) - helpers - strict_modules() == set()


@pytest.mark.proof  # `make check` runs mypy as such
def test_mypy_finds_nothing_but_what_a_user_gets_wrong(tmp_path):
    calls = ("sweep('red')", "red_qled(changes=1)", "Run.peak_eqe.fget", "dot().x")
    script = tmp_path / "script.py"
    script.write_text("\n".join(["import qdlib", *(f"qdlib.{call}" for call in calls)]))
    command = [sys.executable, "-m", "mypy", "--cache-dir", tmp_path, *MYPY["files"], script]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    wrong = re.findall(r"(?m)^(.*):(\d+): error", found.stdout)
    told = [(str(script), str(line)) for line, _ in enumerate(calls, start=2)]
    assert sorted(set(wrong)) == told, found.stdout + found.stderr
    assert len(list(ROOT.glob("qdlib/**/*.py"))) < _count(found.stdout), found.stdout


def _count(said):
    """How many files mypy has looked at."""
    return int(re.search(r"checked (\d+) source files", said)[1])


def test_the_rooms_use_only_what_stands_below():
    command = [Path(sys.executable).with_name("lint-imports"), "--no-cache"]
    found = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "1 kept, 0 broken" in found.stdout
