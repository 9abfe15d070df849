"""Decays of the photoluminescence of several samples, counted and fitted."""

from dataclasses import replace

import numpy as np

from ..exhibit import Exhibit
from ..flask import CONTROLS as FLASK_CONTROLS
from ..plots import Axis, Panel, Trace
from ..scorecard import laboratory
from .curves import colour, name
from .fig1 import NS, TIME, decay, fitted

LIFETIME, YIELD, PHOTONS = FLASK_CONTROLS[2:5]


def decayed(panel, title, samples, legend):
    """Exhibit of decays with one radiative lifetime and each sample's quantum yield, its film's.

    legend : HTML, said after which colour is which sample
    """
    dots = [laboratory().device(one).dot for one in samples]
    lifetime = replace(LIFETIME, default=dots[0].radiative_lifetime / NS)
    yields = tuple(
        replace(YIELD, name=f"yield_{k}", label=f"Quantum yield, {name(one)}", default=y)
        for k, (one, y) in enumerate(zip(samples, (dot.film_yield for dot in dots), strict=True))
    )

    def view(lifetime, photons, **own):
        return tuple(
            decay(lifetime, own[each.name], photons, seed) for seed, each in enumerate(yields, 1)
        )

    def series(shown):
        drawn = {}
        for sample, one in zip(samples, shown, strict=True):
            counts = np.where(one.counts > 0, one.counts, np.nan)
            drawn[f"{panel}/{name(sample)}"] = TIME, counts
            drawn[f"{panel}/{name(sample)}, fit"] = TIME, one.fit.expected
        return drawn

    def say(shown):
        told = [
            f"{name(sample)}: the fit gives {one.fit.lifetimes[0] / NS:.2f} ± "
            f"{one.fit.errors[0] / NS:.2f} ns; the light decays with {one.lifetime / NS:.2f} ns"
            for sample, one in zip(samples, shown, strict=True)
        ]
        return "; ".join(told) + "."

    def check(shown):
        told = [
            f"{name(sample)}: the light decays with {one.lifetime / NS:.2f} ns; {fitted(one)}"
            for sample, one in zip(samples, shown, strict=True)
        ]
        return "; ".join(told) + "."

    traces = []
    for one in samples:
        traces.append(Trace(name(one), "dots", colour(one.ligand)))
        traces.append(Trace(f"{name(one)}, fit", "level", colour(one.ligand)))
    hues = " &ensp;".join(
        f'<span style="color:{colour(one.ligand)}">■</span> {name(one)}' for one in samples
    )
    axes = Panel(panel, "Decay", Axis("time (ns)", -5, 200),
                 Axis("counts per 0.5 ns", 1, 1e6, log=True), tuple(traces))  # fmt: skip
    return Exhibit(
        panel, "model", title, (axes,), view, series, say, (lifetime, *yields, PHOTONS),
        f"{hues} &ensp;dots: counts, simulated; dashed: the fits. {legend}",
        check=check,
    )  # fmt: skip
