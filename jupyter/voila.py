"""Voilà reads this file when JUPYTER_CONFIG_PATH names this folder."""

load_subconfig("common.py")  # noqa: F821  (Jupyter defines it)

c = get_config()  # noqa: F821
c.VoilaConfiguration.template = "qdlib"  # in data/, by JUPYTER_PATH
# the page needs no more, and each further extension costs it time
c.VoilaConfiguration.extension_allowlist = [
    "@voila-dashboards/widgets-manager8",
    "@jupyter-widgets/jupyterlab-manager",
    "anywidget",
]
# starting the next pre-heated kernel at once would slow down the page that has just been opened
c.VoilaKernelManager.fill_delay = 10
