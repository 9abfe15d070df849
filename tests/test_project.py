"""The project's frame: pinned packages, environments, clean notebooks, make targets."""

import copy
import json
import os
import re
import shlex
import subprocess
import sys
import tomllib
from http.cookiejar import CookieJar
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace
from urllib.error import URLError
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import HTTPCookieProcessor, build_opener

import nbformat
import pytest
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from serving import LIMIT, free_port, running

ROOT = Path(__file__).resolve().parents[1]
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
REPOSITORY = PYPROJECT["tool"]["qdlib"]["repository"]
EXTRAS = PROJECT["optional-dependencies"]
SUPPORTED = SpecifierSet(PROJECT["requires-python"])
CHECK_TAG = "nbval-check-output"
NOTEBOOK_LIMIT = 120_000  # [bytes]

sys.path.insert(0, str(ROOT / "tools"))
import badges  # noqa: E402
from clean_notebooks import clean, main  # noqa: E402


def project_files():
    """Every file that is in git, or would be after `git add .`."""
    command = ["git", "-c", f"safe.directory={ROOT}", "ls-files", "-z", "-co", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    return [ROOT / name for name in names.split("\0") if name and (ROOT / name).is_file()]


NOTEBOOKS = [path for path in project_files() if path.suffix == ".ipynb"]


def pins():
    """Package name -> requirement, from constraints.txt."""
    lines = (ROOT / "constraints.txt").read_text().splitlines()
    found = [Requirement(line) for line in lines if line and not line.startswith("#")]
    names = [canonicalize_name(pin.name) for pin in found]
    assert len(set(names)) == len(names)
    return dict(zip(names, found, strict=True))


def asked_for(extra):
    """The requirements of the package with one of its extras, those of nested extras included."""
    requirements = [Requirement(text) for text in PROJECT["dependencies"] + EXTRAS[extra]]
    for nested in [r for r in requirements if r.name == PROJECT["name"]]:
        requirements.remove(nested)
        for name in nested.extras:
            requirements += asked_for(name)
    return requirements


def closure(requirements):
    """Names of the packages that requirements pull in, as far as they are installed here."""
    reached, waiting = set(), list(requirements)
    while waiting:
        requirement = waiting.pop()
        key = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if key in reached:
            continue
        reached.add(key)
        try:
            inner = metadata.requires(requirement.name) or []
        except metadata.PackageNotFoundError:
            continue
        for needed in map(Requirement, inner):
            extras = requirement.extras or {""}
            marker = needed.marker
            if marker is None or any(marker.evaluate({"extra": extra}) for extra in extras):
                waiting.append(needed)
    return {name for name, _ in reached}


@pytest.mark.parametrize("extra", EXTRAS)
def test_constraints_cover_every_dependency(extra):
    assert closure(asked_for(extra)) - set(pins()) == set()


def test_constraints_are_exact_and_allowed():
    for pin in pins().values():
        assert re.fullmatch(r"==[0-9][0-9A-Za-z.]*", str(pin.specifier)), pin
        assert pin.url is None, pin
    for extra in EXTRAS:
        for requirement in asked_for(extra):
            (version,) = pins()[canonicalize_name(requirement.name)].specifier
            assert version.version in requirement.specifier, requirement


def check_pip_lines(lines, pip_folder, root):
    """Pip takes -c from the folder of the file that names it, and -e from where it runs."""
    constraint, editable = (line.split(maxsplit=1) for line in lines)
    assert constraint[0] == "-c"
    assert (pip_folder / constraint[1]).resolve() == ROOT / "constraints.txt"
    assert editable[0] == "-e"
    folder, extra = re.fullmatch(r"(.+)\[(\w+)\]", editable[1]).groups()
    assert (root / folder).resolve() == ROOT
    assert extra in EXTRAS


def test_conda_environment_agrees_with_pyproject():
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    assert environment["name"] == PROJECT["name"]
    assert environment["channels"] == ["conda-forge"]
    python, pip, from_pip = environment["dependencies"]
    assert python == f"python{PROJECT['requires-python']}"
    assert pip == "pip"
    check_pip_lines(from_pip["pip"], ROOT, ROOT)


def test_binder_agrees_with_pyproject():
    folder = ROOT / "binder"
    lines = (folder / "requirements.txt").read_text().splitlines()
    check_pip_lines([line for line in lines if not line.startswith("#")], folder, ROOT)
    version = re.fullmatch(r"python-(3\.\d+)\n", (folder / "runtime.txt").read_text())[1]
    assert version in SUPPORTED


def test_conda_and_binder_install_the_same_notebooks():
    """Binder's extra may add what its server needs, and only that."""
    environment = yaml.safe_load((ROOT / "environment.yml").read_text())
    extra = re.search(r"\[(\w+)\]", environment["dependencies"][-1]["pip"][1])[1]
    lines = (ROOT / "binder" / "requirements.txt").read_text().splitlines()
    ours = re.search(r"\[(\w+)\]", lines[-1])[1]
    more = {r.name for r in asked_for(ours)} - {r.name for r in asked_for(extra)}
    assert more == {"notebook"}
    assert {r.name for r in asked_for(extra)} <= {r.name for r in asked_for(ours)}


def test_binder_runs_the_python_that_the_pins_were_tested_with():
    header = (ROOT / "constraints.txt").read_text().splitlines()[0]
    tested = re.search(r"Python (3\.\d+)", header)[1]
    assert (ROOT / "binder" / "runtime.txt").read_text() == f"python-{tested}\n"


def test_binder_has_no_file_that_would_take_over():
    """repo2docker would put a Dockerfile or an environment.yml of binder/ before all others."""
    names = {path.name for path in project_files() if path.parent == ROOT / "binder"}
    own = {"environment", "jupyter_server_config.py"}
    assert names == {"postBuild", "start", "requirements.txt", "runtime.txt"} | own
    assert not (ROOT / ".binder").exists()


@pytest.mark.parametrize("script", ["postBuild", "start"])
def test_binder_scripts_run_by_themselves(script):
    path = ROOT / "binder" / script
    assert os.access(path, os.X_OK)
    subprocess.run(["bash", "-n", path], check=True)
    assert "set -euo pipefail" in path.read_text()


@pytest.fixture(scope="module")
def on_binder():
    """The address of a server as Binder starts it: `binder/start` and the server's command."""
    token, port = "x", free_port()
    cookies = CookieJar()
    reader = build_opener(HTTPCookieProcessor(cookies))
    kept = {k: v for k, v in os.environ.items() if not k.startswith("JUPYTER_")}
    kept["PATH"] = f"{Path(sys.executable).parent}:{kept['PATH']}"
    address = f"http://127.0.0.1:{port}/user/some/"
    command = [ROOT / "binder" / "start", "jupyter", "server", "--allow-root", "--no-browser",
               "--ip=127.0.0.1", f"--port={port}", "--ServerApp.port_retries=0",
               "--ServerApp.base_url=/user/some/", f"--IdentityProvider.token={token}"]  # fmt: skip

    def opened(path, data=None):
        """What the server answers to one who was let in once, and sends its cookies since."""
        key = "" if data else f"{'&' if '?' in path else '?'}token={token}"
        with reader.open(address + path + key, data, timeout=LIMIT) as answer:
            return answer.read().decode()

    def leave(kernel):
        """As a page does that is left: by the cookie that it was sent, if it was."""
        sent = {each.name: each.value for each in cookies if each.name == "_xsrf"}
        opened(f"voila/api/shutdown/{kernel}", urlencode(sent or {"none": ""}).encode())

    def answers():
        try:
            return opened("api")
        except URLError:
            return False

    with running(command, answers, cwd="/", env=kept):
        yield SimpleNamespace(opened=opened, leave=leave)


@pytest.mark.server
@pytest.mark.parametrize("notebook", ["index", "figure_S5"])
def test_the_address_of_a_badge_is_a_page_of_the_binder_server(on_binder, notebook):
    """In our template, executed, with plotly.js and the other pages where the page has them.

    It asks no other host, and its kernel ends when it is left.
    """
    address = badges.launch("https://github.com/some/project", notebook)
    assert address.startswith(f"{badges.BINDER}/gh/some/project/HEAD?")
    (path,) = parse_qs(urlsplit(address).query)["urlpath"]
    page = on_binder.opened(path)
    assert 'data-voila="voila"' in page and "plotly-cartesian.min.js" in page
    assert "Traceback" not in page and "application/vnd.jupyter.widget-view+json" in page
    settings = re.findall(r'(?s)<script id="jupyter-config-data"[^>]*>(.*?)</script>', page)
    assert settings and not any("://" in one for one in settings)  # nothing from another host
    on_binder.leave(json.loads(settings[-1])["kernelId"])
    assert json.loads(on_binder.opened("api/kernels")) == []
    linked = set(re.findall(r'href="/user/some/(voila/render/[\w.]+)"', page))
    assert {one.removeprefix("voila/render/") for one in linked} <= {p.name for p in NOTEBOOKS}


def test_the_readme_s_badges_are_what_the_tool_writes():
    text = (ROOT / "README.md").read_text("utf-8")
    assert text.count(badges.BEGIN) == text.count(badges.END) == 1
    assert badges.written(text, REPOSITORY) == text, "run: python tools/badges.py"


def test_badges_open_every_notebook_wherever_the_repository_is():
    assert {f"{name}.ipynb" for name in badges.notebooks()} == {path.name for path in NOTEBOOKS}
    assert badges.notebooks()[0] == "index"
    assert (ROOT / badges.PICTURE).is_file()
    for repository, source in {
        "https://github.com/some/project": "gh/some/project",
        "https://github.com/some/project.git": "gh/some/project",
        "https://gitlab.com/some/project/": "gl/some%2Fproject",
        "https://git.example/p": "git/https%3A%2F%2Fgit.example%2Fp",
    }.items():
        text = badges.written(f"a\n{badges.BEGIN}old\n{badges.END}\nb", repository)
        assert text.startswith("a\n") and text.endswith("\nb") and "old" not in text
        assert text.count(f"{badges.BINDER}/{source}/HEAD?urlpath=") == len(NOTEBOOKS)
    assert "no public address" in badges.block("")


def test_no_file_names_a_package_index():
    hosts = [
        ".".join(parts)
        for parts in (
            ("pypi", "org"),
            ("pythonhosted", "org"),
            ("anaconda", "org"),
            ("anaconda", "com"),
            ("npmjs", "org"),
            ("npmjs", "com"),
            ("yarnpkg", "com"),
        )
    ]
    pattern = re.compile("|".join(map(re.escape, hosts)).encode(), re.IGNORECASE)
    named = {
        f"{path.relative_to(ROOT)}: {match[0].decode()}"
        for path in project_files()
        if (match := pattern.search(path.read_bytes()))
    }
    assert named == set()


def test_there_are_notebooks():
    assert ROOT / "notebooks" / "explorer.ipynb" in NOTEBOOKS


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_is_clean(path):
    assert path.stat().st_size < NOTEBOOK_LIMIT
    notebook = nbformat.read(path, as_version=4)
    cleaned = copy.deepcopy(notebook)
    clean(cleaned)
    assert cleaned == notebook, "run: python tools/clean_notebooks.py notebooks/*.ipynb"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.name)
