"""The client of `soak.py`: many threads on one client, each of which knows what it wrote and what came of that."""

import faulthandler
import gc
import hashlib
import io
import json
import logging
import os
import random
import sys
import threading
import time
from collections import Counter
from contextlib import suppress
from pathlib import Path

from soak_compare import compare

from connectapi import APIError, Client, ConnectError, RetryPolicy, TaskError, TransportError

#: What a thread does, and how often.
MIX = {
    "read_user": 10,
    "read_own": 15,
    "list_users": 7,
    "list_content": 3,
    "leave_a_list": 4,
    "create": 10,
    "rename": 12,
    "set_environment": 6,
    "set_vanity": 4,
    "delete": 5,
    "upload": 7,
    "download": 6,
    "deploy": 4,
    "read_in_a_hurry": 4,
    "rename_in_a_hurry": 2,
    "fork": 1,
}

#: How many content items a thread has at the most, so that the state does not grow without end.
OWN = 6

#: What the faults answer; another status is not theirs.
OF_FAULTS = {429, 500, 503}

#: What the fault "no JSON" sends in place of a file.
NO_JSON = b'{"guid": "a'

#: How long a forked process may take, in seconds.
CHILD = 60


class WrongError(Exception):
    """An answer that should not be."""


class Item:
    """A content item, and all that may be there of it."""

    def __init__(self, guid, name, title):
        self.guid, self.name = guid, name
        self.values = {"title": {title}, "environment": {()}, "vanity": {None}}
        self.bundles, self.unsure_bundles, self.deployments = {}, set(), [0, 0]
        #: Whether a call may still be under way that nobody waits for.
        self.left_alone = False


def outcome(error):
    """Whether a write that failed was surely refused, or may have been done."""
    if isinstance(error, APIError) and error.status in OF_FAULTS - {500}:
        return "refused"
    return "refused" if isinstance(error, TransportError) and error.unsent else "unknown"


