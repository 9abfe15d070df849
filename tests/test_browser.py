"""The explorer as a reader uses it: served by Voilà, in Chromium."""

import re
from contextlib import contextmanager
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
from serving import LINE, PHONE, View, dragged, page_of, slider

from qdlib.notebook.live import defaults
from qdlib.pages.explorer import CONTROLS, series, view

pytestmark = pytest.mark.browser

BIAS, FRACTION, POTENTIAL = (
    "Bias (V)",
    "Residual ligand fraction",
    "Redox potential E⁰ of the metal",
)
POTENTIAL += " (V vs NHE)"


# What plotly.js knows of a trace, and its line's places on the page as numbers of the axes.
KNOWN = """(name) => {
  const div = document.querySelector(".js-plotly-plot");
  const index = div.data.findIndex((trace) => trace.name === name);
  const { uid, xaxis, yaxis } = div._fullData[index];
  const [x, y] = [xaxis, yaxis].map((id) => div._fullLayout[id.replace(/^./, "$&axis")]);
  const d = document.querySelector(`.trace${uid} path.js-line`)?.getAttribute("d") ?? "";
  const places = [...d.matchAll(/([-\\d.]+),([-\\d.]+)/g)];
  return {
    points: [...div.data[index].y],
    line: places.map(([, left, top]) => [x.p2d(+left), y.p2d(+top)]),
  };
}"""


# Where the words in the figure stand on the page.
WORDS = """() => [...document.querySelectorAll(".js-plotly-plot g.textpoint")].map((one) => {
  const { x, y } = one.getBoundingClientRect();
  return [x, y];
})"""


@pytest.fixture(scope="module")
def address(site):
    return page_of(site, "explorer")


class Explorer(View):
    """An open page of the explorer's kind."""

    def __init__(self, reader, url, **options):
        super().__init__(reader, url, **options)
        self.ready()
        self.wait(lambda: self.said)

    @property
    def said(self):
        """The sentence under the figure."""
        return self.page.locator(".qd-said").inner_text()

    def readout(self, label):
        """The number beside a slider."""
        control = f'.qd-control:has(.widget-label:text-is("{label}"))'
        text = self.page.locator(f"{control} .widget-readout").inner_text()
        return float(text.replace("−", "-"))

    @property
    def metal(self):
        return self.page.get_by_label("Metal of the ligand").input_value()

    def cell(self, quantity):
        """The model's number in the table's row of a quantity."""
        row = self.page.locator(f".qd-table tr:has(th:text-is('{quantity}'))")
        return float(row.locator("td").nth(1).inner_text().split()[0])

    def press(self, label, key):
        """Press a key on a slider."""
        slider(self.page, label).press(key)

    def click(self, label):
        """Click a button."""
        self.page.get_by_role("button", name=label, exact=True).click()

    @contextmanager
    def redrawn(self):
        """What is done inside has changed the figure and the sentence in the end."""
        drawn, said = self.drawn, self.said
        yield
        self.wait(lambda: self.said != said)
        self.wait(lambda: self.drawn != drawn)
        self.rest()

    @property
    def state(self):
        """The figure and the sentence."""
        return self.drawn, self.said


@pytest.fixture(scope="module")
def kept(reader):
    """Room for the page that the module's tests share, so that one which is late fails one test."""
    pages = []
    yield pages
    for page in pages:
        page.leave()


@pytest.fixture
def explorer(kept, reader, address):
    """The shared page, at its defaults; it must come out without an error, or is opened anew."""
    opened = kept.pop() if kept else Explorer(reader, address)
    opened.click("Reset")
    opened.wait(lambda: opened.said.startswith("At 2.00 V") and opened.readout(FRACTION) == 1)
    opened.rest()
    yield opened
    assert opened.errors == []
    kept.append(opened)


@pytest.fixture
def another(reader, address):
    """Opens further pages, which must come out without an error."""
    pages = []

    def open_page(link="", **options):
        pages.append(Explorer(reader, address + link, **options))
        return pages[-1]

    yield open_page
    for each in pages:
        each.leave()
    assert [each.errors for each in pages] == [[]] * len(pages)


