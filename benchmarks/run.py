"""connectapi beside its peers and beside bare urllib3 + msgspec: same server, same run, ratios.

    tox -e benchmark        prints the table and writes docs/performance.md and its plot

Each figure is the best of several rounds, taken in turns, so that a busy machine hurts all alike.
"""

import platform
import subprocess
import sys
import time
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from rows import rows
from scaling import measure, plot, streamed

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "performance.md"
PLOT = HERE.parent / "docs" / "performance.svg"

HEAD = """\
# Performance

Made by `tox -e benchmark`: the same work by connectapi, by a peer (posit-sdk {posit}, rsconnect-python
{rsconnect}) and by the floor, which is urllib3 and msgspec with nothing around them and gives dictionaries,
against the same local server, in one run. Each figure is the best of several rounds, taken in turns. Ratios
are what counts; the seconds are those of one machine (Python {python}, {machine}, 2 cores).

| work | connectapi | peer | floor | times as fast as the peer | goal | of the floor's speed | goal |
|---|---|---|---|---|---|---|---|
"""

TAIL = """
The lists are asked for page by page, several at once where answers take time; the floor asks for one after the other, which is why
connectapi is ahead of it where a request takes 20 ms. To decode into typed objects and to look for keys that no
class knows are what it does beside the floor.

## More rows, more time, no more memory

`User.iter` over lists of several lengths, each in a process of its own. Memory is what the process had at
its highest beyond what it had before the first row.

![time and memory over the number of rows](performance.svg)

| rows | seconds | rows a second | memory | before the first row |
|---|---|---|---|---|
{scaling}

Of {rows:,} rows the first was there after {pages} request{s}.
"""


@contextmanager
def serving(delay=0.0):
    process = subprocess.Popen(
        [sys.executable, HERE / "server.py", str(delay)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def best(works, rounds):
    """Return the shortest time of each work, in seconds, after one round to warm up."""
    times = dict.fromkeys(works, float("inf"))
    for turn in range(rounds + 1):
        for name, work in works.items():
            if work is None:
                continue
            start = time.perf_counter()
            found = work()
            if turn:
                times[name] = min(times[name], time.perf_counter() - start)
            del found  # outside of the time, for all of them
    return times


def line(row):
    took = best({"ours": row.ours, "peer": row.peer, "floor": row.floor}, row.rounds)
    ours, peer, floor = took["ours"], took["peer"], took["floor"]
    shown = " | ".join(f"{value * 1000:,.1f} ms" for value in (ours, peer, floor))
    goal = f"{row.goal:.2f}".rstrip("0").rstrip(".") if row.goal else ""
    of_floor = f"{row.of_floor}" if row.of_floor else ""
    peer_name = "" if row.peer_name == "posit-sdk" else f" ({row.peer_name})"
    return f"| {row.name}{peer_name} | {shown} | {peer / ours:.2f} | {goal} | {floor / ours:.2f} | {of_floor} |"


def main():
    lines = []
    with serving() as quick, serving(0.02) as slow:
        for row in rows(quick, slow):
            lines.append(line(row))
            print(lines[-1], flush=True)
        sizes = [measure(quick, count) for count in (1_000, 10_000, 100_000, 1_000_000)]
        pages = streamed(quick, sizes[-1].rows)
    head = HEAD.format(
        posit=version("posit-sdk"),
        rsconnect=version("rsconnect-python"),
        python=platform.python_version(),
        machine=platform.machine(),
    )
    scaling = "\n".join(each.line() for each in sizes)
    print(scaling)
    tail = TAIL.format(scaling=scaling, rows=sizes[-1].rows, pages=pages, s="" if pages == 1 else "s")
    PAGE.write_text(f"{head}{chr(10).join(lines)}\n{tail}", encoding="utf-8")
    plot(sizes, PLOT)


if __name__ == "__main__":
    main()
