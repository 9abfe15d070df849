"""Draw the pictures of the front page anew, into data/pictures/."""

from qdlib.data import data_file
from qdlib.pages.landing import PAPER, START, SUPPLEMENT, picture


def main():
    """Write one SVG a notebook."""
    folder = data_file("published.csv").parent / "pictures"
    folder.mkdir(exist_ok=True)
    for card in (*START, *PAPER, *SUPPLEMENT):
        (folder / card.picture).write_text(picture(card.panel), "utf-8")


if __name__ == "__main__":
    main()
