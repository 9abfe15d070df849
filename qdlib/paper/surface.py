"""What surface spectroscopies see: infrared and Auger lines, atomic ratios: Figs 2f, 3a, S1, S5.

Schematic: the paper prints no number of these spectra. Published are an attenuation length below
1 nm (L054) and the stoichiometry of the amine dots (L213, L214). Everything else is a line shape
from `data/infrared_bands.csv` and `data/parameters.csv`, owners "auger", "infrared", "surface".
"""

from dataclasses import dataclass

import numpy as np

from ..data import data_rows
from ..errors import InputError, require_range
from ..parameters import owned, parameters

PER_CM = 100.0  # [1/m]
SIGMAS = np.sqrt(8 * np.log(2))  # full width at half maximum of a Gaussian, in sigma
LIGANDS = "carboxylate", "amine", "acid"
AUGER_ENERGY = np.linspace(366.0, 392.0, 521)  # [eV], of the analyser
CUBIC_CELL = 4  # formula units in a cell of zinc blende


@dataclass(frozen=True, eq=False)
class AugerSpectrum:
    """Differential Auger lines of the dots' cadmium, schematic.

    energy : kinetic [eV] (n,); metal, ion : dN/dE of Cd0 and of Cd2+ [1/eV2] (n,)
    reduced_share : of the cadmium in the outer layer that is Cd0 [1]
    attenuation_length : of the electrons [m]
    """

    energy: np.ndarray
    metal: np.ndarray
    ion: np.ndarray
    reduced_share: float
    attenuation_length: float

    @property
    def total(self):
        """Of both states [1/eV2] (n,)."""
        return self.metal + self.ion


@dataclass(frozen=True)
class Line:
    """A fitted straight line, y = intercept + slope x, with standard errors."""

    slope: float
    intercept: float
    slope_error: float
    intercept_error: float


def infrared(wavenumber, carboxylate=0.0, amine=0.0, acid=0.0):
    """Absorbance of a layer of ligands, band by band: {band: array (n,)}, and "total" [1].

    wavenumber : array (n,) [1/m]
    carboxylate, amine, acid : counts of each ligand [1], relative to the carboxylates of the dots
        as synthesised: x, 1 - x and 0 of dots with the residual fraction x (Fig. 3a: 1 and 0),
        0, 0 and x of their digest with hydrochloric acid (Fig. S6b)

    Schematic. Each band is a pseudo-Voigt, height [w L + (1 - w) G], of one full width at half
    maximum; its height is linear in the counts, that of the COO- asymmetric stretch of one is 1.
    """
    position, counts = np.asarray(wavenumber, float), (carboxylate, amine, acid)
    if not (np.isfinite(position).all() and (position > 0).all()):
        raise InputError("wavenumber", wavenumber, "positive, in 1/m")
    for name, count in zip(LIGANDS, counts, strict=True):
        require_range(name, count, 0, 1e3)
    bands = {}
    for row in data_rows("infrared_bands.csv"):
        width = float(row["width [1/cm]"]) * PER_CM
        off = 2 * (position - float(row["wavenumber [1/cm]"]) * PER_CM) / width
        mixing = float(row["lorentzian"])
        shape = mixing / (1 + off**2) + (1 - mixing) * np.exp2(-(off**2))
        bands[row["band"]] = shape * np.dot([float(row[name]) for name in LIGANDS], counts)
    return bands | {"total": sum(bands.values())}


def acid_absorbance(concentration, rng=None):
    """Peak absorbance of the C=O stretch of a fatty acid [1], and its standard error: two arrays.

    concentration : array (n,) [mol/m3]; rng : seed or numpy.random.Generator, None for no noise

    Beer and Lambert: A = e c l (decadic). Noise: a constant and a relative part, added as squares.
    Schematic; the acid's dimers and monomers are taken as one, which is what a straight line needs.
    """
    value, concentration = owned("infrared"), np.asarray(concentration, float)
    if not ((concentration >= 0) & (concentration < np.inf)).all():
        raise InputError("concentration", concentration, "finite and not negative")
    expected = value["extinction"] * value["path_length"] * concentration
    error = np.hypot(value["noise"], value["relative_noise"] * expected)
    if rng is not None:
        expected = expected + error * np.random.default_rng(rng).standard_normal(error.shape)
    return expected, error


