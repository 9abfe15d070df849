"""Let numba compile and keep what it compiles, so that no page waits: `tools/warm.py`."""

from qdlib import red_qled, sweep
from qdlib.paper.setups import voltammogram


def main():
    """Solve one device and one voltammogram."""
    sweep(red_qled(), 0, 0.1)
    voltammogram("RNH2")


if __name__ == "__main__":
    main()
