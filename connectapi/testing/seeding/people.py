"""What the file may say of people beside their fields: names that stand for them, keys, defaults."""

from __future__ import annotations

import re
from itertools import takewhile
from typing import Any, Final

from attrs import evolve

from connectapi.testing.credentials import Credential, is_key, issue
from connectapi.testing.seeding.item import NAMING, Item, finishes, word
from connectapi.testing.seeding.sowing import Sowing
from connectapi.testing.values import moment

__all__: list[str] = []

#: The kinds of records that come with a secret, and what that may be.
_SECRET: Final = frozenset({"ApiKey", "ServiceToken"})
_KEY: Final = re.compile(r"[!-~]+")

NAMING["Permission"] = ("principal", "role")
NAMING["ApiKey"] = ("name", "key")


@finishes("User")
def user(sowing: Sowing, item: Item) -> None:
    """Let a user who is just a name be one who can sign in."""
    usual = {"user_role": "viewer", "email": f"{item.label}@example.com", "external_id": ""}
    item.document = {**usual, "confirmed": True, "locked": False, **item.document}


@finishes("Group")
def group(sowing: Sowing, item: Item) -> None:
    """Give a group an owner."""
    item.document.setdefault("owner_guid", sowing.administrator())


@finishes("GroupMember")
def member(sowing: Sowing, item: Item) -> None:
    """Keep who it is; all else is the user's."""
    item.key = item.path.get("user_guid", "")
    item.whole = True
    item.document = {"guid": item.key, "group_guid": item.path.get("group_guid", "")}


@word("Permission", "principal")
def principal(sowing: Sowing, item: Item, name: Any) -> None:
    """Tell a user or a group by its name."""
    found = [(key, kind.lower()) for kind in ("User", "Group") for key in sowing.keys(kind, name)]
    if len(found) == 1:
        item.document["principal_guid"], item.document["principal_type"] = found[0]
    elif found:
        sowing.fault(
            item.at("principal"), f"{len(found)} users and groups are called {name!r}; write the guid of the one"
        )
    else:
        sowing.fault(item.at("principal"), f"no user and no group is called {name!r}")


@word("ApiKey", "key")
@word("ServiceToken", "key")
def chosen(sowing: Sowing, item: Item, key: Any) -> None:
    """Have a secret that the file says, so that a test can know it."""
    earlier = takewhile(lambda each: each is not item, sowing.items)
    if not isinstance(key, str) or not _KEY.fullmatch(key):
        sowing.fault(item.at("key"), "a key is ASCII text without spaces")
    elif is_key(sowing.records, key) or any(each.given.get("key") == key for each in earlier if each.kind in _SECRET):
        sowing.fault(item.at("key"), "there is another one with this key")


@finishes("ApiKey")
def api_key(sowing: Sowing, item: Item) -> None:
    """Let the server recognize a key as its user's."""
    user = sowing.record("User", item.path.get("user_guid", ""))
    if user is not None:
        role = item.document.setdefault("user_role", user.get("user_role"))
        _recognize(sowing, item, Credential(user_guid=user["guid"], role=role))


@finishes("ServiceToken")
def service_token(sowing: Sowing, item: Item) -> None:
    """Let the server recognize a token."""
    _recognize(sowing, item, Credential(scopes=tuple(item.document.get("scopes", ()))))


def _recognize(sowing: Sowing, item: Item, credential: Credential) -> None:
    secret, ends = item.given.get("key") or "", moment(item.document.get("expires_at") or "")
    credential = evolve(credential, ends=ends.timestamp() if ends else None, record=f"{item.kind}/{item.key}")
    sowing.later.append(lambda: issue(sowing.records, credential, secret=secret))
