"""`make site`, or `python -m static_site [folder]` with tools/ on PYTHONPATH: write the site."""

import sys
import time
from pathlib import Path

from . import module
from .pages import build


def main(folder="site"):
    """Build all pages into a folder."""
    started = time.perf_counter()
    if not module.can_link():
        print("Without ziglang, a linker, no page computes: all step through what is kept.")
    pages = build(folder)
    for page in pages:
        if not page.name.startswith("api-"):
            print(f"{page.name:<12}{page.size / 1e6:6.2f} MB")
    total = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
    print(f"{len(pages)} pages, {total / 1e6:.1f} MB with what they share, "
          f"in {time.perf_counter() - started:.0f} s: open {folder}/index.html")  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
