"""What static pages compute: the module against Python, tables, the explorer in Chromium."""

import base64
import io
import json
from functools import cache
from html import unescape

import numpy as np
import pandas as pd
import pytest
from lessons import lesson
from serving import LINE, SIZE
from static_site import exploring, module, pages, write_page
from static_site.frame import HERE
from static_site.model import functions
from static_site.record import Pool

from qdlib import perform
from qdlib.device import alone
from qdlib.notebook.live import defaults
from qdlib.pages import explorer
from qdlib.wording import digits, volts

SETTINGS = 300  # random ones, of which tables are asked
RUNS, HELD = 80, 10  # those that are run; every how manyth is held as well
AGREE = 1e-6
TRIES = 50  # of 0.2 s each, until a figure is drawn
FLOORS = {"reduced": 1e-9, "current": 1e-12, "photoluminescence": 0.0, "external": 1e-12}
"""What lies below is rounding: of theta per dot, of A/m2, of an efficiency at rest."""
MODULE_LIMIT = 100_000  # [bytes]
RUN = """
([leaves, settings]) => settings.map(([run, held, instant]) => {
  window.machine ??= new Machine(Uint8Array.from(atob(qdlibModule), (one) => one.charCodeAt(0)));
  window.rooms ??= leaves.map((own) => machine.room(own));
  const names = ["reduced", "current", "photoluminescence", "external"];
  const texts = (room, name) => [...machine.read(room, `readings.${name}`)].map(String);
  const read = (room) => Object.fromEntries(names.map((name) => [name, texts(room, name)]));
  const put = (room, leaves) => leaves.forEach((leaf) => machine.write(room, ...leaf));
  put(rooms[0], run);
  machine.call("rest", [rooms[0], ""]);
  machine.call("carry_out", [rooms[0], ""]);
  const found = [read(rooms[0])];
  if (held) {
    put(rooms[1], held);
    machine.call("resume", instant, [rooms[0], "rows."], 295, [rooms[1], "work."]);
    machine.call("carry_out", [rooms[1], ""]);
    found.push(read(rooms[1]));
  }
  return found;
})"""

pytestmark = pytest.mark.skipif(not module.can_link(), reason="ziglang is not installed")


def settings(count, seed=1):
    """Random values of the explorer's controls, on their ladders."""
    rng = np.random.default_rng(seed)
    ladders = {control.name: control.places for control in explorer.CONTROLS}
    return [
        {name: values[rng.integers(len(values))] for name, values in ladders.items()}
        for _ in range(count)
    ]


def moving(experiment):
    """The leaves that a control may move: names and values."""
    parts = {
        "numbers": alone.numbers_of(experiment.device),
        "protocol": alone.protocol_of(experiment.protocol),
    }
    return [
        [name, np.ravel(value).tolist()]
        for part, own in parts.items()
        for name, value in module.leaves(own, part)
        if np.isfinite(value).all()
    ]


def room(experiment):
    """All leaves, for `Machine.room`."""
    bench = alone.bench(experiment.device, experiment.protocol)
    plain = []
    for name, value in module.leaves(bench):
        if np.ndim(value) == 0:
            plain.append([name, float(value)])
        else:
            texts = [one if np.isfinite(one) else None for one in np.ravel(value).tolist()]
            plain.append([name, list(value.shape), texts])
    return plain


def test_the_module_is_small_and_asks_for_nothing():
    made = module.compiled(functions())
    assert len(made) < MODULE_LIMIT
    assert b"env" not in made  # the name that imports would have


