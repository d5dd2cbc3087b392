"""What the server should have, in plain dictionaries, and the calls by which it is compared."""

import json
import math

import pytest
import urllib3


class Model:
    """What a server has, in plain dictionaries by key, in the order in which it was made."""

    def __init__(self):
        self.users, self.groups, self.members, self.content, self.tags = {}, {}, {}, {}, {}
        self.permissions, self.tagged, self.bundles, self.vanities = {}, {}, {}, {}
        self.gone = []

    def below(self, tag):
        found = [tag]
        for each in found:
            found += [other for other, values in self.tags.items() if values["parent_id"] == each]
        return found

    def above(self, tag):
        """Return a tag and those above it, save the category."""
        while self.tags[tag]["parent_id"] is not None:
            yield tag
            tag = self.tags[tag]["parent_id"]

    def role(self, guid, user):
        """Return what a user is to a content item."""
        content = self.content[guid]
        if content["owner_guid"] == user:
            return "owner"
        mine = {user, *(group for group, members in self.members.items() if user in members)}
        given = {each["role"] for each in self.permissions[guid].values() if each["principal_guid"] in mine}
        if "owner" in given and self.users[user]["user_role"] != "viewer":
            return "editor"
        return "viewer" if given or content["access_type"] != "acl" else "none"

    def visible(self, user):
        """Return the guids of the content that a user sees, in the order in which it was made."""
        everything = self.users[user]["user_role"] == "administrator"
        return [guid for guid in self.content if everything or self.role(guid, user) != "none"]

    def people(self, prefix, roles):
        """Return the users of some roles, or of any, one of whose names begins with a text."""
        names = ("username", "first_name", "last_name")
        return [
            each
            for each in self.users.values()
            if (not roles or each["user_role"] in roles)
            and any(each[name].lower().startswith(prefix.lower()) for name in names)
        ]

    def in_order(self, records, *fields, ascending=True):
        """Sort as the server does: without regard to case, and what is equal as it was made."""
        found = sorted(records, key=lambda each: [each[name].lower() for name in fields])
        return found if ascending else found[::-1]

    def delete_content(self, guid):
        self.gone += [
            f"/v1/content/{guid}{below}" for below in ("", "/bundles", "/permissions", "/tags", "/jobs", "/vanity")
        ]
        self.gone += [f"/v1/content/{guid}/bundles/{bundle}" for bundle in self.bundles[guid]]
        self.gone += [f"/v1/content/{guid}/permissions/{each}" for each in self.permissions[guid]]
        for part in (self.content, self.permissions, self.tagged, self.bundles, self.vanities):
            part.pop(guid, None)

    def delete_group(self, guid):
        self.gone += [f"/v1/groups/{guid}{below}" for below in ("", "/members")]
        del self.groups[guid], self.members[guid]
        for content, given in self.permissions.items():
            for key in [key for key, each in given.items() if each["principal_guid"] == guid]:
                self.gone.append(f"/v1/content/{content}/permissions/{key}")
                del given[key]

    def delete_tag(self, tag):
        gone = self.below(tag)
        for each in gone:
            self.gone += [f"/v1/tags/{each}", f"/v1/tags/{each}/content"]
            del self.tags[each]
        for tags in self.tagged.values():
            tags -= set(gone)


class Calls:
    """Calls of one server by its users, whose keys `keys` has; by an administrator if no user is named."""

    def __init__(self, server):
        self.url, self.keys = server.url, {None: server.api_key}
        self.pool = urllib3.PoolManager(retries=False)

    def call(self, verb, path, body=None, user=None):
        headers = {"Authorization": f"Key {self.keys[user]}"}
        data = body if isinstance(body, bytes) or body is None else json.dumps(body)
        answer = self.pool.request(verb, f"{self.url}/__api__{path}", body=data, headers=headers)
        return answer.status, json.loads(answer.data) if answer.data else None

    def read(self, path, user=None, **query):
        headers = {"Authorization": f"Key {self.keys[user]}"}
        answer = self.pool.request("GET", f"{self.url}/__api__{path}", fields=query, headers=headers)
        assert answer.status == 200, (path, query, answer.data)
        return json.loads(answer.data)

    def all_pages(self, path, size, user=None, **query):
        """Return all items of a list in pages, each of which must be full but the last."""
        items, total, number = [], None, 1
        while total is None or number <= math.ceil(total / size):
            page = self.read(path, user, page_number=number, page_size=size, **query)
            assert (page["current_page"], total) in {(number, None), (number, page["total"])}
            total, number = page["total"], number + 1
            assert len(page["results"]) == max(0, min(size, total - len(items)))
            items += page["results"]
        assert len(items) == total
        assert self.read(path, user, page_number=number + 3, page_size=size, **query)["results"] == []
        return items

    def all_bundles(self, path, size):
        """Return all bundles of a content item, whose pages tell no total."""
        number, found = 1, []
        while page := self.read(f"{path}/bundles", page_number=number, page_size=size):
            found, number = found + page, number + 1
        return found

    def close(self):
        self.pool.clear()


@pytest.fixture(scope="session")
def model():
    """What makes a model that is empty."""
    return Model


@pytest.fixture(scope="session")
def calls():
    """What calls a server as its users."""
    return Calls
