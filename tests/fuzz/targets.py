"""What is fuzzed: for each target a function of some bytes, which fails if a promise is broken.

`test_corpus.py` replays the corpus with it, and `search.py` looks for further bytes, guided by coverage.
"""

import datetime
import gzip
import io
import math
import sys
import tempfile
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path

import attrs
import msgspec

from connectapi.codec.cursor import peek_cursor
from connectapi.codec.decode import Reader
from connectapi.codec.lenient import read_time
from connectapi.errors import BundleError, DecodeError, SpecError
from connectapi.publish.unpack import unpack
from connectapi.query.call import Call
from connectapi.query.methods import make_methods
from connectapi.resource.catalog import Catalog
from connectapi.resource.record import Record
from connectapi.spec.cache import read_file
from connectapi.spec.index import Folder, SpecIndex, builtin_folder, scan
from connectapi.spec.load import load_text

__all__ = ["CORPUS", "TARGETS", "inputs"]

CORPUS = Path(__file__).parent / "corpus"

#: The longest message that is still one for a person, in characters.
LONGEST = 2000

#: A class with a field of each kind, others within it, and a list of each kind.
THING = """\
name: Thing
doc: "A thing."
key: id
path: /v1/things
fields:
  id: id
  key: guid
  name: str
  size: int
  share: float
  live: bool
  made: datetime
  free: json
  words: list of str
  counts: map of int
  owner: Owner | null
  parts: list of Owner
  by: map of Owner
types:
  Owner: {guid: guid, name: str | null, id: id, deep: Inner}
  Inner: {at: datetime | null, number: float, more: list of Inmost}
  Inmost: {id: id, text: str}
methods:
  get: {page: offset}
  get_one: {}
actions:
  events: {call: "GET /v1/events", page: keyset, returns: list of Thing}
  names: {call: "GET /v1/names", returns: map of str}
"""
READ = (
    *(("Thing", "get_one"), ("Thing", "get"), ("Thing", "events"), ("Thing", "names")),
    *(("Content", "get_one"), ("Content", "get"), ("AuditLog", "get"), ("Job", "get")),
)


# Answers: the two roads, the rows and the cursor ---------------------------------------------------


#: What a `Reader` is made of.
MADE_OF = [each.name for each in attrs.fields(Reader) if each.init]


@cache
def calls():
    folder = Path(tempfile.mkdtemp(prefix="connectapi-fuzz-"))
    (folder / "thing.yaml").write_text(THING, encoding="utf-8")
    catalog = Catalog(SpecIndex((Folder(folder), Folder(builtin_folder()))), make_methods)
    found = []
    for name, method in READ:
        resource = catalog.spec(name)
        found.append(Call(catalog, resource, method, resource.operations()[method]))
    return found


def exact(value):
    """Return a value with the types of all that is in it: 1, 1.0 and True are three things here."""
    if isinstance(value, Record):
        # By attribute, so that a field that is not set is a failure.
        fields = {each.name: exact(getattr(value, each.name)) for each in attrs.fields(type(value))}
        return (type(value).__name__, fields, exact(value.extra))
    if attrs.has(type(value)):
        fields = {each.name: exact(getattr(value, each.name)) for each in attrs.fields(type(value))}
        return ("page", fields, exact(getattr(value, "_extra", {})))
    if isinstance(value, dict):
        return {key: exact(each) for key, each in value.items()}
    if isinstance(value, list):
        return [exact(each) for each in value]
    if isinstance(value, float) and value == 0:
        return ("float", math.copysign(1, value))
    return (type(value).__name__, value)


@contextmanager
def room():
    """Room to compare what the reader had just room enough to read."""
    usual = sys.getrecursionlimit()
    sys.setrecursionlimit(20 * usual)
    try:
        yield
    finally:
        sys.setrecursionlimit(usual)


def as_row(value, row):
    """Whether a light row says what a record does: times as text, and ids as they came."""
    if isinstance(row, msgspec.Struct):
        return all(as_row(getattr(value, name), getattr(row, name)) for name in row.__struct_fields__)
    if isinstance(row, list):
        return len(row) == len(value) and all(map(as_row, value, row))
    if isinstance(row, dict):
        return row.keys() == value.keys() and all(as_row(value[key], row[key]) for key in row)
    if isinstance(value, datetime.datetime):
        return read_time(row) == value
    if isinstance(value, str) and isinstance(row, int):
        return value == str(row)
    return exact(value) == exact(row)


