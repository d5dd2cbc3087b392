"""Deploying content: the answer comes at once, a task tells how it goes."""

from __future__ import annotations

from typing import Final

from connectapi.testing import generic, publishing
from connectapi.testing.call import Answer, Call
from connectapi.testing.checkouts import Source, add_bundle, check_out
from connectapi.testing.conditions import Order, equals
from connectapi.testing.deployments import start_deployment, unlike
from connectapi.testing.refusal import absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.rendering import start_rendering
from connectapi.testing.store import Document, Records
from connectapi.testing.variants import RENDERED

__all__: list[str] = []

_NEWEST: Final = (Order("place", ascending=False),)


@handles("Content", "deploy", "build", alone=True)
def deploy(call: Call) -> Answer:
    """Begin to deploy a bundle, which makes it the one in use unless the call says otherwise.

    Content of a git repository is deployed from its latest commit, unless the call names a bundle.
    """
    body, fetched = call.body, list[str]()
    bundle_id = body.get("bundle_id")
    if bundle_id is None and call.name == "deploy":
        bundle_id, fetched = _from_repository(call)
    with call.world.store.reading() as records:
        content, bundle = _target(records, call.key, bundle_id)
    done = publishing.deploy(call.world, content, bundle)
    done.lines = [*fetched, *done.lines]
    with call.world.store.writing() as records:
        # Meanwhile, either may have been deleted, and with it the files that were there then.
        if records.get("Bundle", bundle["id"], call.key) is None:
            publishing.forget(call.world, call.key, bundle["id"])
        content, bundle = _target(records, call.key, bundle["id"])
        activate, anew = body.get("activate") is not False, call.name == "deploy"
        task = start_deployment(call.world, records, content, bundle, done, activate=activate, anew=anew)
    return generic.answered(call, task)


@handles("Content", "render")
def render(call: Call) -> Answer:
    """Begin to render a variant of a report, the default one if the call names none."""
    content, key = call.item(), call.body.get("variant_key")
    if content["app_mode"] not in RENDERED:
        raise bad(f"Content of the kind {content['app_mode']} is not rendered.", "NoRendering")
    if not content.get("bundle_id"):
        raise bad("The content was never deployed.", "BundleMissing")
    named = equals("key", key) if key else equals("is_default", value=True)
    found = call.records.find("AppVariant", named, scope=content["guid"], limit=1)
    if not found:
        raise absent("The variant")
    task, _ = start_rendering(call.world, call.records, content, found[0])
    return generic.answered(call, task)


def _from_repository(call: Call) -> tuple[str | None, list[str]]:
    """Return a bundle of the latest commit of the content's repository, if it has one, and what the log says of it."""
    with call.world.store.reading() as records:
        settings = _content(records, call.key).get("_repository")
    if not settings:
        return None, []
    source = Source(repository=settings["repository"], ref=settings["branch"], directory=settings["directory"])
    done = check_out(call.world, source)
    try:
        if done.error:
            raise bad(done.error, "BundleMissing")
        with call.world.store.writing() as records:
            bundle = add_bundle(call.world, records, _content(records, call.key), done, call.user.guid)
    finally:
        done.discard()
    return bundle["id"], done.lines


def _content(records: Records, guid: str) -> Document:
    content = records.get("Content", guid)
    if content is None:
        raise absent("The content")
    if content.get("locked"):
        raise bad("The content is locked; unlock it before deploying.", "LockedContentBundle")
    return content


def _target(records: Records, guid: str, bundle_id: str | None) -> tuple[Document, Document]:
    """Return content and bundle of a deployment that can begin."""
    content = _content(records, guid)
    bundle = _bundle(records, guid, bundle_id)
    if message := unlike(content, bundle):
        raise bad(message, "AppModeChanged")
    return content, bundle


def _bundle(records: Records, guid: str, bundle_id: str | None) -> Document:
    if bundle_id is None:
        newest = records.find("Bundle", scope=guid, order=_NEWEST, limit=1)
        if not newest:
            raise bad("The content has no bundle; upload one first.", "BundleMissing")
        return newest[0]
    bundle = records.get("Bundle", bundle_id, guid)
    if bundle is None:
        if records.get("Bundle", bundle_id) is not None:
            raise bad("The bundle is one of other content.", "BundleIdAppIdMismatch")
        raise absent("The bundle")
    return bundle
