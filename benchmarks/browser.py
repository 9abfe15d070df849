"""How soon a page is there, and how soon it follows the hand, in Chromium: lists of samples."""

import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import nbformat
import psutil

for folder in ("tests", "tools"):
    sys.path.insert(0, str(Path(__file__).resolve().parents[1] / folder))
from serving import (  # noqa: E402
    CHROMIUM,
    LINE,
    SIZE,
    chromium,
    collection,
    dragged,
    slider,
    stock,
    voila,
)
from static_site import write_assets, write_page  # noqa: E402

PRESSES, DRAGS, STARTS = 60, 3, 5
LESSON = "figure_1"
AFTER_PRESS = 300  # [ms]
DRAG = 3.0  # [s]
STATIC = "explorer"
BUNDLE = """<!doctype html><div id="plot"></div>
<script src="assets/plotly-cartesian.min.js"></script>
<script>Plotly.newPlot("plot", [{ x: [0, 1], y: [0, 1], mode: "lines" }])</script>"""
PAUSE = {"cold": 3, "pre-heated": 16}  # [s], in which the pool is filled again
FIRST_PAGE = "--first=explorer"
POOL = FIRST_PAGE, "--preheat_kernel=True"
VIEWERS, TOGETHER = 8, 3.0  # how many drag at once, and how long [s]
PANELS = {"1e": "Residual ligand fraction", "1g": "Residual ligand fraction",
          "2a": "Residual ligand fraction",
          "4a": "Residual ligand fraction", "5b": "Residual ligand fraction"}  # fmt: skip
CSS_DIGIT = "\\3"  # how a class name that starts with a digit is written in a selector
FRACTION, BIAS = "Residual ligand fraction", "Bias (V)"

# A frame counts from the moment it is painted: the first task after requestAnimationFrame.
WATCH = """
([selector]) => {
  const seen = (window.seen = { input: 0, frames: [] });
  for (const kind of ["keydown", "pointermove"])
    addEventListener(kind, (event) => (seen.input = event.timeStamp), true);
  const painted = new MessageChannel();
  painted.port1.onmessage = () => seen.frames.push(performance.now());
  const figure = document.querySelector(selector).closest(".js-plotly-plot");
  new MutationObserver(() => requestAnimationFrame(() => painted.port2.postMessage(0))).observe(
    figure, { subtree: true, attributes: true, attributeFilter: ["d"] });
}"""

# When the first line is painted [ms since the page was asked for].
FIRST = """
(() => {
  const look = () => {
    if (document.querySelector("%s")?.getAttribute("d"))
      setTimeout(() => (window.usable = performance.now()));
    else requestAnimationFrame(look);
  };
  look();
})()"""

BARE = """
from IPython.display import display
from qdlib.notebook.controls import Control
from qdlib.notebook.live import Live, Plot

axes = {"xaxis": {"range": [0, 1]}, "yaxis": {"range": [0, 1]}}
plot = Plot({"data": [{"type": "scatter", "mode": "lines", "name": "line"}], "layout": axes})
live = Live(
    [Control("level", "Level", 1.0)],
    lambda level: plot.update({"line": ([0, 1], [level, level])}),
)
display(live.box(), plot)
"""


STOCK = """
import plotly.graph_objects as go
from IPython.display import display
from ipywidgets import FloatSlider, VBox

figure, level = go.FigureWidget(go.Scatter(x=[0, 1], y=[1, 1])), FloatSlider(1.0, min=0, max=1)
level.observe(lambda change: figure.data[0].update(y=[change.new] * 2), "value")
display(VBox([level, figure]))
"""


def missing():
    """Why there is nothing to measure with; None if there is."""
    return None if CHROMIUM else "Chromium is not installed"


def measure():
    """Samples by name; times in ms, but in s for the starts of a page.

    What is compared is measured in turns, so that both have the machine as it then is.
    """
    with chromium() as browser, ExitStack() as served, tempfile.TemporaryDirectory() as folder:
        bare = served.enter_context(voila(_notebook(folder, "bare", BARE)))
        with stock(_notebook(folder, "stock", STOCK)) as peer, collection(FIRST_PAGE) as site:
            pages = {
                "stock": peer,
                "explorer": site,
                "lesson": f"{site}voila/render/{LESSON}.ipynb",
            }
            samples = {f"{name} usable, cold": [] for name in pages}
            for _ in range(STARTS):
                for name, address in pages.items():
                    samples[f"{name} usable, cold"].append(start(browser, address, PAUSE["cold"]))
        files = static_site(folder)
        samples |= static_starts(browser, files)
        with collection(FIRST_PAGE) as address:
            beside = _settled(browser, bare), "Level"
            page = _settled(browser, address + "#bias=2&fraction=1")
            static = _settled(browser, files[STATIC])
            handle = static.locator("input[data-control=fraction]")
            samples |= pressed("static explorer", static, handle, "ArrowLeft", beside)
            static.context.close()
            samples |= pressed("fraction", page, slider(page, FRACTION), "ArrowLeft", beside)
            samples["drag lag"] = [drag(page, FRACTION) for _ in range(DRAGS)]
            page.context.close()
            page = _settled(browser, address + "#bias=1&fraction=1")
            samples |= pressed("bias", page, slider(page, BIAS), "ArrowRight", beside)
            page.context.close()
            for panel, label in PANELS.items():
                page, handle = panel_of(browser, address, panel, label)
                samples |= pressed(panel, page, handle, "ArrowLeft", beside, 25)
                page.context.close()
            beside[0].context.close()
        with collection(*POOL) as address:
            samples["explorer usable, pre-heated"] = [
                start(browser, address, PAUSE["pre-heated"]) for _ in range(STARTS)
            ]
        with collection(FIRST_PAGE) as address:
            samples |= viewers(browser, address)
    return samples