def attempt(read, data):
    try:
        return read(data, "GET /v1/x"), None
    except DecodeError as error:
        assert len(str(error)) < LONGEST, "a message that is too long"
        return None, error


def answer(data):
    """Whatever a server sends is read, or refused in words; and the same by each road."""
    for number, call in enumerate(calls()):
        reader = call.reader
        before = reader.lenient
        found, refused = attempt(reader.read, data)
        fast = reader.lenient == before
        lenient, refused_too = attempt(reader._leniently, data)
        row = call.row_reader(data)
        if any("nested too deeply" in str(each) for each in (refused, refused_too)):
            continue  # one of the roads is a step longer, and where there was room for one there may be none for it
        with room():
            assert str(refused) == str(refused_too), (str(call), fast)
            assert exact(found) == exact(lenient), (str(call), fast)
            if row is not None and refused is None:
                assert as_row(found, row), str(call)
        if len(data) % len(READ) == number:  # one of them: to make a reader takes longer than all the rest
            afresh, refused = attempt(Reader(*(getattr(reader, name) for name in MADE_OF)).read, data)
            with room():
                assert str(refused) == str(refused_too), (str(call), "what was learned from other answers decides")
                assert exact(found) == exact(afresh), (
                    str(call),
                    "what was learned from other answers changes this one",
                )
    cursor = peek_cursor(data)
    if cursor is not None:
        with suppress(msgspec.DecodeError, UnicodeDecodeError, RecursionError):  # which the page's own reading tells
            assert msgspec.json.decode(data)["paging"]["cursors"]["next"] == cursor


# Resource files: the loader, the quick look, the kept form -----------------------------------------


def spec(data):
    """Whatever a resource file holds, it is a declaration or a `SpecError`; read again, it is the same."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        specs = load_text(text, file="thing.yaml")
    except SpecError as error:
        assert all(line.startswith("thing.yaml:") for line in str(error).splitlines()[:1])
        return
    quick = scan(text)
    if quick is not None:
        assert sorted(each.name for each in quick) == sorted(getattr(each, "name", "") for each in specs)
    with tempfile.TemporaryDirectory(prefix="connectapi-fuzz-") as folder:
        file = Path(folder, "thing.yaml")
        file.write_bytes(data)
        assert read_file(file) == read_file(file) or "\r" in text


# Archives ------------------------------------------------------------------------------------------


def archive(data):
    """Whatever an archive holds, it is unpacked whole into its directory, or nothing is."""
    with tempfile.TemporaryDirectory(prefix="connectapi-fuzz-") as folder:
        top = Path(folder)
        (top / "outside").write_text("untouched")
        (top / "in").mkdir()
        try:
            names = unpack(io.BytesIO(gzip.compress(data, 1)), top / "in" / "site", most_bytes=2**20, most_files=100)
        except BundleError as error:
            assert len(str(error)) < 2 * LONGEST
            assert list((top / "in").iterdir()) == []
        else:
            assert [path.name for path in (top / "in").iterdir()] == ["site"]
            found = [path for path in (top / "in" / "site").rglob("*") if not path.is_dir() or path.is_symlink()]
            assert all(path.is_file() and not path.is_symlink() for path in found)
            assert sorted(path.relative_to(top / "in" / "site").as_posix() for path in found) == list(names)
        assert sorted(path.name for path in top.iterdir()) == ["in", "outside"]
        assert (top / "outside").read_text() == "untouched"


TARGETS = {"answer": answer, "spec": spec, "archive": archive}


def inputs(target):
    """Return what a target begins with: its corpus, and what the project has of the kind."""
    found = {path.name: path.read_bytes() for path in sorted((CORPUS / target).iterdir())}
    if target == "spec":
        found |= {path.name: path.read_bytes() for path in sorted(builtin_folder().glob("*.yaml"))}
    return found
