"""A reader's own measurement: read from a file, laid beside the model, and fitted with it."""

from .columns import measure, recognised
from .fitting import Fit, Unknown, fit, free_parameters, unknown
from .kinds import KINDS, Kind, recognise
from .measurement import Measurement, Noise
from .reading import Table, read, read_file

__all__ = [
    "KINDS",
    "Fit",
    "Kind",
    "Measurement",
    "Noise",
    "Table",
    "Unknown",
    "fit",
    "free_parameters",
    "measure",
    "read",
    "read_file",
    "recognise",
    "recognised",
    "unknown",
]
