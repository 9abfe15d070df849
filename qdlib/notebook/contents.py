"""The pages of the collection: each notebook with its title, in order, from data/pages.csv."""

from dataclasses import dataclass
from functools import cache

from ..data import data_rows
from ..errors import InputError

SHELVES = {"start": "Begin here", "paper": "The paper’s figures", "supplement": "The supplement’s"}
"""Headings of the shelves on which the pages stand."""
FRONT = "index"


@dataclass(frozen=True)
class Page:
    """One notebook.

    shelf : key of SHELVES, "" for the front page; line : what it is about, in a few words
    picture : the panel that its picture shows, "1e", or "explorer/band" of a page
    """

    name: str
    shelf: str
    title: str
    line: str
    picture: str

    @property
    def full_title(self):
        """The title with the line: "Figure 1. One dot, two ligands: why only one makes a lamp"."""
        return f"{self.title}. {self.line}" if self.line else self.title


@cache
def pages():
    """All pages by name, in the order of the collection."""
    return {row["name"]: Page(**row) for row in data_rows("pages.csv")}


def page(name):
    """The page of a notebook; InputError if there is none of that name."""
    if name not in pages():
        raise InputError("notebook", name, f"one of {', '.join(pages())}")
    return pages()[name]


def shelf(key):
    """The pages on a shelf, in order."""
    return tuple(one for one in pages().values() if one.shelf == key)


def title(name):
    """What a notebook is called, with its subtitle; InputError if there is none of that name."""
    return page(name).full_title
