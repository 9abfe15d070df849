"""Write the synthetic measurements of data/examples anew: `python tools/examples.py`."""

from qdlib.data import data_file
from qdlib.owndata.synthetic import TRUTHS, file_text


def main():
    """Write each file."""
    folder = data_file("parameters.csv").parent / "examples"
    folder.mkdir(exist_ok=True)
    for truth in TRUTHS.values():
        (folder / truth.name).write_text(file_text(truth), "utf-8", newline="\n")


if __name__ == "__main__":
    main()
