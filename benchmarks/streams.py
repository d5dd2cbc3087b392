"""A bundle of 2 GiB up and down: how much memory client and server take for it, and what a broken connection costs.

The client, the embedded server, and a relay between them that breaks one download off in its middle (in this
program) are three processes. What comes back is held against what was sent by its SHA-256 digest. All files
lie in a folder that is deleted at the end: it takes four times the size.

    python benchmarks/streams.py --mebibytes 2048 --write docs/reliability.md
"""

import argparse
import hashlib
import io
import json
import os
import platform
import random
import shutil
import socket
import subprocess
import sys
import tarfile
import tempfile
import threading
import time
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

MARKS = ("<!-- streams: written by tox -e streams -->", "<!-- /streams -->")

#: How much more memory a client may take while it streams than before, in MiB.
ALLOWED = 32


# Memory -----------------------------------------------------------------------------------------


def peak(process):
    """The most resident memory since `forget`, in MiB."""
    status = dict(line.split(":", 1) for line in Path(f"/proc/{process}/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) / 1024


def forget(process):
    """Count the most from what there is now."""
    Path(f"/proc/{process}/clear_refs").write_text("5")


class Measured:
    """A block of a call: what it took more than there was before, of two processes."""

    def __init__(self, server):
        self.processes = {"client": os.getpid(), "server": server}

    def __enter__(self):
        for process in self.processes.values():
            forget(process)
        self.before = {name: peak(process) for name, process in self.processes.items()}
        self.began, self.cpu = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_):
        self.seconds, self.cpu = time.perf_counter() - self.began, time.process_time() - self.cpu
        self.more = {name: peak(process) - self.before[name] for name, process in self.processes.items()}

    def result(self):
        return {"seconds": self.seconds, "cpu": self.cpu, "more": self.more}


# The server's process ---------------------------------------------------------------------------


def serve(folder):
    from attrs import evolve

    from connectapi.testing import ConnectServer

    server = ConnectServer(sample=False, data=folder)
    # A server's own limit is 512 MiB. What is measured here is not that it has one.
    server._limits = evolve(server._limits, bundle=2**40, unpacked=2**40)  # noqa: SLF001
    with server:
        print(json.dumps([server.url, server.api_key]), flush=True)
        sys.stdin.read()


# A relay that breaks off ------------------------------------------------------------------------


class Relay:
    """Passes bytes on; ends the connection when `left` more bytes have come back, if that is a number."""

    def __init__(self, url):
        host, port = url.partition("//")[2].split(":")
        self.target, self.left, self.breaks, self.came = (host, int(port)), None, 0, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                near, _ = self.listener.accept()
            except OSError:
                return
            far = socket.create_connection(self.target)
            threading.Thread(target=self.passes, args=(near, far, False), daemon=True).start()
            threading.Thread(target=self.passes, args=(far, near, True), daemon=True).start()

    def passes(self, one, other, is_answer):
        buffer = memoryview(bytearray(2**18))
        with suppress(OSError):
            while got := one.recv_into(buffer):
                other.sendall(buffer[:got])
                self.came += got if is_answer else 0
                if is_answer and self.left is not None:
                    self.left -= got
                    if self.left <= 0:
                        self.left, self.breaks = None, self.breaks + 1
                        break
        for each in (one, other):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


# The client's process ---------------------------------------------------------------------------


def digest_of(path):
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(2**20):
            digest.update(data)
    return digest.hexdigest()


def call(archive, server):
    from connectapi import Client

    archive, back = Path(archive), Path(archive).with_name("back.tar.gz")
    result = {}
    with Client() as client:
        content = client.content.create(name="streams")
        small = client.bundles.create(bundle(2**16), content_guid=content.guid)  # so that all code is loaded
        client.bundles.download(small.id, content_guid=content.guid, to=io.BytesIO())
        with Measured(server) as measured:
            made = client.bundles.create(archive, content_guid=content.guid)
        result["upload"] = measured.result()
        result["size"], wanted = archive.stat().st_size, digest_of(archive)
        archive.unlink()
        for name in ("download", "download that broke off"):
            if name != "download":
                print(json.dumps("break"), flush=True)
                sys.stdin.readline()
            with Measured(server) as measured:
                client.bundles.download(made.id, content_guid=content.guid, to=back)
            result[name] = measured.result() | {"same": digest_of(back) == wanted}
            back.unlink()
        result["left"] = sorted(path.name for path in back.parent.iterdir() if path.is_file())
    print(json.dumps(result), flush=True)


def bundle(size):
    raw = io.BytesIO()
    pack(raw, size)
    return raw.getvalue()


class Noise(io.RawIOBase):
    """So many bytes that can't be packed, made as they are read."""

    def __init__(self, size):
        self.left, self.piece = size, random.Random(1).randbytes(2**20)

    def readable(self):
        return True

    def readinto(self, buffer):
        count = min(len(buffer), self.left, len(self.piece))
        buffer[:count] = self.piece[:count]
        self.left -= count
        return count


def pack(file, size):
    """Write a bundle whose page is so many bytes of noise, without packing it."""
    manifest = {"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": {}}
    text = json.dumps(manifest).encode()
    with tarfile.open(fileobj=file, mode="w:gz", compresslevel=0) as tar:
        for name, length, content in (
            ("manifest.json", len(text), io.BytesIO(text)),
            ("index.html", size, Noise(size)),
        ):
            info = tarfile.TarInfo(name)
            info.size = length
            tar.addfile(info, io.BufferedReader(content) if isinstance(content, Noise) else content)


# The whole of it --------------------------------------------------------------------------------


def start(*arguments, **environment):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CONNECT_")}
    command, pipe = [sys.executable, __file__, *map(str, arguments)], subprocess.PIPE
    return subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, env={**clean, **environment})


