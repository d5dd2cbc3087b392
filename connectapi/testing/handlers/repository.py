"""Git repositories that content comes from: their settings, their branches, bundles made of them."""

from __future__ import annotations

from typing import Final

from connectapi.testing.call import Answer, Call, Reply
from connectapi.testing.checkouts import Source, check_out, start_checkout
from connectapi.testing.git import check_address, open_repository
from connectapi.testing.refusal import Refusal, absent, bad
from connectapi.testing.registry import handles
from connectapi.testing.shape import Shape
from connectapi.testing.store import Document, Records

__all__: list[str] = []

_USUAL: Final[Document] = {
    "branch": "main",
    "directory": ".",
    "polling": True,
    "last_known_commit": "",
    "last_error": "",
}


@handles("Content", "get_repository")
def get(call: Call) -> Answer:
    """Return what is set about the git repository."""
    return _shown(call, call.item().get("_repository"))


@handles("Content", "set_repository", "change_repository")
def put(call: Call) -> Answer:
    """Set where content comes from. Nothing is read of it before a bundle is asked for, and it is not polled."""
    before = call.item().get("_repository")
    if call.name == "change_repository":
        _shown(call, before)
    kept = before if call.name == "change_repository" else {**_USUAL, "last_fetched_time": call.world.now()}
    repository = {**kept, **call.body} if kept else call.body
    if not repository.get("repository"):
        raise bad("The field 'repository' is missing.", "ParameterMissing")
    check_address(repository["repository"])
    call.records.change("Content", call.key, {"_repository": repository})
    return _shown(call, repository)


@handles("Content", "delete_repository")
def delete(call: Call) -> Answer:
    """Forget the git repository."""
    _shown(call, call.item().get("_repository"))
    call.records.change("Content", call.key, {"_repository": None})
    return Reply(204)


@handles("Repository", "branches", alone=True)
def branches(call: Call) -> Answer:
    """List the branches of the repository, each with its latest commit."""
    with call.world.store.reading() as records:
        settings = _settings(records, call.path["content_guid"])
    found = open_repository(call.world.repositories, settings["repository"]).branches()
    return [{"branch": name, "ref": commit} for name, commit in found.items()]


@handles("Repository", "create_bundle", alone=True)
def create_bundle(call: Call) -> Answer:
    """Begin to make a bundle of a repository."""
    body, guid = call.body, call.path["content_guid"]
    with call.world.store.reading() as records:
        settings = _settings(records, guid) if not body.get("repository") else {}
    source = Source(
        repository=body.get("repository") or settings["repository"],
        ref=body.get("ref") or settings.get("branch", "main"),
        directory=body.get("directory") or settings.get("directory", "."),
    )
    done = check_out(call.world, source)
    try:
        with call.world.store.writing() as records:
            content = records.get("Content", guid)
            if content is None:
                raise absent("The content")
            number, task = start_checkout(call.world, records, content, done, call.user.guid)
    finally:
        done.discard()
    return Shape(call).fields("RepositoryBundle", {"bundle_id": number, "task_id": task["id"]})


def _settings(records: Records, guid: str) -> Document:
    content = records.get("Content", guid)
    if content is None:
        raise absent("The content")
    settings: Document | None = content.get("_repository")
    if settings is None:
        raise _not_managed()
    return settings


def _shown(call: Call, repository: Document | None) -> Document:
    if repository is None:
        raise _not_managed()
    return Shape(call).fields("GitLocation", repository)


def _not_managed() -> Refusal:
    return Refusal(404, "AppIsNotGitManaged", "The content does not come from a git repository.")
