"""Bodies that say that they are packed: the embedded server unpacks none, so none can fill its memory."""

import gzip
import http.client
import tracemalloc
import zlib

import pytest


def bomb(wrap):
    """Twenty megabytes of nothing in twenty kilobytes; 31 is gzip, 15 is zlib."""
    packer = zlib.compressobj(6, zlib.DEFLATED, wrap)
    return packer.compress(bytes(20_000_000)) + packer.flush()


GZIP = bomb(31)

#: A frame of zstd that says it unpacks to 2 GB, from a block of one byte that is repeated.
ZSTD = b"\x28\xb5\x2f\xfd\xa0\x00\x00\x00\x80" + b"\x03\x00\x10\x00" + b"\x00"


@pytest.fixture
def send(server):
    def call(verb, path, body, encoding, media="application/json"):
        connection = http.client.HTTPConnection("127.0.0.1", server._running.server.port, timeout=10)
        headers = {"Authorization": f"Key {server.api_key}", "Content-Encoding": encoding, "Content-Type": media}
        connection.request(verb, f"/__api__{path}", body, headers)
        response = connection.getresponse()
        found = response.status, response.read()
        connection.close()
        return found

    return call


@pytest.mark.parametrize(
    ("encoding", "body"),
    [
        ("gzip", GZIP),
        ("x-gzip", GZIP),
        ("deflate", bomb(15)),
        ("gzip, gzip", gzip.compress(GZIP)),
        ("zstd", ZSTD),
        ("br", b"\x8b\x05\x80" + b"\x00" * 50),
        ("nonsense", b"{}{}"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize(("verb", "path"), [("POST", "/v1/content"), ("POST", "/v1/oauth/integrations/credentials")])
def test_a_packed_body_is_read_as_it_is_and_refused_in_little_memory(send, encoding, body, verb, path):
    tracemalloc.start()
    try:
        status, answer = send(verb, path, body, encoding)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert status in {400, 415}
    assert b"error" in answer
    assert peak < 5_000_000
    assert send("GET", "/v1/user", None, "identity")[0] == 200


def test_a_bundle_is_kept_as_it_came_whatever_it_says_of_its_packing(send, admin, pack):
    sent = pack({"index.html": "x"})
    guid = admin.content()["guid"]

    status, _ = send("POST", f"/v1/content/{guid}/bundles", sent, "gzip", "application/gzip")

    assert status == 200
    assert admin.get(f"/v1/content/{guid}/bundles").json[0]["size"] == len(sent)
