"""Whatever is given to a call: it is refused before anything is sent, or arrives where it is declared to go.

All declared calls are tried, those of a plugin too, by all ways to make them: the class, the collection,
the record, a relation, `client.request`. What arrives is read from the bytes on a real socket.
"""

import datetime
import io
import json
import os
import re
from collections import Counter
from urllib.parse import parse_qsl, unquote

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectapi import Client, PermissionDeniedError
from connectapi.plugins.hookspecs import hookimpl
from connectapi.spec.index import Folder, SpecIndex, builtin_folder

#: How many examples; a longer search: `tox -e fuzz`, or CONNECTAPI_FUZZ=5000 pytest tests/hostile
EXAMPLES = int(os.environ.get("CONNECTAPI_FUZZ", "150"))

KEY = "s3cr3t-Key-0123456789"

PLUGIN = """\
name: Gadget
collection: gadgets
path: /v1/shelves/{shelf_name}/gadgets
key: name
doc: "What a plugin declares."
fields: {name: {type: str, write: create}, note: {type: str | null, write: always}, maker: guid}
methods:
  get: {page: offset, params: {word: str, words: {type: list of str, join: "|"}, trace: {type: str, header: X-Trace}}}
  get_one: {}
  create: {}
  update: {call: "PUT /v1/shelves/{shelf_name}/gadgets/{gadget_name}"}
  delete: {}
actions:
  file: {call: "GET /v1/shelves/{shelf_name}/gadgets/{gadget_name}/files/{path}", returns: text}
  swap: {call: "POST /v1/shelves/{shelf_name}/gadgets/{gadget_name}/swap/{other_name}", returns: json,
         media: application/x-www-form-urlencoded, body: {why: str}}
relations:
  siblings: {many: Gadget, where: {shelf_name: note}}
"""

#: What has brought down other clients.
WORST = (
    *("..", ".", "../users", "a/../../users", "..%2f..%2fusers", "%2e%2e", "%2e%2e/%2E%2e", "..\\..\\x", "a/..", "/"),
    *(
        "..;/x",
        "a;b",
        "a/b",
        "//evil.example.com/x",
        "https://evil.example.com/",
        "\\\\evil\\x",
        "@evil",
        ":80",
        "a?b=c",
    ),
    *(
        "a#b",
        "?",
        "#",
        "&x=1",
        "a&b=c;d",
        "=",
        "%",
        "%00",
        "%0d%0aX: y",
        "%zz",
        "+",
        " ",
        "a b",
        "",
        "null",
        "~",
        "{x}",
    ),
    *("a\r\nX-Evil: 1", "a\n\n", "x HTTP/1.1\r\nHost: evil\r\n\r\nGET /evil HTTP/1.1\r\n\r\n", "\x00", "a\x00", "\t"),
    *(
        "\x7f",
        "\x85",
        "\u2028",
        "\ud800",
        "a\udfff",
        "\uff0e\uff0e\uff0f",
        "\u2024\u2024/",
        "\u2215",
        "\u212a",
        "é",
        "日本",
    ),
    *(
        "\ufeff",
        "\u202e",
        "x" * 3000,
        "é" * 300,
        "a,b",
        "a|b",
        ",",
        "'\"",
        "<>",
        "$(x)",
        "`x`",
        "[::1]",
        "\U0001f600",
        "ſ",
    ),
)
TEXTS = (
    st.sampled_from(WORST)
    | st.text(max_size=12)
    | st.lists(st.sampled_from([*"./\\%;?#&=+: \r\n\x00@,|", "..", "%2e", "%2f", "a", "é"]), max_size=8).map("".join)
)


@pytest.fixture(scope="session")
def plugin(tmp_path_factory):
    folder = tmp_path_factory.mktemp("gadgets")
    (folder / "gadget.yaml").write_text(PLUGIN, encoding="utf-8")

    class Gadgets:
        @staticmethod
        @hookimpl
        def register_resources(register):
            register(folder)

    return Gadgets


@pytest.fixture(scope="session")
def client(listening, plugin):
    with Client(listening.url, KEY, retries=0, concurrency=1, plugins=[plugin]) as made:
        yield made


BUILT_IN = SpecIndex((Folder(builtin_folder()),))
CALLS = [(spec.name, name) for spec in BUILT_IN.specs() for name in spec.operations()]
CALLS += [("Gadget", name) for name in ("get", "get_one", "create", "update", "delete", "file", "swap")]

