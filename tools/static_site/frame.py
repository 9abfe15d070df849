"""What is around every page, and what the search finds in it."""

import re
from dataclasses import dataclass
from functools import cache
from html import unescape
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TEMPLATE = ROOT / "jupyter" / "data" / "voila" / "templates" / "qdlib"


@dataclass(frozen=True)
class Page:
    """One written page: its name, its size with its data [bytes], and what to search in it."""

    name: str
    size: int
    sections: list


@cache
def template(name):
    """A Jinja template of ours, or of the served pages."""
    from jinja2 import Environment, FileSystemLoader

    return Environment(loader=FileSystemLoader([HERE, TEMPLATE])).get_template(name)


def macros():
    """The macros that served pages have around them."""
    return template("site.macro.html.j2").module


def framed(name, title, main, titles, here=None, live=False, computes=False):
    """The whole HTML of a page.

    titles : of all pages of its kind by name, in order, so that it has neighbours
    here : the entry of the bar that it belongs to, its own by default
    live : whether it has figures and sliders; computes : whether some of it is computed there
    """
    names = [None, *titles, None]
    at = names.index(name) if name in titles else 0
    return template("page.html").render(
        name=name,
        title=title,
        bar=macros().bar("index.html", "", ".html", here or name, search=True),
        main=main,
        foot=macros().foot(static=True),
        before=names[at - 1] if at else None,
        after=names[at + 1] if at else None,
        titles=titles,
        live=live,
        computes=computes,
    )


def sections(name, title, main):
    """What to search: [page, anchor, heading, text] for each heading of a page."""
    parts = re.split(r'<h[1-4] id="([^"]*)">(.*?)</h[1-4]>', main, flags=re.DOTALL)
    found = [[name, "", title, words(parts[0])]]
    for anchor, heading, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        told = words(heading)
        told = told if len(found) == 1 else f"{title}: {told}"  # the first is the page's title
        found.append([name, unescape(anchor), told, words(text)])
    return [section for section in found if section[3]]


def words(html):
    """The words of HTML, without tags and without the printed numbers."""
    dropped = (
        r'<pre class="qs-(?:code|printed)".*?</pre>|<a class="anchor-link".*?</a>|<svg.*?</svg>'
        r"|<nav.*?</nav>"
    )
    html = re.sub(dropped, " ", html, flags=re.DOTALL)
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", html)).split())
