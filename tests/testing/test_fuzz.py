"""Whatever is sent to whichever operation: the server says no in its own words, and goes on."""

import http.client
import io
import json
import logging
import os
import tarfile
from urllib.parse import quote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectapi.codes import code_name
from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.testing import ConnectServer

#: How many examples; a longer search: CONNECTAPI_FUZZ=5000 pytest tests/testing/test_fuzz.py
EXAMPLES = int(os.environ.get("CONNECTAPI_FUZZ", "60"))

INDEX = SpecIndex((Folder(builtin_folder()),))
OPERATIONS = [(spec, name, operation) for spec in INDEX.specs() for name, operation in spec.operations().items()]

# Values that programs stumble over ---------------------------------------------------------------

TEXTS = st.sampled_from(
    [
        *("", " ", ".", "..", "../..", "/etc/passwd", "%", "%00", "\x00", "a\x00b", "\r\nX: y", '"', "\\", "$.x"),
        *("'; DROP TABLE User; --", "null", "true", "-1", "0", "1", "9" * 30, "1e400", "NaN", "{{7*7}}", "<script>"),
        *("x" * 5000, "-", "a:b", "is:", '-"', "é", "日本", "\U0001f600", "\u202e", "\ufeff", "\ud800", "@me", "asc"),
        *("2024-13-45T99:99:99Z", "0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59", "all", "viewer", "user"),
        *("administrator", "group", "Kubernetes", "tags,owner", "00000000-0000-0000-0000-000000000000"),
    ]
)
SCALARS = st.one_of(
    TEXTS,
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([2**31, 2**63, -(2**63) - 1, 10**400, 1e308, -0.0, 1e-320]),
    st.text(max_size=5),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS | st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def archive(name="index.html", mode="static"):
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz") as tar:
        manifest = json.dumps({"version": 1, "metadata": {"appmode": mode, "primary_html": name}, "files": {}})
        for path, text in (("manifest.json", manifest), (name, "x")):
            info = tarfile.TarInfo(path)
            info.size = len(text)
            tar.addfile(info, io.BytesIO(text.encode()))
    return raw.getvalue()


RAW = st.sampled_from(
    [
        *(
            b"",
            b" ",
            b"{",
            b"[",
            b"]",
            b'"',
            b"\xff\xfe",
            b"\x00",
            b"{}{}",
            b"[" * 5000,
            b'{"a":' * 3000,
            b"null",
            b"1",
        ),
        *(b"[" * 60 + b"]" * 60, b"[" * 150 + b"]" * 150, b'{"name": NaN}', b'{"name": 1e999}', b"{'a': 1}", b"nul"),
        *(b'{"name": "a", "name": "b"}', b'{"name": "\\ud800"}', b'{"name":"\xed\xa0\x80"}', b'{"\\ud800": 1}'),
        *(b"\xef\xbb\xbf{}", b"a=b&a=c", b"%ZZ=%FF&=&&", b"--x\r\n", b"\x1f\x8b\x08" + b"\0" * 30),
        b"--x\r\nContent-Disposition: form-data; name=archive\r\n\r\nz\r\n--x--",
        *(archive(), archive("../../x"), archive(mode="nonsense"), archive(mode="rmd-static"), archive()[:50]),
    ]
)
TYPES = st.sampled_from(
    [
        *(
            None,
            "application/json",
            "application/json; charset=utf-16",
            "text/plain",
            "x",
            "",
            ";;;",
            "application/gzip",
        ),
        *("multipart/form-data", "multipart/form-data; boundary=x", 'multipart/form-data; boundary="'),
        "application/x-www-form-urlencoded",
    ]
)


# One call ------------------------------------------------------------------------------------------


def plausible(ref, known):
    """Return values of a declared type: ones that get past the first check."""
    if ref.item is not None:
        inner = plausible(ref.item, known)
        return st.lists(inner, max_size=3) if ref.kind == "list" else st.dictionaries(TEXTS, inner, max_size=2)
    if ref.named:
        fields = INDEX.type(ref.kind).fields
        return st.fixed_dictionaries(
            {}, optional={spec.wire or name: plausible(spec.ref, known) for name, spec in fields.items()}
        )
    return {
        "int": st.integers(-2, 40) | st.just(2**62),
        "float": st.floats(-1, 2),
        "bool": st.booleans(),
        "json": VALUES,
        "guid": st.sampled_from(known),
        "datetime": st.sampled_from(
            ["2024-01-31T12:00:00Z", "2999-01-01T00:00:00.123456789+01:00", "2000-01-01T00:00:00Z"]
        ),
    }.get(ref.kind, st.sampled_from(known) | TEXTS | st.text("abc", min_size=1, max_size=3))


def field_values(spec, known):
    values = plausible(spec.ref, known)
    return st.sampled_from(spec.values) | values if spec.values else values


@st.composite
def calls(draw, known):
    """Draw an operation with a path, a query, headers and a body: right, nearly right, or hostile."""
    spec, name, operation = draw(st.sampled_from(OPERATIONS))
    segments = st.sampled_from(known) | TEXTS
    # A number stands for one of those that are there when the call is sent.
    places = [
        draw(st.integers(0, 9) | st.integers(0, 9) | st.integers(0, 9) | segments) for _ in operation.placeholders
    ]
    params = {param.wire or each: param for each, param in operation.params.items() if not param.header}
    pairs = []
    for each in draw(
        st.lists(st.sampled_from([*params, "page_number", "page_size", "limit", "next", "previous"]), max_size=3)
    ):
        values = params[each].values if each in params else ()
        value = draw(st.sampled_from(values) | segments if values else segments)
        pairs.append(
            f"{quote(each)}={quote(str(value).encode('utf-8', 'surrogatepass'), safe=draw(st.sampled_from(['', '%&=+'])))}"
        )
    headers = {"Authorization": draw(st.sampled_from(["admin", "viewer"]))}
    for param in operation.params.values():
        if param.header and draw(st.booleans()):
            headers[param.header] = draw(
                st.sampled_from(["", "x", "Connect-Bootstrap x", "Connect-Bootstrap a.b.c", "Key", "é"])
            )
    return (
        operation,
        places,
        f"?{'&'.join(pairs)}" if pairs else "",
        headers,
        draw(bodies(spec, name, operation, known)),
    )


def path_of(target, operation, places):
    """Return the path of a call, with keys of what is there now."""
    world, found = target._running.world, {}
    with world.store.reading() as records:
        for name, place in zip(operation.placeholders, places, strict=True):
            found[name] = str(place)
            if isinstance(place, int) and name in world.parents:
                kind = world.parents[name]
                within = [found[each] for each in world.specs[kind].scope if each in found]
                scope = "/".join(within).encode(errors="replace").decode()
                rows = records.rows(kind, scope=scope, limit=10) or records.rows(kind, limit=10)
                found[name] = rows[place % len(rows)].key if rows else "none"
    path = operation.path
    for name, text in found.items():
        path = path.replace(
            f"{{{name}}}", quote(text.encode("utf-8", "surrogatepass"), safe="" if len(text) % 2 else "/%")
        )
    return f"/__api__{path}"


@st.composite
def bodies(draw, spec, name, operation, known):
    kind = draw(st.sampled_from(["declared", "declared", "declared", "wrong", "json", "raw"]))
    if kind == "raw" or (operation.verb == "GET" and kind != "wrong"):
        return draw(RAW), draw(TYPES)
    if kind == "json":
        return json.dumps(draw(VALUES)).encode(), draw(TYPES)
    fields = {each.wire or key: each for key, each in {**spec.sent_by(name), **operation.body}.items()}
    if operation.whole:
        return json.dumps(draw(plausible(operation.body[operation.whole].ref, known))).encode(), "application/json"
    needed = [each for each in fields if each in operation.required or fields[each].required]
    sent = {each: draw(field_values(fields[each], known)) for each in needed}
    for each in draw(st.lists(st.sampled_from(list(fields)), max_size=4)) if fields else ():
        sent[each] = draw(field_values(fields[each], known))
    if kind == "wrong":
        sent[draw(st.sampled_from([*fields, "nonsense"]))] = draw(VALUES)
    return json.dumps(sent).encode(), "application/json"


@pytest.fixture(scope="module")
def target():
    with ConnectServer(pace=0) as server:
        yield server


@pytest.fixture(scope="module")
def keys(target):
    return {"admin": f"Key {target.api_key}", "viewer": f"Key {target.key_for('omar')}"}


@pytest.fixture(scope="module")
def known(target):
    """Keys of what is there, in paths and bodies."""
    found = ["1", "2", "101", "x"]
    with target._running.world.store.reading() as records:
        for kind in ("Content", "User", "Group", "Tag", "Bundle", "Job", "OAuthTemplate"):
            found += [row.key for row in records.rows(kind, limit=4)]
    return found


@pytest.fixture
def failures():
    """What the server logs about itself while a test runs."""
    seen = []

    class Handler(logging.Handler):
        def emit(self, record):
            seen.append(
                record.getMessage()
                + "\n"
                + (logging.Formatter().formatException(record.exc_info) if record.exc_info else "")
            )

    logger, handler = logging.getLogger("connectapi.testing"), Handler(logging.WARNING)
    logger.addHandler(handler)
    yield seen
    logger.removeHandler(handler)


def send(connection, verb, path, headers, body):
    connection.request(verb, path, body=body, headers=headers)
    response = connection.getresponse()
    return response.status, response.headers, response.read()


def test_the_server_answers_whatever_is_sent(target, keys, known, failures):
    port = target._running.server.port
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)

    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(st.data())
    def each(data):
        for operation, places, query, headers, (body, type_) in data.draw(
            st.lists(calls(known), min_size=3, max_size=8)
        ):
            verb, path = operation.verb, path_of(target, operation, places) + query
            sent = {
                **headers,
                "Authorization": keys.get(
                    headers["Authorization"], headers["Authorization"].encode().decode("latin-1")
                ),
            }
            if type_ is not None:
                sent["Content-Type"] = type_
            status, answered, answer = send(connection, verb, path, sent, body)
            check(verb, path, body, status, answered, answer)
            assert failures == []
        restore(target)

    each()
    assert send(connection, "GET", "/__api__/v1/user", {"Authorization": keys["admin"]}, None)[0] == 200
    connection.close()