# What a call is given, and what must arrive of it -------------------------------------------------


TIME = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.timezone.utc)


def value_of(ref, text):
    """A value of a declared type with the text in it, wherever a text can be."""
    if ref.item is not None:
        inner = value_of(ref.item, text)
        return [inner] if ref.kind == "list" else {text: inner}
    if ref.named:
        return {}
    plain = {"int": 1, "float": 0.5, "bool": True, "datetime": TIME, "json": {text: [text]}}
    return text.encode("utf-8", "replace") if ref.kind == "file" else plain.get(ref.kind, text)


def spelled(value, join):
    if isinstance(value, bool):
        return str(value).lower()
    if value is TIME:
        return "2026-01-31T12:00:00Z"
    return join.join(str(each) for each in value) if isinstance(value, list) else str(value)


class Given:
    """What one call is given, and whether a request that arrived says the same."""

    def __init__(self, spec, name, text, other):
        operation = spec.operations()[name]
        self.spec, self.name, self.operation = spec, name, operation
        key = spec.fields.get(spec.key)
        self.path = {
            each: 7 if key and key.ref.kind == "int" and each == spec.key_param else (text, other)[index % 2]
            for index, each in enumerate(operation.placeholders)
        }
        self.params = {each: value_of(param.ref, other) for each, param in operation.params.items()}
        self.fields = {**spec.sent_by(name), **operation.body}
        self.body = {each: value_of(field.ref, text) for each, field in self.fields.items()}

    def arguments(self, without=()):
        given = {**self.path, **self.params, **self.body}
        if self.operation.answer.kind == "file":
            given["to"] = io.BytesIO()
        return {each: value for each, value in given.items() if each not in without and value is not None}

    def check(self, arrived, port):
        assert arrived.verb == self.operation.verb
        self._check_path(arrived.path)
        self._check_query(arrived.query)
        self._check_headers(arrived, port)
        self._check_body(arrived.body)

    def _check_path(self, path):
        one = "[^/?#;\\\\%]|%[0-9A-F]{2}"  # a segment holds no slash, and nothing that ends it
        shape = "".join(
            part if index % 2 == 0 else f"((?:{one}{'|/' if part == 'path' else ''})+)"
            for index, part in enumerate(re.split(r"[{}]", f"/__api__{self.operation.path}"))
        )
        match = re.fullmatch(shape, path)
        assert match, (shape, path)
        for each, segment in zip(self.operation.placeholders, match.groups(), strict=True):
            decoded = unquote(segment, errors="strict")
            assert decoded == str(self.path[each])
            assert not {".", ".."} & set(re.split(r"[/\\]", decoded))
            assert decoded.isprintable() or not re.search(r"[\x00-\x1f\x7f]", decoded)

    def _check_query(self, query):
        wanted = {}
        for each, param in self.operation.params.items():
            value = self.params.get(each)
            if not param.header and value not in (None, []):
                wanted[param.wire or each] = spelled(value, param.join)
                if isinstance(value, list):
                    assert wanted[param.wire or each].split(param.join) == [str(one) for one in value]
        paging = {"page_number", "page_size", "limit"} - set(wanted)
        assert {name: value for name, value in query if name not in paging} == wanted
        assert max(Counter(name for name, _ in query).values(), default=1) == 1

    def _check_headers(self, arrived, port):
        own = {param.header.lower(): self.params[each] for each, param in self.operation.params.items() if param.header}
        expected = {"host", "accept", "accept-encoding", "user-agent", "x-correlation-id", "authorization"}
        expected |= set(own)
        body = {"content-length", "content-type"}
        assert expected <= set(arrived.names) <= expected | body
        assert max(Counter(arrived.names).values()) == 1
        assert arrived.header("host") == f"127.0.0.1:{port}"
        if "authorization" not in own:
            assert arrived.header("authorization") == f"Key {KEY}"
        for name, value in own.items():
            assert arrived.header(name) == value.strip(" \t") or arrived.header(name) == value

    def _check_body(self, body):
        if self.operation.raw:
            assert [body] == list(self.body.values())
            return
        if self.operation.whole:
            assert json.loads(body) == self.body[self.operation.whole]
            return
        if "json" in self.operation.media or not self.body:
            found = json.loads(body) if body else {}
        else:
            found = dict(parse_qsl(body.decode(), keep_blank_values=True, errors="strict"))
        for each, value in self.body.items():
            if isinstance(value, str):
                assert found[self.fields[each].wire or each] == value