def measure(mebibytes):
    size = mebibytes * 2**20
    with tempfile.TemporaryDirectory() as folder:
        if shutil.disk_usage(folder).free < 5 * size:
            sys.exit(f"there is no room for four times {mebibytes} MiB in {folder}: set TMPDIR")
        files = Path(folder, "files")
        files.mkdir()
        with (files / "bundle.tar.gz").open("wb") as file:
            pack(file, size)
        server = start("--as-server", Path(folder, "state"))
        url, key = json.loads(server.stdout.readline())
        relay = Relay(url)
        asked = ("--as-client", files / "bundle.tar.gz", "--server", server.pid)
        client = start(*asked, CONNECT_SERVER=relay.url, CONNECT_API_KEY=key)
        found = None
        for line in client.stdout:
            found = json.loads(line)
            if found == "break":
                relay.left, relay.came = size // 2, 0
                client.stdin.write("\n")
                client.stdin.flush()
        for process in (client, server):
            process.stdin.close()
            process.wait(60)
            process.stdout.close()
        relay.listener.close()
    if not isinstance(found, dict):
        sys.exit("the client failed")
    return found | {"breaks": relay.breaks, "came": relay.came, "mebibytes": mebibytes}


def table(result):
    rows = ["| what | memory more: client, server | processor time of the client |", "|---|---|---|"]
    for name in ("upload", "download", "download that broke off"):
        each = result[name]
        more = ", ".join(f"{each['more'][who]:.1f} MiB" for who in ("client", "server"))
        rows.append(f"| {name} | {more} | {each['cpu']:.1f} s |")
    return "\n".join(rows)


def wrong(result):
    """What is not as it should be, a sentence each."""
    downloads = ("download", "download that broke off")
    found = [f"the {name} is not what was sent" for name in downloads if not result[name]["same"]]
    found += [
        f"the {who} took {more:.0f} MiB more for the {name}"
        for name in ("upload", *downloads)
        for who, more in result[name]["more"].items()
        if more > ALLOWED
    ]
    if result["breaks"] != 1:
        found.append(f"{result['breaks']} downloads broke off, not one")
    if result["came"] > 1.1 * result["size"]:
        found.append(f"{result['came']} bytes came where {result['size']} were missing: it was begun again")
    return found + [f"{name} is left" for name in result["left"]]


def write(path, result):
    """Put the figures between the marks of a page."""
    before, rest = path.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    machine = f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    when = datetime.now(timezone.utc).date().isoformat()
    said = f"Measured on {when}, {machine}: a bundle of {result['mebibytes']:,} MiB, over a relay on the same machine."
    path.write_text(f"{before}{MARKS[0]}\n{said}\n\n{table(result)}\n{MARKS[1]}{after}", encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--mebibytes", type=int, default=2048)
    parser.add_argument("--write", type=Path, help="the page that has the marks for the figures")
    parser.add_argument("--json", action="store_true", help="print all that was found as JSON")
    parser.add_argument("--as-server", help=argparse.SUPPRESS)
    parser.add_argument("--as-client", help=argparse.SUPPRESS)
    parser.add_argument("--server", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.as_server:
        serve(options.as_server)
    elif options.as_client:
        call(options.as_client, options.server)
    else:
        result = measure(options.mebibytes)
        faults = wrong(result)
        print(json.dumps({**result, "wrong": faults}) if options.json else "\n".join([table(result), *faults]))
        if options.write:
            write(options.write, result)
        if faults:
            sys.exit("it was not as it should be")


if __name__ == "__main__":
    main()
