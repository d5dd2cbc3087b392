"""Users and their API keys."""

from __future__ import annotations

import datetime
import re
from typing import Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import Condition, alike, all_of, any_of, at_least, equals, not_
from connectapi.testing.credentials import Credential, issue, revoke
from connectapi.testing.refusal import Refusal, absent, bad, denied
from connectapi.testing.registry import handles
from connectapi.testing.shape import shown, view
from connectapi.testing.store import Document
from connectapi.testing.values import moment
from connectapi.testing.world import stamp

__all__: list[str] = []

_USERNAME: Final = re.compile(r"[^\s/\\:;,<>\"'&]{1,64}")
_YEAR: Final = datetime.timedelta(days=365)


@view("User")
def show(call: Call, document: Document, include: frozenset[str]) -> Document:
    """Hide what the authentication provider calls the user from all but administrators and the user."""
    _ = include
    own = call.user.is_administrator or call.user.guid == document["guid"]
    return document if own else {**document, "external_id": ""}


@handles("User", "get")
def get(call: Call) -> Answer:
    """List users, filtered by the states of their accounts besides what the spec says."""
    statuses = call.params.get("account_status")
    answer: Answer = generic.listed(call, *([any_of(*(_status(call, each) for each in statuses))] if statuses else []))
    return answer


def _status(call: Call, status: str) -> Condition:
    locked = equals("locked", value=True)
    if status == "locked":
        return locked
    recent = at_least("active_time", stamp(call.world.clock.now() - _YEAR))
    return all_of(recent if status == "licensed" else not_(recent), not_(locked))


@handles("User", "whoami")
def whoami(call: Call) -> Answer:
    """Return the user whose key came with the call."""
    return shown(call, "User", call.item("User", call.user.guid))


@handles("User", "create")
def create(call: Call) -> Answer:
    """Add a user."""
    body = dict(call.body)
    body.pop("password", None)
    waits = body.pop("user_must_set_password", False)
    external = body.pop("unique_id", "")
    _check_username(call, body.get("username") or "", "")
    usual = {"user_role": "viewer", "external_id": external, "confirmed": not waits, "locked": False}
    key, document = generic.complete(call.world, call.records, call.spec, {**usual, **body}, {})
    call.records.insert("User", key, document)
    return generic.answered(call, document)


@handles("User", "update")
def update(call: Call) -> Answer:
    """Change a user: oneself, or anyone as an administrator."""
    user, body = call.item(), call.body
    if not call.user.is_administrator and call.user.guid != user["guid"]:
        raise denied("Only administrators may change other users.")
    if body.get("username", user["username"]) != user["username"]:
        _check_username(call, body["username"], user["guid"])
    role = body.get("user_role", user["user_role"])
    if role != user["user_role"]:
        if not call.user.is_administrator:
            raise denied("Only administrators may change roles.")
        others = [each for each in call.records.find("User", equals("user_role", "administrator")) if each != user]
        if user["user_role"] == "administrator" and not any(not each.get("locked") for each in others):
            raise Refusal(409, "SoleAdminDemotion", "The only administrator can't get another role.")
    changes = {**body, "updated_time": call.world.now()}
    answer = generic.answered(call, call.records.change("User", call.key, changes)) or {}
    # What can be changed is all that is told.
    return {name: value for name, value in answer.items() if name in call.spec.sent_by("update")}


@handles("User", "set_lock")
def set_lock(call: Call) -> Answer:
    """Shut an account or open it again."""
    call.item()
    locked = call.body["locked"]
    if locked is None:
        raise bad("locked is true or false.", "ParameterMissing")
    call.records.change("User", call.key, {"locked": locked, "updated_time": call.world.now()})
    return None


@handles("User", "create_remote", "search_remote")
@handles("Group", "create_remote", "search_remote")
def remote(call: Call) -> Answer:
    """Refuse: accounts of this server are not in a directory elsewhere."""
    raise bad(f"{call.name}: this server keeps its users and groups itself.", "PullOnPushAuth")


def _check_username(call: Call, name: str, guid: str) -> None:
    if not _USERNAME.fullmatch(name):
        raise bad("A username has 1 to 64 characters, none of them a space, a slash or a quote.", "InvalidUserName")
    same = call.records.find("User", alike("username", name))
    if any(user["guid"] != guid for user in same):
        raise Refusal(409, "DuplicateUserName", f"There is a user called {name!r} already.")


# API keys -------------------------------------------------------------------------------------


@handles("ApiKey", "get")
def list_keys(call: Call) -> Answer:
    """List the caller's own keys."""
    _own_or_none(call)
    return generic.get(call)


@handles("ApiKey", "get_one")
def get_key(call: Call) -> Answer:
    """Return one of the caller's own keys, less the secret."""
    _own_or_none(call)
    return generic.get_one(call)


@handles("ApiKey", "create")
def create_key(call: Call) -> Answer:
    """Make a key for the caller; its secret is in this answer alone."""
    if call.path["user_guid"] != call.user.guid:
        raise denied("API keys are for their own user alone.")
    body = call.body
    if not body["name"].strip():
        raise bad("A key needs a name.", "InvalidKeyName")
    ends = moment(body["expires_at"]) if body.get("expires_at") else None
    if ends is not None and ends <= call.world.clock.now():
        raise bad("expires_at lies in the past.", "InvalidParameter")
    role = body.get("user_role") or call.user.role
    if not call.user.is_at_least(role):
        raise bad(f"The key can't allow more than your role, {call.user.role}.", "InvalidKeyRole")
    usual = {"user_role": role}
    key_id, document = generic.complete(call.world, call.records, call.spec, {**body, **usual}, {})
    call.records.insert("ApiKey", key_id, document, call.scope)
    until = ends.timestamp() if ends else None
    credential = Credential(user_guid=call.user.guid, role=role, ends=until, record=f"ApiKey/{key_id}")
    secret = issue(call.records, credential)
    return generic.answered(call, {**document, "key": secret}, secrets=True)


@handles("ApiKey", "delete")
def delete_key(call: Call) -> Answer:
    """Revoke one of the caller's own keys."""
    _own_or_none(call)
    call.item()
    call.records.delete("ApiKey", key=call.key, scope=call.scope)
    revoke(call.records, "record", f"ApiKey/{call.key}")
    return Reply(204)


def _own_or_none(call: Call) -> None:
    """Refuse keys of others as if there were none: so does Connect, but where one is made."""
    if call.path["user_guid"] != call.user.guid:
        raise absent("The key")
