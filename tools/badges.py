"""Write the README's badges: `python tools/badges.py`.

They open each notebook on Binder, as a page. The repository's public address stands in
pyproject.toml, `[tool.qdlib] repository`; while it is empty there is one sentence instead.
Exits with 1 if it changed the README, as pre-commit expects.
"""

import sys
import tomllib
from pathlib import Path
from urllib.parse import quote, urlsplit

from qdlib.notebook.contents import pages, title

ROOT = Path(__file__).resolve().parents[1]
BEGIN, END = "<!-- badges: tools/badges.py -->\n", "<!-- /badges -->"
BINDER = "https://mybinder.org/v2"
PICTURE = "docs/binder.svg"
PROVIDERS = {"github.com": "gh", "gitlab.com": "gl"}
NONE = (
    "The project has no public address yet. Once `[tool.qdlib] repository` in `pyproject.toml` "
    "holds it, `python tools/badges.py` writes badges here that open each notebook on Binder.\n"
)


def notebooks():
    """Names of all notebooks, the front page first."""
    return list(pages())


def launch(repository, notebook):
    """The address that builds a repository on Binder and opens a notebook as a page."""
    address = urlsplit(repository.removesuffix("/").removesuffix(".git"))
    name = address.path.strip("/")
    provider = PROVIDERS.get(address.hostname)
    source = {"gh": f"gh/{name}", "gl": f"gl/{quote(name, safe='')}"}.get(
        provider, f"git/{quote(repository, safe='')}"
    )
    page = quote(f"voila/render/{notebook}.ipynb", safe="")
    return f"{BINDER}/{source}/HEAD?urlpath={page}"


def block(repository):
    """What stands between the README's two markers."""
    if not repository:
        return NONE
    lines = [
        f"[![Open {notebook} on Binder]({PICTURE})]({launch(repository, notebook)}) "
        f"{title(notebook)}\n"
        for notebook in notebooks()
    ]
    return "\n".join(lines)


def written(readme, repository):
    """The text of a README with its block as it ought to be."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return before + BEGIN + block(repository) + END + after


def main():
    """Write the README's block; return 1 if it changed."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    path = ROOT / "README.md"
    before = path.read_text("utf-8")
    after = written(before, project["tool"]["qdlib"]["repository"])
    path.write_text(after, "utf-8")
    return int(after != before)


if __name__ == "__main__":
    sys.exit(main())
