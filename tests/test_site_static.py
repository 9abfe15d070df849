"""The site without a kernel: its frames, and its pages in Chromium, served or as files."""

import base64
import json
import re
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from xml.etree import ElementTree

import ipywidgets
import numpy as np
import pytest
from lessons import lesson
from static_site import build, documentation, module, pages, reference
from static_site.record import Pool, ladder, linked, record

from qdlib.notebook import whole
from qdlib.notebook.controls import Control
from qdlib.notebook.live import Live, Plot, defaults, input_of
from qdlib.pages.tables import show as show_table

pytestmark = pytest.mark.proof

PAGES = "index", "figure_S5", "table_S1"
CHAPTERS = "physics", "parameters", "api-physics-photometry"
PAGE_LIMIT = 3_000_000  # [bytes], besides what the pages share
SINGLE = 2e-7  # float32's relative error
PATIENCE = 20_000  # [ms]


class Played:
    """What a Recording shows, put together as `site.js` does."""

    def __init__(self, widget, **options):
        self.pool = Pool()
        self.made = record(widget, self.pool, **options)

    def ladder(self, name):
        return next(one["values"] for one in self.made.controls if one["name"] == name)

    def series(self, number, frame):
        """{trace: (x, y)} of the figure with a number."""
        now = frame["changes"].get(number, {})
        first = {} if "figure" in now else self.made.shown[number]["series"]
        return {
            self.pool.items[name]: tuple(map(self.array, places))
            for name, places in (first | now.get("series", {})).items()
        }

    def array(self, place):
        return np.frombuffer(base64.b64decode(self.pool.items[place]), "<f4")

    def html(self, frame):
        """All HTML that differs from the first state."""
        changed = frame["changes"].values()
        return [self.pool.items[one["html"]] for one in changed if "html" in one]

    def figure(self):
        """The number of the only figure."""
        (number,) = self.made.labels
        return number


def assert_same(shown, wanted):
    assert shown.keys() == wanted.keys()
    for name, points in wanted.items():
        for got, want in zip(shown[name], points, strict=True):
            np.testing.assert_allclose(got, np.asarray(want, float), rtol=SINGLE, atol=1e-30)


@pytest.fixture(scope="module")
def auger():
    (panel,) = lesson("figure_S5").panels
    return panel, Played(panel.widget)


@pytest.mark.parametrize("name", ["share", "attenuation"])
def test_a_frame_is_what_the_exhibit_shows_there(auger, name):
    one, played = auger
    values = played.ladder(name)
    frames = played.made.frames["alone"][name]
    assert len(frames) == len(values) >= 9
    for value, frame in zip(values, frames, strict=True):
        shown = one(**{name: value})
        assert_same(played.series(played.figure(), frame), one.drawing.series(shown))
        if value != pytest.approx(defaults(one.controls)[name]):
            assert one.drawing.say(shown) in played.html(frame)


def test_at_the_default_nothing_differs(auger):
    one, played = auger
    for name, frames in played.made.frames["alone"].items():
        at = played.ladder(name).index(pytest.approx(defaults(one.controls)[name]))
        assert frames[at] == {"changes": {}}
    assert played.made.frames["presets"]["Reset"] == {"changes": {}}
    assert one.say() in played.made.html


def test_what_does_not_move_is_kept_once(auger):
    _, played = auger
    items = played.pool.items
    assert len({json.dumps(item) for item in items}) == len(items)
    for frame in played.made.frames["alone"]["share"]:
        moved = frame["changes"].get(played.figure(), {"series": {}})
        assert len(moved["series"]) < len(played.made.shown[played.figure()]["series"])


CONTROLS = (
    Control("metal", "Metal", "Cd", choices=("Cd", "Zn", "none")),
    Control("potential", "Potential", -0.4, -2.0, 0.0, 0.2, "V"),
    Control("scale", "Scale", 1.0, 0.01, 100.0, 0.5, log=True, readout=".2g"),
)


def small_page():
    """A page whose metal brings a potential along, and another figure."""
    figure = {"data": [{"type": "scatter", "name": "k/line"}], "layout": {}}
    plot, said = Plot(figure, "small", "Small"), ipywidgets.HTML()

    def draw(metal, potential, scale):
        if figure["layout"] != {"meta": metal}:
            figure["layout"] = {"meta": metal}
            plot.show({**figure, "layout": {"meta": metal}})
        plot.update({"k/line": ([0, 1], [potential, scale])})
        said.value = f"<a href='explorer.ipynb'>{metal} {potential:.2f} {scale:.3g}</a>"

    live = Live(
        CONTROLS,
        draw,
        follow=lambda name, values: {"potential": -0.76} if values["metal"] == "Zn" else {},
    )
    return live.arrange({"Big": ("", {"scale": 100.0})}, [], [plot, said])