# The ways to make a call ---------------------------------------------------------------------------


def by_class(client, given):
    cls = client.catalog.record(given.spec.name)
    if given.spec.of_item(given.operation) and given.name != "get_one":
        return by_record(client, given)
    return getattr(cls, given.name)(client, **given.arguments())


def by_collection(client, given):
    if not given.spec.collection:
        return by_class(client, given)
    return getattr(getattr(client, given.spec.collection), given.name)(**given.arguments())


def by_record(client, given):
    """As if a server had sent a record whose own fields are hostile."""
    if not given.spec.of_item(given.operation) or given.name == "get_one":
        return by_collection(client, given)
    cls = client.catalog.record(given.spec.name)
    record = cls(**{given.spec.key: given.path[given.spec.key_param]})
    for name, value in given.path.items():
        if name in given.spec.fields:
            object.__setattr__(record, name, value)
    scope = {name: value for name, value in given.path.items() if name != given.spec.key_param}
    object.__setattr__(record, "_binding", type(cls().bind(client)._binding)(client, scope))
    known = [each for each in given.path if each in {given.spec.key_param, *given.spec.scope, *given.spec.fields}]
    return getattr(record, given.name)(**given.arguments(without=known))


WAYS = (by_class, by_collection, by_record)


def tried(client, recorder, given, way):
    """Make a call; return what arrived, or None if it was refused before anything was sent."""
    try:
        way(client, given)
    except PermissionDeniedError:
        return recorder.arrived()
    except (TypeError, ValueError) as error:
        assert str(error)
        assert not isinstance(error, UnicodeError), error
        assert len(str(error)) < 5000
    else:
        assert given.name == "update"  # there was nothing to change
    assert recorder.silent()
    return None


def given_for(client, call, text, other):
    return Given(client.catalog.index.resource(call[0]), call[1], text, other)


@pytest.mark.parametrize("way", WAYS, ids=lambda way: way.__name__)
def test_every_declared_call_arrives_where_it_goes_with_what_it_was_given(client, recorder, way):
    for call in CALLS:
        given_ = given_for(client, call, "plain", "other")
        arrived = tried(client, recorder, given_, way)
        if arrived is not None:
            given_.check(arrived, recorder.port)
        else:
            rules = [*given_.fields.values(), *given_.operation.params.values()]
            assert any(getattr(each, "pattern", None) or each.max or each.min for each in rules), call


@pytest.mark.parametrize("text", WORST, ids=lambda text: ascii(text[:20]))
def test_no_hostile_text_leads_any_declared_call_astray(client, recorder, text):
    for index, call in enumerate(CALLS):
        if len(text) < 1000 or index % 20 == 0:
            given_ = given_for(client, call, text, text)
            arrived = tried(client, recorder, given_, WAYS[index % len(WAYS)])
            if arrived is not None:
                given_.check(arrived, recorder.port)


@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(call=st.sampled_from(CALLS), way=st.sampled_from(WAYS), text=TEXTS, other=TEXTS | st.just("plain"))
def test_no_text_leads_a_declared_call_astray(client, recorder, call, way, text, other):
    given_ = given_for(client, call, text, other)
    arrived = tried(client, recorder, given_, way)
    if arrived is not None:
        given_.check(arrived, recorder.port)


RELATIONS = [(spec.name, name) for spec in BUILT_IN.specs() for name in spec.relations] + [("Gadget", "siblings")]


@pytest.mark.parametrize("text", WORST[:30], ids=lambda text: ascii(text[:20]))
def test_no_record_of_a_hostile_server_leads_a_relation_astray(client, recorder, text):
    index = client.catalog.index
    for name, relation in RELATIONS:
        spec = index.resource(name)
        record = client.catalog.record(name)().bind(client)
        for field, each in spec.fields.items():
            object.__setattr__(record, field, text if each.ref.kind in {"str", "guid", "id"} else 1)
        object.__setattr__(record, "_binding", type(record._binding)(client, dict.fromkeys(spec.scope, text)))
        target = index.resource(spec.relations[relation].many or spec.relations[relation].one)
        operation = target.methods["get" if spec.relations[relation].many else "get_one"]
        try:
            getattr(record, relation).get()
        except PermissionDeniedError:
            arrived = recorder.arrived()
        except (TypeError, ValueError):
            assert recorder.silent()
            continue
        parts = re.split(r"\{\w+\}", f"/__api__{operation.path}")
        assert arrived.verb == operation.verb
        assert re.fullmatch("[^/?#\\\\]+".join(map(re.escape, parts)), arrived.path)
        assert not re.search(r"(?:/|%2F|%5C)\.{1,2}(?:/|%2F|%5C|$)", arrived.path)
        assert arrived.header("host") == f"127.0.0.1:{recorder.port}"


