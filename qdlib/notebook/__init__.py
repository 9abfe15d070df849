"""The bench of a notebook: controls, plots that follow them, and panels made of both."""

from .citation import cite
from .controls import (
    BIAS,
    CURRENT,
    DWELL,
    FRACTION,
    POTENTIAL,
    YIELD,
    Control,
    slider,
)
from .panel import check, panel, whole

__all__ = [
    "BIAS",
    "CURRENT",
    "DWELL",
    "FRACTION",
    "POTENTIAL",
    "YIELD",
    "Control",
    "check",
    "cite",
    "panel",
    "slider",
    "whole",
]
