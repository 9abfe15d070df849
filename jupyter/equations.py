"""Equations of Markdown as MathML, which browsers draw by themselves: on all pages."""

from latex2mathml.converter import convert


class Equations:
    """What a renderer of Markdown does with LaTeX between dollars."""

    def inline_math(self, body):
        """An equation in a line."""
        return convert(body.strip())

    def block_math(self, body):
        """One of its own; where it is wider than the page it scrolls."""
        drawn = convert(body.strip(), display="block")
        return f'<div class="qd-equation">{drawn}</div>\n'
