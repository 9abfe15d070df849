"""The notebooks as pages without a kernel: `make site` writes them.

Each notebook is run once. `record` keeps its widgets as HTML, and what they show at each step of
their controls; `pages` puts both into a page, beside the prose; `site.js` plays them.
"""

from .pages import build, notebooks, write_assets, write_page

__all__ = ["build", "notebooks", "write_assets", "write_page"]
