"""The collection as its readers get it: one Voilà server for all notebooks, in Chromium."""

import json
import os
import re
import uuid
from contextlib import ExitStack
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import nbformat
import psutil
import pytest
from serving import LIMIT, LINE, View, collection, dragged, page_of, slider
from websockets.sync.client import connect

pytestmark = pytest.mark.browser

BIAS = "Bias (V)"
VIEWERS = 2


@pytest.fixture(scope="module")
def address(reader, site):
    return site


THEME = """() => {
  const style = (element) => getComputedStyle(element);
  const figure = document.querySelector(".js-plotly-plot .xtick text");
  return [
    document.body.dataset.jpThemeLight,
    style(document.body).backgroundColor,
    style(document.body).getPropertyValue("--jp-layout-color0").trim(),
    figure && style(figure).fill,
  ];
}"""


def theme(page):
    """What the page says of itself, its background, Jupyter's colour, the figure's text."""
    return page.evaluate(THEME)


def test_the_theme_is_the_systems_until_it_is_chosen_and_then_kept(reader, address):
    view = View(reader, page_of(address, "explorer")).ready()
    page = view.page
    light = theme(page)
    page.emulate_media(color_scheme="dark")
    view.wait(lambda: theme(page)[0] == "false")
    page.wait_for_timeout(500)
    dark = theme(page)
    assert light[0] == "true"
    assert all(a != b for a, b in zip(light, dark, strict=True))
    page.locator("#qd-theme").click()  # now it is the reader's choice
    view.wait(lambda: theme(page) == light)
    page.goto(page_of(address, "none"), wait_until="load")
    assert theme(page)[:3] == light[:3]
    page.locator("#qd-theme").click()
    page.emulate_media(color_scheme="light")
    page.reload()
    assert theme(page)[:3] == dark[:3]
    view.leave()


def test_viewers_at_once_see_their_own_last_value(reader, address):
    views = [View(reader, page_of(address, "explorer")) for _ in range(VIEWERS)]
    for view in views:
        view.ready().wait(lambda view=view: "At 2.00 V" in view.text)
    for view in views:
        view.before = view.drawn
    slider(views[0].page, BIAS).press("ArrowRight")
    views[0].wait(lambda: "At 2.05 V" in views[0].text)
    views[1].page.wait_for_timeout(500)
    assert all(view.drawn == view.before for view in views[1:])

    with ExitStack() as held:
        moves = [held.enter_context(dragged(v.page, slider(v.page, BIAS))) for v in views]
        for step in range(20):
            for k, move in enumerate(moves):
                move(0.2 + 0.03 * step if step < 19 else 0.1 + 0.1 * k)
    values = []
    for view in views:
        readout = view.page.locator(".widget-readout").first.inner_text()
        view.wait(lambda view=view, readout=readout: f"At {readout} V" in view.text)
        values.append(readout)
    assert len(set(values)) == VIEWERS
    assert all(view.errors == [] for view in views)
    for view in views:
        view.leave()


def kernel_of(address, name):
    """The kernel of a page that is opened without a browser, and the page's source."""
    source = urlopen(page_of(address, name)).read().decode()
    return re.search(r'"kernelId": "([\w-]+)"', source)[1], source


@pytest.mark.parametrize("channel", ["shell", "control"])
def test_a_viewer_cannot_run_code(address, tmp_path, channel):
    kernel, _ = kernel_of(address, "index")
    mark = tmp_path / "was here"
    code = f"open({str(mark)!r}, 'w').close()"

    def message(kind, content):
        header = {"msg_id": uuid.uuid4().hex, "msg_type": kind, "session": "viewer",
                  "username": "viewer", "version": "5.4"}  # fmt: skip
        return {"header": header, "parent_header": {}, "metadata": {}, "content": content,
                "channel": channel, "buffers": []}  # fmt: skip

    url = f"{address.replace('http', 'ws')}api/kernels/{kernel}/channels?session_id=viewer"
    with connect(url, max_size=None) as socket:
        run = {"code": code, "silent": False, "store_history": False, "user_expressions": {},
               "allow_stdin": False}  # fmt: skip
        for kind in ("execute_request", "inspect_request", "complete_request", "debug_request"):
            socket.send(json.dumps(message(kind, run)))
        asked = message("kernel_info_request", {})
        socket.send(json.dumps(asked))
        seen = []  # answers come in the order of the questions
        while not seen or seen[-1] != "kernel_info_reply":
            answer = json.loads(socket.recv(timeout=LIMIT))
            if answer["parent_header"].get("session") == "viewer":
                seen.append(answer["header"]["msg_type"])
    assert set(seen) <= {"status", "kernel_info_reply"}
    assert not mark.exists()


