"""Tables out of the files that instruments write."""

import numpy as np
import pytest

from qdlib.errors import InputError
from qdlib.owndata.reading import LARGEST, number, read, read_file

VOLTS, AMPS = [0.0, 0.5, 1.0, 1.5], [0.0, 1e-6, 2.5e-5, 1.25]


def rows(separator, decimal="."):
    lines = (f"{v}{separator}{a}" for v, a in zip(VOLTS, AMPS, strict=True))
    return "\n".join(lines).replace(".", decimal)


@pytest.mark.parametrize("decimal", [".", ","])
@pytest.mark.parametrize("separator", ["\t", ";", ",", " "])
@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_separator_and_decimal_sign_are_told(separator, decimal, ending):
    if separator == decimal:
        return
    text = f"V{separator}I\n{rows(separator, decimal)}\n".replace("\n", ending)
    table = read("some.csv", text.encode())
    assert (table.separator, table.decimal) == (separator, decimal)
    assert table.headings == ("V", "I")
    assert table.numbers(0).tolist() == VOLTS
    assert table.numbers(1).tolist() == AMPS


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_encodings(encoding):
    table = read("some.csv", f"U (V);j (µA/cm²)\n{rows(';')}".encode(encoding))
    assert table.headings == ("U (V)", "j (µA/cm²)")
    assert table.numbers(0).tolist() == VOLTS


def test_a_preamble_and_a_footer_are_remarks_not_data():
    text = (
        f"Instrument\tK2400\nArea (mm2)\t4\n\n# a comment\nBias (V)\tI (A)\n{rows(chr(9))}\nEND\n"
    )
    table = read("some.txt", text.encode())
    assert table.headings == ("Bias (V)", "I (A)")
    assert table.numbers(1).tolist() == AMPS
    assert [row.text for row in table.remarks] == [
        "Instrument\tK2400",
        "Area (mm2)\t4",
        "# a comment",
        "END",
    ]
    assert table.lines.tolist() == [6, 7, 8, 9]


def test_every_line_with_something_is_data_a_heading_or_a_remark():
    text = f"a;b\nU;I\nV;mA\n{rows(';')}\nU;I\n{rows(';')}\n"
    table = read("some.csv", text.encode())
    assert table.headings == ("U (V)", "I (mA)")
    assert len(table.rows) == 8
    assert [row.line for row in table.remarks] == [1, 8]


def test_headings_in_a_comment_or_none():
    assert read("a", f"# V (V), I (mA)\n{rows(',')}".encode()).headings == ("V (V)", "I (mA)")
    assert read("a", f"# Bias (V)   I (mA)\n{rows(' ')}".encode()).headings == (
        "Bias (V)",
        "I (mA)",
    )
    table = read("a", rows(",").encode())
    assert table.headings == ("", "") and table.title(1) == "column 2"


@pytest.mark.parametrize("line", [0, 1, 3])
def test_a_wrong_cell_is_told_by_line_column_value_and_mend_wherever_it_is(line):
    lines = rows(";").splitlines()
    lines[line] = "0.2;over"
    table = read("a", ("U;Current (mA)\n" + "\n".join(lines) + "\n7;1\n8;2\n9;3").encode())
    with pytest.raises(InputError) as refused:
        table.numbers(1)
    told = str(refused.value)
    assert f"line {line + 2}" in told and "Current (mA)" in told and "'over'" in told
    assert "correct the cell" in told
    assert np.isfinite(table.numbers(0)).all()


def test_empty_cells_are_missing_and_too_many_are_told():
    table = read("a", b"U,I,L\n0,1,\n1,2\n2,3,nan\n3,4,5\n")
    assert np.isnan(table.numbers(2)[:3]).all() and table.numbers(2)[3] == 5
    with pytest.raises(InputError, match="line 4"):
        read("a", b"U,I\n0,1\n1,2\n1,2,3\n2,3\n3,4\n4,5\n")


def test_decimal_commas_between_commas_are_refused():
    with pytest.raises(InputError, match="semicolons"):
        read("a", b"U,I\n0,0,1,5\n0,5,1,6\n1,0,2,7\n1,5,2,8\n")


@pytest.mark.parametrize(
    ("content", "mend"),
    [
        (b"", "table"),
        (b"no numbers\nat all\n", "two columns"),
        (b"1\n2\n3\n", "two columns"),
        (b"PK\x03\x04", "CSV"),
        (b"\x00\x01\x02", "text"),
        (b"0,1\n" * (LARGEST // 4 + 1), "at most 10 MB"),
    ],
)
def test_what_is_no_table_is_refused_with_its_mend(content, mend):
    with pytest.raises(InputError, match=mend):
        read("some", content)


def test_a_large_file_is_read_whole():
    table = read("some", b"0.5,1.25\n" * 200_000)
    assert len(table.rows) == 200_000 and table.numbers(1).sum() == 250_000


def test_nothing_of_a_file_is_lost_or_run(tmp_path):
    path = tmp_path / "=cmd.csv"
    content = f"=1+1,__import__('os')\n{rows(',')}".encode()
    path.write_bytes(content)
    table = read_file(path)
    assert table.content == content and table.name == "=cmd.csv"
    assert table.headings == ("=1+1", "__import__('os')")


def test_numbers_are_only_numbers():
    assert number("1_000") is None and number("0x10") is None and number("inf") is None
    assert number("−1.5E-3") == -0.0015
    assert number("1,234.5") is None and number("1.234,5", ",") is None
