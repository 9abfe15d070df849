"""What a page owes to readers who use a keyboard or a screen reader, or need contrast.

tests/test_pages.py audits every page, and those of AUDITED in both themes, with the keyboard.
"""

from axe_playwright_python.sync_playwright import Axe
from serving import SIZE

AUDITED = "explorer", "figure_1", "table_1", "scorecard", "index"
LEVELS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
# The colour is computed from the dots' light; a dark halo round the white letters, which axe does
# not see, keeps them legible on it.
EXCLUDED = ".qd-patch"
# What takes axe long, and is alike: the figures, of which the explorer's stand for all, and the
# rows of a table, of which eight do.
FIGURES, ROWS = ".main-svg", "tbody tr:nth-child(n + 9)"
TAKE_OUT = """(selector) => {
  window.qdTaken = [...document.querySelectorAll(selector)].map((one) => {
    const place = document.createComment("");
    one.replaceWith(place);
    return () => place.replaceWith(one);
  });
}"""
PUT_BACK = "() => window.qdTaken.forEach((back) => back())"
# What the keyboard must reach: all that can be operated and is not folded away or hidden.
REACHABLE = """() => {
  const kinds = "main :is(button, select, a[href], summary, input, [role=slider])";
  return [...document.querySelectorAll(kinds)]
    .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.disabled)
    .map((one, k) => (one.dataset.reach = k));
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  const { outlineStyle, outlineWidth, boxShadow } = getComputedStyle(one);
  const seen = (outlineStyle !== "none" && outlineWidth !== "0px") || boxShadow !== "none";
  return [Number(one.dataset?.reach ?? -1), seen, one.outerHTML.slice(0, 120)];
}"""
PAINTED = """(dark) => {
  const [red] = getComputedStyle(document.body).backgroundColor.match(/\\d+/g);
  return red < 128 === dark;
}"""


def lit(page, theme):
    """The page in a theme, "light" or "dark"."""
    page.emulate_media(color_scheme=theme)
    page.evaluate(f"document.body.dataset.jpThemeLight = '{str(theme == 'light').lower()}'")
    page.wait_for_function(PAINTED, arg=theme == "dark")  # its style sheet may be still to come
    page.wait_for_timeout(500)
    return page


def violations(page, *besides):
    """What axe finds, one line each; besides : selectors of what it is not shown either."""
    options = {"resultTypes": ["violations"], "runOnly": LEVELS}
    page.evaluate(TAKE_OUT, ", ".join((ROWS, *besides)))
    axe = Axe().run(page, context={"exclude": [[EXCLUDED]]}, options=options)
    page.evaluate(PUT_BACK)
    return [
        f"{rule['id']}: {node['html'][:160]} {node['failureSummary']}"
        for rule in axe.response["violations"]
        for node in rule["nodes"]
    ]


MOVING = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one);
  const times = `${style.transitionDuration},${style.animationDuration}`.split(",");
  return (style.animationName !== "none" || style.transitionProperty !== "none")
    && times.some((time) => parseFloat(time) > 0);
}).map((one) => one.outerHTML.slice(0, 100))"""


def nothing_moves(view):
    """For who asks for less motion."""
    view.page.emulate_media(reduced_motion="reduce")
    assert view.page.evaluate(MOVING) == []
    view.page.emulate_media(reduced_motion="no-preference")


def audited(page, *besides):
    """No violation in the dark on a phone, where the page is, nor in the light on a desk; there the
    keyboard reaches every control, which is then seen."""
    assert violations(lit(page, "dark"), *besides) == []
    page.set_viewport_size(SIZE)
    page.wait_for_timeout(1500)
    assert violations(lit(page, "light"), *besides) == []
    wanted = set(page.evaluate(REACHABLE))
    reached, hidden = set(), []
    for _ in range(2 * len(wanted) + 60):
        page.keyboard.press("Tab")
        number, seen, html = page.evaluate(FOCUSED)
        reached.add(number)
        if number >= 0 and not seen:
            hidden.append(html)
        if wanted <= reached:
            break
    html = "number => document.querySelector(`[data-reach='${number}']`).outerHTML.slice(0, 160)"
    assert [page.evaluate(html, number) for number in wanted - reached] == []
    assert hidden == []


def has_a_name_and_words(view):
    """The explorer's figure for who does not see it."""
    plot = view.page.locator("[role=img].js-plotly-plot")
    assert plot.get_attribute("aria-label").startswith("Explorer")
    said = view.page.locator(f"#{plot.get_attribute('aria-describedby')}")
    assert said.inner_text().startswith("At 2.00 V")
    assert said.get_attribute("aria-live") == "polite"
    # while steps follow each other the words are not read
    view.page.locator(".noUi-handle").first.press("ArrowRight")
    view.page.wait_for_function("document.querySelector('.qd-said').ariaBusy === 'true'")
    view.page.wait_for_function("document.querySelector('.qd-said').ariaBusy === 'false'")
    assert said.inner_text().startswith("At 2.05 V")
    names = view.page.locator(".noUi-handle").evaluate_all("all => all.map((one) => one.ariaLabel)")
    assert all(names) and len(set(names)) == len(names) > 4


def is_sorted_by_enter(view):
    """A table, by the keyboard."""
    header = view.page.locator("thead th", has_text="ligand")
    header.locator("button").press("Enter")
    assert header.get_attribute("aria-sort") == "ascending"
