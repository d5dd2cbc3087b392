"""What is sent comes back: each writable field of each resource, by the call that reads it and in the list."""

from itertools import count

import pytest

from connectapi.spec.index import Folder, SpecIndex, builtin_folder
from connectapi.spec.model import placeholders
from connectapi.testing import ConnectServer
from connectapi.testing.values import moment

INDEX = SpecIndex((Folder(builtin_folder()),))
SPECS = {spec.name: spec for spec in INDEX.specs()}
SENT = [(spec.name, call, name) for spec in SPECS.values() for call in spec.methods for name in spec.sent_by(call)]

#: What no declaration says about a value: a function of a number, so that each call has another one.
VALUES = {
    "ApiKey.user_role": lambda n: ("viewer", "publisher")[n % 2],
    "Content.content_category": lambda _: "mcp",
    "Content.max_processes": lambda n: 100 + n,  # no less than min_processes
    "Environment.cluster_name": lambda _: "Kubernetes",
    "OAuthIntegration.config": lambda n: {"auth_type": "Viewer", "client_id": f"client-{n}"},
    "OAuthIntegration.template": lambda _: "custom",
    "Schedule.schedule": lambda n: f'{{"N": {n % 20 + 1}}}',
    "Schedule.timezone": lambda n: ("UTC", "Europe/Berlin")[n % 2],
    "Schedule.type": lambda n: ("day", "week")[n % 2],
    "ServiceToken.scopes": lambda n: [("identity:manage", "content:search")[n % 2]],
    "Permission.role": lambda n: ("viewer", "owner")[n % 2],
    "Vanity.path": lambda n: f"/round/{n}/",
    "VolumeSource.volume_type": lambda _: "nfs",
}

#: The resource that a field names a record of, where no relation says so.
NAMED = {"Permission.principal_guid": "User", "Content.owner_guid": "User"}

#: What goes with the other fields: `user_guid` or `group_guid`, never both.
ALONE = {"EnvironmentPermission": {"user_guid", "group_guid"}}
TOGETHER = {"Permission": {"principal_type": "user"}}

#: What an update sends along, and can't change.
KEPT = {"Permission.principal_guid", "Permission.principal_type"}