def check(verb, path, body, status, headers, answer):
    what = (verb, path, body[:200], status, answer[:300])
    assert status < 500, what
    assert b"Traceback" not in answer, what
    if status >= 400:
        assert headers["Content-Type"] == "application/json", what
        refusal = json.loads(answer)
        assert set(refusal) == {"code", "error", "payload"}, what
        assert code_name(refusal["code"]), what
        assert refusal["error"], what
    elif "json" in (headers["Content-Type"] or ""):
        json.loads(answer, parse_constant=lambda name: pytest.fail(f"{name} in {what}"))


def restore(target):
    """Undo what would shut out the callers."""
    with target._running.world.store.writing() as records:
        for name, role in (("mara", "administrator"), ("omar", "viewer")):
            for user in records.find("User"):
                if user["username"] == name and (user["locked"] or user["user_role"] != role):
                    records.change("User", user["guid"], {"locked": False, "user_role": role})


@pytest.mark.parametrize(
    "operation", [each for _, _, each in OPERATIONS if each.verb != "GET"], ids=lambda operation: operation.call
)
def test_a_body_beyond_all_limits_is_refused_before_it_is_sent(target, keys, known, operation):
    path = operation.path.format_map(dict.fromkeys(operation.placeholders, known[4]))
    connection = http.client.HTTPConnection("127.0.0.1", target._running.server.port, timeout=10)
    headers = {"Authorization": keys["admin"], "Content-Length": str(2**45), "Content-Type": operation.media}

    connection.putrequest(operation.verb, f"/__api__{path}")
    for name, value in headers.items():
        connection.putheader(name, value)
    connection.endheaders()
    response = connection.getresponse()

    assert 400 <= response.status < 500
    assert json.loads(response.read())["error"]
    connection.close()


@pytest.mark.parametrize("verb", ["HEAD", "OPTIONS", "PURGE", "get", "POST", "DELETE"])
@pytest.mark.parametrize(
    "path", ["/v1/content", "/v1/user", "/v1/content/x", "/v1", "", "/v2/content", "/v1/content/a/b/c/d/e"]
)
def test_a_verb_or_a_path_that_nothing_declares_is_answered_in_json_too(target, keys, verb, path):
    connection = http.client.HTTPConnection("127.0.0.1", target._running.server.port, timeout=10)

    status, headers, answer = send(connection, verb, f"/__api__{path}", {"Authorization": keys["viewer"]}, None)

    if verb == "HEAD":
        assert (status in {200, 404}, answer) == (True, b"")
    else:
        check(verb, path, b"", status, headers, answer)
    assert send(connection, "GET", "/__api__/v1/user", {"Authorization": keys["viewer"]}, None)[0] == 200
    connection.close()
