"""From notebooks to pages: prose, recorded widgets, printed numbers; and what all pages share."""

import base64
import json
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from functools import partial
from html import escape
from operator import itemgetter
from pathlib import Path

import nbformat
import numpy as np

from qdlib.notebook import contents, live
from qdlib.notebook.live import PLOTLY, plot_templates
from qdlib.notebook.panel import Panel
from qdlib.wording import SUPERSCRIPT, UNITS, duration

from . import documentation, exploring, module, paneled, reference
from .frame import HERE, ROOT, TEMPLATE, Page, framed, macros, sections
from .model import functions
from .prose import lesson
from .record import Pool, figures, linked, record

NOTEBOOKS = ROOT / "notebooks"
TOGETHER = {
    "explorer": ("metal", "fraction", "bias"),
    "figure_1e": ("fraction", "potential"),
    "figure_2b": ("bias", "instant"),
}
"""Controls that are moved in all combinations, by figure; all others move one at a time."""
WORKER = "machine", "evaluate", "worker"
STYLES = "page", "plot", "sortable"
CHECK_TAG = "nbval-check-output"
"""On cells whose printed numbers a test compares: the last cell, if tagged, is the page's check."""
SLOWEST = ("explorer", "figure_3", "light_out", "figure_S7", "figure_2")
"""Begun first, so that no worker is left with them in the end."""


def notebooks():
    """Names of all notebooks, the slowest first."""
    names = [path.stem for path in NOTEBOOKS.glob("*.ipynb")]
    return sorted(names, key=lambda name: (name not in SLOWEST, name))


def build(folder, names=None, workers=2):
    """Write the site, or some of its pages, into a folder: the Pages."""
    folder = Path(folder)
    (folder / "data").mkdir(parents=True, exist_ok=True)
    write_assets(folder / "assets")
    names = notebooks() if names is None else names
    documented = documentation.write(folder)
    if workers > 1:
        with ProcessPoolExecutor(workers) as pool:
            pages = list(pool.map(partial(write_page, folder), names))
    else:
        pages = [write_page(folder, name) for name in names]
    order = {name: k for k, name in enumerate(contents.pages())}
    pages.sort(key=lambda page: order.get(page.name, len(order)))
    pages += documented
    index = [section for page in pages for section in page.sections]
    _assign(folder / "assets" / "index.js", "qdlibIndex", index)
    return pages


def write_page(folder, name):
    """Run a notebook and write its page: a Page."""
    notebook = nbformat.read(NOTEBOOKS / f"{name}.ipynb", as_version=4)
    pool, recordings, body, shell, known = Pool(), [], [], _shell(), {}
    for cell in notebook.cells:
        if cell.cell_type == "markdown":
            body.append(f'<section class="qs-prose">{_prose(cell.source)}</section>')
        elif cell.cell_type == "code" and cell.source.strip():
            printing = CHECK_TAG in cell.metadata.get("tags", [])
            known |= reference.imported(cell.source)
            body.append(_run(shell, cell.source, pool, recordings, printing, known.get))
    main = "\n".join(body)
    title = notebook.metadata.title
    titles = {own: one.title for own, one in contents.pages().items()}
    computes = any(made.model for made in recordings)
    html = framed(name, title, main, titles, live=True, computes=computes)
    (folder / f"{name}.html").write_text(html, "utf-8")
    _write_data(folder, name, pool, recordings)
    size = sum((folder / f).stat().st_size for f in (f"{name}.html", f"data/{name}.js"))
    return Page(name, size, sections(name, title, main))


def _model(widget, panels, pool):
    """What a cell's widget computes on the page; None if it cannot."""
    if panels:
        return paneled.model(panels[-1], pool)
    return exploring.model(pool) if exploring.NAME in figures(widget) else None


def _write_data(folder, name, pool, recordings):
    """Write what a page's script plays; frames that few browsers need in a file of their own."""
    plain = [_plain(made) for made in recordings]
    data = {"pool": pool.items, "recordings": plain}
    if computed := [k for k, own in enumerate(plain) if own["model"]]:
        frames = {"pool": pool.late, "frames": {k: plain[k].pop("frames") for k in computed}}
        _assign(folder / "data" / f"{name}-frames.js", "qdlibFrames", frames)
        data["frames"] = f"data/{name}-frames.js"
    _assign(folder / "data" / f"{name}.js", "qdlibPage", data)


