"""A hostile client of the viewers' server: refused or held off, and the others' pages answer."""

import http.client
import re
import socket
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from serving import LIMIT, collection, page_of
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

pytestmark = pytest.mark.server

SEATS = 3
STATIC = "/voila/templates/qdlib/static/site.css"


@pytest.fixture(scope="module")
def address():
    """A small server, with few seats."""
    with collection(f"--Collection.seats={SEATS}", "--Collection.at_once=2") as address:
        yield address


def get(address, path):
    """Status, headers and text of a path, sent as it is written."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=LIMIT)
    connection.putrequest("GET", path, skip_host=False)
    connection.endheaders()
    answer = connection.getresponse()
    text = answer.read().decode(errors="replace")
    connection.close()
    return answer.status, answer.headers, text


@pytest.mark.parametrize("path", ["/voila/render/none.ipynb", STATIC])
def test_every_answer_has_the_headers_that_a_review_asks_for(address, path):
    _, headers, _ = get(address, path)
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'self'"
    assert policy["object-src"] == policy["form-action"] == "'none'"
    assert policy["frame-ancestors"] == "'self'"
    assert not re.search(r"https?:|\*", headers["Content-Security-Policy"])
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "SAMEORIGIN"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert "Access-Control-Allow-Origin" not in headers


@pytest.mark.parametrize("path", [
    "/voila/render/../README.md",
    "/voila/render/%2e%2e/README.md",
    "/voila/render/..%2fREADME.md",
    "/voila/render//etc/passwd",
    "/voila/render/%2fetc%2fpasswd",
    "/voila/templates/qdlib/static/../../../../../../pyproject.toml",
    "/voila/templates/qdlib/static/..%2f..%2f..%2f..%2f..%2f..%2fpyproject.toml",
    "/voila/templates/qdlib/static//etc/passwd",
    "/voila/static/..%2f..%2f..%2fetc%2fpasswd",
    "/voila/render/%00.ipynb",
])  # fmt: skip
def test_no_path_leads_out_of_the_collection(address, path):
    status, _, text = get(address, path)
    assert status >= 400
    assert "root:" not in text and "[project]" not in text and "Traceback" not in text


def test_nobody_connects_to_a_kernel_that_is_not_his(address):
    """There is no list of them, an id cannot be guessed, and no other site's page may connect."""
    url = f"{address.replace('http', 'ws')}api/kernels/{uuid.uuid4()}/channels"
    with pytest.raises(InvalidStatus) as refused, connect(url):
        pass
    assert refused.value.response.status_code in (403, 404)
    source = urlopen(page_of(address, "table_S1")).read().decode()
    kernel = re.search(r'"kernelId": "([\w-]+)"', source)[1]
    url = f"{address.replace('http', 'ws')}api/kernels/{kernel}/channels"
    with pytest.raises(InvalidStatus) as refused, connect(url, origin="http://evil.example"):
        pass
    assert refused.value.response.status_code == 403


def test_slow_clients_do_not_hold_the_others_up(address):
    parts = urlsplit(address)
    slow = [socket.create_connection((parts.hostname, parts.port)) for _ in range(200)]
    try:
        for one in slow:
            one.sendall(b"GET /voila/render/index.ipynb HTTP/1.1\r\nHost: 127.0.0.1\r\nX-A: ")
        status, _, _ = get(address, STATIC)
        assert status == 200
    finally:
        for one in slow:
            one.close()


def test_two_hundred_openings_at_once_are_held_off_and_refused(address):
    """No more kernels than seats, and what needs none is answered meanwhile."""
    with ThreadPoolExecutor(202) as pool:
        openings = [pool.submit(get, address, "/voila/render/table_S1.ipynb") for _ in range(200)]
        time.sleep(0.5)
        assert get(address, STATIC)[0] == 200
        answers = [one.result() for one in openings]
    statuses = [status for status, _, _ in answers]
    assert set(statuses) == {200, 503}
    # two are opened at a time, so that one may find a seat that another is about to take
    assert statuses.count(200) <= SEATS + 1
    refused = next(one for one in answers if one[0] == 503)
    assert refused[1]["Retry-After"] and "seats" in refused[2]