class Worker:
    def __init__(self, client, number, seed, users):
        self.client, self.number, self.users = client, number, users
        self.random = random.Random(f"{seed}-{number}")
        self.items, self.count = {}, 0
        self.created = {"refused": [], "unknown": []}
        self.gone, self.unsure_gone = [], []
        self.counts, self.writes, self.strange, self.wrong = Counter(), Counter(), [], []

    def work(self, ends, pause):
        names, weights = list(MIX), list(MIX.values())
        time.sleep(self.random.uniform(0, pause))
        while (due := time.monotonic() + self.random.uniform(0.5, 1.5) * pause) < ends:
            name = self.random.choices(names, weights)[0]
            self.counts["calls"] += 1
            try:
                getattr(self, name)()
            except ConnectError as error:
                self.counts["failed"] += 1
                if isinstance(error, TaskError) or (isinstance(error, APIError) and error.status not in OF_FAULTS):
                    self.wrong.append(f"{name}: {error!r}")
            except WrongError as error:
                self.wrong.append(f"{name}: {error}")
            except Exception as error:  # noqa: BLE001 -- what the soak looks for: anything that is no ConnectError
                self.strange.append(f"{name}: {error!r}")
            time.sleep(max(0.0, due - time.monotonic()))

    def expect(self, is_true, what):
        if not is_true:
            raise WrongError(what)

    def mark(self):
        self.count += 1
        return f"soak-{self.number}-{self.count}"

    def own(self, *, all_of_them=False):
        items = [each for each in self.items.values() if all_of_them or not each.left_alone]
        return self.random.choice(items) if items else None

    def written(self, error=None):
        self.writes["answered" if error is None else outcome(error)] += 1

    def change(self, item, what, value, call):
        """Make a change that only this thread makes, and note what may be there now."""
        try:
            answer = call()
        except ConnectError as error:
            self.written(error)
            item.values[what].add(value)
            raise
        item.values[what] = {value}
        self.written()
        return answer

    # Reading --------------------------------------------------------------------------------

    def read_user(self):
        self.expect(self.client.users.whoami().user_role == "administrator", "the key is someone else's")

    def read_own(self):
        if item := self.own(all_of_them=True):
            found = self.client.content.get_one(item.guid)
            self.expect(
                (found.guid, found.name) == (item.guid, item.name), f"{item.guid} is {found.guid}, {found.name}"
            )
            if item.left_alone:
                return
            self.expect(found.title in item.values["title"], f"{found.title} is none of {item.values['title']}")
            item.values["title"] = {found.title}  # nothing else is on its way

    def list_users(self):
        found = [each.guid for each in self.client.users.iter(page_size=self.random.choice((7, 20, 50)))]
        self.expect(
            len(found) == len(set(found)) == self.users, f"{len(found)} users, {len(set(found))} different ones"
        )
        self.counts["lists"] += 1

    def list_content(self):
        found = {each.guid: each for each in self.client.content.get()}
        missing = [item.name for item in self.items.values() if item.guid not in found]
        self.expect(not missing, f"{missing} are missing")
        self.counts["lists"] += 1
        self.tidy({each.name: each.guid for each in found.values()})

    def leave_a_list(self):
        users = self.client.users.iter(page_size=5)
        for _ in range(self.random.randrange(1, 30)):
            next(users)

    def read_in_a_hurry(self):
        with self.client.deadline(self.random.uniform(0.001, 0.1)) as hurried:
            list(hurried.users.iter(page_size=10))

    # Writing --------------------------------------------------------------------------------

    def create(self):
        if len(self.items) >= OWN:
            return
        name = self.mark()
        try:
            made = self.client.content.create(name=name, title=name)
        except ConnectError as error:
            self.created[outcome(error)].append(name)
            self.written(error)
            raise
        self.items[made.guid] = Item(made.guid, name, name)
        self.written()
        self.expect((made.name, made.title) == (name, name), f"{name} is {made.name}, {made.title}")

    def rename(self):
        if item := self.own():
            title = self.mark()
            self.change(item, "title", title, lambda: self.client.content.update(item.guid, title=title))

    def rename_in_a_hurry(self):
        """Give up on a change while the server may be about to make it: nobody knows when that is."""
        if item := self.own():
            title, item.left_alone = self.mark(), True
            with self.client.deadline(self.random.uniform(0.001, 0.02)) as hurried:
                self.change(item, "title", title, lambda: hurried.content.update(item.guid, title=title))
            item.left_alone = False

    def set_environment(self):
        if item := self.own():
            names = tuple(sorted({f"SOAK_{self.number}_{self.count}_{each}" for each in range(3)}))
            self.count += 1
            content = self.client.content.get_one(item.guid)
            variables = [{"name": name, "value": "x"} for name in names]
            found = self.change(item, "environment", names, lambda: content.set_environment(variables))
            self.expect(sorted(found) == list(names), f"the variables are {found}, not {names}")

    def set_vanity(self):
        if item := self.own():
            path = f"/{self.mark()}/"
            self.change(item, "vanity", path, lambda: self.client.vanities.update(item.guid, path=path))

    def delete(self):
        if len(self.items) > OWN // 2 and (item := self.own(all_of_them=True)):
            del self.items[item.guid]
            try:
                self.client.content.delete(item.guid)
            except ConnectError as error:
                self.unsure_gone.append(item.name)
                self.written(error)
                raise
            self.gone.append(item.name)
            self.written()

    def tidy(self, there):
        """Delete what writes of unknown end have left, or lists would become longer and longer."""
        unsure = self.created["unknown"] + self.unsure_gone
        for name in [name for name in unsure if name in there]:
            with suppress(ValueError):
                self.created["unknown"].remove(name)
            with suppress(ValueError):
                self.unsure_gone.remove(name)
            try:
                self.client.content.delete(there[name])
            except ConnectError as error:
                self.unsure_gone.append(name)
                self.written(error)
                raise
            self.gone.append(name)
            self.written()

    def upload(self):
        if item := self.own():
            archive = bundle(self.random.randbytes(self.random.randrange(30_000)))
            digest = hashlib.sha256(archive).hexdigest()
            source = io.BytesIO(archive) if self.random.random() < 0.5 else archive
            try:
                made = self.client.bundles.create(source, content_guid=item.guid)
            except ConnectError as error:
                if outcome(error) == "unknown":
                    item.unsure_bundles.add(digest)
                self.written(error)
                raise
            item.bundles[made.id] = digest
            self.written()

    def download(self):
        if (item := self.own(all_of_them=True)) and item.bundles:
            number, digest = self.random.choice(list(item.bundles.items()))
            target = io.BytesIO()
            self.client.bundles.download(number, content_guid=item.guid, to=target)
            found = target.getvalue()
            self.counts["downloads"] += 1
            if hashlib.sha256(found).hexdigest() != digest:
                self.misled(item, number, digest, found)

    def misled(self, item, number, digest, found):
        """Whether a file is wrong because its answer is just what its head says, though not what the server has."""
        if found == NO_JSON:
            self.counts["misled"] += 1
            return
        whole = io.BytesIO()
        while hashlib.sha256(whole.getvalue()).hexdigest() != digest:
            whole = io.BytesIO()
            self.client.bundles.download(number, content_guid=item.guid, to=whole)
        self.expect(found == whole.getvalue()[:-3], f"bundle {number} came as {len(found)} other bytes")
        self.counts["misled"] += 1

    def deploy(self):
        if (item := self.own()) and item.bundles:
            content = self.client.content.get_one(item.guid)
            try:
                task = content.deploy(bundle_id=self.random.choice(list(item.bundles)))
            except ConnectError as error:
                item.deployments[1] += outcome(error) == "unknown"
                self.written(error)
                raise
            item.deployments[0] += 1
            self.written()
            task.wait(timeout=30)
            self.expect(task.finished and task.code == 0, f"{task.id} is {task.error}")
            self.counts["tasks"] += 1

    # Forking --------------------------------------------------------------------------------

    def fork(self):
        """Let a forked process call the client in the middle of all that the other threads do."""
        if not hasattr(os, "fork") or len(self.items) >= OWN:
            return
        name = self.mark()
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            faulthandler.dump_traceback_later(CHILD, exit=True)
            os.close(reading)
            os.write(writing, json.dumps(self.in_child(name)).encode())
            os._exit(0)
        os.close(writing)
        with os.fdopen(reading, "rb") as file:
            said = file.read()
        os.waitpid(child, 0)
        self.counts["forks"] += 1
        kind, what = json.loads(said or b'["strange", "the forked process hung or died"]')
        if kind == "strange":
            self.strange.append(f"fork: {what}")
            kind = "unknown"
        if kind == "answered":
            self.items[what] = Item(what, name, name)
        else:
            self.created[kind].append(name)
        self.writes[kind] += 1

    def in_child(self, name):
        try:
            for _ in range(3):
                with suppress(ConnectError):
                    self.client.users.whoami()
            made = self.client.content.create(name=name, title=name)
        except ConnectError as error:
            return outcome(error), repr(error)
        except BaseException as error:  # noqa: BLE001 -- nothing may go on in the child
            return "strange", repr(error)
        return ("answered", made.guid) if made.name == name else ("strange", f"{name} is {made.name}")


