"""The documentation as pages: chapters in Markdown, the parameters, the reference."""

import re
from functools import cache
from html import escape
from pathlib import PurePosixPath
from posixpath import normpath

from qdlib.data import data_rows

from . import reference
from .frame import ROOT, Page, framed, sections, words
from .prose import rendered

FRONT = "documentation"
CHAPTERS = {
    FRONT: "docs/README.md",
    "physics": "docs/physics.md",
    "glossary": "docs/glossary.md",
    "recipes": "CONTRIBUTING.md",
    "data": "data/README.md",
}
"""Pages that are files in Markdown."""
PARAMETERS = "parameters"
SHORT = {
    FRONT: "Contents",
    "physics": "The physics",
    "glossary": "Symbols",
    PARAMETERS: "Parameters",
    "recipes": "Recipes",
    "data": "Data",
    "api": "Reference",
}
"""The pages that each page of the documentation leads to."""


def write(folder):
    """Write all pages of the documentation into a folder: the Pages."""
    bodies = {name: chapter(name) for name in CHAPTERS}
    bodies[PARAMETERS] = parameter_tables()
    bodies |= {reference.page_of(p): reference.body(m) for p, m in reference.modules().items()}
    order = list(dict.fromkeys([*SHORT, *bodies]))
    titles = {name: title_of(bodies[name]) for name in order}
    return [_write(folder, name, bodies[name], titles) for name in order]


def _write(folder, name, main, titles):
    around = (
        f'{_shelf(name)}<div class="qs-doc"><div class="qs-prose">{main}</div>{_toc(main)}</div>'
    )
    path = folder / f"{name}.html"
    path.write_text(framed(name, titles[name], around, titles, here=FRONT), "utf-8")
    return Page(name, path.stat().st_size, sections(name, titles[name], main))


def chapter(name):
    """HTML of a file in Markdown."""
    source = PurePosixPath(CHAPTERS[name])
    text = (ROOT / source).read_text("utf-8")
    return rendered(text, entry, lambda url: address(url, source.parent))


def entry(code):
    """Where a piece of code in the prose leads to: a parameter, a file, a name; or None."""
    if code in parameter_keys():
        return f"{PARAMETERS}.html#{parameter_keys()[code]}"
    return address(code, PurePosixPath()) if "/" in code else reference.entry_of(code)


def address(url, folder):
    """Where a link of a file in that folder of the repository leads to on the site, or None."""
    if "://" in url or url.startswith("#"):
        return url
    path, _, anchor = url.partition("#")
    path = normpath((folder / path).as_posix())
    pages = {source: f"{name}.html" for name, source in CHAPTERS.items()}
    pages["data/parameters.csv"] = f"{PARAMETERS}.html"
    if path.endswith(".ipynb"):
        found = f"{PurePosixPath(path).stem}.html" if (ROOT / path).exists() else None
    else:
        module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
        found = pages.get(path) or reference.addresses().get(module)
    return f"{found}#{anchor}" if found and anchor else found


@cache
def parameter_keys():
    """{"redox.rate_constant": the anchor of its row, ...} of all parameters."""
    rows = data_rows("parameters.csv")
    keys = (f"{row['owner']}.{row['parameter']}" for row in rows)
    return {key: re.sub(r"[^\w.]+", "-", key) for key in keys}


def parameter_tables():
    """HTML of data/parameters.csv, a table for each owner."""
    owners = {}
    for row in data_rows("parameters.csv"):
        owners.setdefault(row["owner"], []).append(row)
    tables = "".join(
        f'<h2 id="of-{re.sub(r"[^a-zA-Z0-9]+", "-", owner)}">{escape(owner)}</h2><table><thead><tr>'
        "<th>parameter</th><th>value</th><th>unit</th><th>range</th><th>origin</th><th>source</th>"
        f"</tr></thead><tbody>{''.join(map(_parameter, rows))}</tbody></table>"
        for owner, rows in owners.items()
    )
    return (
        '<h1 id="the-parameters">The parameters</h1><p>Every number of the model that is not in a '
        "formula, as <code>data/parameters.csv</code> has it, in SI units and with energies in eV: "
        "its plausible range, and where it comes from. <code>red_qled(changes="
        '{"owner.parameter": value})</code> moves it. What an origin means, and how the calibrated '
        f'ones were fitted, is told in <a href="data.html">Data</a>.</p>{tables}'
    )


def _parameter(row):
    anchor = parameter_keys()[f"{row['owner']}.{row['parameter']}"]
    span = f"{row['low']} to {row['high']}" if row["low"] else ""
    name = f"<code>{row['parameter']}</code>"
    cells = name, row["value"], row["unit"], span, row["origin"], escape(row["source"])
    return f'<tr id="{anchor}">{"".join(f"<td>{cell}</td>" for cell in cells)}</tr>'


def title_of(main):
    """The words of a page's first heading."""
    return words(re.search("<h1[^>]*>(.*?)</h1>", main, re.DOTALL)[1])


def _shelf(name):
    """Links to the parts of the documentation."""
    here = name if name in SHORT else "api"
    links = (
        f'<a href="{one}.html"{" aria-current=true" * (one == here)}>{text}</a>'
        for one, text in SHORT.items()
    )
    return f'<nav class="qs-shelf" aria-label="Documentation">{"".join(links)}</nav>'


def _toc(main):
    """Links to a page's headings, if there are some."""
    found = re.findall(r'<h2 id="([^"]*)">(.*?)</h2>', main, re.DOTALL)
    if len(found) < 3:
        return ""
    items = "".join(f'<li><a href="#{anchor}">{escape(words(h))}</a></li>' for anchor, h in found)
    return (
        '<details class="qs-toc" open><summary>On this page</summary>'
        f'<nav aria-label="On this page"><ul>{items}</ul></nav></details>'
    )