def test_notebook_has_numbers_to_compare(path):
    """nbval silently skips a cell without a count."""
    cells = nbformat.read(path, as_version=4).cells
    checks = [cell for cell in cells if CHECK_TAG in cell.metadata.get("tags", [])]
    assert checks, "no cell is tagged " + CHECK_TAG
    for cell in checks:
        assert cell.execution_count is not None, cell.source
        assert any(output.output_type == "stream" for output in cell.outputs), cell.source


def test_cleaner_keeps_only_what_check_cells_print(tmp_path, capsys):
    printed = nbformat.v4.new_output("stream", text="1.23\n")

    def cell(tags):
        return nbformat.v4.new_code_cell(
            "x", outputs=[printed], execution_count=3, metadata={"tags": tags}
        )

    notebook = nbformat.v4.new_notebook(cells=[cell([]), cell([CHECK_TAG])])
    notebook.metadata["widgets"] = {"state": {}}
    path = tmp_path / "some.ipynb"
    nbformat.write(notebook, path)

    assert main([str(path)]) == 1
    assert "some.ipynb" in capsys.readouterr().out
    plain, check = nbformat.read(path, as_version=4).cells
    assert (plain.outputs, plain.execution_count) == ([], None)
    assert (check.outputs, check.execution_count) == ([printed], 3)
    assert "widgets" not in path.read_text()
    assert main([str(path)]) == 0


