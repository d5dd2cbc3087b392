"""What is measured: for each row of the table, who does it how, and what the goal is."""

import subprocess
import sys
from functools import cache
from os import environ

import msgspec
import urllib3
from attrs import field, frozen

GUID = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"
CALLS = 300
NESTED = 500
HEADERS = {"Authorization": "Key key"}


@frozen
class Row:
    """One line of the table. Goals: how many times as fast as the peer, and which part of the floor's speed."""

    name: str
    ours: object
    peer: object
    floor: object = None
    goal: float | None = None
    of_floor: float | None = None
    rounds: int = 5
    peer_name: str = field(default="posit-sdk")


def program(*arguments):
    # Installed packages come with their bytecode; a checkout's must be allowed to keep its own.
    environment = {key: value for key, value in environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run(arguments, check=True, capture_output=True, env=environment)


def python(code):
    return program(sys.executable, "-c", code)


def rows(quick, slow):
    """Yield the rows; `quick` is the URL of a server that answers at once, `slow` takes 20 ms for each answer."""
    yield from starting(quick)
    yield from reading(quick, slow)
    yield from tables(quick)


def starting(url):
    """Rows that are whole programs."""
    bin_ = sys.executable.rpartition("/")[0]
    script = f"c = m.Client({url!r}, 'key')"
    one = f"{url}/__api__/v1/content/{GUID}"
    yield Row(
        "import",
        python("import connectapi"),
        python("import posit.connect"),
        python("import attrs, msgspec, urllib3, pluggy, yaml"),
        goal=5,
    )
    yield Row(
        "a whole script with one call",
        python(f"import connectapi as m; {script}; m.Content.get_one(c, {GUID!r})"),
        python(f"import posit.connect as m; {script}; c.content.get({GUID!r})"),
        python(f"import urllib3, msgspec; msgspec.json.decode(urllib3.request('GET', {one!r}).data)"),
        goal=1.25,
    )
    yield Row(
        "`--help`",
        program(f"{bin_}/connectapi", "--help"),
        program(f"{bin_}/rsconnect", "--help"),
        python("import click"),
        goal=1 / 0.6,
        peer_name="rsconnect",
    )


def reading(quick, slow):
    """Rows that read lists and items."""
    import posit.connect
    from posit.connect.cursors import CursorPaginator
    from posit.connect.metrics.visits import Visits

    import connectapi

    @cache
    def ours(url):
        return connectapi.Client(url, "key")

    @cache
    def theirs(url):
        return posit.connect.Client(url, "key")

    pool = urllib3.PoolManager(retries=False, maxsize=8)
    decode = msgspec.json.Decoder(dict).decode

    def get(url, path):
        return pool.request("GET", f"{url}/__api__{path}", headers=HEADERS).data

    def users(url):
        return [decode(get(url, f"/v1/users?page_number={number}&page_size=500")) for number in range(1, 41)]

    def followed(url, path):
        cursor, found = "", []
        while cursor is not None:
            page = decode(get(url, f"{path}?limit=500{cursor and f'&next={cursor}'}"))
            found.append(page)
            cursor = page["paging"]["cursors"]["next"]
        return found

    yield Row(
        "175,000 hits in one page",
        lambda: connectapi.ContentHit.get(ours(quick)),
        lambda: list(theirs(quick).metrics.hits.fetch()),
        lambda: msgspec.json.decode(get(quick, "/v1/instrumentation/content/hits")),
        goal=3,
        of_floor=0.8,
    )
    yield Row(
        "20,000 users by pages of 500",
        lambda: connectapi.User.get(ours(quick)),
        theirs(quick).users.find,
        lambda: users(quick),
        goal=2.5,
    )
    yield Row(
        "the same, 20 ms a request",
        lambda: connectapi.User.get(ours(slow)),
        theirs(slow).users.find,
        lambda: users(slow),
        goal=5,
        rounds=3,
    )
    yield Row(
        "50,000 audit entries by cursor, 20 ms a request",
        lambda: connectapi.AuditLog.get(ours(slow)),
        lambda: list(CursorPaginator(theirs(slow)._ctx, "v1/audit_logs").fetch_results()),  # noqa: SLF001 -- has no other way
        lambda: followed(slow, "/v1/audit_logs"),
        goal=1.5,
        rounds=2,
    )
    yield Row(
        "50,000 visits, the same, but of no key",
        lambda: connectapi.ContentVisit.get(ours(slow)),
        lambda: Visits(theirs(slow)._ctx).find(),  # noqa: SLF001 -- has no public way to these alone
        lambda: followed(slow, "/v1/instrumentation/content/visits"),
        rounds=2,
    )
    yield Row(
        f"one content item, {CALLS} times",
        lambda: [connectapi.Content.get_one(ours(quick), GUID) for _ in range(CALLS)],
        lambda: [theirs(quick).content.get(GUID) for _ in range(CALLS)],
        lambda: [decode(get(quick, f"/v1/content/{GUID}")) for _ in range(CALLS)],
        goal=2,
        of_floor=0.7,
    )
    yield Row(
        "5,000 wide content items",
        lambda: connectapi.Content.get(ours(quick)),
        lambda: theirs(quick).content.find(include=None),
        lambda: msgspec.json.decode(get(quick, "/v1/content")),
        goal=3,
    )
    some = connectapi.Content.get(ours(slow))[:NESTED]
    same = theirs(slow).content.find(include=None)[:NESTED]
    yield Row(
        f"the permissions of {NESTED} items, 20 ms a request",
        lambda: [permissions for _, permissions in some.related("permissions")],
        lambda: [each.permissions.find() for each in same],
        lambda: [get(slow, f"/v1/content/{each.guid}/permissions") for each in some],
        goal=6,
        rounds=1,
    )


def tables(url):
    """Rows that end in a data frame."""
    import pandas
    import polars
    import posit.connect

    import connectapi

    ours = connectapi.Client(url, "key")
    theirs = posit.connect.Client(url, "key")

    def bare():
        pool = urllib3.PoolManager(retries=False)
        data = pool.request("GET", f"{url}/__api__/v1/instrumentation/content/hits", headers=HEADERS).data
        return polars.DataFrame(msgspec.json.decode(data))

    for name, method in (("polars", "to_polars"), ("pandas", "to_pandas")):
        yield Row(
            f"175,000 hits → {name}",
            lambda method=method: getattr(connectapi.ContentHit.iter(ours), method)(nested="dotted"),
            lambda: pandas.DataFrame(theirs.metrics.hits.fetch()),
            bare,
            goal=4,
            rounds=3,
            peer_name="posit-sdk + pandas",
        )