@pytest.mark.browser
@pytest.mark.proof
def test_the_module_gives_what_python_gives(browser):
    page = browser.new_page()
    page.add_script_tag(
        content=(HERE / "machine.js").read_text("utf-8") + "\nwindow.Machine = Machine;"
    )
    made = base64.b64encode(module.compiled(functions())).decode()
    page.add_script_tag(content=f"window.qdlibModule = '{made}';")
    rooms = [room(exploring.experiments(**exploring.WHOLE)[name]) for name in ("run", "held")]
    asked, wanted = [], []
    for k, values in enumerate(settings(RUNS)):
        own = exploring.experiments(
            **values | ({"hold": "1 h"} if k % HELD == 0 else {"hold": "none"})
        )
        instant = explorer.instant_of(values["bias"])
        asked.append([moving(own["run"]), moving(own["held"]) if "held" in own else None, instant])
        run = perform(own["run"].device, own["run"].protocol, keep=False)
        wanted.append([run])
        if "held" in own:
            wanted[-1].append(perform(own["held"].device, own["held"].protocol, run.state(instant)))
    found = page.evaluate(RUN, [rooms, asked])
    for runs, answers in zip(wanted, found, strict=True):
        for run, answer in zip(runs, answers, strict=True):
            for name, floor in FLOORS.items():
                got = np.array(answer[name], dtype=float)
                np.testing.assert_allclose(got, getattr(run._read, name), rtol=AGREE, atol=floor)


@pytest.fixture(scope="module")
def model():
    pool = Pool()
    return exploring.model(pool), pool


@pytest.mark.proof
def test_tables_give_the_numbers_of_any_setting(model):
    made, pool = model

    def known(value):
        if isinstance(value, dict):
            return np.frombuffer(base64.b64decode(pool.items[value["f64"]]))
        return value

    def at(table, values):
        k = 0
        for name in table["of"]:
            k = k * made["sizes"][name] + made["ladders"][name].index(values[name])
        return known(table["values"][table["index"][k]])

    for values in settings(SETTINGS):
        own = exploring.experiments(**values)
        moved = {(one["bench"], one["leaf"]): one["table"] for one in made["tables"]}
        for name, experiment in own.items():
            bench = alone.bench(experiment.device, experiment.protocol)
            first = dict(map(lambda leaf: (leaf[0], leaf[1:]), made["benches"][name]["leaves"]))
            for leaf, value in module.leaves(bench):
                if leaf.split(".")[0] not in ("numbers", "protocol"):
                    continue
                table = moved.get((name, leaf))
                kept = first[leaf]
                kept = kept[0] if np.ndim(value) == 0 else known(kept[1]) if len(kept) > 1 else 0.0
                got = at(table, values) if table else kept
                np.testing.assert_array_equal(got, value, err_msg=f"{name} {leaf} {values}")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("computed")
    (folder / "data").mkdir()
    pages.write_assets(folder / "assets")
    write_page(folder, "explorer")
    return folder


@pytest.fixture
def opened(browser, folder):
    """Open the explorer as a file, in a context of its own: a page that has drawn its lines."""
    contexts = []

    def open_page(script=""):
        context = browser.new_context(viewport=SIZE)
        contexts.append(context)
        context.add_init_script(script)
        page = context.new_page()
        page.goto((folder / "explorer.html").as_uri())
        page.wait_for_selector(f"{LINE}[d]", state="attached")
        return page

    yield open_page
    for context in contexts:
        context.close()


def shown(page, values):
    """The page's figure, once it tells what Python tells at some values."""
    told = unescape(explorer.summary(explorer.view(**values)))
    page.wait_for_function(
        "(told) => document.querySelector('.qd-said').textContent.trim() === told", arg=told
    )
    return page.locator(".js-plotly-plot").first


def assert_drawn(figure, wanted):
    """The figure has these points {trace: (x, y)}, once plotly.js has caught up."""
    figure.dispatch_event("pointermove")
    for left in reversed(range(TRIES)):
        drawn = points(figure)
        try:
            for trace, arrays in wanted.items():
                for got, want in zip(drawn[trace], arrays, strict=True):
                    np.testing.assert_allclose(got, np.asarray(want, float), AGREE, 1e-12)
            return
        except AssertionError:
            if not left:
                raise
        figure.page.wait_for_timeout(200)