# What no resource declares -------------------------------------------------------------------------

VERBS = st.sampled_from(["GET", "POST", "delete", "PaTcH"]) | TEXTS
PATHS = TEXTS | TEXTS.map(lambda text: f"/v1/{text}") | TEXTS.map(lambda text: f"/v1/content/{text}/x")
HEADERS = st.dictionaries(
    st.sampled_from(["X-Trace", "Host", "content-length", "Transfer-Encoding", "CONNECTION", "te", "Accept", "x_y"])
    | TEXTS,
    TEXTS,
    max_size=2,
)


@settings(max_examples=EXAMPLES * 2, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
@given(
    verb=VERBS,
    path=PATHS,
    params=st.none() | st.dictionaries(TEXTS, TEXTS | st.lists(TEXTS, max_size=2), max_size=2),
    headers=st.none() | HEADERS,
    body=st.none() | st.binary(max_size=20) | st.just(b"GET /evil HTTP/1.1\r\nHost: evil\r\n\r\n"),
    media=st.none() | TEXTS,
)
def test_no_request_of_ones_own_leaves_the_api(client, recorder, verb, path, params, headers, body, media):
    try:
        client.request(verb, path, params=params, headers=headers, body=body, media=media)
    except PermissionDeniedError:
        arrived = recorder.arrived()
    except (TypeError, ValueError) as error:
        assert not isinstance(error, UnicodeError), error
        assert recorder.silent()
        return
    assert arrived.verb == verb.upper()
    assert verb.isascii()
    whole = "/" + path.removeprefix("/")
    assert unquote(arrived.path) == unquote(f"/__api__{whole}")
    decoded = re.split(r"[/\\]", unquote(arrived.path))
    assert not {".", ".."} & {step.partition(";")[0] for step in decoded}
    wanted = [(name, value if isinstance(value, str) else ",".join(value)) for name, value in (params or {}).items()]
    assert arrived.query == wanted
    assert arrived.body == (body or b"")
    assert arrived.header("host") == f"127.0.0.1:{recorder.port}"
    own = {"host", "accept", "accept-encoding", "user-agent", "x-correlation-id", "authorization"}
    given_ = {name.lower() for name in headers or {}} | ({"content-type"} if media is not None else set())
    assert own <= set(arrived.names) <= own | given_ | {"content-length"}
    assert max(Counter(arrived.names).values()) == 1


@pytest.mark.parametrize(
    "header", ["Host", "content-length", "TRANSFER-ENCODING", "Connection", "Expect", "Upgrade", "TE", "Trailer"]
)
def test_a_header_that_says_where_a_request_goes_or_ends_is_refused(client, recorder, header):
    with pytest.raises(ValueError, match=f"the header '{header.title()}' says where a request goes or ends"):
        client.request("POST", "/v1/content", headers={header: "0"}, body=b"GET /evil HTTP/1.1\r\n\r\n")
    assert recorder.silent()


@pytest.mark.parametrize("body", ["text", 5, ["a"], io.StringIO("text")], ids=lambda body: type(body).__name__)
def test_a_body_that_is_no_bytes_is_refused_before_anything_is_sent(client, recorder, body):
    with pytest.raises(TypeError, match="bytes"):
        client.request("POST", "/v1/content", body=body)
    assert recorder.silent()


@pytest.mark.parametrize(
    ("json", "said"),
    [
        ({"title": "\ud800"}, "half of a character"),
        ({"size": float("nan")}, "JSON has no such number"),
        ([float("inf")], "JSON has no such number"),
    ],
)
def test_what_json_cant_hold_is_refused_and_not_changed_into_something_else(client, recorder, json, said):
    with pytest.raises(ValueError, match=said):
        client.request("POST", "/v1/content", json=json)
    assert recorder.silent()


def test_a_body_that_lies_within_itself_is_refused(client, recorder):
    endless = []
    endless.append(endless)

    with pytest.raises(ValueError, match="lies within itself"):
        client.request("POST", "/v1/content", json=endless)
    assert recorder.silent()