def test_controls_that_others_take_along_are_told():
    played = Played(small_page())
    cadmium, zinc, _ = played.made.frames["alone"]["metal"]
    assert cadmium["changes"] == {}
    assert zinc["also"] == {"potential": [-0.76, "-0.76"]}
    assert played.pool.items[zinc["changes"][played.figure()]["figure"]]["layout"] == {"meta": "Zn"}
    _, y = played.series(played.figure(), zinc)["k/line"]
    np.testing.assert_allclose(y, [-0.76, 1], rtol=SINGLE)
    assert played.made.frames["presets"]["Big"]["also"] == {"scale": [100.0, "1e+02"]}


def test_controls_together_have_every_combination():
    played = Played(small_page(), together={"small": ("metal", "scale")})
    frames = played.made.frames["together"]
    scales = played.ladder("scale")
    assert played.made.together == ["metal", "scale"]
    assert set(played.made.frames["alone"]) == {"potential"}
    assert len(frames) == 3 * len(scales)
    for k, frame in enumerate(frames):
        _, y = played.series(played.figure(), frame)["k/line"]
        metal, place = divmod(k, len(scales))
        wanted = (-0.4, -0.76, -0.4)[metal], scales[place]  # no metal inherits another's potential
        np.testing.assert_allclose(y, wanted, rtol=SINGLE)


def test_ladders_end_at_the_ends_and_hold_the_default():
    held = next(one for one in lesson("figure_2").panels if one.name == "2b")
    for control in (*CONTROLS, *held.controls):
        widget = input_of(control)
        values = ladder(widget)
        if not control.choices:
            np.testing.assert_allclose(
                [values[0], values[-1]], [control.minimum, control.maximum], rtol=1e-9, atol=1e-9
            )
            assert pytest.approx(control.default) in values
            assert 5 <= len(values) <= 15
            assert values == sorted(values)


def test_links_lead_to_pages():
    assert linked('<a href="figure_1.ipynb#x">') == '<a href="figure_1.html#x">'
    assert "explorer.html" in Played(small_page()).made.html


def test_a_widget_without_a_static_form_is_refused():
    with pytest.raises(TypeError, match="Textarea"):
        record(ipywidgets.VBox([ipywidgets.Textarea()]), Pool())


def test_what_needs_its_kernel_is_a_note_and_has_no_frames():
    control = ipywidgets.FloatText(value=1.0)
    made = record(ipywidgets.VBox([control]).add_class("qd-served"), Pool())
    assert "make explore" in made.html and made.controls == [] and made.shown == {}


def test_tables_and_whole_figures_are_recorded():
    assert "data-sortable" in record(show_table("S1"), Pool()).html
    figure = record(whole(*lesson("figure_S1").panels), Pool())
    assert figure.controls == [] and "The figure in words" in figure.html


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A site of a few pages, under a sub-path of a server's root."""
    folder = tmp_path_factory.mktemp("root") / "some" / "where"
    build(folder, PAGES, workers=1)
    return folder


def test_pages_are_small_and_complete(folder):
    for name in PAGES:
        parts = folder / f"{name}.html", folder / "data" / f"{name}.js"
        assert sum(part.stat().st_size for part in parts) < PAGE_LIMIT
    kept = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    assets = "plotly-cartesian.min.js", "site.js", "frame.js", "site.css", "index.js", "model.js"
    named = {*documentation.SHORT, *map(reference.page_of, reference.modules())}
    shared = {f"assets/{name}" for name in assets} | {f"{name}.html" for name in named}
    assert kept == shared | {f"{n}.html" for n in PAGES} | {f"data/{n}.js" for n in PAGES}


def test_pages_keep_prose_answers_and_printed_numbers(folder):
    html = (folder / "figure_S5.html").read_text("utf-8")
    assert "<summary>Answers</summary>" in html
    assert re.search(r'<pre class="qs-printed"[^>]*>S5 ', html)
    assert html.count('aria-current="page"') == 1
    assert "<math" in html and "$$" not in html


def test_names_in_a_panels_code_lead_to_the_reference(folder):
    html = (folder / "figure_S5.html").read_text("utf-8")
    links = dict(re.findall(r'<a href="(api-[^"]*)"><span class="n">(\w+)</span></a>', html))
    assert {"auger", "panel", "ATTENUATION"} <= set(links.values())
    for link in links:
        page, anchor = link.split("#")
        assert f'id="{anchor}"' in (folder / page).read_text("utf-8")


