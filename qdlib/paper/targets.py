"""What the model is judged by: numbers of `data/published.csv`, statements of `statements.csv`.

Where the paper describes a curve in words, a statement says which reading of the model's curve has
to lie where. The error of a number is the stated one; where none is stated it is

    0.05 V for a voltage, a factor 1.5 for a lifetime, else 10 % or half of the last digit.

A target is met within two stated errors (value ± error), within its range, on its side of a bound,
or within one of the errors above; ranges of lifetimes given with "about" are rounded, and so
widened by half of their last digit. Where that would be wrong, `data/tolerances.csv` has another
range of a number and the reason; it lists every limit that was ever changed, of statements too.
Beyond the bound of a statement a deviation counts in 0.1, or in factors of two.
"""

from dataclasses import dataclass
from functools import cache
from math import isfinite, isnan, log, nan

from ..data import data_rows
from ..errors import ConvergenceError, InputError
from ..parameters import CORE_SHELL
from .materials import LIGANDS, STRUCTURES
from .protocols import Sample
from .published import published_values
from .readings import READINGS

VOLTAGE_ERROR = 0.05  # [V]
LIFETIME_FACTOR = 1.5
OTHER_SHARE = 0.10
NOT_JUDGED = ("L009", "L044", "L046")
"""The best device of many; the peak that fixes the dots' level; a peak without a number."""
SOLUTIONS = ("cadmium oleate",)


@dataclass(frozen=True)
class Target:
    """A number or a statement of the paper, and the range in which a model meets it.

    id : of the ledger or of a statement; source : the ledger's rows behind it, separated by ";"
    panel : of the paper, several separated by ";"
    quantity : what is read, see `READINGS`; device : "QLED", "electron-only", "hole-only"
    published : in words, with its unit; kind : "stated", "derived", "statement" or "assumption"
    low, high : range that counts as met, NaN where it is open, in `unit`
    centre, error : of the published value; in the logarithm if `log`; NaN for a bound
    """

    id: str
    source: str
    panel: str
    quantity: str
    sample: Sample
    device: str
    published: str
    kind: str
    unit: str
    low: float
    high: float
    centre: float
    error: float
    log: bool

    @property
    def key(self):
        """Identifies the target: a row of the ledger may state several quantities."""
        return f"{self.id} {self.quantity}"

    @property
    def title(self):
        """The sample, and the device if it is no diode, as a reader names them."""
        return self.sample.title + ("" if self.device == "QLED" else f", {self.device}")

    def measure(self, lab):
        """What the model gives [unit]; NaN where there is nothing to read, or no such current."""
        try:
            return READINGS[self.quantity](lab, self.sample, self.device)
        except (InputError, ConvergenceError):
            return nan

    def met(self, modelled):
        """Whether a modelled value counts as the published one."""
        return bool(isfinite(modelled) and not modelled < self.low and not modelled > self.high)

    def deviation(self, modelled):
        """Modelled less published, in errors; beyond a bound, in the errors of its bound."""
        if not isfinite(modelled) or (self.log and modelled <= 0):
            return nan
        at = self.centre
        if isnan(at):
            if self.met(modelled):
                return 0.0
            at = self.high if modelled > self.high else self.low
        return (log(modelled / at) if self.log else modelled - at) / self.error


@cache
def targets():
    """All targets, in the order of the ledger, then the statements."""
    return (*_numbers(), *_statements())


def _numbers():
    for row in published_values():
        for quantity in row.quantity.split(";"):
            sample = _sample(row)
            if quantity in READINGS and sample is not None and row.id not in NOT_JUDGED:
                low, high, centre, error, log_scale = _amended(
                    f"{row.id} {quantity}", *_judged(row, quantity)
                )
                yield Target(
                    row.id, row.id, row.panel, quantity, sample, "QLED", row.text, row.kind,
                    row.unit, low, high, centre, error, log_scale,
                )  # fmt: skip


