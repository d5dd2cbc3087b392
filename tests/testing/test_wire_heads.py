"""Heads that two programs could read in two ways, and paths that mean another place than they say."""

import io
import json
import socket

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectapi.testing.head import BadHeadError, read_head

GET = "GET /__api__/v1/user HTTP/1.1\r\nHost: x\r\n"
POST = "POST /__api__/v1/content HTTP/1.1\r\nHost: x\r\n"


@pytest.fixture
def say(server):
    """Send bytes, and return every answer until the connection ends."""

    def send(text, *, more=""):
        key = f"Authorization: Key {server.api_key}\r\n"
        data = (text.replace("{key}", key) + more).encode("latin-1")
        with socket.create_connection(("127.0.0.1", int(server.url.rpartition(":")[2])), timeout=10) as connection:
            connection.sendall(data)
            connection.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: connection.recv(2**16), b""))

    return send


@pytest.fixture(scope="module")
def site(admin):
    return admin.site()


def answers(raw):
    """The status and the body of each answer."""
    found = []
    while raw:
        head, _, rest = raw.partition(b"\r\n\r\n")
        lines = head.decode().lower().split("\r\n")
        length = next(int(line.split(": ")[1]) for line in lines if line.startswith("content-length: "))
        found.append((int(lines[0].split()[1]), json.loads(rest[:length] or b"null")))
        raw = rest[length:]
    return found


# What hides a second request in the first one; were it seen, there would be two answers.
HIDDEN = "GET /__api__/v1/user HTTP/1.1\r\nHost: x\r\n{key}\r\n"


@pytest.mark.parametrize(
    "text",
    [
        POST + "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
        POST + "Content-Length: 5\r\nContent-Length: 0\r\n\r\n",
        POST + "Content-Length: 5, 5\r\n\r\n",
        POST + "Content-Length: +5\r\n\r\n",
        POST + "Content-Length: 0x5\r\n\r\n",
        POST + "Content-Length: 5 5\r\n\r\n",
        POST + "Content-Length: 1_0\r\n\r\n",
        POST + "Content-Length: \xb2\r\n\r\n",
        POST + "Content-Length:\r\n\r\n",
        POST + "Content-Length : 5\r\n\r\n",
        POST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
        POST + "Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        POST.replace("1.1", "1.0") + "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        GET + "X: one\r\n folded\r\n\r\n",
        GET + "X: one\r\n\tfolded\r\n\r\n",
        GET + "X: nul\0\r\n\r\n",
        GET + "X\0: nul\r\n\r\n",
        GET + "X: one\rY: two\r\n\r\n",
        GET + "X: one\nY: two\r\n\r\n",
        GET + "no colon\r\n\r\n",
        GET + ": no name\r\n\r\n",
        GET + "two words: x\r\n\r\n",
        GET + "Host: y\r\n\r\n",
        GET + "Authorization: Key a\r\nAuthorization: Key b\r\n\r\n",
        GET.replace("\r\n", "\n") + "\n",
        GET + "Expect: miracles\r\n\r\n",
        "GET /__api__/v1/user HTTP/1.1\r\n\r\n",
        "GET  /__api__/v1/user HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /__api__/v1/user  HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET\t/__api__/v1/user\tHTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /__api__/v1/user\r\n\r\n",
        "GET /__api__/v1/user HTTP/2.0\r\nHost: x\r\n\r\n",
        "G(T /__api__/v1/user HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET __api__/v1/user HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET * HTTP/1.1\r\nHost: x\r\n\r\n",
        "CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET ftp://x/__api__/v1/user HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET http://other/__api__/v1/user HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a\0b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a%00b HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a%0d%0aX:%20y HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a%zz HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a%4 HTTP/1.1\r\nHost: x\r\n\r\n",
        "GET /a#b HTTP/1.1\r\nHost: x\r\n\r\n",
    ],
    ids=repr,
)
def test_what_can_be_read_in_two_ways_is_refused_and_nothing_after_it_is_read(say, text):
    [(status, body)] = answers(say(text, more=HIDDEN))

    assert status in {400, 417, 505}
    assert body["code"] == 2
    assert "request" in body["error"].lower() or body["error"].count(" ") > 2


def test_a_refusal_never_shows_what_may_be_a_key(say):
    assert b"very-secret" not in say(GET + "Authorization Key very-secret\r\n\r\n")
    assert b"very-secret" not in say(GET + "Authorization: Key\r\n very-secret\r\n\r\n")


