"""Figure S7: red diodes with other ligands, pair by pair."""

from dataclasses import replace

from .. import plots
from ..laboratory import Sample
from ..parameters import parameters
from .composed import film_yields, joined, standing_in, table_1
from .curves import CURRENT, FRACTION, POTENTIAL, YIELD, fading, swept

PHOSPHONATE, THIOL_TOO, ZINC, MAGNESIUM = table_1("Cd(RPOOO)", "RNH2+RSH", "Zn(RCOO)2", "Mg(RCOO)2")
ZINC_SHELL = table_1("TOP", "RNH2+RSH", structure="CdSe/CdS/ZnS")
THIOLATE = Sample(film_yield=parameters()["Cd(RS)2.film_yield"].value)
AMINE = Sample(ligand="RNH2")
NO_NUMBER = (
    "The text and its tables give no number for {}: drawn as {}; its diamonds and range are left "
    "out."
)
THIOLATE_TOLD = NO_NUMBER.format(
    "Cd(RS)₂",
    "cadmium carboxylate, the model knowing a salt by its metal, with an assumed film PLQY of "
    f"{100 * THIOLATE.film_yield:.0f} %",
)
PHOSPHINE_TOLD = NO_NUMBER.format("RNH₂+TOP", "RNH₂, as neither ligand brings a metal")


def pair(first, second, samples, told=""):
    """Two panels of a pair of samples: J and L on bias; efficiency, and stability.

    told : HTML, of what else the reader has to know of the samples
    """
    curves = swept(first, "Current density and luminance", samples)
    rest = joined(
        "Efficiency and stability",
        swept(second, "Efficiency", samples, ("EQE",), (FRACTION, POTENTIAL, YIELD)),
        fading(second, "Stability", samples, (FRACTION, POTENTIAL, YIELD, CURRENT)),
    )
    return tuple(replace(one, legend=f"{one.legend} {told}") for one in (curves, rest))


def pair_with(first, second, stand_in, known, new, colour, told):
    """The same with a sample that stands in for `new`, of which the paper states no number."""
    old = stand_in.ligand.replace("2", "₂")
    told = f"{film_yields([known])} {told}"
    return tuple(
        standing_in(one, old, new, colour) for one in pair(first, second, (stand_in, known), told)
    )


EXHIBITS = (
    *pair_with("S7a", "S7b", THIOLATE, PHOSPHONATE, "Cd(RS)₂", plots.COLOURS["thiol"],
               THIOLATE_TOLD),
    *pair_with("S7c", "S7d", AMINE, THIOL_TOO, "RNH₂+TOP", plots.COLOURS["phosphine"],
               PHOSPHINE_TOLD),
    *pair("S7e", "S7f", ZINC_SHELL, film_yields(ZINC_SHELL)),
    *pair("S7g", "S7h", (ZINC, MAGNESIUM), film_yields((ZINC, MAGNESIUM))),
)  # fmt: skip