def test_the_page_has_six_panels_and_asks_no_other_host(explorer):
    assert explorer.page.locator(".js-plotly-plot .subplot.xy, [class*='subplot x']").count() == 6
    assert explorer.page.locator(LINE).count() > 20
    assert explorer.requests
    assert explorer.foreign == set()


def test_an_arrow_key_moves_the_bias(explorer):
    with explorer.redrawn():
        explorer.press(BIAS, "ArrowRight")
    assert explorer.said.startswith("At 2.05 V")
    assert explorer.readout(BIAS) == 2.05


def test_a_step_draws_the_model_and_tells_plotly_once_the_pointer_asks(explorer):
    name, place = "PL/model", explorer.page.locator(".js-plotly-plot").bounding_box()
    explorer.page.mouse.move(0, 0)
    with explorer.redrawn():
        explorer.press(FRACTION, "PageDown")
    values = defaults(CONTROLS) | {"fraction": explorer.readout(FRACTION)}
    volts, light = series(view(**values))[name]
    line = np.array(explorer.page.evaluate(KNOWN, name)["line"])
    words = explorer.page.evaluate(WORDS)
    pixel = 108 / 205
    assert len(line) > 50
    np.testing.assert_allclose(line[:, 1], np.interp(line[:, 0], volts, light), atol=2 * pixel)
    explorer.page.mouse.move(place["x"] + 100, place["y"] + 100)
    explorer.wait(
        lambda: np.allclose(explorer.page.evaluate(KNOWN, name)["points"], light, rtol=1e-6)
    )
    explorer.rest()
    np.testing.assert_allclose(explorer.page.evaluate(KNOWN, name)["line"], line, atol=pixel)
    assert len(words) > 2
    np.testing.assert_allclose(explorer.page.evaluate(WORDS), words, atol=2)


def test_less_ligand_lets_the_dots_shine(explorer):
    assert explorer.cell("peak EQE") < 1
    with explorer.redrawn(), dragged(explorer.page, slider(explorer.page, FRACTION)) as move:
        for share in (0.9, 0.7, 0.4, 0.1):
            move(share)
    assert explorer.readout(FRACTION) == pytest.approx(0.1, abs=0.02)
    assert explorer.cell("peak EQE") > 15


@pytest.mark.parametrize("label", [BIAS, FRACTION])
def test_after_a_fast_drag_the_last_value_is_drawn(explorer, label):
    with explorer.redrawn(), dragged(explorer.page, slider(explorer.page, label)) as move:
        for k in range(100):
            move(0.3 + 0.4 * abs(1 - k % 40 / 20))
            explorer.page.wait_for_timeout(8)
    drawn, said, value = explorer.drawn, explorer.said, explorer.readout(label)
    if label == BIAS:
        assert said.startswith(f"At {value:.2f} V")
    for key in ("ArrowLeft", "ArrowRight"):  # there and back, slowly
        with explorer.redrawn():
            explorer.press(label, key)
    assert explorer.readout(label) == value
    assert (explorer.drawn, explorer.said) == (drawn, said)


def test_a_sample_button_sets_its_ligand_in_one_redraw(explorer):
    explorer.page.evaluate(
        """() => {
          const sentence = document.querySelector(".qd-said");
          const said = (window.said = [sentence.textContent]);
          new MutationObserver(() => {
            if (sentence.textContent && sentence.textContent !== said.at(-1))
              said.push(sentence.textContent);
          }).observe(sentence, { subtree: true, childList: true, characterData: true });
        }"""
    )
    with explorer.redrawn():
        explorer.click("Zn(RCOO)₂")
    assert len(explorer.page.evaluate("said")) == 2
    assert explorer.metal == "Zn"
    assert explorer.readout(POTENTIAL) == -0.76
    assert "CdSe/CdS–Zn(RCOO)2" in explorer.page.locator(".qd-table").inner_text()


def test_a_potential_of_its_own_is_no_known_metal(explorer):
    assert explorer.metal == "Cd"
    with explorer.redrawn():
        explorer.press(POTENTIAL, "ArrowLeft")
    assert explorer.metal == "custom"