def fit_line(x, y, error):
    """Weighted least squares of a straight line, as a `Line`; error : of each y, arrays (n,)."""
    from lmfit.models import LinearModel

    x, y, error = (np.asarray(values, float) for values in (x, y, error))
    if not (x.ndim == 1 and x.shape == y.shape == error.shape and np.unique(x).size > 1):
        raise InputError("x", x.shape, "two or more places, and as many y and errors")
    if not (np.isfinite([x, y, error]).all() and (error > 0).all()):
        raise InputError("error", error, "positive, with finite x and y")
    fit = LinearModel().fit(y, x=x, slope=0, intercept=0, weights=1 / error, scale_covar=False)
    slope, intercept = fit.params["slope"], fit.params["intercept"]
    return Line(slope.value, intercept.value, slope.stderr, intercept.stderr)


def surface_weight(layer, attenuation_length):
    """Share of the upright Auger electrons from an outer layer [1]: 1 - exp(-d/lambda)."""
    length = require_range("attenuation_length", attenuation_length, 1e-11, 1e-6, "m")
    return -np.expm1(-require_range("layer", layer, 0, np.inf, "m") / length)


def auger(kinetic_energy, reduced_share, layer=None, attenuation_length=None):
    """Differential Auger spectrum of cadmium, dN/dE: an AugerSpectrum.

    kinetic_energy : array (n,) [eV]
    reduced_share : of the cadmium in the outer layer that is Cd0 [1]
    layer, attenuation_length : by default those of `data/parameters.csv`, owner "auger" [m]

    Schematic. N(E) has unit area, s Cd0 + (1 - s) Cd2+ with s = reduced_share x `surface_weight`,
    what lies under the layer being Cd2+ of the lattice; each state has two Gaussian lines,
    M4N45N45 and, lower by the splitting, M5N45N45. No background, no plasmons; Cd2+ of an oxide
    (0.9 eV up) is drawn as that of CdS. Controls (Fig. S5): a share of 1 with `layer=np.inf` is a
    foil, 0 is CdS.
    """
    value, energy = owned("auger"), np.asarray(kinetic_energy, float)
    if not np.isfinite(energy).all():
        raise InputError("kinetic_energy", kinetic_energy, "finite, in eV")
    length = value["attenuation_length"] if attenuation_length is None else attenuation_length
    seen = require_range("reduced_share", reduced_share, 0, 1)
    seen *= surface_weight(value["layer"] if layer is None else layer, length)

    def slope(state):
        second, sigma = value["second_strength"], value[f"{state}_width"] / SIGMAS
        first = (energy - value[f"{state}_energy"]) / sigma
        lower = first + value["splitting"] / sigma
        lines = first * np.exp(-(first**2) / 2) + second * lower * np.exp(-(lower**2) / 2)
        return -lines / ((1 + second) * np.sqrt(2 * np.pi) * sigma**2)

    metal, ion = seen * slope("metal"), (1 - seen) * slope("ion")
    return AugerSpectrum(energy, metal, ion, reduced_share, length)


def cation_anion_ratio(
    diameter, sites_per_dot, fraction=1.0, core_diameter=0.0, tight_fraction=None
):
    """Atomic ratio Cd/(Se+S) of a CdSe/CdS dot with carboxylate on it [1]: 1 + n/N.

    diameter, core_diameter : of the dot and of its CdSe core [m]
    sites_per_dot : removable Cd carboxylates as synthesised, `Dot.reducible_sites` [1]
    fraction : of all the carboxylate that is left, a number or an array, as the ratio then is; 0 is
        the amine dots, stoichiometric [1]
    tight_fraction : x_t, by default the parameter "ligand.tight_fraction" [1]

    N = (pi/6) [D_c^3 4/a_CdSe^3 + (D^3 - D_c^3) 4/a_CdS^3], the anions of a zinc-blende sphere;
    n = x sites/(1 - x_t): two carboxylates balance the charge of one cadmium in excess, the tight
    share x_t too. The parameter "surface.ratio_error" is a measurement's error (Fig. S1a).
    """
    value, size = owned("surface"), require_range("diameter", diameter, 1e-9, 1e-7, "m")
    core = require_range("core_diameter", core_diameter, 0, size, "m")
    sites = require_range("sites_per_dot", sites_per_dot, 0, 1e5)
    left = np.asarray(fraction, float)
    if not ((left >= 0) & (left <= 1)).all():
        raise InputError("fraction", fraction, "from 0 to 1")
    if tight_fraction is None:
        tight_fraction = parameters()["ligand.tight_fraction"].value
    excess = left * sites / (1 - require_range("tight_fraction", tight_fraction, 0, 0.99))
    cells = core**3 / value["CdSe_lattice"] ** 3 + (size**3 - core**3) / value["CdS_lattice"] ** 3
    return 1 + excess / (np.pi / 6 * CUBIC_CELL * cells)