@pytest.mark.parametrize(
    "chunks",
    [
        "5\n{   }\r\n0\r\n\r\n",
        "0x5\r\n{   }\r\n0\r\n\r\n",
        "+5\r\n{   }\r\n0\r\n\r\n",
        "-5\r\n{   }\r\n0\r\n\r\n",
        "0_5\r\n{   }\r\n0\r\n\r\n",
        " 5\r\n{   }\r\n0\r\n\r\n",
        "5\r\n{   }0\r\n\r\n",
        "5\r\n{   }xx0\r\n\r\n",
        "5\r\n{   }\r\n\r\n",
        "4\r\n{   }\r\n0\r\n\r\n",
        "5\r\n{   }\r\nfffffffffffffffff\r\n",
        "5\r\n{   }\r\n0\r\nX: y\n\r\n",
        "5;" + "x" * 1000 + "\r\n{   }\r\n0\r\n\r\n",
        "5\r\n{  ",
        "",
    ],
    ids=repr,
)
def test_chunks_that_are_not_quite_chunks_end_the_connection(say, chunks):
    [(status, body)] = answers(say(POST + "{key}Transfer-Encoding: chunked\r\n\r\n" + chunks))

    assert status == 400
    assert "can't be read" in body["error"]


@pytest.mark.parametrize("chunks", ["5;a=b\r\n{   }\r\n0\r\n\r\n", "5\r\n{   }\r\n0;last\r\nX: trailer\r\n\r\n"])
def test_what_comes_with_chunks_is_read_over(say, chunks):
    text = POST.replace("content", "user") + "{key}Transfer-Encoding: CHUNKED\r\n\r\n" + chunks + HIDDEN
    assert [status for status, _ in answers(say(text))] == [405, 200]


@pytest.mark.parametrize(
    "target",
    [
        "http://x/__api__/v1/user",
        "HTTP://X/__api__/v1/user?a=b",
        "/__api__/v1/%75ser",
        "//__api__/v1/user",
        "/__api__/v1/user/",
        "/__api__/v1/user?x=%00%zz",
    ],
)
def test_one_place_has_more_than_one_name(say, target):
    [(status, body)] = answers(say(f"GET {target} HTTP/1.1\r\nHost: x\r\n{{key}}\r\n"))

    assert (status, body["username"]) == (200, "mara")


@pytest.mark.parametrize(
    "path",
    [
        "//evil.example/%2e%2e",
        "/__api__//v1/user",
        "/__api__/v1/content/../user",
        "/__api__/v1/content/%2e%2e/user",
        "/__api__/v1/content/..%2fuser",
        "/__api__/v1%2fuser",
        "/__api__%2Fv1/user",
        "/__api__/v1/users/{guid}%2fkeys",
        "/__api__/v1/\xff\xfe",
        "/..%2f..%2fetc/passwd",
        "/content/..%2f..%2fstate.sqlite",
        "/content/{content}/..%2f..%2f..%2fstate.sqlite",
        "/content/{content}/%2e%2e/%2e%2e/state.sqlite",
        "/content/{content}//etc/passwd",
        "/content/{content}/%2fetc%2fpasswd",
        "/content/{content}/..%5c..%5cstate.sqlite",
    ],
)
def test_a_path_leads_nowhere_else(say, admin, site, path):
    path = path.replace("{guid}", admin.guid).replace("{content}", site)

    raw = say(f"GET {path} HTTP/1.1\r\nHost: x\r\n{{key}}\r\n")

    assert raw.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 "))
    assert b"SQLite" not in raw
    assert b"root:" not in raw


@given(st.binary(max_size=300))
def test_any_bytes_are_a_head_or_are_refused(data):
    try:
        head = read_head(io.BytesIO(data))
    except BadHeadError as error:
        assert error.status in {400, 505}
    else:
        assert head is None or (head.target.startswith("/") and data.count(b"\r\n") > 1)


@given(
    st.lists(
        st.tuples(
            st.from_regex(r"\A[A-Za-z][A-Za-z0-9-]{0,20}\Z"),
            st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")),
        )
    )
)
def test_headers_are_read_as_they_were_sent(fields):
    known = {"host", "content-length", "transfer-encoding", "authorization", "x-rsc-authorization"}
    fields = [(name, value.strip(" \t")) for name, value in fields if name.lower() not in known]
    text = "GET / HTTP/1.0\r\n" + "".join(f"{name}: {value}\r\n" for name, value in fields) + "\r\n"

    head = read_head(io.BytesIO(text.encode("latin-1")))

    assert head.headers.items() == fields
