"""The paper's set-ups: instruments, vessels and solutions with the parameters that it states."""

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..data import standard_potential
from ..errors import InputError
from ..parameters import BLUE, CORE_SHELL, Changes, Reader, owned, parameters
from ..physics import counting, voltammetry
from ..physics.counting import Blinking, SingleDot, collection
from ..physics.isotherm import Wash
from ..physics.lockin import LockIn
from ..physics.photometry import photon_energy
from ..physics.spectra import Absorber
from ..physics.voltammetry import Wave
from .published import published_value
from .scope import reading
from .surface import Line, acid_absorbance, fit_line

SAMPLES = ("RNH2", "cadmium oleate", "Cd(RCOO)2")
"""Solutions whose curves Fig. 2d shows."""
MAIN_LINES = ("first", "second", "third")
CHANNELS = np.arange(-5e-9, 200e-9, 0.5e-9)  # [s]
BACKGROUND = 1e-5  # of all photons, in each channel
BLINKING = {
    "none": None,
    "fast": Blinking(on_rate=20.0, off_rate=10.0),
    "slow": Blinking(on_rate=20.0, off_rate=0.5, exponent=1.5, longest_off=30.0),
}
"""Ways to blink: the paper's dots do not, the others are what that would look like."""
ANOTHER = 1000  # from the seeds of the standards to those of the digests


@dataclass(frozen=True, eq=False)
class CalibratedDigest:
    """The acid of digested dots, read off a line through standards of known concentration.

    standards, absorbance : of the standards, arrays (n,) [mol/m3], [1]
    line : through them, a `Line` in m3/mol and 1
    fraction : of the carboxylate on the dots [1]
    digest, expected, noise : absorbance of their digest as read, without noise, and its error [1]
    acid, error : concentration in the digest as the line gives it [mol/m3]
    whole : concentration in the digest of the dots as synthesised [mol/m3]
    """

    standards: NDArray[np.float64]
    absorbance: NDArray[np.float64]
    line: Line
    fraction: float
    digest: float
    expected: float
    noise: float
    acid: float
    error: float
    whole: float

    @property
    def true_acid(self) -> float:
        """What the concentration in the digest is [mol/m3]."""
        return self.fraction * self.whole


def calibrated_digest(
    fraction: float, standards: int = 8, highest: float = 20.0, seed: int = 1
) -> CalibratedDigest:
    """A calibration with evenly spaced standards, and the reading of a digest: CalibratedDigest.

    fraction : of the carboxylate on the dots [1]; standards : how many; highest : of them
    [mol/m3]; seed : of the noise. The errors of absorbance, slope and intercept are added as if
    independent. Raises InputError for what `acid_absorbance` or `fit_line` cannot take.
    """
    known = np.linspace(0, highest, standards + 1)[1:]
    absorbance, errors = acid_absorbance(known, seed)
    line = fit_line(known, absorbance, errors)
    whole = parameters()["digest.acid_concentration"].value
    expected, noise = map(float, acid_absorbance(fraction * whole))
    digest = float(acid_absorbance(fraction * whole, ANOTHER + seed)[0])
    acid = (digest - line.intercept) / line.slope
    error = np.hypot(np.hypot(noise, line.intercept_error), acid * line.slope_error) / line.slope
    return CalibratedDigest(
        standards=known,
        absorbance=absorbance,
        line=line,
        fraction=fraction,
        digest=digest,
        expected=expected,
        noise=noise,
        acid=acid,
        error=float(error),
        whole=whole,
    )


@dataclass(frozen=True, eq=False)
class CountedDecay:
    """A decay as counted photon by photon, and fitted.

    time : of the channels [s] (n,); counts : (n,); lifetime : that went in [s]
    """

    time: NDArray[np.float64]
    counts: NDArray[np.int64]
    fit: counting.LifetimeFit
    lifetime: float


