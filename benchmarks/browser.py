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
from serving import CHROMIUM, LINE, SIZE, chromium, collection, dragged, slider, voila  # noqa: E402

PRESSES, DRAGS, STARTS = 60, 3, 5
AFTER_PRESS = 300  # [ms]
DRAG = 3.0  # [s]
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


def missing():
    """Why there is nothing to measure with; None if there is."""
    return None if CHROMIUM else "Chromium is not installed"


def measure():
    """Samples by name; times in ms, but in s for the starts of a page."""
    samples = {}
    with chromium() as browser:
        with collection(FIRST_PAGE) as address:
            samples["page usable, cold"] = starts(browser, address, PAUSE["cold"])
            page = _settled(browser, address + "#bias=2&fraction=1")
            samples["key press, fraction"] = presses(page, slider(page, FRACTION), "ArrowLeft")
            samples["drag lag"] = [drag(page, FRACTION) for _ in range(DRAGS)]
            page.context.close()
            page = _settled(browser, address + "#bias=1&fraction=1")
            samples["key press, bias"] = presses(page, slider(page, BIAS), "ArrowRight")
            page.context.close()
        with tempfile.TemporaryDirectory() as folder:
            bare = Path(folder) / "bare.ipynb"
            cells = [nbformat.v4.new_code_cell(BARE)]
            kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
            nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), bare)
            with voila(bare) as address:
                page = _settled(browser, address)
                samples["key press, bare"] = presses(page, slider(page, "Level"), "ArrowLeft")
                page.context.close()
        with collection(FIRST_PAGE) as address:
            samples |= lessons(browser, address)
        with collection(*POOL) as address:
            samples["page usable, pre-heated"] = starts(browser, address, PAUSE["pre-heated"])
        with collection(FIRST_PAGE) as address:
            samples |= viewers(browser, address)
    return samples


def starts(browser, address, pause, count=STARTS):
    """Times from asking for a page to its first line on the screen [s]."""
    found = []
    for _ in range(count):
        time.sleep(pause)
        context = browser.new_context(viewport=SIZE)  # with a cache of its own, empty
        context.add_init_script(FIRST % LINE)
        page = context.new_page()
        page.goto(address, wait_until="commit")
        page.wait_for_function("window.usable", timeout=60_000)
        found.append(page.evaluate("usable") / 1000)
        page.goto("about:blank")  # Voilà ends the kernel of a page that is left
        context.close()
    return found


def lessons(browser, address):
    """How soon the lessons are there [s], and one slider of each, key press to frame [ms]."""
    opened, steps = [], {}
    for panel, label in PANELS.items():
        url = f"{address}voila/render/figure_{panel[0]}.ipynb"
        opened += starts(browser, url, PAUSE["cold"], 2)
        page = browser.new_context(viewport=SIZE).new_page()
        page.goto(url, wait_until="commit")
        own = f".qd-explorer:has(.qd-of-{CSS_DIGIT}{panel[0]} {panel[1:]})"
        page.wait_for_selector(f"{own} .noUi-handle", state="attached", timeout=60_000)
        handle = page.locator(
            f'{own} .qd-control:has(.widget-label:text-is("{label}")) .noUi-handle'
        )
        handle.scroll_into_view_if_needed()
        page.wait_for_selector(f"{own} {LINE}", state="attached", timeout=60_000)
        page.wait_for_timeout(2000)
        page.evaluate(WATCH, [f"{own} {LINE}"])
        steps[f"key press, {panel}"] = presses(page, handle, "ArrowLeft", 25)
        page.context.close()
    return {"lesson usable, cold": opened} | steps


def presses(page, handle, key, count=PRESSES):
    """Times from a key on a slider to the last frame it causes [ms]; each press a new value."""
    handle.focus()
    found = []
    for _ in range(count):
        page.evaluate("() => { seen.frames = [] }")
        page.keyboard.press(key)
        page.wait_for_timeout(AFTER_PRESS)
        found.append(_lag(page))
    return found


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
    memory = [process.memory_full_info().uss / 1e6 for process in _kernels()]
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
    for page in pages:
        page.context.close()
    return {f"{VIEWERS} viewers, drag lag": lags, "memory of a kernel": memory}


def _kernels():
    """The kernels of this process's servers."""
    return [
        process
        for process in psutil.Process().children(recursive=True)
        if "ipykernel_launcher" in process.cmdline()
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
