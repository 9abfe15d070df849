"""JupyterLab reads this file when JUPYTER_CONFIG_PATH names this folder.

It reads labconfig/ as well, by which it asks nobody for news or newer versions.
"""

load_subconfig("common.py")  # noqa: F821  (Jupyter defines it)

c = get_config()  # noqa: F821  (Jupyter defines it)
# or pages would ask another host for MathJax, which they have
c.ServerApp.tornado_settings = {"mathjax_url": None, "mathjax_config": None}


def set_cookie(request, notebook, cwd):
    """Reading the token sets its cookie; without it a page that is left cannot end its kernel."""
    request.xsrf_token  # noqa: B018


c.VoilaConfiguration.prelaunch_hook = set_cookie
