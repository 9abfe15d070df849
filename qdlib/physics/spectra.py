"""What dots absorb and emit: size, shell and cavity, as spectra.

The paper prints its spectra (Figs 1b, S3c, S3d, S9a) as pictures without numbers. Published are
the core's first exciton, 550 nm (L007), its 3 nm, the shell's 10 monolayers and 7 nm on the
diameter (L004 to L006). Everything else is a line shape with named,
movable assumptions, the fields of `Absorber`: schematic, where the paper is silent.
"""

from dataclasses import dataclass

import numpy as np

from ..errors import InputError, require_range
from .photometry import photon_energy

SIZING = (1.6122e-9, -2.6575e-6, 1.6242e-3, -0.4277, 41.57)  # powers 4 to 0 of the wavelength [nm]
SHORTEST, LONGEST = 400e-9, 700e-9  # [m], between which the sizing curve holds
SIGMAS = np.sqrt(8 * np.log(2))  # full width at half maximum of a Gaussian, in sigma
MOLAR = 1e-4 * 2303 / 6.02214076e23  # [m2 per L/(mol cm)], cross section of an extinction


@dataclass(frozen=True)
class Absorber:
    """A dot as its absorption sees it.

    core_diameter : [m]; monolayers : of the shell [1]; monolayer : thickness of one [m]
    shell_edge, shell_tail : onset of the shell's absorption and softness of it [eV]
    shell_shift : what a thick shell takes off the first transition, by letting the electron out
        [eV]; it saturates with the thickness t as 1 - exp(-t/shell_length) (length [m])
    alloy_shift : what sulfur in the core adds to the first transition of CdSe [eV]
    linewidth : of the first transition, full width at half maximum of the ensemble [eV]
    stokes_shift : of the emission [eV]
    lines : of the core, (offset from the first transition [eV], strength over the first one's [1])
    extinction_linewidth : at which the core's extinction was measured [eV]
    strength, continuum_offset : of the absorption by core and shell [1/m], and its onset in the
        core above the first transition [eV]
    """

    core_diameter: float
    monolayers: float
    monolayer: float
    shell_edge: float
    shell_tail: float
    shell_shift: float
    shell_length: float
    alloy_shift: float
    linewidth: float
    stokes_shift: float
    lines: tuple[tuple[float, float], ...]
    extinction_linewidth: float
    strength: float
    continuum_offset: float

    def __post_init__(self):
        first_exciton(self.core_diameter)
        for name, low, high, unit in (
            ("monolayers", 0, 100, ""),
            ("monolayer", 1e-10, 1e-9, "m"),
            ("shell_edge", 1, 6, "eV"),
            ("shell_tail", 1e-3, 0.5, "eV"),
            ("shell_shift", -1, 1, "eV"),
            ("shell_length", 1e-11, 1e-7, "m"),
            ("alloy_shift", -1, 1.5, "eV"),
            ("linewidth", 1e-3, 1, "eV"),
            ("stokes_shift", 0, 0.5, "eV"),
        ):
            require_range(name, getattr(self, name), low, high, unit)

    @property
    def diameter(self):
        """Of core and shell [m]."""
        return self.core_diameter + 2 * self.monolayers * self.monolayer

    @property
    def shell_share(self):
        """The shell's share of the inorganic volume [1]."""
        return 1 - (self.core_diameter / self.diameter) ** 3

    @property
    def grown(self):
        """How far the shell has grown to one through which no electron sees its end [1]."""
        return 1 - float(np.exp(-self.monolayers * self.monolayer / self.shell_length))

    @property
    def first_transition(self):
        """Energy of the first transition, inside its shell [eV]."""
        core = photon_energy(float(first_exciton(self.core_diameter))) + self.alloy_shift
        return core - self.shell_shift * self.grown

    @property
    def emission_peak(self):
        """Wavelength of the emission [m]: the first transition less the Stokes shift."""
        return photon_energy(self.first_transition - self.stokes_shift)


