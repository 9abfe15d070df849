"""Figure S7: red diodes with other ligands, pair by pair."""

from dataclasses import replace

from ..notebook import plots
from ..paper.protocols import Sample
from ..parameters import parameters
from .composed import film_yields, joined, standing_in, table_1
from .curves import CURRENT, DWELL, FRACTION, POTENTIAL, YIELD, fading, name, swept

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


def pair(first, second, samples, told, moves=(FRACTION, POTENTIAL, YIELD)):
    """Two panels of a pair of samples: J and L on bias; efficiency, and stability.

    told : HTML, of what else the reader has to know; moves : controls of the first sample
    """
    salt = (DWELL,) if POTENTIAL in moves else ()
    curves = swept(first, "Current density and luminance", samples, controls=moves + salt)
    rest = joined(
        "Efficiency and stability",
        swept(second, "Efficiency", samples, ("EQE",), moves),
        fading(second, "Stability", samples, (*moves, CURRENT)),
    )
    return tuple(replace(one, legend=f"{one.legend} {told}") for one in (curves, rest))


def with_stand_in(panels, stand_in, new, colour):
    """The panels, one sample under the name of that for which it stands in."""
    return tuple(standing_in(one, name(stand_in), new, colour) for one in panels)


EXHIBITS = (
    *with_stand_in(
        pair("S7a", "S7b", (THIOLATE, PHOSPHONATE),
             f"{film_yields([PHOSPHONATE])} {THIOLATE_TOLD}"),
        THIOLATE, "Cd(RS)₂", plots.COLOURS["thiol"],
    ),
    *with_stand_in(
        pair("S7c", "S7d", (AMINE, THIOL_TOO),
             f"{film_yields([THIOL_TOO])} {PHOSPHINE_TOLD}", (FRACTION, YIELD)),
        AMINE, "RNH₂+TOP", plots.COLOURS["phosphine"],
    ),
    *pair("S7e", "S7f", ZINC_SHELL, film_yields(ZINC_SHELL)),
    *pair("S7g", "S7h", (ZINC, MAGNESIUM), film_yields((ZINC, MAGNESIUM))),
)  # fmt: skip
