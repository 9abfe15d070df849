"""The server on Binder shows the notebooks, as `make lab` does; jupyter/ has all other settings."""

from pathlib import Path

c = get_config()  # noqa: F821  (Jupyter defines it)
c.ServerApp.root_dir = str(Path(__file__).resolve().parents[1] / "notebooks")
