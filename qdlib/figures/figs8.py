"""Figure S8: alloyed shells, with zinc carboxylate and with phosphine."""

from .composed import table_1
from .curves import CURRENT, FRACTION, POTENTIAL, YIELD, fading, swept
from .decays import decayed

PAIR = table_1("Zn(RCOO)2", "TOP", structure="CdSe/CdZnSe/CdZnS")

EXHIBITS = (
    decayed("S8a", "Decay of the photoluminescence", PAIR,
            "The radiative lifetime is an assumption, the quantum yields are the films’ of "
            "Table 1: the paper prints the decays in a picture only."),
    swept("S8b", "Current density and luminance", PAIR),
    swept("S8c", "Efficiency", PAIR, ("EQE",), (FRACTION, POTENTIAL, YIELD)),
    fading("S8d", "Stability at 100 mA/cm²", PAIR, (FRACTION, CURRENT)),
)  # fmt: skip
