"""Every page of the collection, as Voilà serves it: without an error, on a phone, for everyone."""

from functools import partial
from pathlib import PurePosixPath
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from accessibility import (
    AUDITED,
    FIGURES,
    audited,
    has_a_name_and_words,
    is_sorted_by_enter,
    nothing_moves,
    violations,
)
from serving import NOTEBOOKS, PHONE, View, page_of

pytestmark = pytest.mark.browser

PAGES = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
CONTENT = ".qd-page button, .qd-cards, .qd-table, .dataframe"  # a figure is drawn once it is seen
LINKS = "all => all.map((link) => link.href).filter((address) => address.includes('.ipynb'))"
# Down to the end, so that every figure is drawn.
WALK = """async () => {
  for (let y = 0; y < document.documentElement.scrollHeight; y += 600) {
    scrollTo(0, y);
    await new Promise((done) => setTimeout(done, 60));
  }
}"""
# The style sheet, which comes with the widgets, is there.
UNDERLINED = "getComputedStyle(document.querySelector('main a')).textDecorationLine == 'underline'"


def follows(view, handle=".noUi-handle"):
    """A key on a slider moves the page's figure."""
    slider = view.page.locator(handle).first
    slider.scroll_into_view_if_needed()
    view.wait(lambda: view.drawn)
    view.rest()  # a figure that comes into view is drawn only then
    before = view.drawn
    slider.press("PageDown")
    view.wait(lambda: view.drawn != before)


OWN = {
    "explorer": (nothing_moves, has_a_name_and_words),
    "table_1": (is_sorted_by_enter,),
    "figure_1": (partial(follows, handle=".qd-of-1e .noUi-handle"),),
    "flask": (follows,),
    "light_out": (follows,),
}
"""What is tried on one page alone, while it is open."""


@pytest.mark.parametrize("name", PAGES)
def test_a_page_opens_without_an_error_fits_a_phone_and_shuts_nobody_out(reader, site, name):
    view = View(reader, page_of(site, name), size=PHONE).ready(CONTENT)
    page = view.page
    page.evaluate(WALK)
    text, links = view.text, page.locator("main a").evaluate_all(LINKS)
    assert view.wide <= PHONE["width"]
    assert "qdlib" in page.title() and ".ipynb" not in page.title()
    assert "10.1038/s41467-020-14756-5" in text and "licence" in text
    assert "error when executing" not in text and "Traceback" not in text
    assert page.locator("nav [aria-current]").evaluate_all(LINKS) == [page_of(site, name)]
    assert {PurePosixPath(urlsplit(link).path).stem for link in links} <= set(PAGES)
    if name.startswith("figure"):
        plots = page.locator(".js-plotly-plot .main-svg")
        view.wait(lambda: plots.count() > 0 or page.evaluate(WALK))
    view.wait(lambda: page.evaluate(UNDERLINED))
    if name in AUDITED:
        audited(page, *(() if name == "explorer" else (FIGURES,)))
    else:
        assert violations(page, FIGURES) == []
    for keeps in OWN.get(name, ()):
        keeps(view)
    assert view.errors == []
    assert view.foreign == set()
    view.leave()


def test_the_bar_leads_to_every_notebook_and_the_root_to_one(reader, site):
    missing = View(reader, page_of(site, "none")).ready("footer")
    links = missing.page.locator("nav a").evaluate_all(LINKS)
    assert "404" in missing.text
    assert missing.foreign == set()
    assert sorted(PurePosixPath(urlsplit(link).path).stem for link in links) == PAGES
    missing.leave()
    assert urlopen(site).url == page_of(site, "explorer")
