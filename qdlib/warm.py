"""Let numba compile and keep what it compiles, so that no page waits: `-m qdlib.warm`."""

from . import red_qled, sweep


def main():
    """Solve one device."""
    sweep(red_qled(), 0, 0.1)


if __name__ == "__main__":
    main()
