"""The documentation's pages: what they name exists, what exists is named, links and equations."""

import ast
import importlib
import re
from html import unescape
from pathlib import Path

import pytest
from static_site import documentation, reference
from static_site.pages import notebooks

import qdlib
from qdlib.parameters import parameters

pytestmark = pytest.mark.proof

ROOT = Path(qdlib.__file__).parents[1]
SOURCES = [path for path in (ROOT / "qdlib").rglob("*.py") if not path.name.startswith("_")]
CHAPTER = (ROOT / "docs" / "physics.md").read_text("utf-8")
NAMED = re.findall(r"`([^`\n]+)`", CHAPTER)
PAGES_LIMIT = 3_000_000  # [bytes], all pages of the documentation


def module_of(path):
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    """{name: HTML} of the documentation."""
    folder = tmp_path_factory.mktemp("documentation")
    documentation.write(folder)
    return {path.stem: path.read_text("utf-8") for path in folder.iterdir()}


def anchors(html):
    found = re.findall(r'\bid="([^"]+)"', html)
    assert len(set(found)) == len(found)
    return set(map(unescape, found))


def public_names(body):
    """What a module or a class defines for others, by its source: functions, classes, constants."""
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names = [node.name]
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [one for each in targets for one in getattr(each, "elts", [each])]
            names = [one.id for one in parts if isinstance(one, ast.Name)]
        else:
            continue
        yield from ((name, node) for name in names if not name.startswith("_"))


@pytest.mark.parametrize("path", SOURCES, ids=module_of)
def test_every_public_name_has_an_entry(pages, path):
    html = pages[reference.page_of(module_of(path))]
    entries = {one.removeprefix(f"{path.stem}.") for one in anchors(html)}
    for name, node in public_names(ast.parse(path.read_text("utf-8")).body):
        assert name in entries
        for part, inner in public_names(getattr(node, "body", [])):
            if isinstance(node, ast.ClassDef):
                is_method = isinstance(inner, ast.FunctionDef)
                assert f"{name}.{part}" in entries or (not is_method and f">{part}<" in html)


def test_every_name_of_the_package_leads_to_its_entry(pages):
    for name in qdlib.__all__:
        address = reference.exported()[name].path
        page, anchor = reference.addresses()[address].split(".html#")
        assert anchor.endswith(f".{name}") and anchor in anchors(pages[page])
        assert f'href="{page}.html#{anchor}"' in pages["api"]


def found_at_run_time(name):
    """What `module.function` or `module.Class.method` names, the module by its last part."""
    last, *parts = name.split(".")
    ((thing),) = [importlib.import_module(module_of(p)) for p in SOURCES if p.stem == last]
    for part in parts:
        thing = getattr(thing, part)
    return thing


def test_all_that_the_chapter_names_exists_and_has_an_entry():
    """A parameter, or a name of the code with its module; nothing else has a dot."""
    dotted = {name for name in NAMED if "." in name and name != "owner.parameter"}
    keys = dotted & set(parameters())
    assert len(keys) > 20 and len(dotted) > 100
    for name in dotted:
        assert name in keys or found_at_run_time(name) is not None
        assert "#" in documentation.entry(name), name


def test_the_chapter_speaks_of_every_module_of_the_physics():
    physics = {path.stem for path in SOURCES if path.parent.name == "physics"}
    assert physics - {name.split(".")[0] for name in NAMED} == set()


def test_a_name_that_is_not_there_has_no_entry():
    gone = ("transport.gone", "gone.solve", "transport.Mesh.gone", "redox.gone", "qdlib/gone.py")
    own = ("march._find", "transport.solve", "redox.rate_constant", "qdlib/physics/stack.py")
    assert {documentation.entry(name) for name in gone} == {None}
    assert [documentation.entry(name) for name in own] == [
        "api-physics-march.html",
        "api-physics-transport.html#transport.solve",
        "parameters.html#redox.rate_constant",
        "api-physics-stack.html",
    ]


def test_equations_are_mathml(pages):
    html = pages["physics"]
    assert html.count('display="block"') == CHAPTER.count("$$") / 2 > 25
    assert html.count("<math") - CHAPTER.count("$$") / 2 == len(
        re.findall(r"(?<!\$)\$[^$]+\$(?!\$)", CHAPTER)
    )
    shown = re.sub(r"<script.*?</script>", "", html, flags=re.DOTALL)
    assert not re.search(r"\$|\\|merror", shown)


def test_all_links_lead_somewhere_on_the_site(pages):
    known = {f"{name}.html": anchors(html) for name, html in pages.items()}
    others = {f"{name}.html" for name in notebooks()}
    count = 0
    for name, html in pages.items():
        for link in map(unescape, re.findall(r'<a[^>]* href="([^"]*)"', html)):
            page, _, anchor = link.partition("#")
            if page.startswith("https://"):
                continue
            count += 1
            assert page in known or page in others or not page, (name, link)
            assert not anchor or anchor in known.get(page or f"{name}.html", ()), (name, link)
    assert count > 3000


def test_nothing_comes_from_another_host_and_pages_are_small(pages):
    for html in pages.values():
        fetched = re.findall(r'(?:src|<link[^>]* href)="([^"]*)"', html)
        assert set(fetched) == {"data:,", "assets/site.css", "assets/frame.js"}
    assert sum(len(html.encode()) for html in pages.values()) < PAGES_LIMIT


def test_every_parameter_has_a_row(pages):
    rows = anchors(pages["parameters"])
    assert set(documentation.parameter_keys()) == set(parameters())
    assert set(documentation.parameter_keys().values()) <= rows


def test_a_docstring_keeps_its_formulas_and_lists_its_fields(pages):
    html = pages["api-physics-transport"]
    assert "d/dx(eps dpsi/dx) = -q (p - n + N_D - N_A)" in html
    assert "<li><strong>x</strong>: node positions [m] (N,)</li>" in html
    html = pages["api-physics-photometry"]
    assert re.search(r"<strong>spectrum</strong>: Spectrum<br />\s*Emitted photons", html)


def test_types_lead_to_their_entries(pages):
    html = pages["api-device-experiment"]
    signature = re.search(r'id="experiment.perform".*?</pre>', html, re.DOTALL)[0]
    for page, name in (("device", "Device"), ("run", "State"), ("run", "Run")):
        assert f'href="api-device-{page}.html#{page}.{name}"' in signature


def test_code_leads_to_the_entries_of_what_it_imports():
    source = "from qdlib import red_qled as made, sweep\nfrom numpy import exp\n"
    known = reference.imported(source)
    assert known == {
        "made": "api-paper-samples.html#samples.red_qled",
        "sweep": "api-device-experiment.html#experiment.sweep",
    }
    code = reference.coloured("run = sweep(made(), sweep=exp(1)).sweep", known.get)
    assert code.count("<a ") == 2
    assert re.search(
        '<a href="api-device-experiment.html#experiment.sweep"><span[^>]*>sweep</span></a>', code
    )
