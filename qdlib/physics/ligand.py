"""Dots and the ligands on them: what can be reduced, how much of it, and how deep it lies."""

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ..constants import energy_of_potential
from ..errors import InputError, require_range
from ..wording import SUPERSCRIPT


@dataclass(frozen=True)
class Couple:
    """A metal couple M(n+)/M(0) and its standard potential [V vs NHE]."""

    metal: str
    standard_potential: float
    electrons: int = 2

    def __post_init__(self) -> None:
        require_range("standard_potential", self.standard_potential, -4, 3, "V vs NHE")
        require_range("electrons", self.electrons, 1, 6)

    @property
    def label(self) -> str:
        """As a reader writes it.

        >>> Couple("Cd", -0.4).label, Couple("Ag", 0.8, electrons=1).label
        ('Cd²⁺/Cd', 'Ag⁺/Ag')
        """
        count = "" if self.electrons == 1 else str(self.electrons).translate(SUPERSCRIPT)
        return f"{self.metal}{count}⁺/{self.metal}"


@dataclass(frozen=True)
class Ligand:
    """The ligands of a sample.

    fraction : residual metal carboxylate (or other metal salt), 1 as synthesised, 0 all replaced:
        the horizontal axis of the paper's Fig. 3c
    couple : of the salt's metal; None for ligands without a metal ion (amine, phosphine, thiol)
    tight_fraction : the share of carboxylate that sits on lattice metal of the polar facets and
        is inert (the plateau of Fig. 3b); None for the parameter "ligand.tight_fraction", which a
        device of `qdlib.paper` fills in
    selectivity : of the wash: 0 takes sites at random, 1 the most weakly bound first, which are
        taken to be the easiest to reduce; None for the parameter "ligand.selectivity"
    """

    name: str
    couple: Couple | None = None
    fraction: float = 0.0
    tight_fraction: float | None = None
    selectivity: float | None = None

    def __post_init__(self) -> None:
        require_range("fraction", self.fraction, 0, 1)
        if self.tight_fraction is not None:
            require_range("tight_fraction", self.tight_fraction, 0, 0.99)
        if self.selectivity is not None:
            require_range("selectivity", self.selectivity, 0, 1)

    def at(self, standard_potential: float) -> Self:
        """The ligand with its metal's couple at another standard potential [V vs NHE].

        >>> Ligand("salt", Couple("Cd", -0.4), 1.0).at(-0.76).couple.standard_potential
        -0.76
        """
        if self.couple is None:
            raise InputError("ligand", self.name, "one with a metal, to have a potential")
        return replace(self, couple=replace(self.couple, standard_potential=standard_potential))

    @property
    def reducible_fraction(self) -> float:
        """Share of the reducible sites that this sample still has: f = (x - x_t)/(1 - x_t)."""
        if self.couple is None:
            return 0.0
        tight = self.tight_fraction
        if tight is None:
            raise InputError("tight_fraction", tight, "a number; the paper's devices fill it in")
        return max(0.0, self.fraction - tight) / (1 - tight)

    @property
    def lower_share(self) -> float:
        """Share of the spread of E0, counted from its lower end, that the sites left occupy.

        The wash leaves f of the sites, f^(1-s) of them after losses at random and of these the
        lower f^s: 1 if all is random, f if the loosest go first.
        """
        return self.reducible_fraction ** (self.selectivity or 0.0)


def lower_tail(offsets: NDArray[np.float64], share: float) -> NDArray[np.float64]:
    """Normal deviates moved into the lower `share` of their distribution, in its order.

    The share's own distribution: the same weights that average over the whole of it average over
    the tail. Shapes are kept; the share is from 0 (not included) to 1.

    >>> lower_tail(np.array([0.0]), 0.5).round(3)  # the lower quartile
    array([-0.674])
    """
    if share == 1:
        return offsets
    from scipy.special import ndtr, ndtri

    return ndtri(share * ndtr(offsets))


@dataclass(frozen=True)
class Dot:
    """A kind of dot, as it sits in a film.

    diameter : [m]
    level : lowest electron level [V vs NHE]
    gap : from that level down to the hole level, in the film [eV]
    number_density : dots in the film [1/m3]
    reducible_sites : weakly held metal carboxylates per dot as synthesised [1]
    film_yield : photoluminescence quantum yield of the film [1]
    dark_share : of what the film loses: the share due to dots that never emit, the rest being a
        rate that all dots have in common [1]
    auger_rate : at which an electron on the dot takes up an exciton's energy [1/s]
    radiative_lifetime : [s]
    peak_wavelength, linewidth : of the emission (full width at half maximum) [m]
    """

    name: str
    diameter: float
    level: float
    gap: float
    number_density: float
    reducible_sites: float
    film_yield: float
    radiative_lifetime: float
    peak_wavelength: float
    linewidth: float
    dark_share: float = 0.0
    auger_rate: float = 0.0

    def __post_init__(self) -> None:
        require_range("dot level", self.level, -3, 1, "V vs NHE")
        require_range("dot gap", self.gap, 0.5, 5, "eV")
        require_range("film_yield", self.film_yield, 0.001, 1)
        require_range("dark_share", self.dark_share, 0, 1)
        require_range("auger_rate", self.auger_rate, 0, 1e12, "per s")
        require_range("reducible_sites", self.reducible_sites, 0, 1e5)
        for name, low, high in (
            ("diameter", 1e-9, 1e-7),
            ("number_density", 1e20, 1e27),
            ("radiative_lifetime", 1e-11, 1e-3),
            ("peak_wavelength", 3.8e-7, 7.8e-7),
            ("linewidth", 1e-9, 2e-7),
        ):
            require_range(name, getattr(self, name), low, high)
        if self.conduction_edge < 0:
            raise InputError("dot level", self.level, "below the vacuum level")

    @property
    def conduction_edge(self) -> float:
        """Lowest electron level as a depth [eV below vacuum]."""
        return energy_of_potential(self.level)

    @property
    def valence_edge(self) -> float:
        """Highest hole level as a depth [eV below vacuum]."""
        return self.conduction_edge + self.gap

    @property
    def bright_share(self) -> float:
        """Share of the dots that emit at all [1]."""
        return 1 - self.dark_share * (1 - self.film_yield)

    @property
    def bright_yield(self) -> float:
        """Photoluminescence quantum yield of those that emit, in the film [1]."""
        return self.film_yield / self.bright_share
