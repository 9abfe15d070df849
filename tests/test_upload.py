"""A dropped file, put together from its parts."""

from qdlib.notebook.upload import Upload


def sent(upload, parts, name="a.csv", count=None):
    for k, part in enumerate(parts):
        content = {"name": name, "part": k, "parts": count or len(parts)}
        upload._take(upload, content, [memoryview(part)])


def test_parts_make_a_whole():
    taken = []
    upload = Upload(lambda *own: taken.append(own))
    sent(upload, [b"ab", b"cd", b"e"])
    sent(upload, [b""], "empty.csv")
    assert taken == [("a.csv", b"abcde"), ("empty.csv", b"")]


def test_a_file_that_another_overtakes_is_dropped():
    taken = []
    upload = Upload(lambda *own: taken.append(own))
    sent(upload, [b"ab", b"cd"], "first.csv", count=3)
    sent(upload, [b"x", b"y"], "second.csv")
    upload._take(upload, {"name": "first.csv", "part": 2, "parts": 3}, [memoryview(b"late")])
    assert taken == [("second.csv", b"xy")]


def test_what_a_page_of_ours_would_not_send_fills_no_memory():
    taken = []
    upload = Upload(lambda *own: taken.append(own))
    upload.limit = 10
    sent(upload, [b"1234567"] * 50)
    assert taken == [] and sum(map(len, upload._parts)) <= 14
