"""The embedded server under load: many clients read and write, and what was answered is held against what is there.

It starts the server as `connectapi serve`, lets clients in a process of their own call it, and looks at
memory, files and threads meanwhile. Then it does so again and kills the server in the middle of it. Each
write that was answered must be there exactly once, before and after.

    python benchmarks/server_load.py --seconds 60 --clients 16 --write docs/server-load.md
"""

import argparse
import hashlib
import http.client
import io
import json
import os
import platform
import random
import signal
import statistics
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from pathlib import Path

API = "/__api__/v1"

#: What a client does, and how often of 100 times.
MIX = {
    "read_user": 25,
    "read_own": 25,
    "read_users": 8,
    "read_tags": 6,
    "read_by_name": 6,
    "create": 10,
    "rename": 13,
    "delete": 4,
    "upload": 3,
}

#: How many content items a client has at the most, so that the state does not grow without end.
OWN = 40


# The clients' process ---------------------------------------------------------------------------


class Client:
    """Reads and writes, and knows what must be there: all that was answered, and no more but the last call."""

    def __init__(self, number, host, key, run):
        self.number, self.run, self.headers = number, run, {"Authorization": f"Key {key}"}
        self.host, self.connection = host, http.client.HTTPConnection(host, timeout=60)
        self.random = random.Random(f"{run}-{number}")
        self.titles, self.bundles, self.deleted, self.open = {}, {}, [], None
        self.errors, self.times, self.count = [], {"read": [], "write": []}, 0

    def call(self, verb, path, body=None, **headers):
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body)
        self.connection.request(verb, API + path, body, {**self.headers, **headers})
        answer = self.connection.getresponse()
        data = answer.read()
        if answer.status >= 400:
            raise Refused(f"{verb} {path}: {answer.status} {data[:200]!r}")
        return data

    def read(self, verb, path, body=None):
        return json.loads(self.call(verb, path, body) or b"null")

    def work(self, until):
        names, weights = list(MIX), list(MIX.values())
        while not until():
            name = self.random.choices(names, weights)[0]
            began = time.perf_counter()
            try:
                getattr(self, name)()
            except Refused as error:
                self.errors.append(str(error))
            except (OSError, http.client.HTTPException) as error:
                # Of the call that was under way nobody can know. The word of the kill may be behind the kill.
                if not until.killed.wait(5):
                    self.errors.append(f"{name}: {error!r}")
                return
            else:
                self.open = None
                self.times["read" if name.startswith("read") else "write"].append(time.perf_counter() - began)

    def expect(self, is_true, what):
        if not is_true:
            raise Refused(what)

    def read_user(self):
        self.expect(self.read("GET", "/user")["user_role"] == "administrator", "the key is someone else's")

    def read_users(self):
        self.expect(len(self.read("GET", "/users?page_size=5")["results"]) == 5, "users are missing")

    def read_tags(self):
        self.expect(self.read("GET", "/tags"), "tags are missing")

    def read_own(self):
        if self.titles:
            guid = self.random.choice(list(self.titles))
            title = self.read("GET", f"/content/{guid}")["title"]
            self.expect(title == self.titles[guid], f"{guid} is {title!r}, not {self.titles[guid]!r}")

    def read_by_name(self):
        if self.titles:
            guid = self.random.choice(list(self.titles))
            name = self.read("GET", f"/content/{guid}")["name"]
            found = [each["guid"] for each in self.read("GET", f"/content?name={name}")]
            self.expect(found == [guid], f"{name} is {found}, not {guid}")

    def create(self):
        if len(self.titles) < OWN:
            self.count += 1
            name = f"load-{self.run}-{self.number}-{self.count}"
            self.open = ("create", name)
            made = self.read("POST", "/content", {"name": name, "title": name})
            self.titles[made["guid"]] = made["title"]

    def rename(self):
        if self.titles:
            guid = self.random.choice(list(self.titles))
            self.count += 1
            title = f"title {self.count}"
            self.open = ("rename", guid, title)
            self.read("PATCH", f"/content/{guid}", {"title": title})
            self.titles[guid] = title

    def delete(self):
        if len(self.titles) > OWN // 2:
            guid = self.random.choice(list(self.titles))
            self.open = ("delete", guid)
            self.call("DELETE", f"/content/{guid}")
            del self.titles[guid]
            self.bundles.pop(guid, None)
            self.deleted.append(guid)

    def upload(self):
        if self.titles:
            guid = self.random.choice(list(self.titles))
            archive = bundle(self.random.randbytes(self.random.randrange(20_000)))
            self.open = ("upload", guid)
            made = json.loads(self.call("POST", f"/content/{guid}/bundles", archive))
            self.bundles.setdefault(guid, {})[made["id"]] = hashlib.sha256(archive).hexdigest()

    def report(self):
        kept = ("titles", "bundles", "deleted", "open", "errors", "times")
        return {name: getattr(self, name) for name in kept}