def _sample(row):
    """The one sample that a row is about, or None: a literature device, a condition, a series."""
    if "Table S1" in row.panel or (row.quantity == "initial luminance" and row.kind == "stated"):
        return None
    if row.sample == "red QLED":
        return Sample(CORE_SHELL, "RNH2")
    if row.sample in SOLUTIONS:
        return Sample(row.sample, "")
    if row.sample not in STRUCTURES or row.ligand not in LIGANDS:
        return None
    return Sample(row.sample, row.ligand)


@dataclass(frozen=True)
class Tolerance:
    """A range in which a target counts as met that was changed, and what that did at the time.

    old, new : (low, high), NaN where open; modelled : what the model gave when it was changed
    old_verdict, new_verdict : "met" or "MISSED", for that value
    """

    key: str
    old: tuple[float, float]
    new: tuple[float, float]
    modelled: float
    old_verdict: str
    new_verdict: str
    reason: str


@cache
def tolerances():
    """Every Tolerance of data/tolerances.csv."""
    return tuple(
        Tolerance(
            row["key"],
            *((float(row[f"{age} low"] or "nan"), float(row[f"{age} high"] or "nan"))
              for age in ("old", "new")),
            float(row["modelled"]),
            row["old verdict"],
            row["new verdict"],
            row["reason"],
        )
        for row in data_rows("tolerances.csv")
    )  # fmt: skip


def _amended(key, low, high, centre, error, log_scale):
    """What `_judged` gives, or the range of a tolerance that was changed, about the same centre."""
    for one in tolerances():
        if one.key == key and one.new != (low, high):
            low, high = one.new
            error = log(high / low) / 2 if log_scale else (high - low) / 2
    return low, high, centre, error, log_scale


def _judged(row, quantity):
    """(low, high, centre, error, log) of a row of the ledger."""
    value, low, high = row.value, row.low, row.high
    about = "about" in row.note.split(";")
    lifetime = quantity.startswith("T") and quantity[1:3].isdigit()
    if isnan(value) and (isnan(low) or isnan(high)):
        return low, high, nan, log(LIFETIME_FACTOR) if lifetime else 1.0, lifetime
    if lifetime:
        if isnan(low):
            low, high = value / LIFETIME_FACTOR, value * LIFETIME_FACTOR
        elif about:
            low, high = low - _rounding(low), high + _rounding(high)
        return low, high, (low * high) ** 0.5, log(high / low) / 2, True
    if isnan(value):
        return low, high, (low + high) / 2, (high - low) / 2, False
    if isfinite(low) and row.kind == "stated":
        error = (high - low) / 2
        return value - 2 * error, value + 2 * error, value, error, False
    if isfinite(low):
        return low, high, value, (high - low) / 2, False
    error = VOLTAGE_ERROR if row.unit == "V" else max(OTHER_SHARE * value, _half_digit(value))
    return value - error, value + error, value, error, False


def _half_digit(value):
    """Half a unit of the last digit that is printed after the point, 0 for whole numbers."""
    return _rounding(value) if "." in f"{value:g}" else 0.0


def _rounding(value):
    """Half a unit of the last digit that is printed."""
    return 0.5 * 10.0 ** -len(f"{value:g}".partition(".")[2])


def _limits(row):
    """What a statement is taken to say, in numbers of its reading."""
    low, high = row["low"], row["high"]
    if low and high:
        return f" ({low} to {high})"
    return f" (at least {low})" if low else f" (at most {high})"


def _statements():
    for row in data_rows("statements.csv"):
        low, high = (float(row[end] or "nan") for end in ("low", "high"))
        log_scale = row["scale"] == "log"
        bound = isnan(low) or isnan(high)
        if log_scale:
            centre, error = (nan, log(2)) if bound else ((low * high) ** 0.5, log(high / low) / 2)
        else:
            centre, error = (nan, 0.1) if bound else ((low + high) / 2, (high - low) / 2)
        yield Target(
            row["id"], row["source"], row["panel"], row["reading"],
            Sample(row["structure"], row["ligand"]), row["device"], row["words"] + _limits(row),
            "statement" if row["origin"] == "paper" else row["origin"],
            "", low, high, centre, error, log_scale,
        )  # fmt: skip
