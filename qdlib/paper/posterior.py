"""The draws of the calibration's posterior, kept in data/calibration/samples.csv."""

from ..data import data_rows


def draws() -> list[dict[str, float]]:
    """Each draw as changes of the calibrated parameters, {"owner.name": SI value}.

    The file has coordinates, decades where calibration/parameters.csv says so.
    """
    scales = {row["parameter"]: row["scale"] for row in data_rows("calibration/parameters.csv")}
    return [
        {key: 10.0 ** float(x) if scales[key] == "log" else float(x) for key, x in row.items()}
        for row in data_rows("calibration/samples.csv")
    ]
