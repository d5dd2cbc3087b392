"""OAuth integrations and sessions: kept, and tied to content."""

from __future__ import annotations

from uuid import uuid4

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.conditions import equals
from connectapi.testing.handlers.oauth_credentials import may_use
from connectapi.testing.oauth.templates import checked, shown_config
from connectapi.testing.refusal import absent, bad, denied
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape, view
from connectapi.testing.store import Document

__all__: list[str] = []


@view("OAuthIntegration", clean=True)
def show(call: Call, document: Document, include: frozenset[str]) -> Document:
    """Take the secrets out of its settings and, for administrators, add how much content uses it."""
    _ = include
    users = [each for each in call.records.find("Content") if document["guid"] in each.get("_associations", {})]
    counted = len(users) if call.user.is_administrator else None
    return {**document, "config": shown_config(document.get("config")), "content_count": counted}


@handles("OAuthIntegration", "create")
def create(call: Call) -> Answer:
    """Add an integration."""
    body = call.body
    auth_type, config = checked(body["template"], body["config"])
    values = {**body, "auth_type": auth_type, "config": config, "permissions": []}
    key, document = generic.complete(call.world, call.records, call.spec, values, {})
    document["permissions"] = _permissions(call, key, body.get("permissions"))
    call.records.insert(call.kind, key, document)
    return generic.answered(call, document)


@handles("OAuthIntegration", "update")
def update(call: Call) -> Answer:
    """Change an integration; permissions that are given replace those before, and so do settings but for secrets."""
    changes, before = {**call.body, "updated_time": call.world.now()}, call.item()
    if "permissions" in changes:
        changes["permissions"] = _permissions(call, call.key, changes["permissions"])
    if changes.get("config") is not None:
        auth_type, changes["config"] = checked(before["template"], changes["config"], before.get("config"))
        if auth_type != before["auth_type"]:
            message = f"The integration is of the kind {before['auth_type']}, and stays that."
            raise bad(message, "OAuthTemplateProhibitedChange")
        changes["_access_token"] = None  # it was for the settings before
    return generic.answered(call, call.records.change(call.kind, call.key, changes))


@handles("OAuthIntegration", "delete")
def delete(call: Call) -> Answer:
    """Delete an integration, and take it from the content that uses it."""
    key = call.item()["guid"]
    for content in call.records.find("Content"):
        if key in content.get("_associations", {}):
            kept = {guid: time for guid, time in content["_associations"].items() if guid != key}
            call.records.change("Content", content["guid"], {"_associations": kept})
    call.records.delete("OAuthSession", equals("oauth_integration_guid", key))
    call.records.delete(call.kind, key=key)
    return Reply(204)


@handles("OAuthIntegration", "associations")
def associations(call: Call) -> Answer:
    """List the content that uses an integration."""
    key = call.item()["guid"]
    using = [each for each in call.records.find("Content") if key in each.get("_associations", {})]
    return [_association(call, content, key) for content in using]


@handles("Content", "list_associations")
def of_content(call: Call) -> Answer:
    """List the integrations that a content item uses."""
    content = call.item()
    return [_association(call, content, guid) for guid in content.get("_associations", {})]


@handles("Content", "set_associations")
def set_associations(call: Call) -> Answer:
    """Replace the integrations that a content item uses."""
    before, after = call.item().get("_associations", {}), dict[str, str]()
    for each in call.whole:
        guid = each.get("oauth_integration_guid") or ""
        integration = call.records.get("OAuthIntegration", guid)
        if integration is None:
            raise bad("There is no such OAuth integration.", "InvalidOAuthIntegrationGUID")
        if guid in after:
            raise bad("An OAuth integration stands there twice.", "InvalidOAuthIntegrationsDuplicates")
        if guid not in before and not may_use(integration, call.user):
            raise denied("You don't have permission to use this OAuth integration.")
        after[guid] = before.get(guid, call.world.now())
    call.records.change("Content", call.key, {"_associations": after})
    return Reply(204)


@handles("OAuthSession", "get")
def sessions(call: Call) -> Answer:
    """List one's own sessions; all of them as an administrator."""
    everyone = call.params.get("all", False)
    if everyone and not call.user.is_administrator:
        raise denied("Only administrators may list the sessions of others.")
    conditions = [] if everyone else [equals("user_guid", call.user.guid)]
    answer: Answer = generic.listed(call, *conditions)
    return answer


@handles("OAuthSession", "get_one", "delete")
def session(call: Call) -> Answer:
    """Read or end a session of one's own, or anyone's as an administrator."""
    if call.item().get("user_guid") != call.user.guid and not call.user.is_administrator:
        raise absent()
    return generic.VERBS[call.name](call)


def _permissions(call: Call, guid: str, given: list[Document] | None) -> list[Document]:
    found: list[Document] = []
    for each in given or []:
        principals = {name: each.get(name) for name in ("user_guid", "group_guid")}
        if sum(value is not None for value in principals.values()) != 1:
            raise bad("A permission is for a user or for a group, not both.", "InvalidEnvironmentPermission")
        found.append(
            {
                "id": str(call.records.number("_Permission")),
                "guid": str(uuid4()),
                "integration_guid": guid,
                **principals,
            }
        )
    return found


def _association(call: Call, content: Document, guid: str) -> Document:
    integration = call.records.get("OAuthIntegration", guid) or {}
    told = {
        f"oauth_integration_{name}": integration.get(name) for name in ("name", "description", "template", "auth_type")
    }
    document = {
        "app_guid": content["guid"],
        "content_guid": content["guid"],
        "oauth_integration_guid": guid,
        "created_time": content["_associations"][guid],
        **told,
    }
    return Shape(call).fields("OAuthIntegrationAssociation", document)
