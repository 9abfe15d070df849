"""Numbers as a reader writes them, the same in every sentence, table and check.

A number keeps so many significant digits, chosen once it is rounded; it is never "-0", and what
lies below the noise of its quantity is 0. A threshold keeps two decimals.

Each is a `singledispatch`, since not all that is written is a number yet: the static site registers
quantities that a page computes later.
"""

from functools import singledispatch
from math import isnan

from .constants import HOUR

SUPERSCRIPT = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
UNITS = {"s": 1.0, "min": 60.0, "h": HOUR}
FEWEST_SITES = 1e-6
"""Reduced sites on a dot up to which there are none [1]: one dot in a million has lost an ion."""


@singledispatch
def digits(value, count=3, noise=0.0):
    """So many significant digits of a number; "–" for NaN, "0" where it is no more than `noise`.

    Powers of ten are written below 0.001 and from ten million on only.

    >>> digits(91682.0), digits(0.9996), digits(0.008341, 2), digits(-1e-12, noise=1e-9)
    ('91,700', '1.00', '0.0083', '0')
    >>> digits(3.2e-20, 2), digits(12.5e6)
    ('3.2 × 10⁻²⁰', '1.25 × 10⁷')
    """
    if isnan(value):
        return "–"
    if abs(value) <= noise:
        return "0"
    mantissa, _, power = f"{value:.{count - 1}e}".partition("e")
    if not power:  # infinite
        return mantissa
    if not -3 <= int(power) < 7:
        return f"{mantissa} × 10{str(int(power)).translate(SUPERSCRIPT)}"
    return f"{float(f'{mantissa}e{power}'):,.{max(0, count - 1 - int(power))}f}"


@singledispatch
def setting(value):
    """A number that a reader has set: as `digits`, without the zeros at its end.

    >>> setting(100 * 0.15), setting(0.0316227766), setting(1450.0)
    ('15', '0.0316', '1,450')
    """
    mantissa, times, power = digits(value).partition(" ")
    return (mantissa.rstrip("0").rstrip(".") if "." in mantissa else mantissa) + times + power


@singledispatch
def volts(value, never="nowhere"):
    """A threshold [V] in words; `never` where it is not reached.

    >>> volts(2.0166), volts(float("nan"))
    ('2.02 V', 'nowhere')
    """
    return never if isnan(value) else f"{value:z.2f} V"


@singledispatch
def duration(seconds):
    """A time [s] in words, in the unit that suits it.

    >>> duration(59.999), duration(68.4), duration(93_300 * 3600.0)
    ('1.00 min', '1.14 min', '93,300 h')
    """
    if isnan(seconds):
        return "longer than the test"
    rounded = float(f"{seconds:.2e}")
    unit = max((unit for unit in UNITS if UNITS[unit] <= rounded), key=UNITS.get, default="s")
    return f"{digits(seconds / UNITS[unit])} {unit}"


@singledispatch
def site_count(per_dot):
    """Reduced sites on a dot, 0 up to FEWEST_SITES.

    >>> site_count(168.9), site_count(1.1e-17)
    ('169', '0')
    """
    return digits(per_dot, noise=FEWEST_SITES)


def yes(fact):
    """A verdict, "yes" or "no"."""
    return "yes" if fact else "no"
