"""A client and the embedded server for half an hour, with 5 % faults of every kind: what is lost, and what leaks.

The server, the client's threads (`soak_work.py`) and this program, which looks at both from outside, are
three processes. At the end the faults stop, and each write that was answered, refused, or never answered is
held against what is there.

    python benchmarks/soak.py --minutes 30 --write docs/reliability.md
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from datetime import datetime, timezone
from itertools import combinations
from pathlib import Path

#: How many users there are, for lists of several pages.
USERS = 60

#: How much more memory, in MiB, and how many more files or threads there may be at the end than in the beginning.
#: What starts late (a thread's buffers, a cache that fills) takes this; a leak of 1 kB a call would take 65 MiB.
ALLOWED = {"memory": 10.0, "files": 6.0, "threads": 6.0}

#: From how many seconds on a trend says anything.
LONG = 300

MARKS = ("<!-- soak: written by tox -e soak -->", "<!-- /soak -->")


# The server's process ---------------------------------------------------------------------------


def every_kind(faults, chance, seed):
    """Put a fault of every kind in store, for all calls."""
    everything = ("*", "/v1/**")
    kinds = {
        "503 with Retry-After": lambda when: faults.status(*everything, 503, headers={"Retry-After": "0"}, **when),
        "500": lambda when: faults.status(*everything, 500, **when),
        "429": lambda when: faults.status(*everything, 429, headers={"Retry-After": "0"}, **when),
        "no JSON": lambda when: faults.answer(*everything, '{"guid": "a', **when),
        "HTML": lambda when: faults.html(*everything, **when),
        "redirect to itself": lambda when: faults.redirect(*everything, **when),
        "redirect elsewhere": lambda when: faults.redirect(*everything, "http://127.0.0.2:9/other", **when),
        "redirect on the server": lambda when: faults.redirect("GET", "/v1/user", "/__api__/v1/user?again=1", **when),
        "delay": lambda when: faults.delay(*everything, 0.2, **when),
        "dropped": lambda when: faults.drop(*everything, **when),
        "handled, then dropped": lambda when: faults.drop(*everything, handled=True, **when),
        "truncated": lambda when: faults.truncate(*everything, **when),
        "length too long": lambda when: faults.length(*everything, 3, **when),
        "length too short": lambda when: faults.length(*everything, -3, **when),
        "slow": lambda when: faults.slow(*everything, 20_000, **when),
    }
    return {
        name: put({"probability": chance, "seed": seed * 100 + number})
        for number, (name, put) in enumerate(kinds.items())
    }


def serve(folder, chance, seed):
    """Run the server, until stdin ends; a line there ends the faults, and is answered by how often each struck."""
    from connectapi import Client
    from connectapi.testing import ConnectServer

    with ConnectServer(sample=False, data=folder, pace=0.02) as server:
        with Client(server.url, server.api_key) as client:
            for number in range(USERS - 1):
                name = f"user{number:02}"
                client.users.create(username=name, email=f"{name}@example.com", password=f"password-of-{name}")
        standing = every_kind(server.faults, chance, seed)
        print(json.dumps([server.url, server.api_key]), flush=True)
        ended = threading.Event()
        threading.Thread(target=forget, args=(server, ended)).start()
        for _ in sys.stdin:
            server.faults.clear()
            print(json.dumps({name: fault.struck for name, fault in standing.items()}), flush=True)
        ended.set()


def forget(server, ended):
    """Keep the list of the latest requests short: until it is full, it would look like a leak."""
    while not ended.wait(5.0):
        server.requests.clear()


# Looking at a process from outside --------------------------------------------------------------


def look(process):
    """Resident memory in MiB, open files, threads, processor time in seconds; nothing where there is no /proc."""
    folder = Path(f"/proc/{process}")
    try:
        status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        stat = (folder / "stat").read_text().rpartition(")")[2].split()
        files = len(list((folder / "fd").iterdir()))
        return {
            "memory": int(status["VmRSS"].split()[0]) / 1024,
            "files": files,
            "threads": int(status["Threads"]),
            "cpu": (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK"),
        }
    except (OSError, KeyError):
        return None


def growth(times, values):
    """How much more there is at the end than at the beginning, by the median of the slopes between any two looks.

    A third of the looks may be wild, such as those in the middle of a large list, without changing it.
    """
    pairs = combinations(zip(times, values, strict=True), 2)
    slopes = [(later - earlier) / (end - start) for (start, earlier), (end, later) in pairs]
    return statistics.median(slopes) * (times[-1] - times[0]) if slopes else 0.0


def trends(looks):
    """Growth of memory, files and threads; the first quarter, in which caches fill, does not count."""
    counted = looks[len(looks) // 4 :]
    times = [each["at"] for each in counted]
    return {name: growth(times, [each[name] for each in counted]) for name in ALLOWED} if len(counted) > 1 else {}


# The whole of it --------------------------------------------------------------------------------


def told(process, say=None):
    """Say a line to a process, if one is given, and return what it says."""
    if say is not None:
        process.stdin.write(say + "\n")
        process.stdin.flush()
    line = process.stdout.readline()
    if not line:
        sys.exit(f"{process.args} ended with {process.wait()}")
    return json.loads(line)


def start(command, **environment):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}
    pipe = subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**clean, **environment})


def end(process):
    process.stdin.close()
    process.wait(60)
    process.stdout.close()


def soak(options):
    seconds = options.minutes * 60
    result = {"seconds": seconds, "threads": options.threads, "chance": options.chance, "seed": options.seed}
    looks = {"client": [], "server": []}
    with tempfile.TemporaryDirectory() as folder:
        here = Path(__file__)
        asked = ["--chance", str(options.chance), "--seed", str(options.seed)]
        server = start([sys.executable, str(here), "--as-server", folder, *asked])
        url, key = told(server)
        work = [str(seconds), str(options.threads), str(options.rate), str(options.seed), str(USERS)]
        client = start(
            [sys.executable, str(here.with_name("soak_work.py")), *work], CONNECT_SERVER=url, CONNECT_API_KEY=key
        )
        began, pause = time.monotonic(), max(1.0, seconds / 360)
        while (now := time.monotonic() - began) < seconds:
            for name, process in (("client", client), ("server", server)):
                if (found := look(process.pid)) is not None:
                    looks[name].append({"at": now, **found})
            time.sleep(min(pause, max(0.0, seconds - now)))
        result.update(told(client))
        result["struck"] = told(server, "stop the faults")
        result.update(told(client, "compare"))
        end(client)
        time.sleep(1.0)  # the server sees that the client is gone
        result["left"] = look(server.pid) or {}
        end(server)
    result["looks"] = looks
    result["trends"] = {name: trends(found) for name, found in looks.items()}
    return result


def leaks(result):
    """What grew more than it may, a sentence each."""
    if result["seconds"] < LONG:
        return []
    return [
        f"{name} of the {who} grew by {by:.1f}, which is more than {ALLOWED[name]:g}"
        for who, found in result["trends"].items()
        for name, by in found.items()
        if by > ALLOWED[name]
    ]


def table(result):
    counts = result["writes"]
    rows = [
        ("minutes, threads", f"{result['seconds'] / 60:g}, {result['threads']}"),
        ("calls of the client's methods", f"{result['calls']:,}"),
        ("of these ended in an error", f"{result['failed']:,}, all a `ConnectError`" if not result["strange"] else "?"),
        ("requests that a fault struck", f"{sum(result['struck'].values()):,}, of {len(result['struck'])} kinds"),
        ("writes answered", f"{counts['answered']:,}"),
        ("writes surely refused; of unknown end", f"{counts['refused']:,}; {counts['unknown']:,}"),
        ("writes lost or doubled, answers wrong", f"{len(result['wrong'])}"),
        ("downloads whose answer was whole by its own head, and not what the server has", f"{result['misled']}"),
        (
            "lists read to the end, downloads, deployments followed",
            "{lists:,}, {downloads:,}, {tasks:,}".format(**result),
        ),
        ("processes forked from the client that called it", f"{result['forks']:,}"),
        ("sockets and threads of the client left after its end", f"{result['sockets']}, {result['threads_left']}"),
    ]
    for who, found in result["looks"].items():
        if not found:
            continue
        share = (found[-1]["cpu"] - found[0]["cpu"]) / (found[-1]["at"] - found[0]["at"] or 1)
        middle = {name: statistics.median(each[name] for each in found) for name in ALLOWED}
        rows.append((f"{who}: memory, files, threads", "{memory:.0f} MiB, {files:.0f}, {threads:.0f}".format(**middle)))
        if by := result["trends"][who]:
            rows.append(("… grew by", "{memory:+.1f} MiB, {files:+.1f}, {threads:+.1f}".format(**by)))
        rows.append(("… of one core", f"{share:.0%}"))
    return "\n".join(["| what | measured |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


def write(path, result):
    """Put the figures between the marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    when = datetime.now(timezone.utc).date().isoformat()
    share = f"{result['chance']:.0%}".replace("%", " %")
    said = f"Measured on {when}, {machine}; {share} faults of every kind; `--seed {result['seed']}`."
    path.write_text(f"{before}{MARKS[0]}\n{said}\n\n{table(result)}\n{MARKS[1]}{after}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--threads", type=int, default=16)
    parser.add_argument("--rate", type=float, default=50, help="calls of the client's methods a second, in all")
    parser.add_argument("--chance", type=float, default=0.05, help="how often each kind of fault strikes")
    parser.add_argument("--seed", type=int, default=1, help="of the faults, and of what is done in which order")
    parser.add_argument("--write", type=Path, help="the page that has the marks for the figures")
    parser.add_argument("--json", action="store_true", help="print all that was found as JSON")
    parser.add_argument("--as-server", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_server:
        serve(options.as_server, options.chance, options.seed)
        return
    result = soak(options)
    result["leaks"] = leaks(result)
    if options.json:
        print(json.dumps(result))
    else:
        print(table(result), *result["strange"][:20], *result["wrong"][:20], *result["leaks"], sep="\n")
    if options.write:
        write(options.write, result)
    if result["strange"] or result["wrong"] or result["leaks"] or result["sockets"] or result["threads_left"]:
        sys.exit("something was lost, doubled, wrong, left behind, or no ConnectError")


if __name__ == "__main__":
    main()