@pytest.mark.parametrize(
    "path",
    ["api/contents", "api/kernels", "api/kernelspecs", "api/sessions", "api/terminals",
     "api/status", "files/explorer.ipynb", "lab", "voila/tree", "voila/api/contents/",
     "voila/files/explorer.ipynb", "voila/render/../README.md",
     "voila/render/.ipynb_checkpoints/explorer-checkpoint.ipynb"],
)  # fmt: skip
def test_there_is_nothing_but_pages(address, path):
    with pytest.raises(HTTPError, match="404"):
        urlopen(address + path)


def test_a_viewer_chooses_no_template_and_ends_no_kernel_by_its_name(address):
    kernel, _ = kernel_of(address, "index")
    with pytest.raises(HTTPError, match="405"):
        urlopen(Request(f"{address}api/kernels/{kernel}", method="DELETE"))
    source = urlopen(page_of(address, "index") + "?template=lab&theme=dark").read().decode()
    assert "qd-bar" in source and "cdn." not in source


def test_a_page_sleeps_when_nobody_uses_it_and_wakes_as_it_was(reader):
    sleepy = "--MappingKernelManager.cull_idle_timeout=20", "--MappingKernelManager.cull_interval=1"
    with collection(*sleepy) as address:
        view = View(reader, page_of(address, "flask") + "#core=3.5").ready()
        page, asleep = view.page, view.page.locator("#qd-asleep")
        asleep.wait_for(state="visible")
        assert view.foreign == set()
        page.get_by_role("button", name="Wake it up").click()
        view.ready().wait(lambda: "A core of 3.50 nm" in view.text)
    with collection() as address:
        view = View(reader, page_of(address, "index")).ready(".qd-cards")
        assert view.page.locator("#qd-asleep").is_hidden()
    view.page.locator("#qd-asleep").wait_for(state="visible")  # the server has gone


def test_kernels_begin_as_copies_and_end_with_their_server():
    """However it ends."""
    before = set(psutil.Process().children(recursive=True))
    with collection() as address:
        kernel_of(address, "index")
        own = set(psutil.Process().children(recursive=True)) - before
        (server,) = [one for one in own if one.ppid() == os.getpid()]
        kernels = [one for one in own if one.parent().ppid() == server.pid]
        assert len(kernels) == 1
        # of the process that it is a copy of: what its arrays leave goes back to the system
        assert "MALLOC_MMAP_THRESHOLD_" in kernels[0].environ()
        server.kill()
        assert psutil.wait_procs(kernels, timeout=LIMIT)[1] == []


# On a machine so busy that 4 s are over before the kernel answers.
BUSIER = """const wait = window.setTimeout;
window.setTimeout = (act, ms, ...others) => wait(act, ms === 4000 ? 0 : ms, ...others);"""


def test_a_page_asks_its_kernel_for_all_widgets_at_once(reader, address):
    """And not for one by one, which it does where the kernel does not know of it, or is late."""
    asked = []
    view = View(reader, "about:blank", script=BUSIER)

    def connected(socket):
        # playwright marks what it is given as a handler, and cannot mark a built-in
        socket.on("framesent", lambda frame: asked.append(frame))

    view.page.on("websocket", connected)
    view.page.goto(page_of(address, "explorer"), wait_until="commit")
    view.ready()
    assert sum(b'"request_states"' in frame for frame in asked) == 1
    assert not any(b'"request_state"' in frame for frame in asked)
    view.leave()


LATE = """import sys, time
sys.stdout.flush_timeout = sys.stderr.flush_timeout = 0.1  # the reply does not wait
get_ipython().kernel.iopub_thread.schedule(lambda: time.sleep(6))
"it came late" """


def test_what_a_kernel_shows_late_is_on_the_page(tmp_path):
    """On a busy machine an output may come seconds after the cell's end."""
    cell = nbformat.v4.new_code_cell(LATE)
    kernel = {"kernelspec": {"name": "python3", "display_name": "", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=[cell], metadata=kernel), tmp_path / "some.ipynb")
    with collection(folder=tmp_path) as address:
        source = urlopen(page_of(address, "some")).read().decode()
    assert "it came late" in re.sub(r"(?s)<details.*?</details>", "", source)


# On a machine so slow that less than a minute is over before anything is done.
HURRIED = """const timeout = AbortSignal.timeout.bind(AbortSignal);
AbortSignal.timeout = (ms) => timeout(ms < 60_000 ? 0 : ms);"""


def test_a_widget_that_comes_up_slowly_still_follows_its_kernel(reader, address):
    view = View(reader, page_of(address, "explorer"), script=HURRIED).ready()
    view.wait(lambda: "At 2.00 V" in view.text)
    before = view.drawn
    slider(view.page, BIAS).press("PageDown")
    view.wait(lambda: view.drawn != before)
    assert view.errors == []
    view.leave()


