"""What a column of a table may be, and how a heading tells it: quantities and their units."""

import re
import unicodedata
from dataclasses import dataclass

from ..constants import MILLIAMP_PER_CM2


@dataclass(frozen=True)
class Kind:
    """What a column may be: a quantity in a unit; SI is factor times the number.

    factor : None for a light that is told relative to its first value
    """

    quantity: str
    unit: str
    factor: float | None

    @property
    def label(self) -> str:
        """As a reader chooses it."""
        return f"{self.quantity}, {self.unit}"


KINDS = (
    Kind("voltage", "V", 1.0),
    Kind("voltage", "mV", 1e-3),
    Kind("current", "A", 1.0),
    Kind("current", "mA", 1e-3),
    Kind("current", "µA", 1e-6),
    Kind("current", "nA", 1e-9),
    Kind("current", "pA", 1e-12),
    Kind("current density", "mA/cm²", MILLIAMP_PER_CM2),
    Kind("current density", "µA/cm²", 1e-3 * MILLIAMP_PER_CM2),
    Kind("current density", "nA/cm²", 1e-6 * MILLIAMP_PER_CM2),
    Kind("current density", "mA/mm²", 1e2 * MILLIAMP_PER_CM2),
    Kind("current density", "A/cm²", 1e3 * MILLIAMP_PER_CM2),
    Kind("current density", "A/m²", 1.0),
    Kind("luminance", "cd/m²", 1.0),
    Kind("luminance", "kcd/m²", 1e3),
    Kind("luminance", "mcd/m²", 1e-3),
    Kind("EQE", "%", 0.01),
    Kind("EQE", "1", 1.0),
    Kind("relative PL", "%", 0.01),
    Kind("relative PL", "1", 1.0),
    Kind("relative PL", "any, over its first", None),
    Kind("time", "s", 1.0),
    Kind("time", "ms", 1e-3),
    Kind("time", "min", 60.0),
    Kind("time", "h", 3600.0),
    Kind("time", "d", 86400.0),
    Kind("time", "µs", 1e-6),
)
SPELLINGS = {"nit": "cd/m2", "nits": "cd/m2", "knit": "kcd/m2", "volt": "v", "volts": "v",
             "amp": "a", "amps": "a", "ampere": "a", "sec": "s", "seconds": "s", "percent": "%",
             "minutes": "min", "hr": "h", "hrs": "h", "hour": "h", "hours": "h", "day": "d",
             "days": "d", "sekunden": "s", "minuten": "min", "stunden": "h", "tage": "d",
             "au": "any, over its first", "arb.u.": "any, over its first",
             "a.u.": "any, over its first", "counts": "any, over its first",
             "cps": "any, over its first", "counts/s": "any, over its first"}  # fmt: skip
NAMES = {
    "current density": r"current ?density|stromdichte|\bj\b",
    "EQE": r"\beqe\b|external quantum",
    "relative PL": r"\bpl\b|photolum|pl/pl0|\bplqy\b",
    "luminance": r"luminance|brightness|leuchtdichte|\bl(um|v)?\b",
    "voltage": r"volt|\bbias\b|\b[uv]\b|spannung|smu ?v",
    "current": r"current(?! ?eff)|\bi\b|strom|smu ?i",
    "time": r"\btime\b|\bt\b|\bzeit\b|elapsed",
}
"""By what a heading tells its quantity, the more special first."""
OTHERS = re.compile(
    r"\bcd ?/ ?A\b|\blm ?/ ?W\b|photo ?(diode|current|detector)|\b(el|pd|sd|std|err)\b|electrolum|"
    r"deviation|error", re.IGNORECASE,
)  # fmt: skip
"""What is none of KINDS, though its words or its unit are like one's."""
BRACKETED = re.compile(r"[\[({]([^\])}]*)[\])}]")
RATIOS = {"1", "-", "fraction", "ratio"}
"""How a heading writes in brackets that a quantity has no unit."""
FOREIGN = re.compile(
    r"[fpnuµmkM]?(V|A|W|s|Hz|cd|lm|lx|nits?|eV|Ohm|Ω)|fL|fl|weeks?|years?|hh:.*|.*m\^?-?2"
)
"""A unit by its looks, of KINDS or not."""
USUAL = {"current density": "mA/cm²", "EQE": "%", "relative PL": "%"}
"""Units where a heading has none, if not the first of KINDS."""