class Refused(Exception):
    """An answer that should not be."""


class Until:
    """Ends after some time, or when the server is killed: that is told through stdin."""

    def __init__(self, seconds):
        self.ends, self.killed = time.monotonic() + seconds, threading.Event()
        threading.Thread(target=self.listen, daemon=True).start()

    def listen(self):
        if sys.stdin.readline():
            self.killed.set()

    def __call__(self):
        return self.killed.is_set() or time.monotonic() > self.ends


def bundle(data):
    manifest = {"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": {}}
    files = {"manifest.json": json.dumps(manifest).encode(), "index.html": data.hex().encode()}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return raw.getvalue()


def clients(count, seconds, run):
    host, key = os.environ["CONNECT_SERVER"].partition("//")[2], os.environ["CONNECT_API_KEY"]
    until = Until(seconds)
    working = [Client(number, host, key, run) for number in range(count)]
    threads = [threading.Thread(target=each.work, args=(until,)) for each in working]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    print(json.dumps([each.report() for each in working]))


# The server, looked at from outside -------------------------------------------------------------


class Server:
    def __init__(self, data):
        command = [sys.executable, "-m", "connectapi", "serve", "--port", "0", "--data", str(data), "--json"]
        began = time.perf_counter()
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=bare())
        told = json.loads(self.process.stdout.readline())
        self.url, self.key = told["connect_server"], told["connect_api_key"]
        self.client = Client(0, self.url.partition("//")[2], self.key, "check")
        self.client.read_user()
        self.first_answer = time.perf_counter() - began

    def end(self, by=signal.SIGTERM):
        self.process.send_signal(by)
        self.process.wait()
        self.process.stdout.close()
        self.client.connection.close()

    def look(self):
        """Resident memory in MiB, open files, threads, CPU in seconds; nothing where there is no /proc."""
        folder = Path(f"/proc/{self.process.pid}")
        try:
            status = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
            stat = (folder / "stat").read_text().rpartition(")")[2].split()
            files = len(list((folder / "fd").iterdir()))
        except OSError:
            return None
        cpu = (int(stat[11]) + int(stat[12])) / os.sysconf("SC_CLK_TCK")
        return {
            "memory": int(status["VmRSS"].split()[0]) / 1024,
            "files": files,
            "threads": int(status["Threads"]),
            "cpu": cpu,
        }


def bare():
    return {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}


def load(server, count, seconds, run, kill_after=None):
    """Let clients work; return what each of them knows, and what the server looked like meanwhile."""
    command = [sys.executable, __file__, "--as-clients", run, "--clients", str(count), "--seconds", str(seconds)]
    environment = {**os.environ, "CONNECT_SERVER": server.url, "CONNECT_API_KEY": server.key}
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment)
    output, looks = [], []
    reader = threading.Thread(target=lambda: output.append(process.stdout.read()))
    reader.start()
    began = time.monotonic()
    while reader.is_alive():
        reader.join(min(1.0, seconds / 10))
        if kill_after is not None and time.monotonic() - began > kill_after:
            process.stdin.write("killed\n")
            process.stdin.flush()
            server.end(signal.SIGKILL)
            reader.join()
        elif look := server.look():
            looks.append({"at": time.monotonic() - began, **look})
    process.stdin.close()
    process.stdout.close()
    if process.wait() != 0:
        sys.exit("the clients failed")
    return json.loads(output[0]), looks


def verify(server, known):
    """Hold what clients know against what is there; return what is wrong, a sentence each."""
    there = server.client.read("GET", "/content")
    titles = {each["guid"]: each["title"] for each in there}
    names = [each["name"] for each in there]
    wrong = [f"{name} is there {names.count(name)} times" for name in {*names} if names.count(name) > 1]
    for client in known:
        open_call = client["open"] or ["nothing", None]
        unsure = open_call[1]
        for guid, title in client["titles"].items():
            allowed = {title, open_call[2]} if open_call[0] == "rename" and unsure == guid else {title}
            if open_call[0] == "delete" and unsure == guid:
                allowed.add(None)
            if titles.get(guid) not in allowed:
                wrong.append(f"{guid} is {titles.get(guid)!r}, not {title!r}")
        wrong += [f"{guid} was deleted and is there" for guid in client["deleted"] if guid in titles]
        for guid, bundles in client["bundles"].items():
            if guid in titles:
                wrong += check_bundles(server, guid, bundles, more=open_call[0] == "upload" and unsure == guid)
    expected = {guid for client in known for guid in client["titles"]}
    unsure = {client["open"][1] for client in known if client["open"] and client["open"][0] == "create"}
    for each in there:
        if each["name"].startswith("load-") and each["guid"] not in expected and each["name"] not in unsure:
            wrong.append(f"{each['name']} is there, and nobody made it")
    return wrong