def core_diameter(first_exciton):
    """Diameter of a CdSe core [m] from the wavelength of its first exciton [m], 400 to 700 nm.

    D = sum of SIZING (D and wavelength in nm); Yu, Qu, Guo & Peng, Chem. Mater. 15, 2854 (2003),
    doi 10.1021/cm034081k. Raises InputError outside its range; shape as given.

    >>> round(float(core_diameter(550e-9)) * 1e9, 2)
    3.04
    """
    wavelength = _require_within("first_exciton", first_exciton, SHORTEST, LONGEST, "m")
    return np.polyval(SIZING, wavelength * 1e9) * 1e-9


def first_exciton(core_diameter):
    """Wavelength of the first exciton of a CdSe core [m] from its diameter [m].

    The inverse of `core_diameter`, by Newton's method; InputError outside its 1.1 to 9 nm or so.

    >>> round(float(first_exciton(3.04e-9)) * 1e9)
    550
    """
    grid = np.linspace(SHORTEST, LONGEST, 301) * 1e9
    sizes = np.polyval(SIZING, grid)
    size = _require_within("core_diameter", core_diameter, *sizes[[0, -1]] * 1e-9, "m") * 1e9
    wavelength, slope = np.interp(size, sizes, grid), np.polyder(SIZING)
    for _ in range(3):
        wavelength -= (np.polyval(SIZING, wavelength) - size) / np.polyval(slope, wavelength)
    return wavelength * 1e-9


def absorption(wavelength, absorber):
    """Absorption cross section of a dot in solution [m2].

    Parameters
    ----------
    wavelength : array (n,)
        200 nm to 2 µm. [m]
    absorber : Absorber
        `qdlib.paper.setups.absorber` makes the paper's dots.

    Returns
    -------
    dict of arrays (n,)
        "core lines", "core continuum" and "shell", and their sum "total".

    Notes
    -----
    Published: the core's size and first exciton, from which its strength follows, an extinction of
    5857 D^2.65 L/(mol cm) with D in nm (Yu et al., doi 10.1021/cm034081k); and the thickness of the
    shell. Schematic: three Gaussians in energy, of one area per strength (the same with and without
    a shell: the electron's escape from the core would take up to half of it); and for the core's
    continuum and the shell each a direct band edge, volume x strength x (E - E_edge)^1/2, its foot
    an exponential (Urbach) tail exp(E/w): E - E_edge becomes (w/2) ln(1 + exp(2 (E - E_edge)/w)).
    """
    energy = photon_energy(_require_within("wavelength", wavelength, 200e-9, 2e-6, "m"))
    core_volume = np.pi / 6 * absorber.core_diameter**3
    shell_volume = core_volume * absorber.shell_share / (1 - absorber.shell_share)
    peak = MOLAR * 5857 * (absorber.core_diameter * 1e9) ** 2.65
    peak *= absorber.extinction_linewidth / absorber.linewidth
    first, sigma = absorber.first_transition, absorber.linewidth / SIGMAS
    lines = sum(
        strength * np.exp(-((energy - first - offset) ** 2) / (2 * sigma**2))
        for offset, strength in absorber.lines
    )

    def edge(onset, tail):
        foot = np.logaddexp(0, 2 * (energy - onset) / tail)
        return absorber.strength * np.sqrt(tail / 2 * foot)

    parts = {
        "core lines": peak * lines,
        "core continuum": core_volume
        * edge(first + absorber.continuum_offset, absorber.linewidth / 2),
        "shell": shell_volume * edge(absorber.shell_edge, absorber.shell_tail),
    }
    return parts | {"total": sum(parts.values())}


def _require_within(name, values, low, high, unit):
    array = np.array(values, float)
    if not (
        (array >= low * (1 - 1e-9)) & (array <= high * (1 + 1e-9))
    ).all():  # rounded ends are in
        raise InputError(name, values, f"from {low:g} to {high:g} {unit}")
    return array
