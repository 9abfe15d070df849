"""Screening: thousands of devices at once, kept on disk while they are computed.

>>> from qdlib.screening import grid, screen
>>> made = screen(grid({"couple": ["Cd²⁺/Cd", "Mg²⁺/Mg"]}), at=[2.0], jobs=1, progress=False)
>>> (made.relative_photoluminescence.sel(bias=2.0) > 0.5).values.tolist()
[False, True]
"""

from .design import Design, grid, hypercube, points
from .execution import screen
from .kept import candidates

__all__ = ["Design", "candidates", "grid", "hypercube", "points", "screen"]
