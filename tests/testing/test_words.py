"""What a resource file alone says of a plugin's records: rules, filters, orders, pages, and what goes with what."""

import itertools

import pytest

from connectapi.testing import ConnectServer

SHELVES = """
name: Shelf
path: /v1/shelves
key: label
doc: "A shelf, which goes by its label."
fields:
  label: {type: str, write: always, pattern: "[a-z-]+", doc: "Key."}
  room: {type: str | null, write: always, max: 5, code: InvalidRange, doc: "Room."}
methods:
  get: {order: [label]}
  get_one: {also: ["GET /boards/{shelf_label}"]}
  create: {required: [label]}
  update: {}
  delete: {also: ["POST /boards/{shelf_label}/remove", "POST /v1/shelves/{shelf_label}/remove"]}
---
name: Book
path: /v1/books
key: isbn
doc: "A book."
fields:
  isbn: {type: int, doc: "Key."}
  title: {type: str, write: always, min: 1, max: 20, wire: Title, doc: "Title."}
  year: {type: int | null, write: always, min: 1450, max: 2100, doc: "Year."}
  price: {type: float | null, write: always, min: 0, doc: "Price."}
  genres: {type: list of str, write: always, max: 2, values: [crime, love, war], doc: "Genres."}
  lent: {type: bool, write: always, doc: "Whether it is lent."}
  got_time: {type: datetime | null, write: always, doc: "When it was got."}
  code: {type: str | null, write: always, unique: true, code: DuplicateUserKey, doc: "Code."}
  place: {type: int | null, write: always, unique: [shelf_label], doc: "Place on its shelf."}
  shelf_label: {type: str | null, write: always, doc: "Shelf."}
  prequel: {type: int | null, write: always, doc: "Prequel."}
methods:
  get:
    page: {kind: keyset, size: 50, usual: 3}
    order: [-year, title]
    params:
      lent: {type: bool, doc: "Lent."}
      genres: {type: list of str, join: "|", doc: "Genres."}
      begins: {type: str, filter: {begins: [title, code]}, doc: "Beginning."}
      word: {type: str, filter: {contains: [title]}, doc: "Word."}
      start: {type: int, wire: from, filter: {from: [year]}, doc: "From."}
      end: {type: int, wire: to, filter: {to: [year]}, doc: "To."}
      got_since: {type: datetime, filter: {from: [got_time]}, doc: "Got since."}
      shelf: {type: list of str, filter: {is: [shelf_label]}, doc: "Shelves."}
      sort: {type: str, doc: "Sort."}
      asc_order: {type: bool, doc: "Direction."}
  get_one: {}
  create: {required: [title]}
  update: {}
  delete: {}
relations:
  shelf: {one: Shelf, by: shelf_label, gone: clear, doc: "Shelf."}
  before: {one: Book, by: prequel, gone: refuse, doc: "Prequel."}
---
name: Review
path: /v1/reviews
key: id
doc: "A review."
fields:
  id: {type: id, doc: "Key."}
  book: {type: int, write: create, doc: "Book."}
  stars: {type: int, write: always, min: 1, max: 5, doc: "Stars."}
methods: {get: {page: {kind: offset, size: 4, usual: 2}, params: {book: {type: int}}}, create: {required: [book]}, delete: {}}
relations: {of: {one: Book, by: book, gone: delete, doc: "Book."}}
---
name: Comment
path: /v1/reviews/{review_id}/comments
key: number
doc: "A comment on a review."
fields:
  number: {type: int, write: create, doc: "Key."}
  text: {type: str, write: always, unique: true, doc: "Text."}
methods: {get: {}, get_one: {}, create: {required: [number]}, update: {}}
---
name: ShelfVisit
path: /v1/shelf-visits
doc: "A visit, which has no key."
fields: {who: {type: str, write: create, doc: "Who."}}
methods: {get: {}, create: {}}
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    folder = tmp_path_factory.mktemp("library")
    (folder / "shelf.yaml").write_text(SHELVES, encoding="utf-8")
    with ConnectServer(sample=False, folders=[folder], pace=0) as server:
        yield server


@pytest.fixture
def admin(library, connect):
    with library._running.world.store.writing() as records:
        for kind in ("Shelf", "Book", "Review", "Comment", "ShelfVisit"):
            records.delete(kind)
    return connect(library.url, library.api_key)


def book(admin, title, **values):
    answer = admin.post("/v1/books", {"Title": title, **values})
    assert answer.status == 200, answer
    return answer.json


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"Title": ""}, "InvalidParameter"),
        ({"Title": "x" * 21}, "InvalidParameter"),
        ({"year": 1449}, "InvalidParameter"),
        ({"year": 2101}, "InvalidParameter"),
        ({"price": -0.5}, "InvalidParameter"),
        ({"genres": ["crime", "love", "war"]}, "InvalidParameter"),
        ({"genres": ["crime", "poems"]}, "InvalidParameter"),
        ({"shelf_label": "nowhere"}, "InvalidParameter"),
        ({"prequel": 999}, "InvalidParameter"),
    ],
)
def test_a_value_that_breaks_a_rule_is_refused(admin, body, code):
    one = book(admin, "One")

    assert admin.post("/v1/books", {"Title": "Two", **body}).refusal == (400, code)
    assert admin.patch(f"/v1/books/{one['isbn']}", body).refusal == (400, code)
    assert admin.get("/v1/books").json["results"] == [one]


def test_a_rule_s_own_code_is_the_one_that_it_names(admin):
    assert admin.post("/v1/shelves", {"label": "a", "room": "attic2"}).refusal == (400, "InvalidRange")
    assert (
        "has 6 characters; 5 is the most" in admin.post("/v1/shelves", {"label": "a", "room": "attic2"}).json["error"]
    )


@pytest.mark.parametrize("label", [None, "", "A", "a/b"])
def test_a_key_that_no_path_could_name_is_refused(admin, label):
    assert admin.post("/v1/shelves", {"label": label}).status == 400
    assert admin.get("/v1/shelves").json == []


def test_a_call_is_known_by_its_other_names_too(admin):
    for label in ("north", "south", "east"):
        admin.post("/v1/shelves", {"label": label})

    assert admin.get("/boards/north").json == admin.get("/v1/shelves/north").json
    assert admin.get("/boards/nowhere").status == 404
    assert admin.get("/boards/north/remove").status == 405
    assert admin.post("/boards/north/remove").status == admin.post("/v1/shelves/south/remove").status == 204
    assert [shelf["label"] for shelf in admin.get("/v1/shelves").json] == ["east"]


def test_a_key_stays_as_it_is(admin):
    admin.post("/v1/shelves", {"label": "north", "room": "hall"})

    assert admin.patch("/v1/shelves/north", {"label": "south"}).refusal == (400, "ImmutableFields")
    assert admin.patch("/v1/shelves/north", {"label": "north", "room": None}).json == {"label": "north", "room": None}
    assert admin.post("/v1/shelves", {"label": "north"}).refusal == (409, "DuplicateName")


def test_what_is_unique_is_so(admin):
    one, two = book(admin, "One", code="a"), book(admin, "Two", code="b")
    book(admin, "Three")
    book(admin, "Four", code=None)

    assert admin.post("/v1/books", {"Title": "Five", "code": "a"}).refusal == (409, "DuplicateUserKey")
    assert admin.patch(f"/v1/books/{two['isbn']}", {"code": "a"}).status == 409
    assert admin.patch(f"/v1/books/{one['isbn']}", {"code": "a", "Title": "1"}).status == 200
    admin.delete(f"/v1/books/{one['isbn']}")
    assert admin.patch(f"/v1/books/{two['isbn']}", {"code": "a"}).status == 200


def test_what_is_unique_among_some_may_be_elsewhere(admin):
    for label in ("north", "south"):
        admin.post("/v1/shelves", {"label": label})
    book(admin, "One", shelf_label="north", place=1)
    two = book(admin, "Two", shelf_label="south", place=1)

    assert admin.post("/v1/books", {"Title": "Three", "shelf_label": "north", "place": 1}).status == 409
    assert admin.patch(f"/v1/books/{two['isbn']}", {"shelf_label": "north"}).status == 409
    assert admin.patch(f"/v1/books/{two['isbn']}", {"shelf_label": "north", "place": 2}).status == 200


def test_what_is_unique_in_one_list_may_be_in_another(admin):
    paths = []
    for _ in range(2):
        review = admin.post("/v1/reviews", {"book": book(admin, "One")["isbn"], "stars": 3}).json
        paths.append(f"/v1/reviews/{review['id']}/comments")
        assert admin.post(paths[-1], {"number": 1, "text": "yes"}).status == 200
        assert admin.post(paths[-1], {"number": 2, "text": "yes"}).status == 409

    assert admin.post(paths[0], {"number": 2, "text": "no"}).status == 200
    assert admin.patch(f"{paths[0]}/2", {"text": "yes"}).status == 409
    assert admin.patch(f"{paths[0]}/1", {"text": "yes"}).status == 200


def test_what_names_a_record_goes_with_it_or_is_cleared_or_keeps_it(admin):
    admin.post("/v1/shelves", {"label": "north"})
    first = book(admin, "First", shelf_label="north")
    second = book(admin, "Second", prequel=first["isbn"])
    review = admin.post("/v1/reviews", {"book": second["isbn"], "stars": 5}).json
    comments = f"/v1/reviews/{review['id']}/comments"
    admin.post(comments, {"number": 1, "text": "yes"})

    assert admin.delete("/v1/shelves/north").status == 204
    assert admin.get(f"/v1/books/{first['isbn']}").json["shelf_label"] is None
    assert admin.delete(f"/v1/books/{first['isbn']}").refusal == (409, "CannotDelete")
    assert admin.delete(f"/v1/books/{second['isbn']}").status == 204
    assert admin.get("/v1/reviews").json["total"] == 0
    assert admin.get(f"{comments}/1").status == 404
    assert admin.delete(f"/v1/books/{first['isbn']}").status == 204


def test_what_has_no_key_is_listed_all_the_same(admin):
    for who in ("ada", "ben", "ada"):
        assert admin.post("/v1/shelf-visits", {"who": who}).json == {"who": who}

    assert [each["who"] for each in admin.get("/v1/shelf-visits").json] == ["ada", "ben", "ada"]


# Lists -----------------------------------------------------------------------------------------


@pytest.fixture
def books(admin):
    for label in ("north", "south"):
        admin.post("/v1/shelves", {"label": label})
    book(admin, "Emma", year=1815, genres=["love"], lent=True, shelf_label="north")
    book(admin, "Dracula", year=1897, genres=["crime"], code="em-1", got_time="2024-01-01T10:00:00Z")
    book(admin, "dune", year=1965, genres=["war", "love"], price=9.5, shelf_label="south")
    book(admin, "Beowulf", genres=["war"], got_time="2025-01-01T10:00:00+02:00")
    book(admin, "Ulysses", year=1922, lent=True, price=12.0)
    book(admin, "The Waste Land", year=1922)


def titles(admin, query):
    answer = admin.send("GET", "/__api__/v1/books", fields={"limit": "50", **query})
    assert answer.status == 200, answer
    return [each["Title"] for each in answer.json["results"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"lent": "true"}, {"Emma", "Ulysses"}),
        ({"lent": "false", "word": "D"}, {"Dracula", "dune", "The Waste Land"}),
        ({"genres": "love"}, {"Emma", "dune"}),
        ({"genres": "crime|war"}, {"Dracula", "dune", "Beowulf"}),
        ({"begins": "EM"}, {"Emma", "Dracula"}),
        ({"begins": ""}, {"Emma", "Dracula", "dune", "Beowulf", "Ulysses", "The Waste Land"}),
        ({"word": "us"}, set()),
        ({"from": "1897", "to": "1922"}, {"Dracula", "Ulysses", "The Waste Land"}),
        ({"got_since": "2024-06-01T00:00:00Z"}, {"Beowulf"}),
        ({"shelf": "north,south"}, {"Emma", "dune"}),
        ({"shelf": ","}, {"Emma", "Dracula", "dune", "Beowulf", "Ulysses", "The Waste Land"}),
    ],
)
def test_a_list_is_cut_down_by_what_its_parameters_say(admin, books, query, found):
    assert set(titles(admin, query)) == found


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, ["dune", "The Waste Land", "Ulysses", "Dracula", "Emma", "Beowulf"]),
        ({"asc_order": "true"}, ["Beowulf", "Emma", "Dracula", "The Waste Land", "Ulysses", "dune"]),
        ({"sort": "title"}, ["Beowulf", "Dracula", "dune", "Emma", "The Waste Land", "Ulysses"]),
        ({"sort": "Title", "asc_order": "false"}, ["Ulysses", "The Waste Land", "Emma", "dune", "Dracula", "Beowulf"]),
        ({"sort": "price", "from": "1900"}, ["The Waste Land", "dune", "Ulysses"]),
    ],
)
def test_a_list_comes_in_the_order_that_is_declared_or_asked_for(admin, books, query, found):
    assert titles(admin, query) == found
    for size in range(1, 8):
        assert list(itertools.chain(*walk(admin, query, size, "next"))) == found
        assert list(itertools.chain(*reversed(walk(admin, query, size, "previous")))) == found


def walk(admin, query, size, way):
    answer = admin.send("GET", "/__api__/v1/books", fields={**query, "limit": str(size)})
    if way == "previous" and answer.json["paging"]["last"]:
        answer = admin.send("GET", answer.json["paging"]["last"].removeprefix(admin.url))
    pages = [answer]
    while link := pages[-1].json["paging"][way]:
        pages.append(admin.send("GET", link.removeprefix(admin.url)))
    return [[each["Title"] for each in page.json["results"]] for page in pages]


def test_a_page_has_the_declared_size_unless_another_is_asked_for(admin, books):
    assert len(admin.get("/v1/books").json["results"]) == 3
    for _ in range(6):
        admin.post("/v1/reviews", {"book": admin.get("/v1/books").json["results"][0]["isbn"], "stars": 1})
    assert [len(admin.get(f"/v1/reviews{query}").json["results"]) for query in ("", "?page_size=9")] == [2, 4]
    beyond = admin.get("/v1/reviews?page_number=99").json
    assert (beyond["results"], beyond["current_page"], beyond["total"]) == ([], 99, 6)


def test_a_cursor_of_another_list_is_refused(admin, books):
    cursor = admin.get("/v1/books?sort=title").json["paging"]["cursors"]["next"]

    assert admin.get(f"/v1/books?sort=title&next={cursor}").status == 200
    for query in (f"sort=year&next={cursor}", f"next={cursor}", "next=7", "previous=!", f"next={cursor[:-2]}"):
        assert admin.get(f"/v1/books?{query}").refusal == (400, "InvalidParameter"), query


def test_no_list_is_sorted_by_what_is_no_plain_field(admin):
    for name in ("nothing", "genres", "x') --"):
        assert admin.send("GET", "/__api__/v1/books", fields={"sort": name}).refusal == (400, "InvalidParameter")
