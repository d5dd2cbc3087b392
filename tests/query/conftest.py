"""A small API of its own, so that these tests say what the query methods do and not what Connect has."""

import math
from contextlib import contextmanager

import pytest

from connectapi.http.address import Address
from connectapi.http.auth import ApiKeyAuth
from connectapi.http.options import Options
from connectapi.http.retry import RetryPolicy
from connectapi.http.transport import Transport
from connectapi.query.methods import make_methods
from connectapi.resource.catalog import Catalog
from connectapi.spec.index import Folder, SpecIndex
from connectapi.types import Secret

SPECS = {
    "widget.yaml": """\
name: Widget
collection: widgets
path: /v1/widgets
key: guid
doc: "A thing."
fields:
  guid: {type: guid, doc: "Which one."}
  title: {type: str | null, write: always, doc: "Shown to people."}
  name: {type: str, write: create, pattern: "[a-z-]*", doc: "Unique."}
  size: {type: int, write: update, max: 99999, unit: bytes, doc: "How big."}
  made: {type: datetime, doc: "When."}
  maker_guid: {type: guid, doc: "By whom."}
  key: {type: str, secret: true, doc: "Opens it."}
  parts_list: {type: list of Part, include: parts, doc: "Its parts."}
methods:
  get:
    params:
      name: {type: str, doc: "Its name."}
      include: {type: list of str, values: [parts, maker], doc: "What else."}
      since: {type: datetime, wire: from, doc: "Not before."}
      live: {type: bool, doc: "Only live ones."}
  get_one: {params: {include: {type: list of str}}}
  create: {required: [name], body: {force: {type: bool, doc: "Take it from others."}}}
  update: {}
  delete: {}
actions:
  paint: {call: "POST /v1/widgets/{widget_guid}/paint", body: {colour: {type: str, doc: "Which."}}, returns: Job,
          renames: {job_id: id}, doc: "Paint it.", role: publisher}
  measure: {call: "POST /v1/widgets/{widget_guid}/measure", repeatable: true, returns: json, doc: "How large is it?"}
  names: {call: "GET /v1/widgets/{widget_guid}/names", returns: list of str}
  tag: {call: "POST /v1/widgets/{widget_guid}/tags/{tag_id}"}
  settings: {call: "PUT /v1/widgets/{widget_guid}/settings", body: {values: list of Setting}, whole: values}
  best: {call: "GET /v1/best-widget", returns: Widget}
  error: {call: "GET /v1/widgets/{widget_guid}/error", returns: Setting, status: [200, 204]}
  note: {call: "GET /v1/widgets/{widget_guid}/note", returns: text}
  search: {call: "GET /v1/search/widgets", params: {q: str}, page: offset, returns: list of Widget}
  history: {call: "GET /v1/widgets/{widget_guid}/history", page: offset, returns: list of Setting}
  export: {call: "GET /v1/widgets/{widget_guid}/export", returns: file}
  exchange: {call: "POST /v1/exchange", media: application/x-www-form-urlencoded,
             body: {grant_type: {type: str, default: exchange}, subject: {type: str, secret: true}}, returns: json}
  link: {call: "POST /v1/widgets/{widget_guid}/links", body: {part_ids: list of id, part_id: id, until: {type: datetime | null, required: true}}}
  fresh: {call: "GET /v1/fresh", returns: json, since: "2026.01.0"}
  file: {call: "GET /v1/widgets/{widget_guid}/files/{path}", returns: text}
  stock: {call: "GET /v1/widgets/{widget_guid}/stock", returns: Stock}
relations:
  parts: {many: Part}
  maker: {one: Maker, by: maker_guid}
  siblings: {many: Widget, where: {name: name}}
types:
  Setting: {name: str, value: str | null}
  Stock: {shelves: list of Shelf}
  Shelf: {part_count: {type: int, wire: count}}
""",
    "part.yaml": """\
name: Part
collection: parts
path: /v1/widgets/{widget_guid}/parts
key: id
doc: "A part of a widget."
fields:
  id: {type: id, doc: "Which."}
  kind: {type: str, write: always, doc: "What it is."}
methods:
  get: {page: {kind: offset, size: 3}, items: none}
  get_one: {}
  create: {call: "POST /v1/widgets/{widget_guid}/parts", media: application/gzip,
           body: {archive: {type: file, doc: "The part itself."}},
           params: {checksum: {type: str, header: X-Content-Checksum}}}
  update: {call: "PUT /v1/widgets/{widget_guid}/parts/{part_id}"}
  delete: {}
actions:
  weigh: {call: "POST /v1/parts/{part_id}/weight", returns: json}
""",
    "maker.yaml": """\
name: Maker
collection: makers
path: /v1/makers
key: guid
doc: "Who makes widgets."
fields: {guid: guid, name: {type: str, write: always}, role: {type: str, write: always}}
methods:
  get: {page: {kind: offset, size: 2}, params: {prefix: str}}
  get_one: {}
  update: {call: "PUT /v1/makers/{maker_guid}", sends: changed, returns: none}
""",
    "event.yaml": """\
name: Event
collection: events
path: /v1/events
doc: "What happened."
fields: {id: id, what: str}
methods:
  get: {page: {kind: keyset, size: 2}}
---
name: TurningEvent
collection: turning_events
path: /v1/turning-events
key: id
doc: "What happened, in a list that can be turned round."
fields: {id: id}
methods:
  get: {page: {kind: keyset, size: 2, reverse: ascending}, params: {ascending: bool}}
""",
    "job.yaml": """\
name: Job
collection: jobs
path: /v1/jobs
key: id
doc: "Work on the server."
fields: {id: id, output: list of str, finished: bool, code: int, error: str, last: int}
methods:
  get_one: {params: {first: int, wait: int}}
mixin: connectapi.query.tasks:TaskMixin
""",
    "paint.yaml": """\
name: Paint
collection: paints
path: /v1/paints
key: id
doc: "What widgets are painted with."
fields:
  id: {type: id, doc: "Which."}
  title: {type: str, write: always, doc: "Shown to people."}
  colour: {type: str, write: always, default: red, doc: "Which colour."}
methods: {create: {}, update: {}}
""",
}


class Session:
    """The least that the query methods take for a client."""

    def __init__(self, catalog, url):
        self.catalog = catalog
        self.version = None
        self.concurrency = 4
        self._transport = Transport(
            Address.parse(url), ApiKeyAuth(Secret("k")), Options(read_timeout=5, retries=RetryPolicy(first_delay=0.001))
        )
        self.send, self.download, self.close = self._transport.send, self._transport.download, self._transport.close

    @contextmanager
    def deadline(self, seconds):
        yield self

    progress = None

    def time_left(self):
        return math.inf

    def without_deadline(self):
        return self

    def server_version(self):
        return self.version


@pytest.fixture(scope="session")
def catalog(tmp_path_factory):
    folder = tmp_path_factory.mktemp("specs")
    for name, text in SPECS.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Catalog(SpecIndex((Folder(folder),)), make_methods)


@pytest.fixture
def session(catalog, answers):
    made = Session(catalog, answers.url)
    yield made
    made.close()


@pytest.fixture
def widget_class(catalog):
    return catalog.record("Widget")


@pytest.fixture
def widget(widget_class, session, answers):
    answers.on("GET /v1/widgets/w1", {"guid": "w1", "name": "n", "title": "t", "size": 3, "maker_guid": "m1"})
    found = widget_class.get_one(session, "w1")
    answers.asked.clear()
    return found