def test_a_decimal_comma_is_read(explorer):
    readout = explorer.page.locator(".qd-control .widget-readout").first
    with explorer.redrawn():
        readout.fill("3,5")
        readout.press("Enter")
    assert explorer.page.locator(".qd-said").first.inner_text().startswith("At 3.50 V")


def test_a_link_restores_the_controls(another):
    page = another("#bias=1.5&fraction=0.3&metal=Zn&potential=-0.76&hold=1+min")
    page.wait(lambda: page.said.startswith("At 1.50 V after the hold"))
    assert (page.readout(BIAS), page.readout(FRACTION)) == (1.5, 0.3)
    assert (page.metal, page.readout(POTENTIAL)) == ("Zn", -0.76)
    page.press(BIAS, "ArrowRight")
    page.wait(lambda: parse_qs(urlsplit(page.page.url).fragment)["bias"] == ["1.55"])
    assert parse_qs(urlsplit(page.page.url).fragment)["metal"] == ["Zn"]


def test_a_bad_link_is_answered_beside_its_control(explorer):
    drawn = explorer.drawn
    explorer.page.evaluate("location.hash = 'fraction=7'")
    alert = explorer.page.get_by_role("alert").filter(has_text=re.compile(r"\S"), visible=True)
    alert.wait_for()
    cell = f'.qd-controls > *:has(.widget-label:text-is("{FRACTION}"))'
    assert "7" in explorer.page.locator(cell).get_by_role("alert").inner_text()
    explorer.rest()
    assert alert.count() == 1
    assert explorer.drawn == drawn and explorer.readout(FRACTION) == 1
    with explorer.redrawn():
        explorer.press(FRACTION, "ArrowLeft")
    assert alert.count() == 0


def test_the_file_has_units(explorer):
    with explorer.page.expect_download() as download:
        explorer.click("Download CSV")
    assert re.fullmatch(r"qdlib_Cd_1\.00\.csv", download.value.suggested_filename)
    lines = download.value.path().read_text("utf-8").splitlines()
    settings = [line for line in lines if line.startswith("#")]
    assert "# bias: 2.0" in settings
    head, *rows = lines[len(settings) :]
    assert {"voltage [V]", "current density [mA/cm2]", "luminance [cd/m2]"} <= set(head.split(","))
    assert len(rows) == 101


def test_a_phone_scrolls_only_downwards(another):
    phone = another(size=PHONE, touch=True)
    assert phone.wide <= 390
    # what an ancestor clips does not scroll either
    parts = ".js-plotly-plot, .qd-table, .qd-patch, .qd-control, .qd-explorer button"
    cut = """all => all.filter((part) => part.getBoundingClientRect().right > 390).length"""
    assert phone.page.locator(parts).count() > 10
    assert phone.page.locator(parts).evaluate_all(cut) == 0


def test_reset_restores_the_defaults(explorer):
    drawn, said = explorer.drawn, explorer.said
    with explorer.redrawn():
        explorer.click("RNH₂")
    with explorer.redrawn():
        explorer.press(BIAS, "PageDown")
    explorer.click("Reset")
    explorer.wait(lambda: explorer.said == said)
    explorer.wait(lambda: explorer.drawn == drawn)
    assert (explorer.metal, explorer.readout(BIAS), explorer.readout(FRACTION)) == ("Cd", 2, 1)


def test_two_pages_do_not_disturb_each_other(explorer, another):
    other = another("#bias=3&fraction=0.5")
    other.wait(lambda: other.said.startswith("At 3.00 V"))
    other.rest()
    drawn, said = other.drawn, other.said
    with explorer.redrawn():
        explorer.click("Mg(RCOO)₂")
    other.rest()
    assert (other.drawn, other.said) == (drawn, said)
    mine = explorer.drawn, explorer.said
    with other.redrawn():
        other.press(BIAS, "ArrowLeft")
    explorer.rest()
    assert (explorer.drawn, explorer.said) == mine