def test_no_address_is_absolute_but_links_of_the_prose(folder):
    """A reader may follow a link to the paper; nothing is fetched from another host."""
    for name in PAGES:
        html = (folder / f"{name}.html").read_text("utf-8")
        fetched = re.findall(r'(?:src|<link[^>]* href)="([^"]*)"', html)
        assert fetched and all(re.match(r"(assets|data)/|data:,$", each) for each in fetched)
        for link in re.findall(r'<a[^>]* href="([^"]*)"', html):
            assert re.fullmatch(
                r"https://(doi|creativecommons)\.org/\S+|[\w-]+\.html(#\S+)?|#\S+", link
            ), link
    for script in (
        *folder.glob("data/*.js"),
        folder / "assets/site.js",
        folder / "assets/frame.js",
        folder / "assets/index.js",
    ):
        addresses = re.findall(r"https?://[\w.]+", script.read_text("utf-8"))
        assert set(addresses) <= {"https://doi.org", "http://www.w3.org"}
    assert "url(" not in (folder / "assets/site.css").read_text("utf-8")


@pytest.fixture(scope="module")
def served(folder):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    handler = partial(Quiet, directory=folder.parents[1])
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/some/where"
        server.shutdown()
        thread.join()


@pytest.fixture
def base(request, folder):
    """Where pages are: a folder of files, or a server for a test that asks for "served" as well."""
    served = getattr(request, "param", "files") == "served"
    return request.getfixturevalue("served") if served else folder.as_uri()


both = pytest.mark.parametrize("base", ["served", "files"], indirect=True)


@pytest.fixture
def visit(browser, base):
    """Opens pages, which must come out without an error, a warning or a foreign request."""
    wrong, asked, contexts = [], [], []

    def open_page(name, **options):
        size = {"viewport": {"width": 1280, "height": 900}}
        contexts.append(browser.new_context(**size | options))
        page = contexts[-1].new_page()
        page.set_default_timeout(PATIENCE)
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.on("console", lambda said: wrong.append(said.text))
        page.on("request", lambda request: asked.append(request.url))
        page.goto(f"{base}/{name}.html")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert wrong == []
    assert asked
    assert [url for url in asked if not url.startswith((base, "data:", "blob:"))] == []


def paths(page):
    """Every path of the page's figures, as one string."""
    return page.evaluate(
        """() => [...document.querySelectorAll(".js-plotly-plot .scatterlayer path")]
          .map((path) => path.getAttribute("d")).join(" ")"""
    )


def settled(page, change):
    """`change()`, which moves the figure."""
    page.wait_for_selector(".js-plotly-plot .scatterlayer path.js-line", state="attached")
    before = paths(page)
    change()
    wait(page, lambda: paths(page) != before)


