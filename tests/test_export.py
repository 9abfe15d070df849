"""Pictures of live figures: what they hold, in the browser."""

import base64
import json
import struct
import xml.etree.ElementTree as ElementTree

import ipywidgets
import pytest
from serving import View, page_of
from test_browser import Explorer

from qdlib.notebook.citation import credit
from qdlib.notebook.controls import Control
from qdlib.notebook.live import Live, Plot

FIGURE = {"data": [{"type": "scatter", "name": "line", "x": [0], "y": [0]}], "layout": {}}
DOI = "10.1038/s41467-020-14756-5"
SVG = "{http://www.w3.org/2000/svg}"
STATE = "#bias=1.5&fraction=0.3&metal=Zn&potential=-0.76"
# Share of pixels that differ from the corner's, in each of the bottom `strips`; and the corner's
# brightness.
PIXELS = """async ([text, strips]) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
  const { width, height } = image;
  const brush = new OffscreenCanvas(width, height).getContext("2d");
  brush.drawImage(image, 0, 0);
  const corner = brush.getImageData(0, 0, 1, 1).data;
  const inked = strips.map((strip) => {
    const { data } = brush.getImageData(0, height - strip, width, strip);
    let other = 0;
    for (let k = 0; k < data.length; k += 4) other += Math.abs(data[k] - corner[0]) > 60;
    return other / (width * strip);
  });
  return [...inked, corner[0]];
}"""


def test_a_plot_is_told_what_its_controls_stand_at():
    plot, other = Plot(FIGURE, "figure_1e", "Figure 1e"), Plot(FIGURE)
    controls = [Control("bias", "Bias", 3.0, 0.0, 8.0, 0.05, "V")]
    live = Live(controls, lambda bias: plot.update({"line": ([0], [bias])}), scope="1e")
    assert plot.settings == {}
    live.arrange({}, [], [plot, ipywidgets.HTML()])
    assert (plot.settings, plot.link) == ({"Bias (V)": 3.0}, "1e.bias=3.0")
    live.set(bias=2)
    assert (plot.settings, plot.link) == ({"Bias (V)": 2.0}, "1e.bias=2.0")
    assert (other.settings, other.link) == ({}, "")
    assert DOI in plot.credit


def test_settings_are_of_the_last_good_drawing():
    plot = Plot(FIGURE)
    live = Live([Control("bias", "Bias", 3.0, 0.0, 8.0)], lambda bias: 1 / (4 - bias))
    live.arrange({}, [], [plot])
    live.set(bias=4)
    assert plot.settings == {"Bias": 3.0}


@pytest.fixture(scope="module")
def opened(reader, site):
    page = Explorer(reader, page_of(site, "explorer") + STATE)
    page.wait(lambda: page.said.startswith("At 1.50 V"))
    page.rest()
    yield page
    assert (page.errors, page.foreign) == ([], set())
    page.leave()


def saved(explorer, button, number=0):
    """Name and bytes of the file that a button under a figure saves."""
    with explorer.page.expect_download() as download:
        explorer.page.locator(".qd-export button", has_text=button).nth(number).click()
    return download.value.suggested_filename, download.value.path().read_bytes()


@pytest.mark.browser
def test_the_svg_says_what_it_shows(opened):
    name, content = saved(opened, "SVG")
    assert name.startswith("qdlib_explorer_bias=1.5_fraction=0.3_metal=Zn_potential=-0.76_")
    assert name.endswith(".svg")
    root = ElementTree.fromstring(content)
    assert root.findtext(f"{SVG}title").startswith("Explorer")
    words = root.findtext(f"{SVG}desc")
    assert "Bias (V): 1.5; Residual ligand fraction: 0.3; Metal of the ligand: Zn" in words
    assert credit() in words
    about = json.loads(root.findtext(f"{SVG}metadata"))
    assert about["settings"]["Bias (V)"] == 1.5
    assert about["link"].startswith("bias=1.5&fraction=0.3") and DOI in about["credit"]
    shown = "".join(root.itertext())
    assert shown.count("Operando band diagram") == 1
    # once in the description, once in the metadata, once to be seen
    assert shown.count(DOI) == 3
    links = [value for one in root.iter() for key, value in one.attrib.items() if "href" in key]
    assert not [link for link in links if "//" in link]


def size(svg):
    """Width and height of an SVG file."""
    root = ElementTree.fromstring(svg)
    return tuple(round(float(root.get(key))) for key in ("width", "height"))


@pytest.mark.browser
@pytest.mark.parametrize(("light", "brightness"), [("true", 255), ("false", 17)])
def test_the_png_is_large_and_has_its_caption_on_the_page_s_ground(opened, light, brightness):
    opened.page.evaluate(f"document.body.dataset.jpThemeLight = '{light}'")
    opened.page.wait_for_timeout(500)
    width, height = size(saved(opened, "SVG")[1])
    name, content = saved(opened, "PNG")
    assert name.endswith(".png")
    assert content.startswith(b"\x89PNG")
    assert struct.unpack(">II", content[16:24]) == (3 * width, 3 * height)
    # two lines of the caption or more, all of them above a margin that is left free
    text = base64.b64encode(content).decode()
    inked, margin, corner = opened.page.evaluate(PIXELS, [text, [3 * 40, 3 * 4]])
    assert inked > 0.01 and margin == 0
    assert corner == brightness
    opened.page.evaluate("document.body.dataset.jpThemeLight = 'true'")


@pytest.mark.browser
def test_a_failure_is_told_beside_the_buttons(opened):
    opened.page.evaluate("""() => {
      window.kept = Plotly.toImage;
      Plotly.toImage = async () => { throw new Error("no canvas"); };
    }""")
    opened.page.locator(".qd-export button").first.click()
    alert = opened.page.locator(".qd-export [role=alert]")
    opened.wait(lambda: "no canvas" in alert.inner_text())
    opened.page.evaluate("() => { Plotly.toImage = window.kept; }")
    saved(opened, "PNG")
    assert alert.inner_text() == ""


@pytest.mark.browser
def test_a_whole_figure_and_its_panel_are_told_apart(reader, site):
    whole = View(reader, page_of(site, "figure_S1")).ready(".qd-export button")
    buttons = whole.page.locator(".qd-export button", has_text="SVG")
    for place in range(0, 12_000, 500):  # what has been seen is drawn
        whole.page.evaluate(f"scrollTo(0, {place})")
        whole.page.wait_for_timeout(150)
    whole.wait(lambda: buttons.count() == 4)  # three panels, then the whole figure
    name, content = saved(whole, "SVG")
    assert name.startswith("qdlib_figure_S1a_")
    assert ElementTree.fromstring(content).findtext(f"{SVG}title").startswith("Figure S1a. ")
    name, content = saved(whole, "SVG", 3)
    assert name == "qdlib_figure_S1.svg"
    assert ElementTree.fromstring(content).findtext(f"{SVG}desc").startswith("Figure S1. ")
    whole.leave()
