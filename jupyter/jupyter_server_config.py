"""JupyterLab reads this file when JUPYTER_CONFIG_PATH names this folder."""

load_subconfig("common.py")  # noqa: F821  (Jupyter defines it)
