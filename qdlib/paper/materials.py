"""What samples are made of: the rows of data/ligands.csv, structures.csv and potentials.csv.

Whatever lists ligands, structures of dots or couples reads them here; one of your own is one more
row. `data/README.md` describes the columns.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ..data import data_rows, standard_potential
from ..errors import InputError, require_range
from ..physics.ligand import Couple

SHELL = "shell"
STACKS = "red", "blue"


@dataclass(frozen=True)
class KnownLigand:
    """A row of ligands.csv.

    name : as Table 1 writes it; label : as a reader sees it
    metal, electrons : of its salt's couple; SHELL and None where it brings no metal, and what is
        left of the salt is that of the dots' shell
    fraction : of the salt on the dots, unless said otherwise [1]
    colour : a key of the palette, or #rrggbb
    film_yield : photoluminescence quantum yield of its film where none is published [1], or None
    stand_in : what is said of it if it stands in for a ligand without numbers, "" if it does not
    """

    name: str
    label: str
    metal: str
    electrons: int | None
    fraction: float
    colour: str
    film_yield: float | None
    stand_in: str

    def __post_init__(self) -> None:
        require_range(f"fraction of {self.name}", self.fraction, 0, 1)
        if self.film_yield is not None:
            require_range(f"film yield of {self.name}", self.film_yield, 0.001, 1)
        if self.is_salt:
            standard_potential(self.metal, self.electrons)  # that there is such a couple

    @property
    def is_salt(self) -> bool:
        """Whether it brings a metal of its own."""
        return self.metal != SHELL

    def couple(self, shell: str | None = None) -> Couple:
        """The Couple of its salt, on dots with a shell of some metal."""
        # a salt has its electrons, and the shell is asked for its name
        return couple(self.metal, self.electrons) if self.is_salt else couple(shell)  # type: ignore[arg-type]


@dataclass(frozen=True)
class Structure:
    """A row of structures.csv.

    shell : metal of the outer shell; stack : one of STACKS, the diode that it is put into
    films : the panel, or table, of the paper that states the quantum yields of its films
    """

    name: str
    shell: str
    stack: str
    films: str

    def __post_init__(self) -> None:
        standard_potential(self.shell, 2)
        if self.stack not in STACKS:
            raise InputError(f"stack of {self.name}", self.stack, f"one of {', '.join(STACKS)}")

    @property
    def suffix(self) -> str:
        """At the end of a parameter's name, where the blue diode has a value of its own."""
        return "_blue" if self.stack == "blue" else ""


def couple(metal: str, electrons: int = 2) -> Couple:
    """The couple M(n+)/M(0) of a metal, from the table of standard potentials.

    >>> couple("Cd").label
    'Cd²⁺/Cd'
    """
    return Couple(metal, standard_potential(metal, electrons), electrons)


def label(name: str) -> str:
    """A ligand as a reader sees it; by its name if it is not listed.

    >>> label("RNH2+RSH")
    'RNH₂+RSH'
    """
    return LIGANDS[name].label if name in LIGANDS else name


def structure(name: str) -> Structure:
    """The Structure of a name; InputError if there is no such row."""
    if name not in STRUCTURES:
        raise InputError("structure", name, f"one of {', '.join(STRUCTURES)}")
    return STRUCTURES[name]


def _number(row: dict[str, str], column: str, kind: Callable[[str], Any] = float) -> Any:
    try:
        return kind(row[column])
    except ValueError:
        raise InputError(f"{column} of {row['name']}", row[column], "a number") from None


def _ligand(row: dict[str, str]) -> KnownLigand:
    salt = row["metal"] != SHELL
    return KnownLigand(
        row["name"],
        row["label"] or row["name"],
        row["metal"],
        electrons=_number(row, "electrons", int) if salt else None,
        fraction=_number(row, "fraction"),
        colour=row["colour"],
        film_yield=_number(row, "film yield") if row["film yield"] else None,
        stand_in=row["stand-in"],
    )


def _first_of_each_metal(ligands: Iterable[KnownLigand]) -> dict[str, KnownLigand]:
    salts: dict[str, KnownLigand] = {}
    for one in ligands:
        if one.is_salt:
            salts.setdefault(one.metal, one)
    return salts


LIGANDS = {row["name"]: _ligand(row) for row in data_rows("ligands.csv")}
STRUCTURES = {
    row["name"]: Structure(row["name"], row["shell"], row["stack"], row["films"])
    for row in data_rows("structures.csv")
}
SALTS = _first_of_each_metal(LIGANDS.values())
"""The first ligand listed of each metal, by the metal: {"Cd": ..., "Zn": ...}."""
COUPLES = {
    one.label: one
    for one in (couple(row["metal"], int(row["electrons"])) for row in data_rows("potentials.csv"))
}
"""Every couple of the table of potentials, as a reader names it: {"Cd²⁺/Cd": ...}."""
