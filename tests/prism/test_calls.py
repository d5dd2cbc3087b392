"""Every declared call, with arguments made up from its declaration, against a server that checks what it is sent."""

import base64
import datetime
import hashlib
import io
import re
from contextlib import nullcontext, suppress
from itertools import islice

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from connectapi.contract.openapi import shape
from connectapi.errors import APIError, DecodeError
from connectapi.query.results import ResourceList
from connectapi.resource.values import PYTHON_TYPES
from connectapi.resources import default_catalog
from connectapi.spec.rules import broken_rule

pytestmark = [pytest.mark.prism, pytest.mark.timeout(300)]

#: Calls whose answer the contract does not describe, so that the mock server sends an empty one.
UNDESCRIBED = {
    ("Bundle", "list_files"): "the contract has no media type and no schema for what comes",
    ("Bundle", "read_file"): "the contract has the schema BundleFileContent and does not tie it to this path",
    ("Example", "get"): "the contract has no media type and no schema for what comes",
}

#: Arguments that the contract's schemas refuse though servers take them, by call.
REFUSED = {
    ("Group", "replace"): ({"name", "owner_guid"}, "the schema GroupUpdateInput is closed, and has no properties"),
}

CATALOG = default_catalog()
GUID = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"

# What is given ---------------------------------------------------------------------------------

MINUTES = st.integers(-14 * 60, 14 * 60)  # of offset from UTC
ZONES = MINUTES.map(lambda minutes: datetime.timezone(datetime.timedelta(minutes=minutes)))

SCALARS = {
    "str": st.text(max_size=20),
    "int": st.integers(0, 2**31 - 1),
    "float": st.floats(allow_nan=False, allow_infinity=False),
    "bool": st.booleans(),
    "datetime": st.builds(datetime.datetime.fromtimestamp, st.floats(0, 2**32), ZONES),
    "guid": st.uuids().map(str),
    "id": st.integers(1, 2**31 - 1).map(str),
    "json": st.dictionaries(st.text(max_size=5), st.text(max_size=5), max_size=2),
    "file": st.binary(max_size=200),
}

#: What a header can hold, and a segment of a path.
HEADERS = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=20)
SEGMENTS = st.text(st.characters(exclude_categories=["C"]), min_size=1, max_size=20).filter(
    lambda text: text.strip(".")
)


def values(ref, known=(), *, most=3):
    """Return what may be given where a declared type stands."""
    if ref.kind == "list":
        made = st.lists(values(ref.item, known), max_size=most)
    elif ref.kind == "map":
        made = st.dictionaries(st.text(max_size=5), values(ref.item), max_size=most)
    elif known:
        made = st.sampled_from(known)
    else:
        made = SCALARS[ref.kind] if ref.scalar else objects(ref.kind)
    return st.none() | made if ref.nullable else made


def ruled(spec):
    """Return what may be given for a field: what breaks none of its rules, which the client refuses."""
    made, least = values(spec.ref, spec.values), spec.min or 0
    if spec.pattern:
        made = st.from_regex(re.compile(spec.pattern, re.ASCII), fullmatch=True)
    elif spec.ref.kind == "float" and spec.max is not None:
        made = st.floats(least, spec.max)
    elif spec.ref.kind == "list" and least:
        made = st.lists(values(spec.ref.item, spec.values), min_size=int(least), max_size=int(least) + 2)
    return made.filter(lambda value: not broken_rule(value, spec))


def objects(kind):
    """Return dictionaries, and records, of a nested type."""
    fields = CATALOG.index.type(kind).fields
    made = st.fixed_dictionaries({}, optional={name: values(field.ref, field.values) for name, field in fields.items()})
    return made | made.map(lambda members: CATALOG.record(kind)(**members))


def placeholder(resource, name):
    """Return what may be given for a placeholder of a path."""
    if name == "path":  # it may hold slashes, but to the mock server any placeholder is one segment
        return SEGMENTS.map(lambda text: text.replace("/", "-"))
    if name == resource.key_param and resource.fields[resource.key].type == "str":
        return SEGMENTS
    return SCALARS["guid" if name.endswith("_guid") else "id"]


def parameter(spec):
    """Return what may be given for a parameter; not the empty text, which the mock server takes for nothing.

    Of a list that is joined, the contract's schema describes one value: its notes tell how more are joined.
    """
    made = HEADERS if spec.header else values(spec.ref, spec.values, most=1 if spec.values else 3)
    return made.filter(lambda value: value != "")