def points(figure):
    """{trace: (x, y)} as plotly.js has them."""
    data = figure.evaluate(
        "(el) => JSON.stringify(el.data.map(({ name, x, y }) => "
        "[name, [...x].map(String), [...y].map(String)]))"
    )
    return {name: (np.array(x, float), np.array(y, float)) for name, x, y in json.loads(data)}


@pytest.mark.browser
@pytest.mark.proof
def test_two_sliders_move_together_and_draw_what_python_draws(opened):
    page = opened()
    for name, place in (("fraction", 0.37), ("level", 0.6)):
        slider = page.locator(f'input[data-control="{name}"]')
        box = slider.bounding_box()
        page.mouse.move(box["x"] + 0.9 * box["width"], box["y"] + box["height"] / 2)
        page.mouse.down()
        for share in (0.8, 0.2, place):
            page.mouse.move(box["x"] + share * box["width"], box["y"] + box["height"] / 2)
        page.mouse.up()
    values = defaults(explorer.CONTROLS)
    for name in ("fraction", "level"):
        slider = page.locator(f'input[data-control="{name}"]')
        values[name] = float(slider.get_attribute("aria-valuetext"))
    assert values["fraction"] != 1.0 and values["level"] != -0.89
    assert_drawn(shown(page, values), explorer.series(explorer.view(**values)))


# plotly.js says that it has drawn only when it is let go.
HELD_BACK = """() => {
  const { animate } = Plotly;
  const free = new Promise((done) => (window.letGo = done));
  Plotly.animate = (...asked) => (window.drawn = animate(...asked).then(() => free));
}"""


@pytest.mark.browser
@pytest.mark.proof
def test_a_step_while_plotly_draws_the_last_one_is_drawn_as_well(opened):
    page = opened()
    page.evaluate(HELD_BACK)
    slider = page.locator('input[data-control="fraction"]')
    values = defaults(explorer.CONTROLS)
    for ask in True, False:
        slider.press("ArrowLeft")
        values["fraction"] = float(slider.get_attribute("aria-valuetext"))
        figure = shown(page, values)
        if ask:
            figure.dispatch_event("pointermove")
    page.evaluate("() => (letGo(), drawn.then(() => {}))")
    assert_drawn(shown(page, values), explorer.series(explorer.view(**values)))


@pytest.mark.browser
@pytest.mark.proof
def test_a_metal_brings_its_potential_and_a_preset_sets_all(opened):
    page = opened()
    page.locator('select[data-control="metal"]').select_option(label="Zn")
    values = defaults(explorer.CONTROLS) | {"metal": "Zn", "potential": explorer.POTENTIALS["Zn"]}
    assert_drawn(shown(page, values), explorer.series(explorer.view(**values)))
    page.locator('button[data-press="Fig. 2b: 2 V for 50 h"]').click()
    shown(page, defaults(explorer.CONTROLS) | {"hold": "50 h"})
    said = page.locator("table.qd-table").first.inner_text()
    for row in explorer.numbers(explorer.view(**defaults(explorer.CONTROLS))):
        assert row[2] in said


def downloaded(page, section):
    """What the button of a section gives: the lines of settings, and the table."""
    with page.expect_download() as download:
        section.get_by_role("button", name="Download CSV").click()
    text = download.value.path().read_text("utf-8")
    settings = [line for line in text.splitlines() if line.startswith("#")]
    return settings, pd.read_csv(io.StringIO(text), comment="#")


def same_table(found, wanted):
    """Whether two tables hold the same, to the six digits that are written."""
    wanted = pd.DataFrame(wanted)
    assert list(found) == list(wanted)
    for title, column in wanted.items():
        if column.dtype.kind == "f":
            near = 5e-6 + AGREE  # half a unit of the sixth digit, and what the module may differ
            np.testing.assert_allclose(found[title], column, rtol=near, atol=1e-12, err_msg=title)
        else:
            assert found[title].tolist() == column.tolist()