class Trips:
    """Makes and changes records, and reads them back."""

    def __init__(self, server, caller, index=INDEX):
        self.caller = caller
        self.index, self.specs = index, {spec.name: spec for spec in index.specs()}
        self.numbers = count(1)
        self.people = [server.key_for(name) and self.found("User", username=name) for name in ("jonas", "priya")]
        report = self.found("Content", app_mode="quarto-static")
        variant = caller.get(f"/applications/{report}/variants").json[0]
        self.variant = {"variant_id": variant["id"], "app_id": variant["app_id"]}

    def found(self, kind, **values):
        """Return the key of the first record with some values."""
        path = self.specs[kind].path
        rows = self.rows(kind, path)
        return next(each[self.specs[kind].key] for each in rows if values.items() <= each.items())

    def rows(self, kind, path):
        method = self.specs[kind].methods["get"]
        answer = self.caller.get(path + ("?page_size=500" if method.page else ""))
        assert answer.status == 200, answer
        return answer.json["results"] if isinstance(answer.json, dict) else answer.json

    # What is sent ----------------------------------------------------------------------------------

    def value(self, owner, name, spec, n):
        """Return a value of a field: of its type, within its rules, another one for another number."""
        where, ref = f"{owner}.{name}", spec.ref
        if where in VALUES:
            return VALUES[where](n)
        if owner == "Schedule" and name in self.variant:
            return self.variant[name]
        if spec.values:
            return spec.values[n % len(spec.values)]
        relations = self.specs[owner].relations.values() if owner in self.specs else ()
        target = NAMED.get(where) or next((each.one for each in relations if each.one and each.by == name), None)
        if target:
            return self.people[n % 2] if target == "User" else self.made(target)
        return self.plain(where, spec, ref, n)

    def plain(self, where, spec, ref, n):
        if ref.named:
            return {
                each.wire or name: self.value(ref.kind, name, each, n)
                for name, each in self.index.type(ref.kind).fields.items()
            }
        if ref.item is not None:
            inner = self.plain(where, spec, ref.item, n)
            return [inner] if ref.kind == "list" else {f"k{n}": inner}
        least = 0 if spec.min is None else spec.min
        return {
            "str": f"{where.replace('_', '-')}-{n}",
            "int": int(least) + n,
            "float": least + n % 8 / 8,
            "bool": n % 2 == 1,
            "datetime": f"2998-01-01T00:00:{n % 60:02}Z",
            "json": {"n": n},
        }[ref.kind]

    def body(self, kind, call, names):
        """Return a body with some fields, and with those that the call can't do without."""
        method, fields = (
            self.specs[kind].methods[call],
            {**self.specs[kind].methods[call].body, **self.specs[kind].sent_by(call)},
        )
        needed = [*method.required, *(name for name, spec in fields.items() if spec.required)]
        n = next(self.numbers)
        values = {name: self.value(kind, name, fields[name], n) for name in dict.fromkeys([*needed, *names])}
        values |= TOGETHER.get(kind, {})
        return {fields[name].wire or name: value for name, value in values.items()}

    # Where -----------------------------------------------------------------------------------------

    def place(self, kind):
        """Return the path of a list, in records that are made or there."""
        own = {"user_guid": self.caller.guid, **{name: str(value) for name, value in self.variant.items()}}
        path = self.specs[kind].path
        for name in placeholders(path):
            path = path.replace(f"{{{name}}}", own.get(name) or self.made(name.removesuffix("_guid").title()))
        return path

    def made(self, kind):
        """Make a record with nothing but what it needs, and return its key."""
        return self.create(kind, ())[2]

    def create(self, kind, names):
        """Make a record, and return where its list is, what was sent, its key and the answer."""
        place, body = self.place(kind), self.body(kind, "create", names)
        if kind == "Schedule" and (rows := self.rows(kind, place)):
            assert self.caller.delete(f"/schedules/{rows[0]['id']}").status == 200
        answer = self.caller.post(place, body)
        assert answer.status in self.specs[kind].methods["create"].status, (body, answer)
        record = answer.json if answer.data else None
        return place, body, record and record.get(self.specs[kind].key), record

    def update(self, kind, name, *more):
        """Make a record, or what it is part of, and change a field of it; return what `create` does."""
        spec = self.specs[kind]
        method = spec.methods["update"]
        if "create" in spec.methods:
            place, before, key, _ = self.create(kind, spec.methods["create"].required)
        else:
            place, before = self.place(kind), {}
            key = place.split("/")[3]
        body = self.body(kind, "update", [name, *more])
        if method.verb == "PUT" and method.sends != "changed":
            whole = {each.wire or name for name, each in spec.sent_by("update").items()}
            body = {**{name: value for name, value in before.items() if name in whole}, **body}
        if f"{kind}.{name}" in KEPT:
            body[name] = before[name]
        path = method.path
        for placeholder in method.placeholders:
            value = str(key) if placeholder == spec.key_param else place.split("/")[3]
            path = path.replace(f"{{{placeholder}}}", value)
        answer = self.caller.call(method.verb, path, body)
        assert answer.status in method.status, (body, answer)
        return place, body, key, answer.json

    # What comes back -------------------------------------------------------------------------------

    def readings(self, kind, place, key):
        """Yield the record as each call that reads it has it."""
        spec = self.specs[kind]
        if "get_one" in spec.methods:
            path = spec.methods["get_one"].path
            parts = place.split("/")
            for placeholder in spec.methods["get_one"].placeholders:
                path = path.replace(f"{{{placeholder}}}", str(key) if placeholder == spec.key_param else parts[3])
            answer = self.caller.get(path)
            assert answer.status == 200, answer
            yield answer.json
        if "get" in spec.methods:
            listed = spec.methods["get"].path
            rows = self.rows(kind, place if "{" in listed else listed)
            yield next(each for each in rows if each[spec.key] == key)


def plainly(value):
    """Return a value in a form in which those that mean the same are the same."""
    if isinstance(value, str) and (read := moment(value)):
        return read
    if isinstance(value, list):
        return [plainly(each) for each in value]
    return {name: plainly(each) for name, each in value.items()} if isinstance(value, dict) else value


@pytest.fixture(scope="module")
def trips(connect):
    with ConnectServer(pace=0) as server:
        yield Trips(server, connect(server.url, server.api_key))


@pytest.mark.parametrize(("kind", "call", "name"), SENT, ids=[" ".join(each) for each in SENT])
def test_what_is_sent_comes_back(trips, kind, call, name):
    spec = SPECS[kind].fields[name]
    wire = spec.wire or name

    place, body, key, answer = trips.create(kind, [name]) if call == "create" else trips.update(kind, name)

    assert answer is None or plainly(answer[wire]) == plainly(body[wire])
    for found in trips.readings(kind, place, key):
        assert plainly(found[wire]) == plainly(body[wire])


@pytest.mark.parametrize("kind", [name for name, spec in SPECS.items() if spec.sent_by("create") and name not in ALONE])
def test_all_fields_at_once_come_back(trips, kind):
    sent = SPECS[kind].sent_by("create")

    place, body, key, answer = trips.create(kind, sent)

    known = {spec.wire or name for name, spec in sent.items()}
    for found in [*([answer] if answer else []), *trips.readings(kind, place, key)]:
        assert {name: plainly(found[name]) for name in known} == {name: plainly(body[name]) for name in known}