def wait(page, condition):
    """Wait until condition() is true."""
    for _ in range(PATIENCE // 50):
        if condition():
            return
        page.wait_for_timeout(50)
    pytest.fail("waited in vain")


@both
@pytest.mark.browser
def test_a_key_moves_a_slider_the_figure_and_the_words(visit):
    page = visit("figure_S5")
    share = page.get_by_label("Outer cadmium, if reduced")
    attenuation = page.locator("[data-control=attenuation]")
    start, said = share.input_value(), page.locator(".qd-said").first.inner_text()
    settled(page, lambda: share.press("ArrowLeft"))
    assert share.input_value() != start
    assert page.locator(".qd-said").first.inner_text() != said
    # the other slider puts this one back
    settled(page, lambda: attenuation.press("ArrowRight"))
    assert share.input_value() == start
    settled(page, lambda: page.get_by_role("button", name="Reset").click())
    assert page.locator(".qd-said").first.inner_text() == said


@pytest.mark.browser
def test_curves_can_be_hidden_and_panels_enlarged(visit):
    page = visit("figure_S5")
    page.get_by_text("Curves", exact=True).click()
    first = page.locator(".qs-curves input").first
    line = page.locator(".js-plotly-plot .scatterlayer .trace").first
    line.wait_for(state="attached")

    def opacity():
        return line.evaluate("line => getComputedStyle(line).opacity")

    assert opacity() == "1"
    first.uncheck()
    wait(page, lambda: opacity() == "0")
    settled(page, lambda: page.locator("[data-control=share]").press("ArrowLeft"))
    assert opacity() == "0"
    first.check()
    wait(page, lambda: opacity() == "1")

    shown = "document.querySelector('.js-plotly-plot').layout.xaxis.range.join()"
    whole = page.evaluate(shown)
    area = page.locator(".js-plotly-plot .nsewdrag").first.bounding_box()
    page.mouse.move(area["x"] + 50, area["y"] + 50)
    page.mouse.down()
    page.mouse.move(area["x"] + 150, area["y"] + 90, steps=5)
    page.mouse.up()
    wait(page, lambda: page.evaluate(shown) != whole)


@pytest.mark.browser
def test_a_saved_figure_says_what_was_set(visit):
    page = visit("figure_S5")
    settled(page, lambda: page.locator("[data-control=share]").press("ArrowLeft"))
    set_to = page.locator(".widget-readout").first.inner_text()
    with page.expect_download() as download:
        page.get_by_role("button", name="SVG").click()
    assert download.value.suggested_filename.startswith(f"qdlib_figure_S5_share={float(set_to):g}")
    drawn = ElementTree.parse(download.value.path())
    said = drawn.find("{http://www.w3.org/2000/svg}desc").text
    assert f": {float(set_to):g}" in said and "doi:" in said


@both
@pytest.mark.browser
def test_search_finds_and_leads_to_a_section(visit):
    page = visit("index")
    page.get_by_role("searchbox").fill("auger cadmium")
    link = page.locator("#found a").first
    link.wait_for()
    link.click()
    page.wait_for_url("**/figure_S5.html*")
    page.get_by_role("searchbox").fill("phosphine")
    page.locator("#found a[href^='table_S1.html']").first.wait_for()
    page.get_by_role("searchbox").fill("xylophone")
    page.get_by_text("Nothing found").wait_for()


@pytest.mark.browser
def test_the_bar_and_the_search_lead_to_the_documentation(visit):
    page = visit("index")
    page.get_by_role("link", name="Documentation").click()
    page.get_by_role("link", name="The physics").first.click()
    page.get_by_role("heading", name="What a reduced site does").wait_for()
    for words, address in {
        "Scharfetter Gummel mesh": "physics.html#on-a-mesh",
        "capture_coefficient calibrated": "parameters.html#of-redox",
        "marcus_factor": "api-physics-reduction.html#reduction.marcus_factor",
        "recipes curve": "recipes.html#recipes",
    }.items():
        page.get_by_role("searchbox").fill(words)
        page.locator(f"#found a[href='{address}']").wait_for()


@pytest.mark.browser
def test_equations_are_drawn(visit):
    page = visit("physics")
    empty = page.eval_on_selector_all(
        "math", "all => all.filter((one) => !one.getBoundingClientRect().height).length"
    )
    assert page.locator("math").count() > 100 and empty == 0
    # laid out, not read as text: what is above a line stands above what is below it
    flat = page.eval_on_selector_all(
        "mfrac",
        """all => all.map(({ children }) => [...children].map((one) => one.getBoundingClientRect()))
          .filter(([above, below]) => above.bottom > below.top + 1).length""",
    )
    assert page.locator("mfrac").count() > 30 and flat == 0


@pytest.mark.browser
@pytest.mark.parametrize("name", CHAPTERS)
def test_the_documentation_fits_a_phone(visit, name):
    page = visit(name, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    bar = page.locator(".qd-bar").bounding_box()
    assert bar["height"] < 120


@pytest.mark.browser
def test_a_tables_header_sorts_it(visit):
    page = visit("table_S1")
    cells = page.locator("table.qd-table tbody tr td:first-child")
    before = cells.all_inner_texts()
    page.get_by_role("columnheader", name="EQE (%)").get_by_role("button").click()
    assert sorted(cells.all_inner_texts()) == sorted(before) != cells.all_inner_texts()


@pytest.mark.browser
@pytest.mark.parametrize("name", PAGES)
def test_a_phone_scrolls_only_downwards(visit, name):
    page = visit(name, viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    if name != "index":
        page.locator("[data-plot]").first.scroll_into_view_if_needed()
        page.wait_for_selector(".js-plotly-plot", state="attached")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    zoom = page.get_by_role("button", name="Zoom")
    assert zoom.count() == (name != "index")
    if zoom.count():  # a finger scrolls
        assert zoom.get_attribute("aria-pressed") == "false"


@pytest.mark.browser
def test_the_theme_follows_the_system_and_the_button(visit):
    page = visit("figure_S5", color_scheme="dark")
    ground = "getComputedStyle(document.body).backgroundColor"
    assert page.evaluate(ground) == "rgb(17, 17, 17)"
    page.wait_for_selector(".js-plotly-plot .xtick text", state="attached")
    page.get_by_role("button", name="Light").click()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"
    page.reload()
    assert page.evaluate(ground) == "rgb(255, 255, 255)"


@pytest.mark.browser
def test_without_a_linker_a_page_steps_through_its_frames(browser, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "can_link", lambda: False)
    (tmp_path / "data").mkdir()
    pages.write_assets(tmp_path / "assets")
    pages.write_page(tmp_path, "figure_5")
    assert not (tmp_path / "assets" / "model.js").exists()
    page = browser.new_page()
    page.goto((tmp_path / "figure_5.html").as_uri())
    slider = page.locator("input[data-control='fraction']").first
    said = page.locator(".qd-said").first
    slider.wait_for()
    assert "computed before" in page.locator("[data-note]").first.inner_text()
    before = said.inner_text()
    slider.press("PageDown")
    page.wait_for_function(
        "([el, before]) => el.innerText !== before", arg=[said.element_handle(), before]
    )
    page.close()