def test_a_late_page_says_what_it_waits_for_and_goes_on(reader, address):
    held = []
    view = View(reader, "about:blank")
    view.page.route("**/voila.js*", lambda route: held.append(route))
    view.page.goto(page_of(address, "figure_S5"), wait_until="commit")
    late = view.page.locator("#qd-waiting")
    late.wait_for(state="visible")
    assert "late" in late.get_by_role("status").inner_text()
    assert late.get_by_role("button", name="Load again").is_enabled()
    view.wait(lambda: "Auger" in view.text)  # the text does not wait
    view.wait(lambda: "being built" in late.inner_text())
    held[0].continue_()
    view.ready()
    view.wait(late.is_hidden)
    assert late.locator("[role=status]").text_content() == ""
    view.page.unroute("**/voila.js*")
    assert view.errors == []
    view.leave()


# On a machine so busy that between two looks for a model all others have come.
BUSY = """const wait = window.setTimeout;
window.setTimeout = (act, ms, ...others) =>
  wait(act, new Error().stack.includes("get_model") ? 6000 : ms, ...others);"""


def test_a_part_that_comes_late_is_not_lost(reader, address):
    view = View(reader, page_of(address, "figure_S5"), script=BUSY).ready()
    assert view.errors == []
    assert "model not found" not in view.text
    view.leave()


# What the widgets' manager does where a model does not come at all.
LOSE = """(() => {
  if (sessionStorage.getItem("lost")) return;
  const lose = setInterval(() => {
    if (!document.querySelector("LINE")) return;
    clearInterval(lose);
    sessionStorage.setItem("lost", "1");
    const place = document.querySelector("main .jupyter-widgets");
    place.textContent = "Error displaying widget: model not found";
  }, 20);
})()""".replace("LINE", LINE)


def test_load_again_loads_the_page_again(reader, address):
    view = View(reader, "about:blank")
    view.page.route("**/voila.js*", lambda route: route.abort())
    view.page.goto(page_of(address, "figure_S5"), wait_until="commit")
    button = view.page.get_by_role("button", name="Load again")
    button.wait_for()
    view.page.unroute("**/voila.js*")
    button.press("Enter")
    view.ready()
    view.wait(button.is_hidden)
    view.leave()


def test_a_page_that_has_lost_a_part_says_so(reader, address):
    view = View(reader, page_of(address, "figure_S5"), script=LOSE)
    view.page.get_by_text("did not come up").wait_for()
    button = view.page.get_by_role("button", name="Load again")
    button.press("Enter")
    view.ready()
    view.wait(button.is_hidden)
    view.leave()


def test_lines_stand_beside_what_they_print_and_the_check_is_folded(reader, address):
    view = View(reader, page_of(address, "explorer")).ready()
    page = view.page
    assert page.locator(".qd-code[open] pre").first.inner_text().startswith("from qdlib import")
    assert "light from" in view.text
    summary = page.get_by_text("The numbers as text")
    printed = page.get_by_text("reduced sites per dot, PL")
    assert printed.is_hidden()
    summary.press("Enter")
    assert printed.is_visible()
    view.leave()


def test_a_page_prints_whole_on_white(reader, address):
    view = View(reader, page_of(address, "figure_2")).ready()
    page = view.page
    page.click("#qd-theme")
    places = page.locator("div[role=img][aria-label]")
    drawn = page.locator(".js-plotly-plot")
    assert drawn.count() < places.count()
    page.evaluate(
        """() => addEventListener("beforeprint", () => {
          const widths = [...document.querySelectorAll(".main-svg")].map((one) => one.clientWidth);
          window.printed = [document.body.dataset.jpThemeLight, Math.max(...widths)];
        })"""
    )
    page.pdf()
    light, width = page.evaluate("window.printed")
    assert light == "true" and width < 700  # [px], what a sheet has between its margins
    assert drawn.count() == places.count()
    assert page.evaluate("document.body.dataset.jpThemeLight") == "false"
    assert view.errors == []
    view.leave()


def test_a_page_that_is_left_ends_its_kernel(reader, address):
    """Or each page looked at would keep its memory for an hour."""
    view = View(reader, page_of(address, "figure_S5")).ready()
    page = view.page
    page.wait_for_timeout(1500)
    page.goto(page_of(address, "figure_S1"), wait_until="commit")
    kernels = [one.rsplit("/", 1)[1] for one in view.requests if "/shutdown/" in one]
    assert len(kernels) == 1
    kernel = f"{address}api/kernels/{kernels[0]}"
    view.wait(lambda: page.context.request.get(kernel).status == 404)
    view.leave()
