"""Ways in that one machine cannot walk: Windows, macOS, newer Pythons; as far as can be told."""

import ast
import re
import shlex
import subprocess
from importlib import metadata
from pathlib import Path

import pytest
from packaging.specifiers import SpecifierSet
from test_project import NOTEBOOKS, ROOT, asked_for, closure, project_files

RESERVED = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
CODE = [path for path in project_files() if path.suffix == ".py" and "tests" not in path.parts]
NEWER = "3.12", "3.13"


def test_every_file_can_be_checked_out_on_windows_and_macos():
    names = [path.relative_to(ROOT).as_posix() for path in project_files()]
    for name in names:
        assert not re.search(r'[<>:"|?*\\\x00-\x1f]', name), name
        assert not any(RESERVED.fullmatch(part) or part[-1] in ". " for part in name.split("/"))
        assert len(name) < 150, name
    assert len({name.casefold() for name in names}) == len(names)


def text_without_encoding(source):
    """Lines that open a file as text in whatever encoding the machine has."""
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        name = getattr(call.func, "attr", getattr(call.func, "id", ""))
        place = {"read_text": 0, "write_text": 1, "open": 2 - isinstance(call.func, ast.Attribute)}
        if name not in place:
            continue
        words = [one.value for one in call.args if isinstance(one, ast.Constant)]
        binary = name == "open" and any(re.fullmatch("[rwxab+]*b[rwxab+]*", str(w)) for w in words)
        named = {one.arg for one in call.keywords}
        told = "utf-8" in words or len(call.args) > place[name]
        if not (binary or told or "encoding" in named):
            yield call.lineno


def test_what_finds_text_without_an_encoding_finds_it():
    source = 'a.read_text()\na.read_text("utf-8")\nopen(b)\nopen(b, "rb")\na.write_text(c)\n'
    assert list(text_without_encoding(source)) == [1, 3, 5]


@pytest.mark.parametrize("path", CODE, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_text_is_read_and_written_as_utf_8(path):
    """Windows would take another encoding."""
    source = path.read_text("utf-8")
    assert list(text_without_encoding(source)) == []
    assert "os.path" not in source


def plain_commands():
    """The commands for Windows in the README."""
    text = (ROOT / "README.md").read_text("utf-8")
    (block,) = re.findall(r"```bat\n(.*?)```", text, re.DOTALL)
    return block.strip().splitlines()


def test_the_plain_commands_for_windows_are_those_of_make():
    command = ["make", "-n", "--no-print-directory", "explore"]
    made = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    (serve,) = [
        line for line in made.replace("\\\n", " ").splitlines() if "jupyter/explore" in line
    ]
    options = {one for one in shlex.split(serve) if one.startswith("--")} - {"--no-browser"}
    install, warm, *settings, explore = plain_commands()[1:]
    assert install.endswith("-m pip install -c constraints.txt -e .[notebooks]")
    assert warm.endswith(r"tools\warm.py") and (ROOT / "tools" / "warm.py").is_file()
    assert [one.split("=")[0] for one in settings] == [
        "set JUPYTER_CONFIG_PATH", "set JUPYTER_PATH"
    ]  # fmt: skip
    for one in settings:
        folder = one.split("%CD%\\")[1].replace("\\", "/")
        assert (ROOT / folder).is_dir()
    assert {one for one in explore.split() if one.startswith("--")} == options
    assert r"jupyter\explore notebooks" in explore


@pytest.mark.parametrize("version", NEWER)
def test_every_pinned_package_allows_a_newer_python(version):
    for name in closure(asked_for("notebooks")):
        try:
            allowed = metadata.metadata(name).get("Requires-Python") or ""
        except metadata.PackageNotFoundError:  # of another system
            continue
        assert version in SpecifierSet(allowed), name


def test_notebooks_ask_for_no_version_of_python():
    for path in map(Path, NOTEBOOKS):
        assert '"name": "python3"' in path.read_text("utf-8"), path.name
