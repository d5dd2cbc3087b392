"""Time and memory over the number of rows, and a plot of them."""

import json
import subprocess
import sys

from attrs import frozen

#: Runs in a process of its own, so that its peak of memory is its own.
CODE = """
import json, sys, time
from connectapi import Client, User

def status(name):
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) / 1024 for line in file if line.startswith(name))

client, rows = Client(sys.argv[1], "key"), int(sys.argv[2])
next(User.iter(client, prefix="1000"))  # what is made once is made
open("/proc/self/clear_refs", "w").write("5")  # the peak begins anew
before, start = status("VmRSS"), time.perf_counter()
reading = User.iter(client, prefix=str(rows))
next(reading)
first = time.perf_counter() - start
count = 1 + sum(1 for _ in reading)
assert count == rows, count
seconds = time.perf_counter() - start
print(json.dumps({"rows": rows, "seconds": seconds, "first": first, "memory": status("VmHWM") - before}))
"""


@frozen
class Size:
    """What one number of rows took: seconds, and MiB of memory at the peak beyond those before it."""

    rows: int
    seconds: float
    first: float
    memory: float

    def line(self):
        return (
            f"| {self.rows:,} | {self.seconds:.2f} | {self.rows / self.seconds:,.0f} "
            f"| {self.memory:.1f} MiB | {self.first * 1000:.1f} ms |"
        )


def measure(url, rows):
    """Read a list of so many rows with `iter`; the second time counts, when the server has its pages ready."""
    for _ in range(2):
        done = subprocess.run([sys.executable, "-c", CODE, url, str(rows)], check=True, capture_output=True, text=True)
    return Size(**json.loads(done.stdout))


def streamed(url, rows):
    """Return how many requests it took until the first of so many rows was there."""
    from connectapi import Client, User

    sent = []

    class Counting(Client):
        def send(self, request):
            sent.append(request)
            return super().send(request)

    reading = User.iter(Counting(url, "key"), prefix=str(rows))
    next(reading)
    reading.close()
    return len(sent)


def plot(sizes, path):
    """Draw time and memory over the number of rows."""
    import matplotlib as mpl

    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "connectapi"  # the same figures, the same file
    from matplotlib import pyplot

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.2), layout="constrained")
    rows = [each.rows for each in sizes]
    left.loglog(rows, [each.seconds for each in sizes], marker="o", color="#14549c")
    left.set(title="time, seconds", xlabel="rows")
    right.semilogx(rows, [each.memory for each in sizes], marker="o", color="#14549c")
    right.axhline(30, color="#999", linestyle="--", label="goal")
    right.set(title="memory beyond the start, MiB", xlabel="rows", ylim=(0, 35))
    right.legend()
    for each in (left, right):
        each.grid(alpha=0.3)
    figure.savefig(path, metadata={"Date": None})
    pyplot.close(figure)