def make_test_command():
    """The pytest call of `make test`, without running it."""
    command = ["make", "-n", "--no-print-directory", "test"]
    lines = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    (line,) = [line for line in lines.splitlines() if "-m pytest" in line]
    return shlex.split(line)


@pytest.mark.proof
def test_make_test_reaches_every_notebook():
    """A wrong mix of flags runs no notebook at all, and passes."""
    arguments = make_test_command()
    arguments = arguments[arguments.index("pytest") + 1 :]
    assert arguments[arguments.index("--dist") + 1] == "loadfile"
    command = [sys.executable, "-m", "pytest", *arguments, "-n", "0", "--collect-only", "-q"]
    command += ["--ignore=tests", "--ignore=qdlib"]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PYTEST_")}
    collected = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    for path in NOTEBOOKS:
        assert path.relative_to(ROOT).as_posix() in collected.stdout, collected.stdout


def make_targets():
    phony = re.search(r"^\.PHONY:(.*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    return set(phony[1].split())


CODE = re.compile(r"^```.*?\n(.*?)^```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)


def code(text):
    """The code in a text of Markdown, blocks and phrases, one under another."""
    return "\n".join(block or phrase for block, phrase in CODE.findall(text))


@pytest.mark.parametrize(
    ("name", "some"),
    [
        ("README.md", {"explore", "test"}),
        ("CONTRIBUTING.md", {"check", "scores"}),
        ("data/README.md", {"calibrate"}),
    ],
)
def test_documents_name_the_make_targets_that_exist(name, some):
    calls = re.findall(
        r"^\s*(?:\$ )?make((?: +\S+)+)", code((ROOT / name).read_text("utf-8")), re.M
    )
    words = [word for call in calls for word in call.split("#")[0].split()]
    named = {word for word in words if "=" not in word and not word.startswith("-")}
    assert named <= make_targets()
    assert some <= named


DOCUMENTS = [path for path in project_files() if path.suffix in {".md", ".ipynb"}]
TOP = {path.relative_to(ROOT).parts[0] for path in project_files()}
SUFFIXES = {path.suffix for path in project_files() if path.suffix}
LINK = re.compile(r"\]\(([^)\s#]+)[^)]*\)")


def text_of(path):
    """What a document says: of a notebook its Markdown."""
    if path.suffix == ".md":
        return path.read_text("utf-8")
    cells = nbformat.read(path, as_version=4).cells
    return "\n\n".join(cell.source for cell in cells if cell.cell_type == "markdown")


def looks_like_a_path(word):
    """A name with one of the project's endings, or within one of its folders."""
    parts = word.split("/")
    plain = re.fullmatch(r"[\w.-]+(/[\w.-]*)*", word) and ".." not in parts
    return bool(plain) and (Path(word).suffix in SUFFIXES or (len(parts) > 1 and parts[0] in TOP))


def paths_in(text):
    """Paths of the repository that a text of Markdown links to, or names in its code."""
    links = [one for one in LINK.findall(CODE.sub("", text)) if "://" not in one]
    words = [word.strip(".,;:()[]'\"") for word in code(text).split()]
    return {*links, *filter(looks_like_a_path, words)}


def is_made(name):
    """Whether a path is one that git ignores, as `site/index.html`: made, and not kept."""
    command = ["git", "-c", f"safe.directory={ROOT}", "check-ignore", "-q", name]
    return subprocess.run(command, cwd=ROOT).returncode == 0


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_paths_that_a_document_names_exist(path):
    lost = {
        name
        for name in paths_in(text_of(path))
        if not any((folder / name).exists() for folder in (ROOT, path.parent)) and not is_made(name)
    }
    assert lost == set()


def test_a_path_is_told_from_other_code():
    text = "`qdlib/gone.py`, `python tools/gone --x`, [a](docs/gone.md#b) `gone.csv` `a/b` `x.y`"
    text += "\n[c](https://some.example/d.md) `Cd/CdS`\n```\n  | qdlib/lost.py  red(x/y)\n```\n"
    gone = {"qdlib/gone.py", "tools/gone", "docs/gone.md", "gone.csv", "qdlib/lost.py"}
    assert paths_in(text) == gone
    readme = paths_in(text_of(ROOT / "README.md"))
    assert {"CONTRIBUTING.md", "docs/glossary.md", "data/published.csv"} <= readme


def test_the_glossary_names_the_modules_where_its_names_are():
    modules = {path.stem: path.read_text("utf-8") for path in (ROOT / "qdlib").rglob("*.py")}
    table = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("| ")]
    named = [
        (name, module.strip())
        for _, names, _, _, where in rows
        for name in re.findall(r"`(\w+)", names)
        for module in where.split(",")
    ]
    assert len(named) > 60
    assert [
        (name, module)
        for name, module in named
        if not re.search(rf"\b{name}\b", modules.get(module, ""))
    ] == []


def test_the_readme_s_code_gives_the_numbers_beside_it(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)  # it keeps a screening where it is run
    text = (ROOT / "README.md").read_text("utf-8")
    space = {}
    for block in re.findall(r"^```python\n(.*?)^```", text, re.MULTILINE | re.DOTALL):
        exec(block, space)
    run = space["run"]
    told = f"{run.turn_on_voltage:.2f} V, {run.voltage_gap:.2f} V, {run.peak_eqe:.2g}"
    assert f"# {told}" in text
    assert f"# {space['found'].told(0)}" in text
    assert space["stress"].relative_photoluminescence[-1] < 0.1
    assert space["diode"](fraction=0.0)["Cd(RCOO)₂"].peak_eqe > 0.1


def test_ci_runs_the_readme_test_command():
    script = ROOT / ".ci" / "run"
    assert os.access(script, os.X_OK)
    last = script.read_text().splitlines()[-1]
    assert last.startswith("make test")
