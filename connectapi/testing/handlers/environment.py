"""Environments: images in which content could run, and who may use them."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic
from connectapi.testing.call import Answer, Call
from connectapi.testing.conditions import equals
from connectapi.testing.refusal import Refusal, bad
from connectapi.testing.registry import handles
from connectapi.testing.store import Document

__all__: list[str] = []

_CLUSTER: Final = "Kubernetes"

#: What a volume of each kind needs.
_VOLUMES: Final = {"nfs": ("nfs_host", "nfs_export_path"), "pvc": ("pvc_name",)}


@handles("Environment", "create")
def create(call: Call) -> Answer:
    """Register an image, whose name no other environment has."""
    body = call.body
    if body["cluster_name"] != _CLUSTER:
        raise bad(f"cluster_name is {_CLUSTER}.", "InvalidEnvironmentClusterName")
    if not body["name"].strip():
        raise bad("An environment needs the name of an image.", "InvalidEnvironmentName")
    if call.records.count("Environment", equals("name", body["name"])):
        raise bad(f"There is an environment called {body['name']!r} already.", "DuplicateEnvironmentName")
    values = {**_checked(body), "environment_type": _CLUSTER, "matching": body.get("matching") or "any"}
    key, document = generic.complete(call.world, call.records, call.spec, values, {})
    call.records.insert("Environment", key, document)
    return generic.answered(call, document)


@handles("Environment", "update")
def update(call: Call) -> Answer:
    """Change what an administrator looks after."""
    _refuse_managed(call.item())
    changes = {**_checked(call.body), "updated_time": call.world.now()}
    if changes.get("matching", "any") is None:
        changes["matching"] = "any"
    return generic.answered(call, call.records.change("Environment", call.key, changes))


@handles("Environment", "delete")
def delete(call: Call) -> Answer:
    """Delete what an administrator looks after."""
    _refuse_managed(call.item())
    return generic.delete(call)


@handles("EnvironmentPermission", "create")
def permit(call: Call) -> Answer:
    """Give leave to a user or to a group, once."""
    names = [name for name in ("user_guid", "group_guid") if call.body.get(name)]
    if len(names) != 1:
        raise bad("Give either user_guid or group_guid.", "InvalidEnvironmentPermission")
    if call.records.count(call.kind, equals(names[0], call.body[names[0]]), scope=call.scope):
        raise bad(f"This {names[0][:-5]} may use the environment already.", "DuplicateEnvironmentPermission")
    return generic.create(call)


def _refuse_managed(environment: Document) -> None:
    if manager := environment.get("managed_by"):
        raise Refusal(409, "EnvironmentIsConfigManaged", f"The environment is looked after by {manager}.")


def _checked(body: Document) -> Document:
    for mount in body.get("volume_mounts") or ():
        source = mount.get("source") or {}
        needed = _VOLUMES.get(source.get("volume_type", ""))
        if needed is None or not all(source.get(name) for name in needed):
            message = "A volume is of the type nfs, with its host and path, or pvc, with the name of a claim."
            raise bad(message, "EnvironmentsInvalidVolume")
    return body