def is_unit(word: str) -> bool:
    """Whether a cell is a unit alone, one of KINDS or not.

    >>> is_unit("[mA cm-2]"), is_unit("kV"), is_unit("Current")
    (True, True, False)
    """
    word = word.strip("()[] ")
    return _unit(word) is not None or word in RATIOS or _is_foreign(word)


def recognise(heading: str) -> Kind | None:
    """What a heading says that its column is, None if it says nothing or has an unknown unit.

    >>> recognise("Current Density [mA·cm⁻²]").label, recognise("U / mV").label
    ('current density, mA/cm²', 'voltage, mV')
    >>> recognise("Voltage (kV)")
    """
    plain = unicodedata.normalize("NFKC", heading).strip()
    if OTHERS.search(plain):
        return None
    places = _bracketed(plain)
    units = [_unit(word) for word in places]
    unit = next((one for one in units if one), None)
    if any(word.strip().lower() in RATIOS for word in BRACKETED.findall(plain)):
        unit = "1"
    words = re.sub(r"[_\[\](){}]", " ", plain).lower()
    quantity = next((name for name, own in NAMES.items() if re.search(own, words)), None)
    if quantity == "relative PL" and BRACKETED.search(plain) and unit not in ("%", "1"):
        return next(kind for kind in KINDS if kind.factor is None)  # as a detector gives it
    if unit is None and any(_is_foreign(place) for place in places if place != plain):
        return None
    found = [kind for kind in KINDS if unit and _plain(kind.unit) == unit]
    if len({kind.quantity for kind in found}) == 1:  # the unit alone tells
        return found[0]
    named = [kind for kind in found if kind.quantity == quantity]
    if named:
        return named[0]
    if found or quantity is None:
        return None
    usual = USUAL.get(quantity)
    return next(k for k in KINDS if k.quantity == quantity and usual in (None, k.unit))


def _bracketed(heading: str) -> list[str]:
    """Where a unit may stand: in brackets, after a comma, a slash, a blank or an underscore."""
    places = BRACKETED.findall(heading)
    for sign in (",", "_", " in ", "/", " "):
        head, _, tail = heading.partition(sign)
        if tail and head:
            places.append(tail.strip())
    places.append(heading.rpartition(" ")[2])
    return places


def _is_foreign(word: str) -> bool:
    """Whether a word looks like a unit.

    >>> _is_foreign("nA/dm2"), _is_foreign("forward")
    (True, False)
    """
    plain = unicodedata.normalize("NFKC", word).replace("−", "-").strip()
    return FOREIGN.fullmatch(re.sub(r"[ ·⋅*]", "", plain)) is not None


def _unit(word: str) -> str | None:
    """A unit as `_plain` writes it, None if it is none of KINDS."""
    plain = SPELLINGS.get(_plain(word), _plain(word))
    known = {_plain(kind.unit) for kind in KINDS} - {"1"}
    return plain if plain in known else None


def _plain(unit: str) -> str:
    """A unit in small ASCII letters: mA·cm⁻², mA cm^-2 and mA/cm² are all ma/cm2."""
    word = unicodedata.normalize("NFKC", unit).replace("−", "-").lower().strip()
    if word in SPELLINGS.values():
        return word
    word = word.replace("μ", "u").replace("µ", "u")
    word = re.sub(r"[ ·⋅*^.]" if "u." not in word else r"[ ·⋅*^]", "", word)
    return re.sub(r"(cd|a)/?(c?m)-2", r"\1/\g<2>2", word)
