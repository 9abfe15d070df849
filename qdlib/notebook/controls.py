"""Controls: what a reader moves. The usual ones by name, and a slider for any parameter.

A control is given as the default of a panel function's argument: `def diodes(fraction=FRACTION)`.
"""

import math
from dataclasses import dataclass, replace
from typing import Self

from ..data import standard_potential
from ..errors import InputError, require_range
from ..parameters import is_wide, parameters


@dataclass(frozen=True)
class Control:
    """One input: a slider, linear or logarithmic, or a dropdown if it has choices.

    `step` is in the control's unit, for a logarithmic slider in decades; `readout` is a format.
    """

    name: str
    label: str
    default: float | str
    minimum: float = 0.0
    maximum: float = 1.0
    step: float = 0.01
    unit: str = ""
    readout: str = ".2f"
    choices: tuple[str, ...] = ()
    log: bool = False
    help: str = ""

    def accept(self, value: float | str) -> float | str:
        """Return `value`, which may be a link's text, as the control holds it, or InputError."""
        if not self.choices:
            return require_range(self.name, value, self.minimum, self.maximum, self.unit)
        if value not in self.choices:
            raise InputError(self.name, value, "one of " + ", ".join(self.choices))
        return value

    @property
    def places(self) -> list[float] | list[str]:
        """All values that it takes, in order."""
        if self.choices:
            return list(self.choices)
        low, high = self.minimum, self.maximum
        if self.log:
            low, high = math.log10(low), math.log10(high)
        count = math.floor((high - low) / self.step + 1e-9)
        values = [low + k * self.step for k in range(count + 1)]
        found = [10**value if self.log else value for value in values]
        return [float(f"{value:.10g}") for value in found]

    def at(self, default: float | str, label: str | None = None) -> Self:
        """The control with another default, and another label if given.

        A slider's lower end moves by less than a step, so that the default is one of its places.

        >>> FRACTION.at(0.25).default
        0.25
        """
        moved = replace(self, default=default, label=label or self.label)
        if self.choices:
            return replace(moved, default=moved.accept(default))
        place = require_range(self.name, default, self.minimum, self.maximum, self.unit)
        if self.log:
            places = math.floor(math.log10(place / self.minimum) / self.step + 1e-9)
            minimum = place / 10 ** (places * self.step)
        else:
            places = math.floor((place - self.minimum) / self.step + 1e-9)
            minimum = place - places * self.step
        if abs(minimum - self.minimum) < 1e-9 * (self.maximum - self.minimum):
            return moved
        return replace(moved, minimum=float(f"{minimum:.12g}"))

    @property
    def full_label(self) -> str:
        """The label with the unit."""
        return f"{self.label} ({self.unit})" if self.unit else self.label


FRACTION = Control(
    "fraction", "Residual ligand fraction", 1.0,
    help="Share of the metal salt left on the dots; below 0.15 it is inert",
)  # fmt: skip
POTENTIAL = Control(
    "potential", "Redox potential E⁰ of its metal", 0.0, -2.6, 0.8, 0.02, "V vs NHE",
    help="From some 0.2 V on, far below the dots' level, Marcus' rate falls: inverted region",
).at(standard_potential("Cd"))  # fmt: skip
DWELL = Control("dwell", "Dwell per 0.05 V step", 1.0, 0.1, 10.0, 0.1, "s", ".2g", log=True)
CURRENT = Control("current", "Current density", 100.0, 1.0, 300.0, 0.05, "mA/cm²", ".3g", log=True)
YIELD = Control("film_yield", "Film PL quantum yield", 0.77, 0.05, 1.0)
BIAS = Control("bias", "Bias", 2.0, 0.0, 5.0, 0.05, "V")


def slider(key: str, label: str = "", default: float | None = None) -> Control:
    """A slider for any parameter of `qdlib.parameters()`, within its plausible range.

    key : "owner.name"; its values are SI, as `changes` takes them. Raises InputError for a key
    that is not there, or has no range.

    >>> slider("redox.rate_constant").full_label
    'rate constant (1/s)'
    """
    row = parameters().get(key)
    if row is None or row.low is None or row.high is None or row.low == row.high:
        raise InputError("key", key, "a key of qdlib.parameters() with a low and a higher value")
    log = is_wide(row.low, row.high)
    step = 0.02 if log else float(f"{(row.high - row.low) / 100:.1g}")
    made = Control(
        row.name,
        label or row.name.replace("_", " "),
        row.value,
        row.low,
        row.high,
        step,
        "" if row.unit == "1" else row.unit,
        ".3g",
        log=log,
        help=f"{key}: {row.origin}, {row.source}",
    )
    return made.at(row.value if default is None else default)