def counted_decay(
    radiative_lifetime: float, quantum_yield: float = 1.0, photons: float = 1e5, seed: int = 1
) -> CountedDecay:
    """The decay of dots in the paper's photon-counting set-up: a CountedDecay.

    radiative_lifetime : [s]; quantum_yield : [1]; photons : counted in all; seed : of the noise
    """
    response = parameters()["TCSPC.instrument_response"].value
    lifetime = counting.lifetime(radiative_lifetime, quantum_yield)
    expected = counting.decay(CHANNELS, lifetime, photons, 1.0, BACKGROUND * photons, response)
    counts = counting.count(expected, seed)
    fit = counting.fit_lifetime(CHANNELS, counts, instrument_response=response)
    return CountedDecay(CHANNELS, counts, fit, lifetime)


def paper_waves(
    sample: str, changes: Changes = None, potential: float | None = None
) -> tuple[Wave, ...]:
    """The species of a curve of Fig. 2d: "RNH2", "cadmium oleate" or "Cd(RCOO)2".

    changes : {"owner.name": value} of `qdlib.parameters()`; potential : E0 of the metal's couple
    in water, that of cadmium if None [V vs NHE]. Published are the dots' peak, the level of
    `CdSe/CdS`, and the scan rate; that cadmium oleate's peak is less negative (its place follows
    here from Cd2+/Cd and assumed kinetics); and that dots with Cd(RCOO)2 show both. The dots'
    formal potential is the one that puts their peak there at the published scan rate, whatever
    their kinetics. Ions on dots move with them, and cadmium does not come off again.
    """
    if sample not in SAMPLES:
        raise InputError("sample", sample, f"one of {', '.join(SAMPLES)}")
    with reading(changes, f"the voltammogram of {sample}") as value:
        if sample == "cadmium oleate":
            return (_salt(sample, value, potential),)
        dots = _wave("dots voltammetry", value, 1, value("dots voltammetry", "product_decay"))
        level = value(CORE_SHELL, "level") - _peak_shift(dots)
        dots = replace(dots, name="dots", formal_potential=level)
        if sample == "RNH2":
            return (dots,)
        ions = dots.concentration * value("dots voltammetry", "sites_reached")
        on_dots = {"concentration": ions, "diffusion": dots.diffusion}
        return (_salt("cadmium carboxylate", value, potential, **on_dots), dots)


def voltammogram(
    sample: str, changes: Changes = None, potential: float | None = None, points: int = 2001
) -> voltammetry.Voltammogram:
    """A curve of Fig. 2d: `paper_waves` at the published scan rate, over an assumed window.

    >>> f"{voltammogram('RNH2').cathodic_peak.potential:.3f} V"
    '-0.890 V'
    """
    names = ("scan_rate", "start", "vertex", "temperature", "area")
    with reading(changes, f"the voltammogram of {sample}") as value:
        conditions = {name: value("voltammetry", name) for name in names}
        return voltammetry.voltammogram(
            paper_waves(sample, value, potential), points=points, **conditions
        )


def _salt(name: str, value: Reader, potential: float | None = None, **own: float) -> Wave:
    """The wave of a metal's carboxylate; `own` stands for parameters of cadmium oleate."""
    owner = "oleate voltammetry"
    potential = standard_potential("Cd", 2) if potential is None else potential
    wave = _wave(owner, value, 2, math.inf, **own)
    shifted = potential + value(owner, "complexation_shift")
    return replace(wave, name=name, formal_potential=shifted)


def _wave(owner: str, value: Reader, electrons: int, product_decay: float, **own: float) -> Wave:
    """The wave of an owner of `qdlib.parameters()`, at a formal potential of 0."""
    names = ("rate_constant", "transfer_coefficient", "diffusion", "concentration")
    known = own | {name: value(owner, name) for name in names if name not in own}
    return Wave(
        owner, 0.0, electrons=electrons, product_decay=product_decay, **known,
        product_diffusion=known["diffusion"],
    )  # fmt: skip


