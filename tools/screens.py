"""Make the screenings anew that the pages show: `python tools/screens.py [NAME ...]`.

Two to five thousand sweeps on all cores, some minutes, into data/screening/ (make screens).
"""

import sys

from qdlib.data import data_file
from qdlib.screening.kept import KEPT, make


def main():
    """Write data/screening/map.nc and candidates.nc."""
    folder = data_file("potentials.csv").parent / "screening"
    folder.mkdir(exist_ok=True)
    for name in sys.argv[1:] or KEPT:
        made = make(name)
        made.to_netcdf(folder / f"{name}.nc", engine="scipy")
        print(f"{name}.nc: {made.attrs['failed']} devices failed")


if __name__ == "__main__":
    main()
