"""Bundles made of what a git repository has: its manifest and the files that this lists, packed as they were committed."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import subprocess
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from attrs import define, field

from connectapi.testing.agenda import Occasion, expect, happens
from connectapi.testing.git import Blob, Repository, open_repository
from connectapi.testing.jobs import Job, add_job, finish_job, moment_text
from connectapi.testing.manifest import listed, manifest_of
from connectapi.testing.publishing import FIRST_BUNDLE, app_modes, forget, keep_archive
from connectapi.testing.refusal import Refusal, bad
from connectapi.testing.store import Document, Records
from connectapi.testing.tasks import Outcome, begin, ends, finish, token
from connectapi.testing.world import World

__all__ = ["Checkout", "Source", "add_bundle", "check_out", "start_checkout"]

_EVENT: Final = "checkout"
_MANIFEST: Final = "manifest.json"


@define(kw_only=True)
class Source:
    """Where a bundle comes from: a repository, a branch or the like, and the directory that has the manifest."""

    repository: str
    ref: str
    directory: str


@define
class Checkout:
    """What came of taking a commit out of a repository: an archive at `path`, unless there was an `error`."""

    source: Source
    path: Path
    lines: list[str] = field(factory=list)
    commit: str = ""
    error: str = ""
    mode: str = ""

    def discard(self) -> None:
        """Delete the archive, if it is still where it was made."""
        self.path.unlink(missing_ok=True)


def check_out(world: World, source: Source) -> Checkout:
    """Pack what a repository has, into the folder of what is under way.

    Raises:
        Refusal: there is no git here, or this repository must not be read.
    """
    repository = open_repository(world.repositories, source.repository)
    incoming = world.folder / "incoming"
    incoming.mkdir(parents=True, exist_ok=True)
    done = Checkout(source, incoming / token())
    done.lines.append(f"Reading the git repository {source.repository}…")
    try:
        done.commit = repository.commit(source.ref)
        done.lines.append(f"{source.ref} is at {done.commit}.")
        blobs = _wanted(world, repository, repository.files(done.commit, source.directory), source.directory)
        _pack(done.path, repository, blobs)
        done.mode = manifest_of(done.path, world.limits, app_modes(world))["metadata"]["appmode"]
        done.lines.append(f"The bundle has {len(blobs)} files.")
    except (Refusal, OSError, subprocess.SubprocessError, ValueError) as error:
        done.error = str(error)
        done.discard()
    return done


def add_bundle(world: World, records: Records, content: Document, done: Checkout, user_guid: str) -> Document:
    """Add the bundle that was made to content at once."""
    number = str(records.number("Bundle", FIRST_BUNDLE))
    bundle = {**_bundle(content, done, number, user_guid), "created_time": world.now()}
    records.insert("Bundle", number, bundle, content["guid"])
    keep_archive(world, content["guid"], number, done.path)
    _note(records, content, done.commit, world.now(), "")
    return bundle


def start_checkout(
    world: World, records: Records, content: Document, done: Checkout, user_guid: str
) -> tuple[str, Document]:
    """Begin to make the bundle of which it is known what will become of it; return its number and the task."""
    number, guid = str(records.number("Bundle", FIRST_BUNDLE)), content["guid"]
    outcome = Outcome(lines=done.lines, code=1 if done.error else 0, error=done.error)
    task = begin(world, records, outcome)
    job = Job(
        bundle_id=number,
        tag="git",
        lines=done.lines,
        begun=task["_begun"],
        pace=world.pace,
        error=done.error,
        task_id=task["id"],
    )
    add_job(records, content, job)
    bundle = None if done.error else _bundle(content, done, number, user_guid)
    if bundle is not None:
        keep_archive(world, guid, number, done.path)
    told = {"content": guid, "job": job.key, "commit": done.commit, "error": done.error, "fetched": number}
    expect(world, records, ends(task), _EVENT, task["id"], bundle=bundle, **told)
    return number, task


@happens(_EVENT)
def end_checkout(occasion: Occasion) -> None:
    """Add the bundle to the content, if both are there."""
    records, told, now = occasion.records, occasion.details, moment_text(occasion.at)
    content, bundle = records.get("Content", told["content"]), told["bundle"]
    error = told["error"] or ("" if content else "The content was deleted while its bundle was made.")
    if content is None:
        occasion.after.append(lambda: forget(occasion.world, told["content"]))
    else:
        if bundle is not None:
            records.insert("Bundle", bundle["id"], {**bundle, "created_time": now}, content["guid"])
        _note(records, content, told["commit"], now, error)
    lines = [f"Error: {error}"] if error else [f"Bundle {told['fetched']} was made."]
    outcome = Outcome(lines=lines, code=1 if error else 0, error=error)
    finish(records, occasion.about, occasion.at, outcome)
    finish_job(records, told["content"], told["job"], occasion.at, outcome)


def _bundle(content: Document, done: Checkout, number: str, user_guid: str) -> Document:
    data = done.path.read_bytes()
    metadata = {
        "source": "git",
        "source_repo": done.source.repository,
        "source_branch": done.source.ref,
        "source_commit": done.commit,
        "archive_md5": hashlib.md5(data, usedforsecurity=False).hexdigest(),
        "archive_sha1": hashlib.sha1(data, usedforsecurity=False).hexdigest(),
    }
    return {
        "id": number,
        "content_guid": content["guid"],
        "created_by": user_guid,
        "size": len(data),
        "metadata": metadata,
        "_mode": done.mode,
    }


def _note(records: Records, content: Document, commit: str, now: str, error: str) -> None:
    if settings := content.get("_repository"):
        found = {"last_known_commit": commit or settings["last_known_commit"], "last_fetched_time": now}
        records.change("Content", content["guid"], {"_repository": {**settings, **found, "last_error": error}})


def _wanted(world: World, repository: Repository, blobs: Iterable[Blob], directory: str) -> list[Blob]:
    """Return the manifest and the files that it lists; all files if it lists none."""
    found = {blob.path: blob for blob in blobs}
    manifest = found.get(_MANIFEST)
    if manifest is None:
        raise bad(f"The directory {directory!r} of the repository has no manifest.json.", "InvalidManifest")
    if manifest.size > world.limits.body:
        raise bad("The repository's manifest.json is too large.", "InvalidManifest")
    [(_, text)] = repository.contents([manifest])
    try:
        names = set(listed(json.loads(text)))
    except (ValueError, RecursionError, AttributeError):
        names = set()  # what is wrong with it is found out when it is looked at for good
    wanted = [blob for path, blob in found.items() if not names or path in names or path == _MANIFEST]
    if len(wanted) > world.limits.files or sum(blob.size for blob in wanted) > world.limits.unpacked:
        raise bad("The repository has more than a bundle may have.", "BundleExtract")
    return wanted


def _pack(path: Path, repository: Repository, blobs: list[Blob]) -> None:
    """Pack files so that the same commit makes the same archive."""
    with (
        path.open("wb") as file,
        gzip.GzipFile("", "wb", fileobj=file, mtime=0) as packed,
        tarfile.open(fileobj=packed, mode="w") as tar,
    ):
        for blob, data in repository.contents(blobs):
            info = tarfile.TarInfo(blob.path)
            if blob.is_link:
                info.type, info.linkname = tarfile.SYMTYPE, data.decode(errors="replace")
                tar.addfile(info)
            else:
                info.size = len(data)
                tar.addfile(info, io.BytesIO(data))