def arguments(resource, name):
    """Return the strategy of each argument of a call, and the names of those that it needs."""
    operation = resource.operations()[name]
    body = {**resource.sent_by(name), **operation.body}
    refused, _ = REFUSED.get((resource.name, name), ((), ""))
    each = {key: placeholder(resource, key) for key in operation.placeholders}
    each |= {key: parameter(spec) for key, spec in operation.params.items()}
    each |= {key: ruled(field) for key, field in body.items() if key not in refused}
    needed = {*operation.placeholders, *operation.required}
    needed |= {key for key, spec in (*operation.params.items(), *body.items()) if spec.required}
    if operation.whole or operation.raw:
        needed |= {key for key, field in body.items() if not field.ref.nullable}
    for key in needed:
        each[key] = each[key].filter(lambda value: value is not None)
    return each, needed


# How it is called ------------------------------------------------------------------------------


def by_class(client, resource, name, given):
    cls, page = CATALOG.record(resource.name), resource.operations()[name].page
    if page and page.kind == "keyset":  # the mock server gives every page a cursor: there is no last one
        return ResourceList(islice(cls.iter(client, **given), 1))
    return getattr(cls, name)(client, **given)


def by_collection(client, resource, name, given):
    collection = getattr(client, resource.collection)
    if name == "get":  # the other way to read a list
        return ResourceList(islice(collection.iter(**given), 1))
    # The key comes first.
    item = name != "get_one" and resource.of_item(resource.operations()[name])
    key = [given.pop(resource.key_param)] if item else []
    return getattr(collection, name)(*key, **given)


def by_record(record, resource, name, given):
    """Call the method of a record; `update` sends what was assigned before."""
    for key in (*resource.scope, resource.key_param):
        given.pop(key, None)
    for key in resource.sent_by(name).keys() & given.keys():
        setattr(record, key, given.pop(key))
    return getattr(record, "refresh" if name == "get_one" else name)(**given)


def read(client, resource, given):
    """Read a record, and give it the keys that were asked for: the mock server makes up others."""
    cls = CATALOG.record(resource.name)
    place = {key: given[key] for key in (*resource.scope, resource.key_param)}
    if "get_one" in resource.methods:
        record = cls.get_one(client, **place)
    elif (resource.name, "get") in UNDESCRIBED:
        record = cls().bind(client)
    else:
        record = next(cls.iter(client, **{key: place[key] for key in resource.scope}))
    for key, value in place.items():
        field = resource.key if key == resource.key_param else key
        if field in resource.fields:
            object.__setattr__(record, field, value)
    return record


FACES = {"class": by_class, "collection": by_collection, "record": by_record}


# What comes back -------------------------------------------------------------------------------


def fits(value, ref):
    """Whether a value is what its declared type is in Python; None is, everywhere."""
    if value is None or ref.kind == "json":
        return True
    if ref.kind == "list":
        return isinstance(value, list) and all(fits(each, ref.item) for each in value)
    if ref.kind == "map":
        return isinstance(value, dict) and all(fits(each, ref.item) for each in value.values())
    if ref.scalar:
        return type(value) is PYTHON_TYPES[ref.kind]
    fields = CATALOG.index.type(ref.kind).fields
    return (
        type(value) is CATALOG.record(ref.kind)
        and not value.extra
        and all(fits(getattr(value, key), fields[key].ref) for key in fields)
    )


def is_as_declared(found, resource, name, status):
    """Whether a call gave what its declaration says that it gives."""
    answer = resource.operations()[name].answer
    if name == "update" and answer.kind == "none":
        return type(found) is CATALOG.record(resource.name)
    if answer.kind == "file":
        return found.is_file()
    if answer.kind == "list":
        return type(found) is ResourceList and fits(found, answer)
    if answer.kind == "none" or status == 204:
        return found is None
    return found is not None and fits(found, answer)


# The tests -------------------------------------------------------------------------------------


# Not shrunk: each step of that would be more calls, and what is made is small as it is.
@settings(derandomize=True, database=None, deadline=None, max_examples=3, phases=[Phase.generate])
@given(data=st.data())
def test_a_call_is_taken_and_gives_what_is_declared(call, client, conversation, tmp_path_factory, data):
    resource, name = CATALOG.spec(call[0]), call[1]
    operation = resource.operations()[name]
    each, needed = arguments(resource, name)
    full = data.draw(st.fixed_dictionaries(each), "arguments")
    some = data.draw(st.sets(st.sampled_from(sorted(each))), "those of them given") if each else set()
    seed = data.draw(st.integers(1, 999), "seed of the answers")
    for names, answers in ((needed | some, None), (set(each), seed)):
        for status in operation.status:
            made = {key: full[key] for key in names}
            if operation.answer.kind == "file":
                made["to"] = tmp_path_factory.mktemp("download") / "file"
            found = called(call, client, conversation, made, (status, answers))
            assert all(is_of(request, operation) for request in conversation.asked), conversation.asked
            assert conversation.asked or name == "update", "nothing was sent"
            assert call[:2] in UNDESCRIBED or is_as_declared(found, resource, name, status), found