def check_bundles(server, guid, expected, *, more):
    found = {each["id"] for each in server.client.read("GET", f"/content/{guid}/bundles")}
    wrong = [f"bundle {number} of {guid} is missing" for number in expected if number not in found]
    if len(found) > len(expected) + more:
        wrong.append(f"{guid} has {len(found)} bundles, not {len(expected)}")
    for number in found:
        data = server.client.call("GET", f"/content/{guid}/bundles/{number}/download")
        digest = hashlib.sha256(data).hexdigest()
        if digest != expected.get(number, digest):
            wrong.append(f"bundle {number} of {guid} is not what was sent")
    return wrong


# What it comes to -------------------------------------------------------------------------------


def measure(count, seconds, kills):
    result = {"clients": count, "seconds": seconds, "errors": [], "wrong": [], "kills": kills, "kept": 0}
    if hasattr(os, "getloadavg"):
        result["before"] = os.getloadavg()[0]
    with tempfile.TemporaryDirectory() as data:
        server = Server(data)
        result["first_answer"] = server.first_answer
        known, looks = load(server, count, seconds, "first")
        result["errors"] += [error for client in known for error in client["errors"]]
        result["wrong"] += verify(server, known)
        result["looks"] = looks
        for kind in ("read", "write"):
            result[kind] = sorted(each for client in known for each in client["times"][kind])
        for kill in range(kills):
            server.end()
            server = Server(data)
            after = random.uniform(0.2, 0.8) * min(seconds, 5)
            again, _ = load(server, count, 60, f"kill{kill}", kill_after=after)
            result["errors"] += [error for client in again for error in client["errors"]]
            server = Server(data)
            known += again
            result["wrong"] += verify(server, known)
            result["kept"] = sum(len(client["titles"]) for client in known)
        server.end()
    return result


def third(looks, name, which):
    size = max(1, len(looks) // 3)
    part = looks[-size:] if which else looks[size : 2 * size] or looks
    return statistics.mean(each[name] for each in part)


def table(result):
    rows = [("clients, seconds", f"{result['clients']}, {result['seconds']:g}")]
    if "before" in result:
        rows.append(("load average of the machine, before", f"{result['before']:.1f}"))
    rows.append(("start to first answer", f"{result['first_answer']:.2f} s"))
    for kind in ("read", "write"):
        times = result[kind]
        rows.append((f"{kind}s answered", f"{len(times):,} ({len(times) / result['seconds']:,.0f} a second)"))
        middle, slow = times[len(times) // 2], times[int(len(times) * 0.99)]
        rows.append((f"time of a {kind}: median, 99 %", f"{middle * 1e3:.1f} ms, {slow * 1e3:.1f} ms"))
    rows.append(("errors", str(len(result["errors"]))))
    rows.append((f"writes lost or doubled, also over {result['kills']} kills", str(len(result["wrong"]))))
    if looks := result["looks"]:
        calls = len(result["read"]) + len(result["write"])
        rows.append(("CPU of the server a call", f"{(looks[-1]['cpu'] - looks[0]['cpu']) / calls * 1e3:.2f} ms"))
        for name, unit in (("memory", " MiB"), ("files", ""), ("threads", "")):
            middle, last = (third(looks, name, which) for which in (0, 1))
            rows.append((f"{name}, second and last third", f"{middle:.0f}{unit}, {last:.0f}{unit}"))
    return "\n".join(["| what | measured |", "|---|---|", *(f"| {name} | {value} |" for name, value in rows)])


PAGE = """# The embedded server under load

Written by `tox -e load` (`benchmarks/server_load.py`), on {machine}. Clients and server share the machine.
Clients work one call after the other, each over one connection: {mix}. Each reads back what it wrote. At the
end, and after each `kill -9` and restart, every write that was answered is held against what is there.

{table}
"""


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--clients", type=int, default=16)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--kills", type=int, default=3)
    parser.add_argument("--write", type=Path, help="the page to write")
    parser.add_argument("--json", action="store_true", help="print errors and what is wrong as JSON, no times")
    parser.add_argument("--as-clients", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_clients:
        clients(options.clients, options.seconds, options.as_clients)
        return
    result = measure(options.clients, options.seconds, options.kills)
    if options.json:
        print(json.dumps({name: result[name] for name in ("errors", "wrong", "kept")}))
        return
    print(table(result), *result["errors"][:10], *result["wrong"][:10], sep="\n")
    if options.write:
        machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
        mix = ", ".join(f"{share} % {name.replace('_', ' ')}" for name, share in MIX.items())
        options.write.write_text(PAGE.format(machine=machine, mix=mix, table=table(result)), encoding="utf-8")
    if result["errors"] or result["wrong"]:
        sys.exit("there were errors, or writes were lost")


if __name__ == "__main__":
    main()
