"""The server beside a plain model of it: whatever is done, what is listed is what the model has, and nothing else."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from connectapi.testing import ConnectServer

NAMES = st.text("abXY-.", min_size=1, max_size=3)
ROLES = st.sampled_from(["viewer", "publisher", "administrator"])
ACCESS = st.sampled_from(["all", "logged_in", "acl"])
SIZES = st.sampled_from([1, 2, 3, 5, 500])


class Server(RuleBasedStateMachine):
    """One server, its model, and the calls that change both."""

    pack = new_model = new_calls = None  # fixtures: what makes an archive, a model, and calls of a server

    def __init__(self):
        super().__init__()
        self.server = ConnectServer(sample=False, pace=0).start()
        self.calls = self.new_calls(self.server)
        self.call, self.read, self.all_pages = self.calls.call, self.calls.read, self.calls.all_pages
        self.model = self.new_model()
        self.made = 0

    def teardown(self):
        self.calls.close()
        self.server.close()

    def any(self, data, found):
        return data.draw(st.sampled_from(list(found)))

    def publisher(self, data):
        return self.any(data, [guid for guid, user in self.model.users.items() if user["user_role"] != "viewer"])

    # People ----------------------------------------------------------------------------------------

    @initialize()
    def begin(self):
        """Make enough for orders and trees to show."""
        user = self.read("/v1/user")
        admin = user["guid"]
        self.model.users[admin] = user
        self.calls.keys[admin] = self.server.api_key
        for username, first, role in (("p", "a", "publisher"), ("v", "b", "viewer"), ("q", "B", "publisher")):
            self.made_user(username, first, role)
        parent = None
        for name in ("top", "a", "b", "X"):
            parent = self.made_tag(name, parent)[1]["id"]
        for name in ("a", "b"):
            self.made_content(name, "acl", admin)

    @rule(username=NAMES, first=NAMES, role=ROLES)
    def add_user(self, username, first, role):
        taken = any(each["username"].lower() == username.lower() for each in self.model.users.values())
        assert self.made_user(username, first, role) == (409 if taken else 200)

    def made_user(self, username, first, role):
        status, user = self.call("POST", "/v1/users", {"username": username, "first_name": first, "user_role": role})
        if status == 200:
            self.model.users[user["guid"]] = user
            self.calls.keys[user["guid"]] = self.server.key_for(username)
        return status

    @rule(data=st.data(), name=NAMES)
    def add_group(self, data, name):
        owner = self.publisher(data)
        status, group = self.call("POST", "/v1/groups", {"name": name}, owner)
        taken = any(each["name"] == name for each in self.model.groups.values())
        assert status == (409 if taken else 200)
        if not taken:
            self.model.groups[group["guid"]], self.model.members[group["guid"]] = group, []

    @precondition(lambda self: self.model.groups)
    @rule(data=st.data())
    def change_members(self, data):
        guid, user = self.any(data, self.model.groups), self.any(data, self.model.users)
        members = self.model.members[guid]
        if data.draw(st.booleans()):
            status, _ = self.call("POST", f"/v1/groups/{guid}/members", {"user_guid": user})
            assert status == (409 if user in members else 204)
            members += [user] * (status == 204)
        else:
            status, _ = self.call("DELETE", f"/v1/groups/{guid}/members/{user}")
            assert status == (204 if user in members else 404)
            members[:] = [each for each in members if each != user]

    @precondition(lambda self: self.model.groups)
    @rule(data=st.data())
    def delete_group(self, data):
        guid = self.any(data, self.model.groups)
        assert self.call("DELETE", f"/v1/groups/{guid}")[0] == 204
        self.model.delete_group(guid)

    # Content ---------------------------------------------------------------------------------------

    @rule(data=st.data(), name=NAMES, access=ACCESS)
    def add_content(self, data, name, access):
        owner = self.publisher(data)
        taken = (name, owner) in {(each["name"], each["owner_guid"]) for each in self.model.content.values()}
        assert self.made_content(name, access, owner) == (400 if taken else 200)

    def made_content(self, name, access, owner):
        status, content = self.call("POST", "/v1/content", {"name": name, "access_type": access}, owner)
        if status == 200:
            guid = content["guid"]
            self.model.content[guid] = content
            self.model.permissions[guid], self.model.tagged[guid], self.model.bundles[guid] = {}, set(), {}
        return status

    @precondition(lambda self: self.model.content)
    @rule(data=st.data(), title=st.none() | NAMES, access=ACCESS, locked=st.booleans())
    def change_content(self, data, title, access, locked):
        guid, user = self.any(data, self.model.content), self.any(data, self.model.users)
        values = {"title": title, "access_type": access, "locked": locked}
        status, content = self.call("PATCH", f"/v1/content/{guid}", values, user)
        role = self.model.users[user]["user_role"]
        allowed = role == "administrator" or (
            role == "publisher" and self.model.role(guid, user) in {"owner", "editor"}
        )
        assert status == (200 if allowed else 403)
        if allowed:
            self.model.content[guid].update(values)
            assert {name: content[name] for name in values} == values

    @precondition(lambda self: self.model.content)
    @rule(data=st.data())
    def delete_content(self, data):
        guid = self.any(data, self.model.content)
        assert self.call("DELETE", f"/v1/content/{guid}")[0] == 204
        self.model.delete_content(guid)

    @precondition(lambda self: self.model.content)
    @rule(data=st.data(), role=st.sampled_from(["viewer", "owner"]), group=st.booleans())
    def share(self, data, role, group):
        guid = self.any(data, self.model.content)
        group = group and bool(self.model.groups)
        principal = self.any(data, self.model.groups if group else self.model.users)
        body = {"principal_guid": principal, "principal_type": "group" if group else "user", "role": role}
        status, permission = self.call("POST", f"/v1/content/{guid}/permissions", body)
        own = principal == self.model.content[guid]["owner_guid"]
        low = not group and self.model.users[principal]["user_role"] == "viewer" and role == "owner"
        given = self.model.permissions[guid]
        before = [key for key, each in given.items() if each["principal_guid"] == principal]
        assert status == (400 if own or low else 200 if before else 201)
        if not (own or low):
            assert not before or before == [permission["id"]]
            given[permission["id"]] = permission

    @precondition(lambda self: any(self.model.permissions.values()))
    @rule(data=st.data())
    def unshare(self, data):
        guid = self.any(data, [guid for guid, given in self.model.permissions.items() if given])
        key = self.any(data, self.model.permissions[guid])
        assert self.call("DELETE", f"/v1/content/{guid}/permissions/{key}")[0] == 204
        self.model.gone.append(f"/v1/content/{guid}/permissions/{key}")
        del self.model.permissions[guid][key]

    @precondition(lambda self: self.model.content)
    @rule(data=st.data(), path=st.sampled_from(["/a/", "/b/", "/a/b/", "/c/"]), force=st.booleans())
    def set_vanity(self, data, path, force):
        guid, taken = self.any(data, self.model.content), self.model.vanities
        status, _ = self.call("PUT", f"/v1/content/{guid}/vanity", {"path": path, "force": force})
        others = {each: other for each, other in taken.items() if each != guid}
        nested = any(path != each and (path.startswith(each) or each.startswith(path)) for each in others.values())
        assert status == (409 if nested or (path in others.values() and not force) else 200)
        if status == 200:
            for other in [other for other in others if others[other] == path]:
                del taken[other]
            taken[guid] = path

    # Bundles ---------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.content)
    @rule(data=st.data())
    def upload(self, data):
        guid = self.any(data, self.model.content)
        content = self.model.content[guid]
        status, bundle = self.call(
            "POST", f"/v1/content/{guid}/bundles", self.pack({"index.html": "x"}), content["owner_guid"]
        )
        assert status == (400 if content["locked"] else 200)
        if status == 200:
            self.model.bundles[guid][bundle["id"]] = False

    @precondition(lambda self: any(self.model.bundles.values()))
    @rule(data=st.data())
    def deploy(self, data):
        guid = self.any(data, [guid for guid, bundles in self.model.bundles.items() if bundles])
        bundle = self.any(data, self.model.bundles[guid])
        status, task = self.call("POST", f"/v1/content/{guid}/deploy", {"bundle_id": bundle})
        assert status == (400 if self.model.content[guid]["locked"] else 202)
        if status == 202:
            assert self.read(f"/v1/tasks/{task['task_id']}", wait=5)["code"] == 0
            self.model.bundles[guid] = {each: each == bundle for each in self.model.bundles[guid]}

    @precondition(lambda self: any(self.model.bundles.values()))
    @rule(data=st.data())
    def delete_bundle(self, data):
        guid = self.any(data, [guid for guid, bundles in self.model.bundles.items() if bundles])
        bundle = self.any(data, self.model.bundles[guid])
        active = self.model.bundles[guid][bundle]
        assert self.call("DELETE", f"/v1/content/{guid}/bundles/{bundle}")[0] == (400 if active else 204)
        if not active:
            del self.model.bundles[guid][bundle]
            self.model.gone += [f"/v1/content/{guid}/bundles/{bundle}{below}" for below in ("", "/download", "/files")]

    # Tags ------------------------------------------------------------------------------------------

    @rule(data=st.data(), name=NAMES)
    def add_tag(self, data, name):
        parent = data.draw(st.none() | st.sampled_from(list(self.model.tags))) if self.model.tags else None
        beside = [each["name"].lower() for each in self.model.tags.values() if each["parent_id"] == parent]
        assert self.made_tag(name, parent)[0] == (400 if name.lower() in beside else 200)

    def made_tag(self, name, parent):
        status, tag = self.call("POST", "/v1/tags", {"name": name, "parent_id": parent})
        if status == 200:
            self.model.tags[tag["id"]] = tag
        return status, tag

    @precondition(lambda self: self.model.tags and self.model.content)
    @rule(data=st.data(), off=st.booleans())
    def put_tag(self, data, off):
        guid, tag = self.any(data, self.model.content), self.any(data, self.model.tags)
        if off:
            assert self.call("DELETE", f"/v1/content/{guid}/tags/{tag}")[0] == 200
            self.model.tagged[guid] -= set(self.model.below(tag))
        else:
            status, _ = self.call("POST", f"/v1/content/{guid}/tags", {"tag_id": tag})
            assert status == (400 if self.model.tags[tag]["parent_id"] is None else 200)
            self.model.tagged[guid] |= set(self.model.above(tag))

    @precondition(lambda self: self.model.tags)
    @rule(data=st.data())
    def delete_tag(self, data):
        tag = self.any(data, self.model.tags)
        assert self.call("DELETE", f"/v1/tags/{tag}")[0] == 204
        self.model.delete_tag(tag)

    # What must be so -------------------------------------------------------------------------------

    @rule(
        size=SIZES,
        prefix=st.just("") | NAMES,
        roles=st.lists(ROLES, max_size=2),
        sort=st.sampled_from([None, "username", "last_name", "user_role"]),
        ascending=st.sampled_from([None, True, False]),
    )
    def list_users(self, size, prefix, roles, sort, ascending):
        query = {"prefix": prefix, "user_role": "|".join(roles)}
        query |= ({"sort": sort} if sort else {}) | ({} if ascending is None else {"asc_order": str(ascending).lower()})
        wanted = self.model.people(prefix, roles)
        wanted = self.model.in_order(
            wanted, *([sort] if sort else ["first_name", "last_name"]), ascending=ascending is not False
        )

        found = self.all_pages("/v1/users", size, **query)

        assert [each["guid"] for each in found] == [each["guid"] for each in wanted]

    @rule(data=st.data(), size=SIZES, prefix=st.just("") | NAMES, ascending=st.booleans())
    def list_groups(self, data, size, prefix, ascending):
        wanted = [each for each in self.model.groups.values() if each["name"].lower().startswith(prefix.lower())]
        found = self.all_pages("/v1/groups", size, prefix=prefix, asc_order=str(ascending).lower())
        assert [each["guid"] for each in found] == [
            each["guid"] for each in self.model.in_order(wanted, "name", ascending=ascending)
        ]
        for group in found:
            members = self.model.members[group["guid"]]
            assert group["member_count"] == len(members)
            listed = self.all_pages(f"/v1/groups/{group['guid']}/members", size)
            assert sorted(each["guid"] for each in listed) == sorted(members)

    @rule(data=st.data(), size=SIZES, words=st.lists(NAMES, max_size=1), ascending=st.booleans())
    def search_content(self, data, size, words, ascending):
        user, terms, tests = self.any(data, self.model.users), [], []
        for _ in range(data.draw(st.integers(0, 2))):
            term, test = data.draw(st.sampled_from(["owner", "tag", "locked", "published"]).map(self.term(data)))
            negated = data.draw(st.booleans())
            terms.append(f"{'-' if negated else ''}{term}")
            tests.append(lambda guid, test=test, negated=negated: test(guid) is not negated)
        for word in words:
            terms.append(f'"{word}"')
            tests.append(
                lambda guid, word=word: any(
                    word.lower() in (self.model.content[guid][name] or "").lower() for name in ("name", "title")
                )
            )
        wanted = [self.model.content[guid] for guid in self.model.visible(user) if all(test(guid) for test in tests)]

        order = {"sort": "name", "order": "asc" if ascending else "desc"}
        found = self.all_pages("/v1/search/content", size, user, q=" ".join(terms), **order)

        wanted = self.model.in_order(wanted, "name", ascending=ascending)
        assert [each["guid"] for each in found] == [each["guid"] for each in wanted], terms

    def term(self, data):
        model = self.model

        def make(kind):
            if kind == "owner":
                owner = self.any(data, model.users)
                return (
                    f'owner:"{model.users[owner]["username"]}"',
                    lambda guid: model.content[guid]["owner_guid"] == owner,
                )
            if kind == "tag":
                name = data.draw(NAMES)
                tags = {
                    each for tag, values in model.tags.items() if values["name"] == name for each in model.below(tag)
                }
                return f'tag:"{name}"', lambda guid: bool(tags & model.tagged[guid])
            if kind == "locked":
                return "is:locked", lambda guid: model.content[guid]["locked"]
            return "is:published", lambda guid: any(model.bundles[guid].values())

        return make

    @invariant()
    def the_content_that_a_user_sees_is_listed(self):
        if not self.model.users:
            return
        self.made += 1
        user = list(self.model.users)[self.made % len(self.model.users)]
        listed = self.read("/v1/content", user, include="tags,owner,vanity_url")
        assert [each["guid"] for each in listed] == self.model.visible(user)[::-1]
        for each in listed:
            guid = each["guid"]
            assert each["app_role"] == self.model.role(guid, user)
            assert each["owner"]["guid"] == self.model.content[guid]["owner_guid"]
            assert {tag["id"] for tag in each["tags"]} == self.model.tagged[guid]
            assert each.get("vanity_url", "").removeprefix(self.server.url) == self.model.vanities.get(guid, "")

    @precondition(lambda self: self.model.content)
    @rule(data=st.data(), size=SIZES)
    def look_at_content(self, data, size):
        guid = self.any(data, self.model.content)
        path = f"/v1/content/{guid}"
        bundles = {each["id"]: each["active"] for each in self.calls.all_bundles(path, size)}
        assert list(bundles.items()) == list(self.model.bundles[guid].items())[::-1]
        active = [key for key, used in bundles.items() if used]
        assert self.read(path)["bundle_id"] == (active[0] if active else None)
        assert {each["id"]: each["role"] for each in self.read(f"{path}/permissions")} == {
            key: each["role"] for key, each in self.model.permissions[guid].items()
        }
        assert {each["id"] for each in self.read(f"{path}/tags")} == self.model.tagged[guid]

    @precondition(lambda self: self.model.tags)
    @rule(data=st.data())
    def look_at_tags(self, data):
        assert {each["id"]: each["parent_id"] for each in self.read("/v1/tags")} == {
            key: each["parent_id"] for key, each in self.model.tags.items()
        }
        tag, user = self.any(data, self.model.tags), self.any(data, self.model.users)
        tagged = [guid for guid in self.model.visible(user) if self.model.tagged[guid] & set(self.model.below(tag))]
        assert [each["guid"] for each in self.read(f"/v1/tags/{tag}/content", user)] == tagged[::-1]

    @invariant()
    def nothing_is_left_of_what_is_gone(self):
        with self.server._running.world.store.reading() as records:
            within = {kind: {row.scope for row in records.rows(kind)} for kind in ("Bundle", "Job", "Permission")}
            assert within == {kind: scopes & self.model.content.keys() for kind, scopes in within.items()}
            assert {row.key for row in records.rows("Vanity")} == self.model.vanities.keys()
            assert {row.scope for row in records.rows("GroupMember")} <= self.model.groups.keys()

    @precondition(lambda self: self.model.gone)
    @rule(data=st.data())
    def what_is_gone_is_not_found(self, data):
        path = data.draw(st.sampled_from(self.model.gone))
        for verb in ("GET", "DELETE"):
            if verb == "GET" or not path.endswith(("s", "download", "content", "vanity")):
                content = self.model.content.get(path.split("/")[3])  # administrators may not download all bundles
                status, answer = self.call(verb, path, user=content and content["owner_guid"])
                assert (status, answer["code"]) == (404, 4), path


#: How many runs, of so many calls each; a longer search: CONNECTAPI_MODEL=500 pytest tests/testing/model
RUNS = int(os.environ.get("CONNECTAPI_MODEL", "10"))


@pytest.mark.timeout(600)  # what fails is cut down to the fewest calls that fail
def test_the_server_is_as_its_model_says(pack, model, calls):
    Server.pack, Server.new_model, Server.new_calls = staticmethod(pack), model, calls
    bounds = settings(max_examples=RUNS, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck))
    run_state_machine_as_test(Server, settings=bounds)
