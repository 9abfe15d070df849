"""A reader's own measurement: read from a file, laid beside the model, and fitted with it."""

from .columns import measure, recognised, recognised_hold, time_trace
from .fitting import Fit, Unknown, fit, free_parameters, unknown
from .kinds import KINDS, Kind, recognise
from .layers import Placed
from .measurement import Measured, Measurement, Noise
from .reading import Table, read, read_file
from .trace import TimeTrace

__all__ = [
    "KINDS",
    "Fit",
    "Kind",
    "Measured",
    "Measurement",
    "Noise",
    "Placed",
    "Table",
    "TimeTrace",
    "Unknown",
    "fit",
    "free_parameters",
    "measure",
    "read",
    "read_file",
    "recognise",
    "recognised",
    "recognised_hold",
    "time_trace",
    "unknown",
]
