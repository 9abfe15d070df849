"""Markdown as HTML: equations become MathML, names in code lead to their entries."""

import re
import sys
from html import escape, unescape

from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from .frame import ROOT

sys.path.append(str(ROOT / "jupyter"))

from equations import Equations


class Prose(Equations, IPythonRenderer):
    """A renderer of Markdown.

    entry : gives the address of what a piece of code names, or None
    address : gives that of a link, or None for one that leads nowhere here
    """

    def __init__(self, entry, address=lambda url: url):
        super().__init__(escape=True)
        self.entry, self.address = entry, address

    def heading(self, text, level, **_):
        anchor = slug(unescape(re.sub(r"<math.*?</math>|<[^>]+>", "", text)))
        link = f'<a class="anchor-link" href="#{anchor}" aria-label="Link to this">¶</a>'
        return f'<h{level} id="{anchor}">{text}{link}</h{level}>\n'

    def codespan(self, text):
        code, to = super().codespan(text), self.entry(unescape(text))
        return f'<a href="{escape(to)}">{code}</a>' if to else code

    def block_code(self, code, info=None):
        return super().block_code(code, info).replace("<pre>", '<pre tabindex="0">')

    def link(self, text, url, title=None):
        to = self.address(url)
        text = re.sub("</?a[^>]*>", "", text)  # its code may be a link by itself
        return super().link(text, to, title) if to else text


def rendered(markdown, entry, address=lambda url: url):
    """HTML of a text in Markdown; see `Prose`."""
    return MarkdownWithMath(Prose(entry, address)).render(markdown)


class Lesson(Equations, IPythonRenderer):
    """A renderer of a notebook's Markdown."""


def lesson(markdown):
    """HTML of a notebook's text."""
    return MarkdownWithMath(Lesson(escape=False)).render(markdown)


def slug(heading):
    """The anchor of a heading, as hosts of git repositories have it.

    >>> slug("The ligands: reduction")
    'the-ligands-reduction'
    """
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