def _notebook(folder, name, source):
    """A notebook of one cell in a folder: its path."""
    path = Path(folder) / f"{name}.ipynb"
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    cells = [nbformat.v4.new_code_cell(source)]
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)
    return path


def static_site(folder):
    """The static explorer, and a page with nothing but plotly.js: their addresses by name."""
    folder = Path(folder) / "site"
    (folder / "data").mkdir(parents=True)
    write_assets(folder / "assets")
    write_page(folder, STATIC)
    (folder / "bundle.html").write_text(BUNDLE, "utf-8")
    return {name: (folder / f"{name}.html").as_uri() for name in (STATIC, "bundle")}


def static_starts(browser, files):
    """From asking for a file to its first line, the page's and a bare one's in turns [s]."""
    found = [[start(browser, files[name], 1) for name in (STATIC, "bundle")] for _ in range(STARTS)]
    own, bare = zip(*found, strict=True)
    more = [a - b for a, b in found]
    return {"static usable": own, "bundle usable": bare, "static usable, more": more}


def start(browser, address, pause):
    """Time from asking for a page to its first line on the screen [s]."""
    time.sleep(pause)
    context = browser.new_context(viewport=SIZE)  # with a cache of its own, empty
    context.add_init_script(FIRST % LINE)
    page = context.new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_function("window.usable", timeout=120_000)
    found = page.evaluate("usable") / 1000
    page.goto("about:blank")  # Voilà ends the kernel of a page that is left
    context.close()
    return found


def panel_of(browser, address, panel, label):
    """A lesson's page with one panel drawn and watched, at rest, and the panel's slider."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(f"{address}voila/render/figure_{panel[0]}.ipynb", wait_until="commit")
    own = f".qd-explorer:has(.qd-of-{CSS_DIGIT}{panel[0]} {panel[1:]})"
    page.wait_for_selector(f"{own} .noUi-handle", state="attached", timeout=120_000)
    handle = page.locator(f'{own} .qd-control:has(.widget-label:text-is("{label}")) .noUi-handle')
    handle.scroll_into_view_if_needed()
    page.wait_for_selector(f"{own} {LINE}", state="attached", timeout=120_000)
    page.wait_for_timeout(2000)
    page.evaluate(WATCH, [f"{own} {LINE}"])
    return page, handle


def pressed(name, page, handle, key, beside, count=PRESSES):
    """Times from a key on a slider to the last frame it causes [ms], each press a new value; and
    those of the bare page, pressed in turns."""
    bare, level = beside[0], slider(*beside)
    bare.evaluate("() => scrollTo(0, 0)")
    own, peer = [], []
    for k in range(count):
        own.append(_press(page, handle, key))
        peer.append(_press(bare, level, ("ArrowLeft", "ArrowRight")[k % 2]))
    return {f"key press, {name}": own, f"key press, bare beside {name}": peer}


def _press(page, handle, key):
    handle.focus()
    page.evaluate("() => { seen.frames = [] }")
    page.keyboard.press(key)
    page.wait_for_timeout(AFTER_PRESS)
    return _lag(page)


def drag(page, label):
    """Time from the last move of a fast drag to the last frame [ms]."""
    with dragged(page, slider(page, label)) as move:
        page.evaluate("() => { seen.frames = [] }")
        end = time.monotonic() + DRAG
        k = 0
        while time.monotonic() < end:
            k += 1
            move(0.2 + 0.7 * abs(1 - k % 60 / 30))
            time.sleep(0.012)
    page.wait_for_timeout(1500)
    return _lag(page)


def viewers(browser, address):
    """All drag at once: times from a viewer's last move to the last frame [ms]; memory [MB]."""
    pages = [_settled(browser, address) for _ in range(VIEWERS)]
    with ExitStack() as held:
        moves = [held.enter_context(dragged(page, slider(page, BIAS))) for page in pages]
        for page in pages:
            page.evaluate("() => { seen.frames = [] }")
        end = time.monotonic() + TOGETHER
        k = 0
        while time.monotonic() < end:
            k += 1
            for move in moves:
                move(0.2 + 0.6 * abs(1 - k % 60 / 30))
        pages[0].wait_for_timeout(4000)
        lags = [_lag(page) for page in pages]
    memory = [process.memory_full_info().uss / 1e6 for process in _kernels()]
    for page in pages:
        page.context.close()
    return {f"{VIEWERS} viewers, drag lag": lags, "memory of a kernel": memory}


def _kernels():
    """The kernels of this process's servers: copies, and so of their parent's name."""
    found = psutil.Process().children(recursive=True)
    name = "multiprocessing.forkserver"
    return [
        process
        for process in found
        if name in " ".join(process.cmdline()) and name in " ".join(process.parent().cmdline())
    ]


def _settled(browser, address):
    """A page with its figure drawn and watched, at rest."""
    page = browser.new_context(viewport=SIZE).new_page()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(LINE, state="attached", timeout=60_000)
    page.wait_for_timeout(3000)
    page.evaluate(WATCH, [LINE])
    return page


def _lag(page):
    seen = page.evaluate("seen")
    if not seen["frames"]:
        raise RuntimeError("The page did not redraw.")
    return seen["frames"][-1] - seen["input"]
