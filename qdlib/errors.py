"""What can go wrong, said so that a reader knows what to change."""

import math
from numbers import Integral
from typing import Any, Self


class InputError(ValueError):
    """An input outside what is allowed: names it, its value and the allowed range."""

    def __init__(self, name: str, value: object, allowed: str) -> None:
        super().__init__(f"{name} = {value!r} is not allowed: it must be {allowed}.")
        self.name, self.value, self.allowed = name, value, allowed

    def __reduce__(self) -> tuple[type[Self], tuple[str, object, str]]:
        # a process that cannot read the error of another waits for it for ever
        return type(self), (self.name, self.value, self.allowed)


class ConvergenceError(RuntimeError):
    """The device equations found no solution at a bias."""

    def __init__(self, voltage: float, reached: float | None = None) -> None:
        hint = "" if reached is None else f"; the last bias that converged is {reached:.3g} V"
        super().__init__(f"The device has no converged solution at {voltage:.4g} V{hint}.")
        self.voltage, self.reached = voltage, reached

    def __reduce__(self) -> tuple[type[Self], tuple[float, float | None]]:
        return type(self), (self.voltage, self.reached)


def require_range(name: str, value: Any, low: float, high: float, unit: str = "") -> float:
    """Return `value` as a float if it is finite and within [low, high], else raise InputError."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not low <= number <= high:
        raise InputError(name, value, f"a number from {low:g} to {high:g} {unit}".rstrip())
    return number


def require_whole(name: str, value: Any, low: int, high: int) -> int:
    """Return `value` if it is a whole number within [low, high], else raise InputError."""
    if not isinstance(value, Integral) or not low <= int(value) <= high:
        raise InputError(name, value, f"a whole number from {low} to {high}")
    return int(value)
