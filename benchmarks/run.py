"""connectapi beside posit-sdk and beside bare urllib3 + msgspec: same server, same run, ratios.

    tox -e benchmark        prints the table and writes docs/performance.md

Each figure is the best of several rounds, taken in turns, so that a busy machine hurts all alike.
"""

import os
import platform
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

import msgspec
import urllib3

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
GUID = "6fd8666d-12e6-45d1-95a0-552679a6d5f9"
ROUNDS = 7
CALLS = 300

HEAD = """\
# Performance

Made by `tox -e benchmark`: the same work by connectapi, by posit-sdk {posit} and by bare urllib3 + msgspec (the
floor: no client can be faster than its parts), against the same local server, in one run. Each figure is the best
of {rounds} rounds, taken in turns. Ratios are what counts; the seconds are those of one machine
(Python {python}, {machine}).

| work | connectapi | posit-sdk | floor | posit-sdk ÷ connectapi | connectapi ÷ floor |
|---|---|---|---|---|---|
"""


@contextmanager
def serving():
    process = subprocess.Popen([sys.executable, HERE / "server.py"], stdout=subprocess.PIPE, text=True)
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def best(works):
    """Return the shortest time of each work, in seconds, after one round to warm up."""
    times = dict.fromkeys(works, float("inf"))
    for turn in range(ROUNDS + 1):
        for name, work in works.items():
            start = time.perf_counter()
            work()
            if turn:
                times[name] = min(times[name], time.perf_counter() - start)
    return times


def program(code):
    # Installed packages come with their bytecode; a checkout's must be allowed to keep its own.
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return lambda: subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, env=environment)


def works(url):
    """Yield what is measured: its name, and who does it how."""
    import posit.connect

    import connectapi

    ours = connectapi.Client(url, "key")
    theirs = posit.connect.Client(url, "key")
    pool = urllib3.PoolManager(retries=False)
    headers = {"Authorization": "Key key"}
    one = f"{url}/__api__/v1/content/{GUID}"
    decode = msgspec.json.Decoder(dict).decode

    def floor_page(number):
        query = f"page_number={number}&page_size=500"
        return decode(pool.request("GET", f"{url}/__api__/v1/users?{query}", headers=headers).data)

    script = f"c = m.Client({url!r}, 'key')"
    yield (
        "import",
        {
            "connectapi": program("import connectapi"),
            "posit-sdk": program("import posit.connect"),
            "floor": program("pass"),
        },
    )
    yield (
        "a whole script with one call",
        {
            "connectapi": program(f"import connectapi as m; {script}; m.Content.get_one(c, {GUID!r})"),
            "posit-sdk": program(f"import posit.connect as m; {script}; c.content.get({GUID!r})"),
            "floor": program(f"import urllib3, msgspec; msgspec.json.decode(urllib3.request('GET', {one!r}).data)"),
        },
    )
    yield (
        f"one content item, {CALLS} times",
        {
            "connectapi": lambda: [connectapi.Content.get_one(ours, GUID) for _ in range(CALLS)],
            "posit-sdk": lambda: [theirs.content.get(GUID) for _ in range(CALLS)],
            "floor": lambda: [decode(pool.request("GET", one, headers=headers).data) for _ in range(CALLS)],
        },
    )
    yield (
        "a page of 500 users, 20 times",
        {
            "connectapi": lambda: [next(connectapi.User.iter(ours, page_size=500)) for _ in range(20)],
            "posit-sdk": lambda: [theirs.users.find_one() for _ in range(20)],
            "floor": lambda: [floor_page(1) for _ in range(20)],
        },
    )
    yield (
        "20,000 users by pages of 500",
        {
            "connectapi": lambda: connectapi.User.get(ours, page_size=500),
            "posit-sdk": theirs.users.find,
            "floor": lambda: [floor_page(number) for number in range(1, 41)],
        },
    )
    ours.close()


def main():
    rows = []
    with serving() as url:
        for name, each in works(url):
            took = best(each)
            ours, theirs, floor = took["connectapi"], took["posit-sdk"], took["floor"]
            shown = " | ".join(f"{value * 1000:.1f} ms" for value in (ours, theirs, floor))
            rows.append(f"| {name} | {shown} | {theirs / ours:.2f} | {ours / floor:.2f} |")
            print(rows[-1], flush=True)
    head = HEAD.format(
        posit=version("posit-sdk"), rounds=ROUNDS, python=platform.python_version(), machine=platform.machine()
    )
    PAGE.write_text(head + "\n".join(rows) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
