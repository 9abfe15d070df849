"""JupyterLab reads this file when JUPYTER_CONFIG_PATH names this folder."""

load_subconfig("common.py")  # noqa: F821  (Jupyter defines it)

c = get_config()  # noqa: F821
# JupyterLab asks no other host for news or newer versions, nor the reader whether it may
c.LabApp.news_url = None
c.LabApp.check_for_updates_class = "jupyterlab.NeverCheckForUpdate"
