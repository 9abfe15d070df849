"""JupyterLab reads this file when JUPYTER_CONFIG_PATH names this folder.

It reads labconfig/ as well, by which it asks nobody for news or newer versions.
"""

load_subconfig("common.py")  # noqa: F821  (Jupyter defines it)