@pytest.mark.browser
@pytest.mark.proof
def test_what_is_computed_can_be_downloaded(opened):
    page = opened()
    page.locator('button[data-press="Fig. 2b: 2 V for 50 h"]').click()
    values = defaults(explorer.CONTROLS) | {"hold": "50 h"}
    shown(page, values)
    settings, found = downloaded(page, page)
    assert "# Bias (V): 2" in settings
    same_table(found, explorer.columns(explorer.view(**values)))


# A solver that gives up at the eighth instant.
UNREACHED = """const Whole = Blob;
const call = 'const done = this.machine.call("carry_out", [bench.room, ""]);';
window.Blob = class extends Whole {
  constructor(parts, options) {
    const short = `${call.replace("done", "all")} const done = 7;`;
    super(parts.map((part) => part.replace?.(call, short) ?? part), options);
  }
};"""


@pytest.mark.browser
def test_what_the_solver_does_not_reach_is_said(opened):
    said = "document.querySelector('.qd-said').textContent.includes('2.05 V')"
    for script, count in ((UNREACHED, 1), ("", 0)):
        page = opened(script)
        page.locator('input[data-control="bias"]').press("ArrowRight")
        page.wait_for_function(said)
        assert page.get_by_role("alert").filter(has_text="does not reach").count() == count


@pytest.mark.browser
@pytest.mark.proof
def test_a_browser_that_cannot_compute_has_the_frames(opened):
    page = opened("delete window.WebAssembly")
    page.wait_for_function(
        "document.querySelector('[data-note]').textContent.includes('cannot compute')"
    )
    slider = page.locator('input[data-control="fraction"]')
    slider.focus()
    slider.press("Home")
    shown(page, defaults(explorer.CONTROLS) | {"fraction": 0.0})


@pytest.mark.browser
def test_numbers_are_written_as_python_writes_them(browser):
    rng = np.random.default_rng(1)
    numbers = [*(10 ** rng.uniform(-25, 9, 2000) * rng.choice([-1, 1], 2000)), 0.0, np.nan, 999.96]
    page = browser.new_page()
    tables = json.dumps(pages.wording())
    page.add_script_tag(
        content=f"const qdlibWording = {tables};\n{(HERE / 'write.js').read_text('utf-8')}"
        "window.write = (numbers) => numbers.map(Number).map((one) => "
        "[WRITE.digits(one), WRITE.digits(one, 2, 1e-6), WRITE.volts(one, '–')]);"
    )
    found = page.evaluate("(numbers) => write(numbers)", list(map(str, numbers)))
    assert found == [[digits(one), digits(one, 2, 1e-6), volts(one, "–")] for one in numbers]


PANELS = ("figure_1", "1e"), ("figure_1", "1g"), ("figure_3", "3c")
MOVED = "ArrowLeft", 9  # key, how often


@pytest.fixture(scope="module")
def lesson_page(folder):
    @cache
    def written(name):
        write_page(folder, name)
        return folder / f"{name}.html"

    return written


@pytest.mark.browser
@pytest.mark.proof
@pytest.mark.parametrize(("of", "name"), PANELS)
def test_panels_of_a_lesson_compute_what_python_does(browser, lesson_page, of, name):
    (panel,) = [one for one in lesson(of).panels if one.name == name]
    page = browser.new_page()
    page.goto(lesson_page(of).as_uri())
    section = page.locator(f"[data-recording]:has([aria-label^='Figure {name}.'])")
    section.scroll_into_view_if_needed()
    values = {}
    for control in panel.controls:
        slider = section.locator(f"[data-control='{control.name}']")
        for _ in range(MOVED[1]):
            slider.press(MOVED[0])
        ladder = control.places
        values[control.name] = ladder[int(slider.input_value())]
        assert values[control.name] != control.default
    view = panel(**values)
    said = section.locator(".qd-said")
    told = unescape(panel.drawing.say(view))
    same = "([el, told]) => el.textContent === told"
    page.wait_for_function(same, arg=[said.element_handle(), told])
    assert_drawn(section.locator(".js-plotly-plot").first, panel.drawing.series(view))
    same_table(downloaded(page, section)[1], panel.drawing.table(view))