def called(call, client, conversation, given, answers):
    """Make a call and return what it gives; an answer that the contract does not describe can't be read."""
    resource, name, face = CATALOG.spec(call[0]), call[1], call[2]
    conversation.expect(200)
    target = read(client, resource, given) if face == "record" else client
    conversation.expect(*answers)
    found = None
    with (
        suppress(APIError),
        pytest.raises(DecodeError, match="an empty answer") if call[:2] in UNDESCRIBED else nullcontext(),
    ):
        found = FACES[face](target, resource, name, dict(given))
    assert not conversation.refusals, f"{'.'.join(call)} with {given}: {conversation.refusals}"
    return found


def is_of(request, operation):
    path = re.sub(r"\{\w+\}", "[^/]+", operation.path)
    return request.verb == operation.verb and re.fullmatch(path, request.path)


def test_the_contract_has_no_operation_that_is_not_declared(contract):
    declared = {shape(each.call) for spec in CATALOG.index.specs() for each in spec.operations().values()}

    assert contract.keys() <= declared


def test_what_the_contract_refuses_it_refuses_still(client, conversation):
    for (resource, name), (arguments, _) in REFUSED.items():
        for argument in arguments:
            conversation.expect(200)
            with pytest.raises(APIError):
                getattr(getattr(client, CATALOG.spec(resource).collection), name)(GUID, **{argument: GUID})
            assert argument in str(conversation.refusals)


def test_a_list_ends_where_each_page_is_the_same(paged, client, conversation):
    resource, name = CATALOG.spec(paged[0]), paged[1]
    operation, method = resource.operations()[name], getattr(CATALOG.record(resource.name), name)
    place = dict.fromkeys(operation.placeholders, GUID)
    conversation.expect(200)

    if operation.page.kind == "keyset":
        with pytest.raises(DecodeError, match="the same one again"):
            method(client, **place)
    else:
        assert len(method(client, **place)) == 1
    # Both ways through a list that can be turned round ask for one page ahead.
    assert len(conversation.asked) <= (4 if operation.page.reverse else 2)
    assert conversation.refusals == []


def test_the_records_of_a_list_are_counted(client, conversation):
    conversation.expect(200)

    assert client.bundles.count(content_guid=GUID) == 1
    assert client.content.count() == 1
    assert conversation.refusals == []


# Streams ---------------------------------------------------------------------------------------

ARCHIVE = b"\x1f\x8b" + bytes(range(256)) * 4096


class Pipe(io.RawIOBase):
    """Something to read whose length nobody knows."""

    def __init__(self, content):
        self._file = io.BytesIO(content)

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._file.readinto(buffer)


@pytest.fixture(params=["bytes", "path", "file", "pipe"])
def source(request, tmp_path):
    path = tmp_path / "archive"
    path.write_bytes(ARCHIVE)
    with path.open("rb") as file:
        yield {"bytes": ARCHIVE, "path": path, "file": file, "pipe": Pipe(ARCHIVE)}[request.param]


def test_a_bundle_is_streamed_with_its_checksum(source, client, conversation):
    conversation.expect(200)
    checksum = base64.b64encode(hashlib.md5(ARCHIVE).digest()).decode()

    bundle = client.bundles.create(source, content_guid=GUID, checksum=checksum)

    assert type(bundle) is CATALOG.record("Bundle")
    assert conversation.refusals == []


def test_a_thumbnail_is_streamed(source, client, conversation):
    conversation.expect(204)

    assert client.content.set_thumbnail(GUID, source) is None
    assert conversation.refusals == []


def test_a_download_goes_to_a_file_or_a_path(download, client, conversation, tmp_path):
    resource = CATALOG.spec(download[0])
    method, scope = getattr(getattr(client, resource.collection), download[1]), dict.fromkeys(resource.scope, GUID)
    conversation.expect(200)

    with (tmp_path / "first").open("wb") as file:
        assert method(GUID, **scope, to=file) is None
    assert method(GUID, **scope, to=tmp_path / "second") == tmp_path / "second"
    # The contract does not say what comes, so the mock server sends nothing.
    assert (tmp_path / "first").read_bytes() == (tmp_path / "second").read_bytes() == b""
    assert conversation.refusals == []