def _shell():
    from IPython.core.interactiveshell import InteractiveShell

    return InteractiveShell()


def _run(shell, source, pool, recordings, printing, address):
    """A code cell's HTML: what it shows, and under it its code, folded unless it is `printing`.

    A lesson's check is folded itself. Names in the code lead to address(name), where there is one.
    """
    is_check = "print(check(" in source
    from IPython.utils.capture import capture_output
    from ipywidgets import Widget

    known = {id(one) for one in shell.user_ns.values()}
    with capture_output() as printed:
        result = shell.run_cell(source)
    result.raise_error()
    made = [
        one for one in shell.user_ns.values() if isinstance(one, Panel) and id(one) not in known
    ]
    shown, html = made[-1].widget if made else result.result, ""
    if isinstance(shown, Widget):
        first = sum(len(made.shown) for made in recordings)
        model = _model(shown, made, pool) if module.can_link() else None
        # frames of what the page computes are for old browsers only
        together = {} if model else TOGETHER
        recordings.append(record(shown, pool, first, together, model))
        number = len(recordings) - 1
        html = f'<div class="qs-live" data-recording="{number}">{recordings[-1].html}</div>'
    elif shown is not None:
        html = f'<div class="qs-wide" tabindex="0">{shown._repr_html_()}</div>'
    elif printed.stdout:
        html = f'<pre class="qs-printed" tabindex="0">{escape(printed.stdout)}</pre>'
        if is_check:
            html = (
                f'<details class="qd-fold"><summary>The numbers as text</summary>{html}</details>'
            )
    code = macros().code(reference.coloured(source, address), printing and not is_check)
    return f'<section class="qs-output">{html}{code}</section>'


def _plain(made):
    return {key: value for key, value in asdict(made).items() if key != "html"}


def _prose(source):
    return linked(lesson(source))


def wording():
    """What `write.js` needs to know of qdlib/wording.py."""
    return {
        "superscript": {chr(code): chr(to) for code, to in SUPERSCRIPT.items()},
        "units": sorted(UNITS.items(), key=itemgetter(1)),
        "longer": duration(np.nan),
    }


def write_assets(folder):
    """What all pages share: plotly.js, our widgets' scripts, styles, the compiled model."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(PLOTLY, folder / PLOTLY.name)
    package = Path(live.__file__).parent
    scripts = [f"const qdlibTemplates = {json.dumps(plot_templates(), separators=(',', ':'))};"]
    # a page opened from a file may not load modules
    for name in ("plot", "sortable"):
        source = (package / f"{name}.js").read_text("utf-8")
        body, _, exported = source.rpartition("export default")
        scripts.append(f"const qdlib_{name} = (() => {{\n{body}return {exported}}})();")
    scripts.append(f"const qdlibWording = {json.dumps(wording())};")
    scripts += [(HERE / f"{name}.js").read_text("utf-8") for name in ("write", "computed", "site")]
    frame = [path.read_text("utf-8") for path in (TEMPLATE / "static/frame.js", HERE / "search.js")]
    (folder / "site.js").write_text("\n".join(scripts), "utf-8")
    (folder / "frame.js").write_text("\n".join(frame), "utf-8")
    if module.can_link():
        _write_module(folder)
    styles = [
        TEMPLATE / "static/frame.css",
        HERE / "site.css",
        *(package / f"{name}.css" for name in ("page", "plot", "sortable")),
    ]
    (folder / "site.css").write_text("".join(path.read_text("utf-8") for path in styles), "utf-8")


def _write_module(folder):
    """Write the compiled model, and what computes with it beside the page."""
    code = "".join((HERE / f"{name}.js").read_text("utf-8") for name in WORKER)
    made = base64.b64encode(module.compiled(functions())).decode()
    _assign(folder / "model.js", "qdlibModel", {"module": made, "worker": code})


def _assign(path, name, value):
    """Write a script that holds a value: unlike JSON, a page opened from a file may load it."""
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    path.write_text(f"const {name} = {text};\n", "utf-8")
