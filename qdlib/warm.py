"""Compile what numba compiles and keep it, so that the first page does not wait: `-m qdlib.warm`."""

from . import red_qled, sweep


def main():
    """Solve one device."""
    sweep(red_qled(), 0, 0.1)


if __name__ == "__main__":
    main()