@lru_cache(maxsize=64)
def _peak_shift(wave: Wave) -> float:
    """Cathodic peak of a wave in the paper's scan, relative to its formal potential [V]."""
    names = ("voltammetry.scan_rate", "voltammetry.temperature")
    rate, temperature = (parameters()[name].value for name in names)
    wave = replace(wave, formal_potential=0.0, concentration=1.0)
    peak = voltammetry.voltammogram([wave], rate, 0.5, -1.5, -1.5, 801, temperature).cathodic_peak
    if math.isnan(peak.potential):
        raise InputError("rate_constant", wave.rate_constant, "large enough for a peak")
    return peak.potential


def absorber(structure: str = CORE_SHELL, **changes: Any) -> Absorber:
    """The paper's dots as an `Absorber`: "CdSe/CdS" (Fig. 1b) or "CdSeS/ZnSeS/ZnS" (Fig. S9a).

    The shift of the first transition, by the shell (red) or the alloy (blue), is the one with
    which the dot at its own size emits at its `peak_wavelength`; `changes` of the size move it.

    >>> f"{absorber().emission_peak * 1e9:.1f} nm, {absorber().shell_share:.3f}"
    '632.0 nm, 0.972'
    """
    if structure not in (CORE_SHELL, BLUE):
        raise InputError("structure", structure, f"one of {CORE_SHELL}, {BLUE}")
    value, fields = owned("absorption"), Absorber.__dataclass_fields__.keys()
    shape: dict[str, Any] = owned(f"{structure} absorber")
    shape |= {name: value[name] for name in value.keys() & fields}
    lines = ((value[f"{name}_offset"], value[f"{name}_strength"]) for name in MAIN_LINES)
    shape["lines"] = tuple(lines)
    plain = Absorber(**shape, shell_shift=0.0, alloy_shift=0.0)
    peak = parameters()[f"{structure}.peak_wavelength"].value
    missing = photon_energy(peak) - photon_energy(plain.emission_peak)
    if structure == BLUE:
        shape |= {"shell_shift": 0.0, "alloy_shift": missing}
    else:
        shape |= {"shell_shift": -missing / plain.grown, "alloy_shift": 0.0}
    return Absorber(**_changed(shape, changes))


def single_dot(**changes: Any) -> SingleDot:
    """The set-up of Figs S3a and S3b: 1 MHz, 30 ms, aperture 1.46 (L337, L338, L335), the rest from
    `data/parameters.csv`, owner "single dot"; `changes` are fields of `SingleDot`.

    >>> f"{single_dot().mean():.0f} counts at {single_dot().detection_efficiency:.3f}"
    '2260 counts at 0.082'
    """
    value = owned("single dot")
    rate, exposure, aperture = (published_value(id).value for id in ("L337", "L338", "L335"))
    light = value.pop("transmission") * value.pop("camera_efficiency")
    light *= collection(aperture, value.pop("immersion_index"))
    value |= {"repetition_rate": rate * 1e6, "exposure_time": exposure * 1e-3}
    value |= {"detection_efficiency": light}
    value["read_noise"] *= np.sqrt(value.pop("pixels"))
    return SingleDot(**_changed(value, changes))


def wash(**changes: float) -> Wash:
    """The wash of Fig. 3b: `data/parameters.csv`, owner "wash"; `changes` are fields of `Wash`.

    >>> from qdlib.physics.isotherm import residual_fraction
    >>> f"{residual_fraction(0, wash()):.2f} to {residual_fraction(4e3, wash()):.2f}"
    '1.00 to 0.16'
    """
    own = {
        "tight_fraction": parameters()["ligand.tight_fraction"].value,
        "free_salt": Wash.free_salt,
    }
    return Wash(**_changed(owned("wash") | own, changes))


def lock_in(**changes: Any) -> LockIn:
    """The paper's, at 933 Hz (L342), the rest assumed; `changes` : fields of `LockIn`."""
    names = "frequency", "time_constant", "order"
    frequency, time_constant, order = (parameters()[f"lock-in.{name}"].value for name in names)
    return replace(LockIn(frequency, time_constant, round(order)), **changes)


def _changed(own: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Fields of a thing, some of them changed. Raises InputError for one that it has not."""
    if unknown := changes.keys() - own:
        raise InputError("changes", min(unknown), f"one of {', '.join(sorted(own))}")
    return own | changes
