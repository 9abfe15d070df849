"""Exhibits made of others: several on one panel, and a sample that stands in for another."""

import re
from dataclasses import replace

from ..exhibit import Exhibit
from ..laboratory import Sample
from ..ledger import published_values
from ..plots import Trace


def joined(title, *parts):
    """One Exhibit of several: all their axes, moved by the controls of all, each name once.

    The first part names the panel and its kind, and gives the table to download.
    """
    first = parts[0]
    controls = {one.name: one for part in reversed(parts) for one in part.controls}
    order = dict.fromkeys(one.name for part in parts for one in part.controls)

    def view(**values):
        return tuple(
            part.view(**{one.name: values[one.name] for one in part.controls}) for part in parts
        )

    def series(shown):
        return {
            key: points
            for part, own in zip(parts, shown, strict=True)
            for key, points in part.series(own).items()
        }

    def words(told):
        def say(shown):
            said = (told(part)(own) for part, own in zip(parts, shown, strict=True))
            return " ".join(filter(None, said))

        return say

    return Exhibit(
        first.panel, first.kind, title, tuple(axes for part in parts for axes in part.axes),
        view, series, words(lambda one: one.say), tuple(controls[name] for name in order),
        " ".join((first.legend, *(each.legend.removeprefix(first.legend) for each in parts[1:]))),
        dress=lambda figure: _all_dressed(figure, parts),
        table=first.table and (lambda shown: first.table(shown[0])),
        check=words(lambda one: one.check or one.say),
    )  # fmt: skip


def standing_in(exhibit, old, new, colour):
    """The Exhibit with a sample under another name and colour, and dashed: it stands in for it.

    old, new : names as legends have them; colour : #rrggbb
    What is published or calibrated of the sample `old` is not of `new`, and is left out.
    """
    own = re.compile(rf"(?<![\w+]){re.escape(old)}(?![₀-₉+])")
    left_out = {f"{old}, {mark}" for mark in ("allowed", "published", "error")}

    def renamed(traces):
        kept = [one for one in traces if one.name not in left_out | {old}]
        return (*kept, Trace(new, "level", colour)) if len(kept) < len(traces) else traces

    def series(shown):
        drawn = {}
        for key, points in exhibit.series(shown).items():
            axes, _, trace = key.partition("/")
            if trace not in left_out:
                drawn[f"{axes}/{new if trace == old else trace}"] = points
        return drawn

    def named(told):
        return told and (lambda shown: own.sub(f"{new} (a stand-in)", told(shown)))

    mark = re.compile(rf'<span style="color:#\w+">■</span> {own.pattern}')
    return replace(
        exhibit,
        axes=tuple(replace(axes, traces=renamed(axes.traces)) for axes in exhibit.axes),
        series=series,
        say=named(exhibit.say),
        check=named(exhibit.check),
        legend=mark.sub(
            f'<span style="color:{colour}">■</span> {new}, a stand-in, dashed', exhibit.legend
        ),
    )


def film_yields(samples):
    """In words, the published quantum yield of each sample's film."""
    told = []
    for one in samples:
        row = published_values(quantity="film PLQY", sample=one.structure, ligand=one.ligand)[-1]
        told.append(f"{one.ligand.replace('2', '₂')} {row.text}")
    return f"Film PLQY: {', '.join(told)}."


def table_1(*ligands, structure="CdSe/CdS"):
    """Samples of one structure of Table 1."""
    return tuple(Sample(structure, each) for each in ligands)


def _all_dressed(figure, parts):
    for part in parts:
        if part.dress:
            figure = part.dress(figure)
    return figure
