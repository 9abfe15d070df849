"""The collection as its readers get it: one Voilà server for all notebooks, in Chromium."""

import json
import re
import uuid
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from serving import LINE, NOTEBOOKS, PHONE, View, collection, dragged, slider
from websockets.sync.client import connect

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
AT_ONCE = 3
SHOWN = "main .qd-foot"
CONTENT = ".js-plotly-plot .main-svg, .qd-cards, .qd-table, .dataframe"
LINKS = "all => all.map((link) => link.href).filter((address) => address.includes('.ipynb'))"
# Down to the end, so that every figure is drawn.
WALK = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += 600) {
    scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 60));
  }
}"""
BIAS = "Bias (V)"
VIEWERS = 8


@pytest.fixture(scope="module")
def address(browser):
    with collection("--preheat_kernel=True", "--first=explorer") as address:
        yield address


def notebook(address, name):
    return f"{address}voila/render/{name}.ipynb"


@dataclass(frozen=True)
class Visit:
    """What a page was like on a phone."""

    text: str
    title: str
    errors: list
    foreign: set
    wide: int
    links: list
    current: list
    figures: int


@pytest.fixture(scope="module")
def visits(browser, address):
    """All pages, opened some at a time and walked through to their end."""
    found = {}
    for k in range(0, len(PAGES), AT_ONCE):
        names = PAGES[k : k + AT_ONCE]
        views = [View(browser, notebook(address, name), viewport=PHONE) for name in names]
        for name, view in zip(names, views, strict=True):
            view.ready(CONTENT).page.evaluate(WALK)
            page = view.page
            found[name] = Visit(
                text=view.text,
                title=page.title(),
                wide=view.wide,
                links=page.locator("main a").evaluate_all(LINKS),
                current=page.locator("nav [aria-current]").evaluate_all(LINKS),
                figures=page.locator(".js-plotly-plot").count(),
                errors=view.errors,
                foreign=view.foreign,
            )
            view.leave()
    return found


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error_and_fits_a_phone(visits, address, name):
    visit = visits[name]
    assert visit.errors == []
    assert visit.foreign == set()
    assert visit.wide <= PHONE["width"]
    assert "qdlib" in visit.title and ".ipynb" not in visit.title
    assert "10.1038/s41467-020-14756-5" in visit.text and "licence" in visit.text
    assert "error when executing" not in visit.text and "Traceback" not in visit.text
    assert visit.current == [notebook(address, name)]
    assert {PurePosixPath(urlsplit(link).path).stem for link in visit.links} <= set(PAGES)
    if name.startswith("figure"):
        assert visit.figures > 0


def test_the_bar_leads_to_every_notebook_and_the_root_to_one(browser, address):
    missing = View(browser, notebook(address, "none")).ready("footer")
    links = missing.page.locator("nav a").evaluate_all(LINKS)
    assert "404" in missing.text
    assert missing.foreign == set()
    assert sorted(PurePosixPath(urlsplit(link).path).stem for link in links) == PAGES
    missing.leave()
    assert urlopen(address).url == notebook(address, "explorer")


def test_a_key_moves_a_figure(browser, address):
    view = View(browser, notebook(address, "figure_1")).ready(".qd-of-1e .noUi-handle")
    view.page.locator(".qd-of-1e .noUi-handle").first.scroll_into_view_if_needed()
    view.page.wait_for_timeout(1500)
    before = view.drawn
    assert before
    view.page.locator(".qd-of-1e .noUi-handle").first.press("PageDown")
    view.wait(lambda: view.drawn != before)
    assert view.errors == []
    view.leave()


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


def test_the_theme_is_the_systems_until_it_is_chosen_and_then_kept(browser, address):
    view = View(browser, notebook(address, "explorer"), color_scheme="light").ready()
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
    page.goto(notebook(address, "none"), wait_until="load")
    assert theme(page)[:3] == light[:3]
    page.locator("#qd-theme").click()
    page.emulate_media(color_scheme="light")
    page.reload()
    assert theme(page)[:3] == dark[:3]
    view.leave()


def test_viewers_at_once_see_their_own_last_value(browser, address):
    views = [View(browser, notebook(address, "explorer")) for _ in range(VIEWERS)]
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
    source = urlopen(notebook(address, name)).read().decode()
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
            answer = json.loads(socket.recv(timeout=20))
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
    source = urlopen(notebook(address, "index") + "?template=lab&theme=dark").read().decode()
    assert "qd-bar" in source and "cdn." not in source


def test_a_page_sleeps_when_nobody_uses_it_and_wakes_as_it_was(browser):
    sleepy = "--MappingKernelManager.cull_idle_timeout=2", "--MappingKernelManager.cull_interval=1"
    with collection(*sleepy) as address:
        view = View(browser, notebook(address, "flask") + "#core=3.5").ready()
        page, asleep = view.page, view.page.locator("#qd-asleep")
        asleep.wait_for(state="visible")
        assert view.foreign == set()
        page.get_by_role("button", name="Wake it up").click()
        view.ready().wait(lambda: "A core of 3.50 nm" in view.text)
    with collection() as address:
        view = View(browser, notebook(address, "index")).ready(".qd-cards")
        assert view.page.locator("#qd-asleep").is_hidden()
    view.page.locator("#qd-asleep").wait_for(state="visible")  # the server has gone


def test_a_page_that_is_left_ends_its_kernel(browser, address):
    """Or each page looked at would keep its memory for an hour."""
    context = browser.new_context()
    page, asked = context.new_page(), []
    page.on("request", lambda one: asked.append(one.url) if "/shutdown/" in one.url else None)
    page.goto(f"{address}voila/render/figure_S5.ipynb")
    page.wait_for_selector(LINE, state="attached", timeout=60_000)
    page.wait_for_timeout(1500)
    page.goto(f"{address}voila/render/figure_S1.ipynb", wait_until="commit")
    page.wait_for_timeout(2500)
    kernel = asked[0].rsplit("/", 1)[1]
    assert context.request.get(f"{address}api/kernels/{kernel}").status == 404
    context.close()