def bundle(data):
    import tarfile

    manifest = {"version": 1, "metadata": {"appmode": "static", "primary_html": "index.html"}, "files": {}}
    files = {"manifest.json": json.dumps(manifest).encode(), "index.html": data.hex().encode()}
    raw = io.BytesIO()
    with tarfile.open(fileobj=raw, mode="w:gz", compresslevel=1) as tar:
        for name, content in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(content)
            tar.addfile(info, io.BytesIO(content))
    return raw.getvalue()


# What there is at the end -------------------------------------------------------------------------


def left_behind():
    """Return how many sockets this process still has open, and the threads of it that are the client's."""
    gc.collect()
    folder = Path("/proc/self/fd")
    targets = []
    for each in folder.iterdir() if folder.is_dir() else ():
        with suppress(OSError):
            targets.append(str(each.readlink()))
    return sum(target.startswith("socket:") for target in targets), threading.active_count() - 1


def main():
    logging.getLogger("connectapi").addHandler(logging.NullHandler())  # a line for each retry tells nothing here
    seconds, rate, seed = float(sys.argv[1]), float(sys.argv[3]), sys.argv[4]
    count, users = int(sys.argv[2]), int(sys.argv[5])
    policy = RetryPolicy(times=4, first_delay=0.02, longest_delay=0.5, budget=100)
    with Client(retries=policy, connections=12, read_timeout=20.0, timeout=60.0, concurrency=4) as client:
        workers = [Worker(client, number, seed, users) for number in range(count)]
        ends = time.monotonic() + seconds
        threads = [threading.Thread(target=each.work, args=(ends, count / rate)) for each in workers]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    del client
    sockets, left = left_behind()
    counts, writes = (
        sum((each.counts for each in workers), Counter()),
        sum((each.writes for each in workers), Counter()),
    )
    result = {name: counts[name] for name in ("calls", "failed", "lists", "downloads", "misled", "tasks", "forks")}
    result["writes"] = {name: writes[name] for name in ("answered", "refused", "unknown")}
    result["strange"] = [each for worker in workers for each in worker.strange]
    print(json.dumps({**result, "sockets": sockets, "threads_left": left}), flush=True)
    sys.stdin.readline()  # the faults have ended
    with Client() as calm:
        wrong = [each for worker in workers for each in worker.wrong] + compare(calm, workers)
    print(json.dumps({"wrong": wrong}), flush=True)


if __name__ == "__main__":
    main()
